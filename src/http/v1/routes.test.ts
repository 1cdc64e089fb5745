/**
 * Routing, authorisation and parameters of API v1, request by request.
 */
import { describe, expect, it } from 'vitest';
import { refused } from '../../service/calls.ts';
import { world } from '../testing/world.ts';
import { ROUTES } from './routes.ts';

const UNAUTHORIZED = '{"Code":"ERROR","Message":"Unauthorized","Details":null}';
const A = '127.0.0.1/10112';
const NOT_FOUND = { statusCode: 404, body: '404 page not found\n' };

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

  it.each(['?dry-run=true', '?dry-run=false', '?dry-run', '?pattern=x&dry-run=1'])(
    'a dry run that API v1 does not have is refused, not done: %s',
    async (query) => {
      const { get, calls } = await world();
      for (const { path } of ROUTES.filter(({ auth }) => auth === 'action')) {
        const answer = await get(`/api/${path.replace(/:\w*port\b/gi, '3306').replace(/:\w+/g, '1')}${query}`);
        expect([path, answer.status, answer.json().Code]).toEqual([path, 500, 'ERROR']);
      }
      expect(calls.asked).toEqual([]);
      expect((await get(`/api/clusters${query}`)).status).toBe(200);
    },
  );

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
