/**
 * Routing, authorisation, parameters and refusals of API v1, request by request.
 */
import type { FastifyInstance, InjectOptions } from 'fastify';
import { describe, expect, it } from 'vitest';
import type { Settings } from '../../config/settings.ts';
import { type OrchestratorCalls, ok, refused } from '../../service/calls.ts';
import { buildApp } from '../app.ts';
import { executedTakeover } from '../testing/demo-records.ts';
import { NOW } from '../testing/demo-world.ts';
import { type FakeCalls, fakeCalls, settingsWith } from '../testing/fake-calls.ts';
import { ROUTES } from './routes.ts';

const UNAUTHORIZED = '{"Code":"ERROR","Message":"Unauthorized","Details":null}';
const A = '127.0.0.1/10112';
const B = '127.0.0.1/10113';
const NOT_FOUND = { statusCode: 404, body: '404 page not found\n' };

interface World {
  readonly app: FastifyInstance;
  readonly calls: FakeCalls;
  get(
    url: string,
    options?: InjectOptions,
  ): Promise<{ status: number; body: string; json: () => { Code: string; Message: string; Details: unknown } }>;
}

async function world(some: Partial<Settings> = {}, overrides: Partial<OrchestratorCalls> = {}): Promise<World> {
  const settings = settingsWith(some);
  const calls = fakeCalls({ settings: () => settings, ...overrides });
  const app = await buildApp({ calls, settings });
  return {
    app,
    calls,
    get: async (url, options = {}) => {
      const answer = await app.inject({ url, ...options });
      return { status: answer.statusCode, body: answer.body, json: () => answer.json() };
    },
  };
}

/** A request for every route and synonym, with values that fit. */
function exampleUrls(auth: 'action' | 'none'): string[] {
  const values: Readonly<Record<string, string>> = {
    port: '10112',
    duration: '5m',
    promotionRule: 'prefer',
    recoveryId: '1',
    maintenanceKey: '1',
    clusterHint: 'demo',
    clusterAlias: 'demo',
  };
  const example = (name: string): string =>
    values[name] ?? (/Port$/.test(name) ? '10113' : /[hH]ost$/.test(name) ? '127.0.0.1' : '1');
  return ROUTES.filter((route) => route.auth === auth)
    .flatMap((route) => [route.path, ...(route.synonyms ?? [])])
    .map((path) => `/api/${path.replace(/:(\w+)/g, (_match, name: string) => example(name))}?comment=why`);
}

/** Without how long it took, which differs from one request to the next. */
const untimed = (body: string): string => body.replace(/Took [^"]+/, 'Took');

describe('routing', () => {
  it('every route and synonym answers JSON, with and without a trailing slash, and to HEAD', async () => {
    // The one fake call that answers differently when asked twice.
    const { app } = await world({}, { beginMaintenance: async () => refused('locked', 'locked') });
    for (const url of [...exampleUrls('action'), ...exampleUrls('none')]) {
      const plain = await app.inject(url);
      const slash = await app.inject(url.replace('?', '/?'));
      const head = await app.inject({ method: 'HEAD', url });
      expect(plain.headers['content-type'], url).toBe('application/json; charset=UTF-8');
      expect([slash.statusCode, untimed(slash.body)], url).toEqual([plain.statusCode, untimed(plain.body)]);
      expect([head.statusCode, head.body], url).toEqual([plain.statusCode, '']);
    }
  });

  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND'] as const)(
    '%s has no route, whatever it brings',
    async (method) => {
      const { app, calls } = await world();
      for (const type of ['application/json', 'text/weird']) {
        const answer = await app.inject({
          method: method as 'POST',
          url: `/api/stop-replica/${A}`,
          payload: '{"broken',
          headers: { 'content-type': type },
        });
        expect(answer).toMatchObject(NOT_FOUND);
      }
      expect(calls.asked).toEqual([]);
    },
  );

  it.each([
    '/api/nosuch',
    '/api',
    '/api/Clusters',
    '/api//clusters',
    '/api/cluster//',
    '/api/instance//10112',
    `/api/instance/${A}/more`,
    '/api/cluster/a%2Fb',
    '/api/cluster/a%23b',
    '/api/cluster/a%3Fb',
    '/api/cluster/%ZZ',
    '/api/cluster/%FF',
  ])('%s matches nothing', async (url) => {
    const { app } = await world();
    const answer = await app.inject(url);
    expect(answer).toMatchObject(NOT_FOUND);
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
  });

  it('a configured prefix goes before everything, and only there', async () => {
    const { get } = await world({ URLPrefix: '/orc' });
    expect((await get('/orc/api/clusters')).status).toBe(200);
    expect((await get('/orc/api/status')).status).toBe(200);
    expect((await get('/api/clusters')).status).toBe(404);
  });

  it('parameters arrive decoded and trimmed: the shell client appends a newline', async () => {
    const { get, calls } = await world();
    await get(`/api/begin-downtime/${A}/root%0A/disk%20swap+x%0A/30m`);
    expect(calls.asked).toEqual(['begin-downtime 127.0.0.1:10112 root disk swap+x 1800']);
    expect((await get('/api/search?s=127%0A')).body).toBe((await get('/api/search/127')).body);
  });

  it('a long parameter passes', async () => {
    const { get } = await world();
    expect((await get(`/api/begin-downtime/${A}/me/${'x'.repeat(8000)}`)).status).toBe(200);
  });

  it('an internal failure is 500 in plain text and says nothing of itself', async () => {
    const { app } = await world(
      {},
      {
        clusters: () => {
          throw new Error('secret');
        },
      },
    );
    const answer = await app.inject('/api/clusters');
    expect([answer.statusCode, answer.body]).toEqual([500, '500 Internal Server Error']);
  });

  it('what looks like markup comes back escaped', async () => {
    const { get } = await world();
    const answer = await get('/api/instance/%3Cscript%3E/3306');
    expect(answer.body).toContain('Cannot read instance: \\u003cscript\\u003e:3306');
    expect(answer.json().Message).toBe('Cannot read instance: <script>:3306');
  });

  it('answers carry no CORS or caching headers', async () => {
    const { app } = await world();
    const { headers } = await app.inject('/api/clusters');
    expect(Object.keys(headers).filter((name) => /^(access-control|cache|expires|etag)/.test(name))).toEqual([]);
    expect(headers['x-content-type-options']).toBe('nosniff');
  });
});

describe('authorisation', () => {
  it('a read-only node refuses every action, does nothing, and goes on answering questions', async () => {
    const { get, calls } = await world({ ReadOnly: true });
    for (const url of exampleUrls('action'))
      expect(await get(url), url).toMatchObject({ status: 500, body: UNAUTHORIZED });
    for (const url of exampleUrls('none')) expect((await get(url)).body, url).not.toBe(UNAUTHORIZED);
    expect(calls.asked.filter((line) => !/^(recoveries|detections) /.test(line))).toEqual([]);
  });

  it('without the password nothing answers, not even health checks and unknown paths', async () => {
    const { app } = await world({ AuthenticationMethod: 'basic', HTTPAuthUser: 'dba', HTTPAuthPassword: 'pw' });
    for (const url of ['/api/clusters', '/api/lb-check', '/api/nosuch', '/', '/web/clusters', '/api/v2/events']) {
      const answer = await app.inject({ method: 'HEAD', url });
      expect([answer.statusCode, answer.headers['www-authenticate']], url).toEqual([
        401,
        'Basic realm="Authorization Required"',
      ]);
    }
    expect((await app.inject('/api/clusters')).body).toBe('Not Authorized\n');
    const authorization = `Basic ${Buffer.from('dba:pw').toString('base64')}`;
    expect((await app.inject({ url: '/api/clusters', headers: { authorization } })).statusCode).toBe(200);
  });

  it('multi: readonly reads and cannot act', async () => {
    const { get, calls } = await world({ AuthenticationMethod: 'multi', HTTPAuthUser: 'dba', HTTPAuthPassword: 'pw' });
    const headers = { authorization: `Basic ${Buffer.from('readonly:x').toString('base64')}` };
    expect((await get('/api/clusters', { headers })).status).toBe(200);
    expect((await get(`/api/stop-replica/${A}`, { headers })).body).toBe(UNAUTHORIZED);
    expect(calls.asked).toEqual([]);
  });

  it('proxy: acknowledgements are signed by the user of the header', async () => {
    const { get, calls } = await world({ AuthenticationMethod: 'proxy', PowerAuthUsers: ['alice'] });
    expect((await get('/api/ack-all-recoveries?comment=x', { headers: { 'x-forwarded-user': 'bob' } })).body).toBe(
      UNAUTHORIZED,
    );
    await get('/api/ack-all-recoveries?comment=x', { headers: { 'x-forwarded-user': 'alice' } });
    expect(calls.asked).toEqual(['acknowledge {"kind":"all"} alice x']);
  });
});

describe('unknown and unreadable things', () => {
  it.each([
    ['/api/instance/nosuch/3306', 'Cannot read instance: nosuch:3306'],
    ['/api/cluster/instance/nosuch/3306', 'Cannot read instance: nosuch:3306'],
    ['/api/instance/nosuch/x', 'Invalid port: x'],
    [`/api/relocate/${A}/127.0.0.1/x`, 'Invalid port: x'],
    ['/api/forget/nosuch/3306', 'ForgetInstance(): instance nosuch:3306 not found'],
    ['/api/cluster/alias/nosuch', 'No cluster found for alias nosuch'],
    ['/api/cluster-info/alias/nosuch', 'No cluster found for alias nosuch'],
    [`/api/begin-downtime/${A}/me/why/soon`, 'Cannot parse simple time: soon'],
    [`/api/register-candidate/${A}/must`, 'CandidatePromotionRule: must not supported yet'],
    [`/api/register-candidate/${A}/maybe`, 'Invalid CandidatePromotionRule: maybe'],
    ['/api/ack-all-recoveries', 'No acknowledge comment given'],
    [`/api/ack-recovery/instance/${A}?comment=%20`, 'No acknowledge comment given'],
    ['/api/ack-recovery/x?comment=c', 'strconv.ParseInt: parsing "x": invalid syntax'],
    ['/api/end-maintenance/x', 'strconv.ParseInt: parsing "x": invalid syntax'],
    ['/api/replication-analysis/instance/nosuch/x', 'Cannot get analysis: Invalid port: x'],
  ])('%s says: %s', async (url, message) => {
    const { get } = await world();
    const answer = await get(url);
    expect(answer.status).toBe(500);
    expect(answer.json()).toEqual({ Code: 'ERROR', Message: message, Details: null });
  });

  it('a server that nobody reaches does not resolve', async () => {
    const text = 'dial tcp 127.0.0.1:10112: connect: connection refused';
    const refusing = await world({}, { reach: async () => refused('unreachable', text) });
    expect((await refusing.get('/api/resolve/127.0.0.1/10112')).json()).toMatchObject({ Code: 'ERROR', Message: text });
    const { get } = await world();
    expect((await get('/api/resolve/127.0.0.1/10112')).json()).toMatchObject({
      Code: 'OK',
      Message: 'Instance resolved',
      Details: { Hostname: '127.0.0.1', Port: 10112 },
    });
  });

  it('a cluster without a primary', async () => {
    const { get } = await world({}, { primaryOf: () => null, clusterInfo: () => null });
    expect((await get('/api/master/demo')).json().Message).toBe('No masters found for 127.0.0.1:10111');
    expect((await get('/api/cluster-info/demo')).json().Message).toBe('No cluster info found for 127.0.0.1:10111');
  });

  it.each([
    '/api/instance-replicas/nosuch/3306',
    '/api/audit-recovery/id/77',
    '/api/audit-recovery/uid/none',
    '/api/audit-recovery-steps/none',
    '/api/blocked-recoveries/cluster/none',
  ])('%s is an empty list', async (url) => {
    const { get } = await world();
    expect(await get(url)).toMatchObject({ status: 200, body: '[]' });
  });

  it('an analysis of an unknown cluster is asked for by that name and finds nothing', async () => {
    const { get } = await world();
    expect((await get('/api/replication-analysis/nosuch')).json()).toEqual({
      Code: 'OK',
      Message: 'Analysis',
      Details: [],
    });
  });

  it('without a trace of any cluster, lists that the contract has so are null', async () => {
    const { get } = await world({}, { clusters: () => [], writablePrimaries: () => [], allInstances: () => [] });
    expect((await get('/api/clusters')).body).toBe('null');
    expect((await get('/api/masters')).body).toBe('null');
    expect((await get('/api/clusters-info')).body).toBe('[]');
    expect((await get('/api/all-instances')).body).toBe('[]');
  });
});

describe('actions', () => {
  it.each([
    [
      `relocate/${A}/${B}`,
      'relocate 127.0.0.1:10112 127.0.0.1:10113',
      'Instance 127.0.0.1:10112 relocated below 127.0.0.1:10113',
    ],
    [
      `relocate-below/${A}/${B}`,
      'relocate 127.0.0.1:10112 127.0.0.1:10113',
      'Instance 127.0.0.1:10112 relocated below 127.0.0.1:10113',
    ],
    [`start-slave/${A}`, 'start 127.0.0.1:10112', 'Replica started: 127.0.0.1:10112'],
    [`start-replica/${A}`, 'start 127.0.0.1:10112', 'Replica started: 127.0.0.1:10112'],
    [`stop-slave/${A}`, 'stop 127.0.0.1:10112', 'Replica stopped: 127.0.0.1:10112'],
    [`stop-replica/${A}`, 'stop 127.0.0.1:10112', 'Replica stopped: 127.0.0.1:10112'],
    [`set-read-only/${A}`, 'read-only 127.0.0.1:10112 true', 'Server set as read-only'],
    [`set-writeable/${A}`, 'read-only 127.0.0.1:10112 false', 'Server set as writeable'],
    [`discover/${A}`, 'discover 127.0.0.1:10112', 'Instance discovered: 127.0.0.1:10112'],
    [
      `async-discover/${A}`,
      'discover-in-background 127.0.0.1:10112',
      'Asynchronous discovery initiated for Instance: 127.0.0.1:10112',
    ],
    [`refresh/${A}`, 'refresh 127.0.0.1:10112', 'Instance refreshed: 127.0.0.1:10112'],
    [`forget/${A}`, 'forget 127.0.0.1:10112', 'Instance forgotten: 127.0.0.1:10112'],
    ['forget-cluster/demo', 'forget-cluster 127.0.0.1:10111', 'Cluster forgotten: 127.0.0.1:10111'],
    [`begin-downtime/${A}/me/why`, 'begin-downtime 127.0.0.1:10112 me why 600', 'Downtime begun: 127.0.0.1:10112'],
    [`end-downtime/${A}`, 'end-downtime 127.0.0.1:10112', 'Downtime ended: 127.0.0.1:10112'],
    [
      `begin-maintenance/${A}/me/why`,
      'begin-maintenance 127.0.0.1:10112 me why 600',
      'Maintenance begun: 127.0.0.1:10112',
    ],
    [`end-maintenance/${A}`, 'end-maintenance 127.0.0.1:10112', 'Maintenance ended: 127.0.0.1:10112'],
    [`register-candidate/${A}/prefer_not`, 'register-candidate 127.0.0.1:10112 prefer_not', 'Registered candidate'],
    [
      'set-cluster-alias/db1:3306?alias=shop',
      'set-cluster-alias db1:3306 shop',
      "Cluster db1:3306 now has alias 'shop'",
    ],
    ['reset-hostname-resolve-cache', 'clear-resolved-names', 'Hostname cache cleared'],
    [
      `register-hostname-unresolve/${A}/vip`,
      'set-virtual-name 127.0.0.1:10112 vip',
      'Hostname register unresolve completed',
    ],
    [
      `deregister-hostname-unresolve/${A}`,
      'set-virtual-name 127.0.0.1:10112 ',
      'Hostname deregister unresolve completed',
    ],
    [
      'ack-recovery/cluster/demo?comment=c',
      'acknowledge {"kind":"cluster","clusterName":"127.0.0.1:10111"} orchestrator-host c',
      'Acknowledged cluster recoveries',
    ],
    [
      'ack-recovery/cluster/alias/demo?comment=c',
      'acknowledge {"kind":"cluster","clusterName":"127.0.0.1:10111"} orchestrator-host c',
      'Acknowledged cluster recoveries',
    ],
    [
      `ack-recovery/instance/${A}?comment=c`,
      'acknowledge {"kind":"instance","key":{"hostname":"127.0.0.1","port":10112}} orchestrator-host c',
      'Acknowledged instance recoveries',
    ],
    ['ack-recovery/7?comment=c', 'acknowledge {"kind":"id","id":7} orchestrator-host c', 'Acknowledged recovery'],
    [
      'ack-recovery/uid/1:ab?comment=c',
      'acknowledge {"kind":"uid","uid":"1:ab"} orchestrator-host c',
      'Acknowledged recovery',
    ],
    ['disable-global-recoveries', 'recoveries-disabled true', 'Globally disabled recoveries'],
    ['enable-global-recoveries', 'recoveries-disabled false', 'Globally enabled recoveries'],
    [
      'graceful-master-takeover/demo',
      'takeover 127.0.0.1:10111 nobody manual',
      'graceful-master-takeover: successor promoted',
    ],
    [
      `graceful-master-takeover/demo/${A}`,
      'takeover 127.0.0.1:10111 127.0.0.1:10112 manual',
      'graceful-master-takeover: successor promoted',
    ],
    [
      `graceful-master-takeover/${B}`,
      'takeover 127.0.0.1:10111 nobody manual',
      'graceful-master-takeover: successor promoted',
    ],
    [
      `graceful-master-takeover/${B}/${A}`,
      'takeover 127.0.0.1:10111 127.0.0.1:10112 manual',
      'graceful-master-takeover: successor promoted',
    ],
    [
      'graceful-master-takeover-auto/demo',
      'takeover 127.0.0.1:10111 nobody auto',
      'graceful-master-takeover: successor promoted',
    ],
    [
      `graceful-master-takeover-auto/demo/${A}`,
      'takeover 127.0.0.1:10111 127.0.0.1:10112 auto',
      'graceful-master-takeover: successor promoted',
    ],
    [
      `graceful-master-takeover-auto/${B}`,
      'takeover 127.0.0.1:10111 nobody auto',
      'graceful-master-takeover: successor promoted',
    ],
    [
      `graceful-master-takeover-auto/${B}/${A}`,
      'takeover 127.0.0.1:10111 127.0.0.1:10112 auto',
      'graceful-master-takeover: successor promoted',
    ],
  ])('%s', async (path, asked, message) => {
    const { get, calls } = await world();
    const answer = await get(`/api/${path}`);
    expect(answer.json()).toMatchObject({ Code: 'OK', Message: message });
    expect(answer.status).toBe(200);
    expect(calls.asked).toEqual([asked]);
  });

  it.each([
    [`recover/${A}`, 'recover 127.0.0.1:10112 nobody full'],
    [`recover/${A}?skipProcesses=true`, 'recover 127.0.0.1:10112 nobody lite'],
    [`recover/${A}/${B}`, 'recover 127.0.0.1:10112 127.0.0.1:10113 full'],
    [`recover-lite/${A}`, 'recover 127.0.0.1:10112 nobody lite'],
    [`recover-lite/${A}/${B}`, 'recover 127.0.0.1:10112 127.0.0.1:10113 lite'],
  ])('%s tells in Details whom it failed for, or who was promoted', async (path, asked) => {
    const failing = await world();
    const answer = await failing.get(`/api/${path}`);
    expect(answer.json()).toEqual({
      Code: 'ERROR',
      Message: 'Recovery not attempted',
      Details: { Hostname: '127.0.0.1', Port: 10112 },
    });
    expect(failing.calls.asked).toEqual([asked]);
    const promoting = await world({}, { recover: async () => ok({ hostname: 'b', port: 1 }) });
    expect((await promoting.get(`/api/${path}`)).json()).toEqual({
      Code: 'OK',
      Message: 'Recovery executed on 127.0.0.1:10112',
      Details: { Hostname: 'b', Port: 1 },
    });
  });

  it('a refusal is the message, and no more', async () => {
    const refusal = async () => refused('connection', 'driver: bad connection');
    const { get } = await world({}, { discover: refusal, stopReplication: refusal, gracefulTakeover: refusal });
    for (const path of [`discover/${A}`, `stop-replica/${A}`, 'graceful-master-takeover/demo']) {
      expect((await get(`/api/${path}`)).json()).toEqual({
        Code: 'ERROR',
        Message: 'driver: bad connection',
        Details: null,
      });
    }
  });

  it('a takeover that promoted nobody is an error that shows its record', async () => {
    const nobody = {
      ...executedTakeover,
      record: { ...executedTakeover.record, successorKey: null, isSuccessful: false },
    };
    const { get } = await world({}, { gracefulTakeover: async () => ok(nobody) });
    expect((await get('/api/graceful-master-takeover/demo')).json()).toMatchObject({
      Code: 'ERROR',
      Message: 'graceful-master-takeover: no successor promoted',
      Details: { SuccessorKey: null, IsSuccessful: false },
    });
  });

  it('a server that the filters exclude is no discovery', async () => {
    const { get } = await world({}, { discover: async () => ok(null) });
    expect((await get(`/api/discover/${A}`)).json()).toEqual({
      Code: 'OK',
      Message: 'No instances discovered',
      Details: null,
    });
  });

  it('a locked server cannot be locked again, is listed, and can be freed by id', async () => {
    const { get, calls } = await world();
    await get(`/api/begin-maintenance/${A}/me/why`);
    expect((await get(`/api/begin-maintenance/${A}/you/because`)).json()).toEqual({
      Code: 'ERROR',
      Message: 'Cannot begin maintenance for instance: 127.0.0.1:10112; maintenance reason: because',
      Details: 0,
    });
    expect(JSON.parse((await get('/api/maintenance')).body)).toEqual([
      {
        MaintenanceId: 1,
        Key: { Hostname: '127.0.0.1', Port: 10112 },
        BeginTimestamp: '2026-11-23 04:37:07',
        SecondsElapsed: 0,
        IsActive: true,
        Owner: 'me',
        Reason: 'why',
      },
    ]);
    expect((await get(`/api/in-maintenance/${A}`)).json()).toEqual({
      Code: 'OK',
      Message: 'true',
      Details: '127.0.0.1:10112',
    });
    expect((await get(`/api/in-maintenance/${B}`)).json()).toEqual({ Code: 'OK', Message: 'false', Details: '' });
    expect((await get('/api/end-maintenance/1')).json()).toEqual({
      Code: 'OK',
      Message: 'Maintenance ended: 1',
      Details: 1,
    });
    expect(calls.asked.at(-1)).toBe('end-maintenance-by-id 1');
  });
});

describe('records', () => {
  it.each([
    ['audit-recovery', 'recoveries {"page":0,"unacknowledgedOnly":false}'],
    ['audit-recovery/3?unacknowledged=true', 'recoveries {"page":3,"unacknowledgedOnly":true}'],
    ['audit-recovery/anything', 'recoveries {"page":0,"unacknowledgedOnly":false}'],
    ['audit-recovery/id/5', 'recoveries {"page":0,"id":5,"unacknowledgedOnly":false}'],
    ['audit-recovery/id/-5', 'recoveries {"page":0,"unacknowledgedOnly":false}'],
    ['audit-recovery/uid/1:ab', 'recoveries {"page":0,"uid":"1:ab","unacknowledgedOnly":false}'],
    ['audit-recovery/cluster/c/2', 'recoveries {"page":2,"clusterName":"c","unacknowledgedOnly":false}'],
    ['audit-recovery/alias/a', 'recoveries {"page":0,"clusterAlias":"a","unacknowledgedOnly":false}'],
    ['audit-failure-detection/2', 'detections {"page":2}'],
    ['audit-failure-detection/id/5', 'detections {"page":0,"id":5}'],
    ['audit-failure-detection/alias/a/1', 'detections {"page":1,"clusterAlias":"a"}'],
  ])('%s asks for %s', async (path, asked) => {
    const { get, calls } = await world();
    expect((await get(`/api/${path}`)).body).toBe('[]');
    expect(calls.asked).toEqual([asked]);
  });

  it('the audit log of one instance, or all of it when the instance is none', async () => {
    const queries: unknown[] = [];
    const { get } = await world(
      {},
      {
        audit: async (query) => {
          queries.push(query);
          return [{ id: 1, at: NOW, type: 'forget', key: null, clusterName: '', message: 'm' }];
        },
      },
    );
    expect(JSON.parse((await get('/api/audit/instance/db/3306/2')).body)).toEqual([
      {
        AuditId: 1,
        AuditTimestamp: '2026-11-23 04:37:07',
        AuditType: 'forget',
        AuditInstanceKey: { Hostname: '', Port: 0 },
        Message: 'm',
      },
    ]);
    await get('/api/audit/instance/db/x');
    expect(queries).toEqual([{ page: 2, key: { hostname: 'db', port: 3306 } }, { page: 0 }]);
  });

  it('what blocks a recovery', async () => {
    const { get } = await world(
      {},
      {
        blockedRecoveries: async () => [
          {
            key: { hostname: 'db', port: 1 },
            clusterName: executedTakeover.entry.cluster.clusterName,
            code: 'DeadMaster',
            lastBlocked: NOW,
            blockingRecoveryId: 12,
          },
        ],
      },
    );
    expect((await get('/api/blocked-recoveries')).body).toBe(
      '[{"FailedInstanceKey":{"Hostname":"db","Port":1},"ClusterName":"127.0.0.1:10111","Analysis":"DeadMaster","LastBlockedTimestamp":"2026-11-23 04:37:07","BlockingRecoveryId":12}]',
    );
  });
});

describe('health and leadership', () => {
  it('an unhealthy node says why, with status 500', async () => {
    const calls = fakeCalls();
    const report = { ...(await calls.health()), healthy: false, error: 'the database is read-only' };
    const { get } = await world({}, { health: async () => report });
    const answer = await get('/api/health');
    expect(answer.status).toBe(500);
    expect(answer.json()).toMatchObject({
      Code: 'ERROR',
      Message: 'Application node is unhealthy the database is read-only',
      Details: { Healthy: false, Error: {} },
    });
  });

  it('a configured status place is literal, without prefix, and the usual one is gone', async () => {
    const { get } = await world({ StatusEndpoint: '/healthz', URLPrefix: '/orc' });
    expect((await get('/healthz')).json().Code).toBe('OK');
    expect((await get('/orc/api/status')).status).toBe(404);
    expect((await get('/orc/healthz')).status).toBe(404);
  });

  it.each([
    ['leader-check', 404],
    ['leader-check/503', 503],
    ['leader-check/700', 700],
    ['leader-check/x', 404],
    ['leader-check/100', 404],
    ['leader-check/1000', 404],
    ['routed-leader-check', 404],
  ])('%s of a node that does not lead: %d', async (path, status) => {
    const { get } = await world({}, { isLeader: () => false });
    expect(await get(`/api/${path}`)).toMatchObject({ status, body: '"Not leader"' });
  });

  it('messages begin with who speaks, where that is asked for, but not the error of the status check', async () => {
    const healthy = await fakeCalls().health();
    const { get } = await world(
      { PrependMessagesWithOrcIdentity: 'custom', CustomOrcIdentity: 'orc-a' },
      { health: async () => ({ ...healthy, healthy: false, error: 'e' }) },
    );
    expect((await get('/api/check-global-recoveries')).json().Message).toBe(
      'Orchestrator orc-a says: Global recoveries enabled',
    );
    expect((await get('/api/instance/nosuch/1')).json().Message).toBe(
      'Orchestrator orc-a says: Cannot read instance: nosuch:1',
    );
    expect((await get('/api/health')).json().Message).toBe('Orchestrator orc-a says: Application node is unhealthy e');
    expect((await get('/api/status')).json().Message).toBe('Application node is unhealthy e');
  });
});
