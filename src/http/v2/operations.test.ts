/** Operations asked for as JSON: what is read, what is refused and how, what is answered; and plans, which change nothing. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Settings } from '../../config/settings.ts';
import type { OperationOutcome, OrchestratorCalls } from '../../service/calls.ts';
import {
  planWith,
  reportWith,
  sampleMove,
  sampleMoveReport,
  sampleMoveSteps,
} from '../../service/operation-samples.ts';
import { buildApp } from '../app.ts';
import { fakeCalls, settingsWith } from '../testing/fake-calls.ts';

let app: Awaited<ReturnType<typeof buildApp>> | undefined;
afterEach(() => app?.close());

interface Asking {
  readonly query?: string;
  readonly overrides?: Partial<OrchestratorCalls>;
  readonly settings?: Partial<Settings>;
  readonly headers?: Readonly<Record<string, string>>;
}

async function post(body: unknown, { query = '', overrides = {}, settings = {}, headers = {} }: Asking = {}) {
  const all = settingsWith({ URLPrefix: '/orc', ...settings });
  const calls = fakeCalls({ settings: () => all, ...overrides });
  app = await buildApp({ calls, settings: all });
  const answer = await app.inject({
    method: 'POST',
    url: `/orc/api/v2/operations${query}`,
    payload: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  });
  return { status: answer.statusCode, text: answer.body, json: () => answer.json(), asked: calls.asked };
}

const KEY = { hostname: '127.0.0.1', port: 10112 };
const BELOW = '127.0.0.1:10113';
const [A, B] = ['127.0.0.1:10112', '127.0.0.1:10113'];
const server = (port: number) => ({ hostname: '127.0.0.1', port });

describe('an operation as JSON is asked for as it is written', () => {
  it.each([
    [{ kind: 'relocate', below: BELOW }, `relocate ${A} below ${B}`],
    [{ kind: 'repoint' }, `repoint ${A}`],
    [{ kind: 'repoint', below: BELOW }, `repoint ${A} below ${B}`],
    [{ kind: 'move-equivalent', below: BELOW }, `move-equivalent ${A} below ${B}`],
    [{ kind: 'move-below', below: BELOW }, `move-below ${A} below ${B}`],
    [{ kind: 'move-below-gtid', below: BELOW }, `move-below-gtid ${A} below ${B}`],
    [{ kind: 'match-below', below: BELOW }, `match-below ${A} below ${B}`],
    ...[
      'move-up',
      'take-master',
      'make-co-master',
      'enable-gtid',
      'disable-gtid',
      'match-up',
      'rematch',
      'make-master',
      'make-local-master',
      'detach-source',
      'skip-to-next-log',
      'reattach-source',
      'reset-replication',
      'take-siblings',
      'stop-replication',
      'start-replication',
      'restart-replication',
      'skip-query',
      'change-credentials',
      'gtid-errant-reset-master',
      'gtid-errant-inject-empty',
    ].map((kind): [object, string] => [{ kind }, `${kind} ${A}`]),
    [{ kind: 'relocate-replicas', below: BELOW, pattern: 'db' }, `relocate-replicas ${A} below ${B} pattern db`],
    [{ kind: 'repoint-replicas' }, `repoint-replicas ${A}`],
    [{ kind: 'repoint-replicas', below: null, pattern: 'x' }, `repoint-replicas ${A} pattern x`],
    [{ kind: 'move-up-replicas' }, `move-up-replicas ${A}`],
    [{ kind: 'move-replicas-gtid', below: BELOW }, `move-replicas-gtid ${A} below ${B}`],
    [{ kind: 'match-replicas', below: BELOW }, `match-replicas ${A} below ${B}`],
    [{ kind: 'match-up-replicas' }, `match-up-replicas ${A}`],
    [{ kind: 'regroup-replicas' }, `regroup-replicas ${A} method any`],
    [{ kind: 'regroup-replicas', method: 'binlog-servers' }, `regroup-replicas ${A} method binlog-servers`],
    [{ kind: 'stop-replication-nicely' }, `stop-replication-nicely ${A} timeout seconds 0`],
    [{ kind: 'stop-replication-nicely', timeoutSeconds: 0 }, `stop-replication-nicely ${A} timeout seconds 0`],
    [{ kind: 'stop-replication-nicely', timeoutSeconds: 30 }, `stop-replication-nicely ${A} timeout seconds 30`],
    [{ kind: 'delay-replication', delaySeconds: 0 }, `delay-replication ${A} delay seconds 0`],
    [{ kind: 'set-read-only', readOnly: false }, `set-read-only ${A} read only false`],
    [{ kind: 'set-semi-sync-source', enabled: true }, `set-semi-sync-source ${A} enabled true`],
    [{ kind: 'set-semi-sync-replica', enabled: false }, `set-semi-sync-replica ${A} enabled false`],
    [{ kind: 'flush-binary-logs' }, `flush-binary-logs ${A} count 1`],
    [{ kind: 'flush-binary-logs-until', file: 'b.7' }, `flush-binary-logs-until ${A} file b.7`],
    [{ kind: 'purge-binary-logs', file: 'latest' }, `purge-binary-logs ${A} file latest force false`],
    [{ kind: 'kill-query', processId: 17 }, `kill-query ${A} process id 17`],
  ])('%j', async (request, asked) => {
    const answer = await post({ ...request, key: KEY });
    expect([answer.status, answer.asked]).toEqual([200, [asked]]);
  });

  it('L4: a panic stop names its cluster by name, alias or server, and means the delayed replicas unless told otherwise', async () => {
    expect((await post({ kind: 'panic-stop', clusterName: 'demo' })).asked).toEqual([
      'panic-stop 127.0.0.1:10111 (delayed replicas)',
    ]);
    expect((await post({ kind: 'panic-stop', clusterName: A, which: 'all' })).asked).toEqual([
      'panic-stop 127.0.0.1:10111 (all replicas)',
    ]);
    // By a part of a name it would stop whatever cluster that fits.
    for (const part of ['127.0', '127.0.0.1', '10111', 'dem']) {
      expect(await post({ kind: 'panic-stop', clusterName: part, which: 'all' })).toMatchObject({
        status: 400,
        asked: [],
      });
    }
  });
});

describe('what is no request is refused, and nothing is done', () => {
  it.each([
    [{ kind: 'move', key: KEY }, 'unknown-kind', /^kind: "move" is no operation; there are relocate, repoint, /],
    [{ kind: 'constructor', key: KEY }, 'unknown-kind', /^kind: "constructor" is no operation/],
    [{ kind: ['relocate'], key: KEY }, 'unknown-kind', /^kind: \["relocate"\] is no operation/],
    [{ key: KEY }, 'unknown-kind', /^kind: missing is no operation/],
    [{ kind: 'relocate-replicas', key: KEY, below: BELOW, patern: 'x' }, 'bad-request', /"patern"/],
    [{ kind: 'move-up', key: KEY, below: BELOW }, 'bad-request', /"below"/],
    [{ kind: 'relocate', key: KEY }, 'bad-request', /^below: /],
    [{ kind: 'relocate', below: BELOW }, 'bad-request', /^key: /],
    [{ kind: 'move-up', key: '' }, 'bad-request', /^key: must be \{"hostname":…,"port":…\} or "host:port"/],
    [{ kind: 'move-up', key: 'a:b:x' }, 'bad-request', /^key: Cannot parse address: a:b:x/],
    [{ kind: 'move-up', key: '//db1:3306' }, 'bad-request', /^key: no server can be reached there/],
    [{ kind: 'move-up', key: 'db1:0' }, 'bad-request', /^key: no server can be reached there/],
    [{ kind: 'move-up', key: { ...KEY, port: '10112' } }, 'bad-request', /^key: must be/],
    [{ kind: 'move-up', key: { ...KEY, user: 'root' } }, 'bad-request', /^key: must be/],
    [{ kind: 'move-up', key: 'x'.repeat(1_000) }, 'bad-request', /^key: must be/],
    [{ kind: 'move-up', key: [KEY] }, 'bad-request', /^key: must be/],
    [{ kind: 'move-up', key: null }, 'bad-request', /^key: must be/],
    [{ kind: 'delay-replication', key: KEY, delaySeconds: -1 }, 'bad-request', /^delaySeconds: /],
    [{ kind: 'delay-replication', key: KEY, delaySeconds: '5' }, 'bad-request', /^delaySeconds: /],
    [{ kind: 'delay-replication', key: KEY, delaySeconds: 1e12 }, 'bad-request', /^delaySeconds: /],
    [{ kind: 'stop-replication-nicely', key: KEY, timeoutSeconds: -1 }, 'bad-request', /^timeoutSeconds: /],
    [{ kind: 'stop-replication-nicely', key: KEY, timeoutSeconds: 86_401 }, 'bad-request', /^timeoutSeconds: /],
    [{ kind: 'set-read-only', key: KEY }, 'bad-request', /^readOnly: /],
    [{ kind: 'set-read-only', key: KEY, readOnly: 'false' }, 'bad-request', /^readOnly: /],
    [{ kind: 'purge-binary-logs', key: KEY, file: '' }, 'bad-request', /^file: /],
    [{ kind: 'kill-query', key: KEY, processId: 1.5 }, 'bad-request', /^processId: /],
    [{ kind: 'regroup-replicas', key: KEY, method: 'x' }, 'bad-request', /^method: /],
    [{ kind: 'panic-stop' }, 'bad-request', /^clusterName: /],
    [{ kind: 'panic-stop', clusterName: 'nosuch' }, 'bad-request', /^clusterName: Unable to determine cluster name/],
    [{ kind: 'match-replicas', key: KEY, below: BELOW, pattern: 'x'.repeat(2_000) }, 'bad-request', /^pattern: /],
    [{ kind: 'move-up-replicas', key: KEY, pattern: 'db(' }, 'bad-request', /^pattern: /],
    [{ kind: 'move-up-replicas', key: KEY, pattern: ['db'] }, 'bad-request', /^pattern: /],
    [`{"kind":"move-up","key":"${A}","__proto__":{"below":"x"}}`, 'bad-request', /__proto__/],
    [[], 'bad-request', /^the body must be an object/],
    ['null', 'bad-request', /^the body must be an object/],
    ['{"kind":', 'bad-request', /^the body must be JSON/],
    ['', 'bad-request', /^the body must be JSON/],
  ])('%j', async (body, code, message) => {
    const answer = await post(body);
    expect(answer.status).toBe(400);
    expect(answer.json()).toEqual({ code, message: expect.stringMatching(message) });
    expect(answer.asked).toEqual([]);
  });

  it.each(['?dryrun=true', '?dry-run=yes', '?dry-run', '?dry-run=', '?dry-run=true&dry-run=false', '?format=xml'])(
    '%s: who wishes something that is not understood does not get the operation instead',
    async (query) => {
      const answer = await post({ kind: 'move-up', key: KEY }, { query });
      expect([answer.status, answer.json().code, answer.asked]).toEqual([400, 'bad-query', []]);
    },
  );

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
    'a body that says it is %s: a form on a page of another site could have sent it',
    async (type) => {
      const answer = await post({ kind: 'move-up', key: KEY }, { headers: { 'content-type': type } });
      expect([answer.status, answer.json().code, answer.asked]).toEqual([415, 'not-json', []]);
    },
  );

  it('a body without end', async () => {
    const answer = await post({ kind: 'move-up', key: 'x'.repeat(100_000) });
    expect([answer.status, answer.json().code, answer.asked]).toEqual([413, 'body-too-large', []]);
  });

  it('an internal failure says nothing of itself', async () => {
    const operate = async () => {
      throw new Error('secret');
    };
    const answer = await post({ kind: 'move-up', key: KEY }, { overrides: { operate } });
    expect([answer.status, answer.text]).toEqual([500, '500 Internal Server Error']);
  });
});

describe('who may not act gets neither operation nor plan', () => {
  it.each(['', '?dry-run=true'])('on a read-only node%s', async (query) => {
    const answer = await post({ kind: 'move-up', key: KEY }, { query, settings: { ReadOnly: true } });
    expect([answer.status, answer.json()]).toEqual([403, { code: 'unauthorized', message: 'Unauthorized' }]);
    expect(answer.asked).toEqual([]);
  });

  it('as a user who may look alone, or from a page of another site', async () => {
    const settings = { AuthenticationMethod: 'multi', HTTPAuthUser: 'dba', HTTPAuthPassword: 'pw' };
    const authorization = (pair: string) => ({ authorization: `Basic ${Buffer.from(pair).toString('base64')}` });
    const body = { kind: 'move-up', key: KEY };
    expect((await post(body, { settings })).status).toBe(401);
    expect((await post(body, { settings, headers: authorization('readonly:x') })).status).toBe(403);
    const foreign = { ...authorization('dba:pw'), 'sec-fetch-site': 'cross-site' };
    expect((await post(body, { settings, headers: foreign })).status).toBe(403);
    expect((await post(body, { settings, headers: authorization('dba:pw') })).status).toBe(200);
  });
});

describe('a dry run', () => {
  const overrides: Partial<OrchestratorCalls> = {
    planOperation: async () => ({ kind: 'planned', plan: sampleMove }),
    shownSteps: () => sampleMoveSteps,
    operate: async () => {
      throw new Error('a dry run changes nothing');
    },
  };
  const body = { kind: 'relocate-replicas', key: '127.0.0.1:10111', below: A };

  it('shows what would be done, to whom, by which method and why by that one', async () => {
    const answer = await post(body, { query: '?dry-run=true', overrides });
    expect(answer.status).toBe(200);
    expect(answer.json()).toMatchObject({
      outcome: 'planned',
      operation: { kind: 'relocate-replicas', key: server(10111), below: server(10112), pattern: '' },
      clusterName: '127.0.0.1:10111',
      method: 'gtid',
      because: 'all of them replicate by GTID, and 127.0.0.1:10112 has all that they lack',
      rejected: [
        { method: 'equivalent-coordinates', reason: 'no place of 127.0.0.1:10112 is known that equals theirs' },
      ],
      held: [server(10113), server(10114)],
      next: null,
      moves: [
        { server: server(10113), before: server(10111), after: server(10112), method: 'gtid' },
        { server: server(10114), before: server(10111), after: server(10112), method: 'gtid' },
      ],
      warnings: ['127.0.0.1:10114 is in another data centre than its new source'],
      leftOut: [{ server: server(10115), code: 'left-out', reason: 'it is ahead of 127.0.0.1:10112' }],
      lanesAtOnce: 5,
      lanes: [
        { server: server(10113), steps: ['stop 127.0.0.1:10113', 'point 127.0.0.1:10113 at 127.0.0.1:10112'] },
        { server: server(10114), effect: 'it replicates from 127.0.0.1:10112' },
      ],
    });
    expect(answer.json().steps[1]).toEqual({
      id: 'point 127.0.0.1:10113 at 127.0.0.1:10112',
      server: server(10113),
      effect: 'it replicates from its new source',
      dependsOn: ['stop 127.0.0.1:10113'],
      statements: [
        "CHANGE REPLICATION SOURCE TO SOURCE_HOST='127.0.0.1', SOURCE_PORT=10112, SOURCE_AUTO_POSITION=1",
        'START REPLICA',
      ],
      undo: [
        'STOP REPLICA',
        "CHANGE REPLICATION SOURCE TO SOURCE_HOST='127.0.0.1', SOURCE_PORT=10111, SOURCE_AUTO_POSITION=1",
        'START REPLICA',
      ],
      deadlineMillis: 30_000,
      patienceMillis: 10_000,
      onFailure: 'abort',
    });
  });

  it('reads as text for people', async () => {
    const answer = await post(body, { query: '?dry-run=true&format=text', overrides });
    expect(answer.status).toBe(200);
    expect(answer.text).toMatch(/^Plan: relocate-replicas 127.0.0.1:10111 below 127.0.0.1:10112\nMethod: by GTID, /);
    expect(answer.text).toContain('\n       STOP REPLICA;\n');
  });

  it('of what would be refused says why, and which methods did not fit', async () => {
    const refusal = { code: 'too-complex', message: 'do it manually' };
    const rejected = [{ method: 'gtid', reason: 'it does not use GTID' }] as const;
    const refusing = { planOperation: async () => ({ kind: 'refused', refusal, rejected }) as const };
    const answer = await post(body, { query: '?dry-run=true', overrides: refusing });
    expect([answer.status, answer.json()]).toEqual([409, { outcome: 'refused', ...refusal, rejected }]);
  });

  it('shows the password of no command, for it shows no command', async () => {
    const credentials = { user: 'repl', password: 'hunter2' };
    const plan = planWith(
      { kind: 'make-co-master', key: server(10112) },
      {
        before: sampleMoveSteps.slice(0, 1).map(({ step }) => ({
          ...step,
          commands: [
            {
              kind: 'follow-when-safe',
              source: server(10112),
              at: { kind: 'gtid' },
              relayLog: { kind: 'drained' },
              credentials,
              securedAs: null,
              unlessThere: false,
            } as const,
          ],
        })),
      },
    );
    const hiding: Partial<OrchestratorCalls> = {
      planOperation: async () => ({ kind: 'planned', plan }),
      shownSteps: () => plan.before.map((step) => ({ step, statements: ['CHANGE …'], undo: [] })),
      operate: async () => ({ kind: 'done', report: reportWith(plan) }),
    };
    for (const query of ['?dry-run=true', '?dry-run=true&format=text', '', '?format=text']) {
      const answer = await post({ kind: 'make-co-master', key: A }, { query, overrides: hiding });
      expect(answer.status).toBe(200);
      expect(answer.text).not.toContain('hunter2');
    }
  });
});

describe('what became of an operation', () => {
  const refusal = { code: 'partly-moved', message: 'only 1 of 2 replicas moved' };
  const body = { kind: 'relocate-replicas', key: '127.0.0.1:10111', below: A };

  it.each([
    [200, 'done', { kind: 'done', report: sampleMoveReport }],
    [207, 'partly', { kind: 'partly', report: sampleMoveReport, refusal }],
    [409, 'failed', { kind: 'failed', report: sampleMoveReport, refusal }],
    [409, 'refused', { kind: 'refused', refusal, rejected: [] }],
  ] satisfies [number, string, OperationOutcome][])('is told by status %d: %s', async (status, kind, outcome) => {
    const answer = await post(body, { overrides: { operate: async () => outcome } });
    expect(answer.status).toBe(status);
    expect(answer.json().outcome).toBe(kind);
    if (outcome.kind !== 'done') expect(answer.json()).toMatchObject(refusal);
  });

  it('is told server by server, with how each stands now', async () => {
    const outcome: OperationOutcome = { kind: 'partly', report: sampleMoveReport, refusal };
    const answer = await post(body, { overrides: { operate: async () => outcome } });
    expect(answer.json()).toMatchObject({
      ...refusal,
      method: 'gtid',
      servers: [
        {
          server: server(10113),
          result: 'done',
          text: 'it replicates from 127.0.0.1:10112',
          seen: { replicatesFrom: server(10112), receiver: 'running', applier: 'running', readOnly: true },
        },
        { server: server(10114), result: 'failed', text: expect.stringContaining('1872'), seen: null },
      ],
      millis: 1_240,
    });
    const text = await post(body, { query: '?format=text', overrides: { operate: async () => outcome } });
    expect(text.status).toBe(207);
    expect(text.text).toContain('\nDone:\n  127.0.0.1:10113: it replicates from 127.0.0.1:10112\n');
  });
});

describe('the errant transactions of a server', () => {
  const get = async (url: string, overrides: Partial<OrchestratorCalls> = {}) => {
    app = await buildApp({ calls: fakeCalls(overrides), settings: settingsWith() });
    return app.inject(url);
  };

  it('O33: are told by range, with what each way out would do', async () => {
    const report = {
      key: KEY,
      gtidErrant: 'u:1-2',
      untold: '',
      transactions: 2,
      ranges: [{ gtid: 'u:1-2', firstSeen: Date.UTC(2026, 0, 2) as never }],
      purged: '',
      waysOut: [
        { kind: 'inject-empty', refusal: '', effects: ['2 empty transactions'] },
        { kind: 'reset', refusal: 'it has replicas', effects: [] },
      ],
    } as const;
    const overrides: Partial<OrchestratorCalls> = { errantGtid: async () => ({ kind: 'ok', value: report }) };
    const answer = await get('/api/v2/instances/127.0.0.1/10112/errant-gtid', overrides);
    expect([answer.statusCode, answer.json()]).toEqual([
      200,
      {
        server: KEY,
        gtidErrant: 'u:1-2',
        untold: null,
        transactions: 2,
        ranges: [{ gtid: 'u:1-2', firstSeen: '2026-01-02T00:00:00.000Z' }],
        purged: '',
        waysOut: [
          { kind: 'inject-empty', refusal: null, effects: ['2 empty transactions'] },
          { kind: 'reset', refusal: 'it has replicas', effects: [] },
        ],
      },
    ]);
    const text = await get('/api/v2/instances/127.0.0.1/10112/errant-gtid?format=text', overrides);
    expect(text.body).toMatch(/^127.0.0.1:10112 has 2 errant transactions:\n {2}u:1-2, first seen 2026-01-02/);
  });

  it('of a server that does not answer, or cannot be one, are not told', async () => {
    const refusal = { code: 'connection', message: 'connection refused' };
    const answer = await get('/api/v2/instances/db1/3306/errant-gtid', {
      errantGtid: async () => ({ kind: 'refused', refusal }),
    });
    expect([answer.statusCode, answer.json()]).toEqual([409, refusal]);
    const xml = await get('/api/v2/instances/db1/3306/errant-gtid?format=xml');
    expect([xml.statusCode, xml.json().code]).toEqual([400, 'bad-query']);
    const bad = await get('/api/v2/instances/db1/x/errant-gtid');
    expect([bad.statusCode, bad.json().message]).toEqual([400, 'Invalid port: x']);
  });
});
