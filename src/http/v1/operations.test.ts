/** Every route of the operations, under each of its names: what it asks for, and what it answers when it is done, done in part, or not done. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { OperationPlan } from '../../planning/operations/operation-plan.ts';
import type { OperationOutcome, OperationReport } from '../../service/calls.ts';
import { doneServer, failedServer, planWith, reportWith, stepWith } from '../../service/operation-samples.ts';
import { key, replica } from '../testing/demo-world.ts';
import { world } from '../testing/world.ts';
import { ROUTES } from './routes.ts';

const A = '127.0.0.1/10112';
const B = '127.0.0.1/10113';
const [AK, BK] = ['127.0.0.1:10112', '127.0.0.1:10113'];

/** Answers as if the operation had become this. */
const become = (report: Partial<OperationReport>, plan: Partial<OperationPlan> = {}) => ({
  operate: async (request: OperationPlan['request']): Promise<OperationOutcome> => ({
    kind: 'done',
    report: reportWith(planWith(request, plan), report),
  }),
});

describe('operations on one server answer it as it was read at the end', () => {
  it.each([
    ['O58', `relocate/${A}/${B}`, `relocate ${AK} below ${BK}`, `Instance ${AK} relocated below ${BK}`],
    ['O58', `relocate-below/${A}/${B}`, `relocate ${AK} below ${BK}`, `Instance ${AK} relocated below ${BK}`],
    ['O23', `move-up/${A}`, `move-up ${AK}`, `Instance ${AK} moved up`],
    ['O25', `move-below/${A}/${B}`, `move-below ${AK} below ${BK}`, `Instance ${AK} moved below ${BK}`],
    [
      'O22',
      `move-equivalent/${A}/${B}`,
      `move-equivalent ${AK} below ${BK}`,
      `Instance ${AK} relocated via equivalence coordinates below ${BK}`,
    ],
    ['O20', `repoint/${A}/${B}`, `repoint ${AK} below ${BK}`, `Instance ${AK} repointed below ${BK}`],
    ['O27', `make-co-master/${A}`, `make-co-master ${AK}`, `Instance made co-master: ${AK}`],
    ['O26', `enslave-master/${A}`, `take-master ${AK}`, `${AK} took its master`],
    ['O26', `take-master/${A}`, `take-master ${AK}`, `${AK} took its master`],
    [
      'O29',
      `move-below-gtid/${A}/${B}`,
      `move-below-gtid ${AK} below ${BK}`,
      `Instance ${AK} moved below ${BK} via GTID`,
    ],
    ['O29', `move-gtid/${A}/${B}`, `move-below-gtid ${AK} below ${BK}`, `Instance ${AK} moved below ${BK} via GTID`],
    ['O43', `make-master/${A}`, `make-master ${AK}`, `Instance ${AK} now made master`],
    ['O44', `make-local-master/${A}`, `make-local-master ${AK}`, `Instance ${AK} now made local master`],
    ['O31', `enable-gtid/${A}`, `enable-gtid ${AK}`, `Enabled GTID on ${AK}`],
    ['O32', `disable-gtid/${A}`, `disable-gtid ${AK}`, `Disabled GTID on ${AK}`],
    [
      'O35',
      `gtid-errant-reset-master/${A}`,
      `gtid-errant-reset-master ${AK}`,
      `Removed errant GTID on ${AK} and issued a RESET MASTER`,
    ],
    ['O11', `skip-query/${A}`, `skip-query ${AK}`, `Query skipped on ${AK}`],
    ['O3', `start-slave/${A}`, `start-replication ${AK}`, `Replica started: ${AK}`],
    ['O3', `start-replica/${A}`, `start-replication ${AK}`, `Replica started: ${AK}`],
    ['O4', `restart-slave/${A}`, `restart-replication ${AK}`, `Replica restarted: ${AK}`],
    ['O4', `restart-replica/${A}`, `restart-replication ${AK}`, `Replica restarted: ${AK}`],
    ['O1', `stop-slave/${A}`, `stop-replication ${AK}`, `Replica stopped: ${AK}`],
    ['O1', `stop-replica/${A}`, `stop-replication ${AK}`, `Replica stopped: ${AK}`],
    ['O2', `stop-slave-nice/${A}`, `stop-replication-nicely ${AK} timeout seconds 0`, `Replica stopped nicely: ${AK}`],
    [
      'O2',
      `stop-replica-nice/${A}`,
      `stop-replication-nicely ${AK} timeout seconds 0`,
      `Replica stopped nicely: ${AK}`,
    ],
    ['O12', `reset-slave/${A}`, `reset-replication ${AK}`, `Replica reset on ${AK}`],
    ['O12', `reset-replica/${A}`, `reset-replication ${AK}`, `Replica reset on ${AK}`],
    [
      'O16',
      `change-master-credentials/${A}`,
      `change-credentials ${AK}`,
      `Replication credentials re-applied on ${AK}`,
    ],
    ...['detach-slave', 'detach-replica', 'detach-slave-master-host', 'detach-replica-master-host'].map((name) => [
      'O13',
      `${name}/${A}`,
      `detach-source ${AK}`,
      `Replica detached: ${AK}`,
    ]),
    ...['reattach-slave', 'reattach-replica', 'reattach-slave-master-host', 'reattach-replica-master-host'].map(
      (name) => ['O14', `${name}/${A}`, `reattach-source ${AK}`, `Replica reattached: ${AK}`],
    ),
    ['O64', `flush-binary-logs/${A}`, `flush-binary-logs ${AK} count 1`, `Binary logs flushed on: ${AK}`],
    [
      'O65',
      `purge-binary-logs/${A}/b.000007`,
      `purge-binary-logs ${AK} file b.000007 force false`,
      `Binary logs flushed on: ${AK}`,
    ],
    [
      'O65',
      `purge-binary-logs/${A}/latest?force=true`,
      `purge-binary-logs ${AK} file latest force true`,
      `Binary logs flushed on: ${AK}`,
    ],
    ...['master', 'source'].flatMap((side) => [
      [
        'O62',
        `enable-semi-sync-${side}/${A}`,
        `set-semi-sync-source ${AK} enabled true`,
        'master semi-sync set to true',
      ],
      [
        'O62',
        `disable-semi-sync-${side}/${A}`,
        `set-semi-sync-source ${AK} enabled false`,
        'master semi-sync set to false',
      ],
    ]),
    [
      'O63',
      `enable-semi-sync-replica/${A}`,
      `set-semi-sync-replica ${AK} enabled true`,
      'replica semi-sync set to true',
    ],
    [
      'O63',
      `disable-semi-sync-replica/${A}`,
      `set-semi-sync-replica ${AK} enabled false`,
      'replica semi-sync set to false',
    ],
    ['O60', `set-read-only/${A}`, `set-read-only ${AK} read only true`, 'Server set as read-only'],
    ['O61', `set-writeable/${A}`, `set-read-only ${AK} read only false`, 'Server set as writeable'],
    ['O66', `kill-query/${A}/17`, `kill-query ${AK} process id 17`, `Query killed on : ${AK}`],
  ])('%s: %s', async (_operation = '', path = '', asked, message) => {
    const { get, calls } = await world();
    const answer = await get(`/api/${path}`);
    expect(answer.json()).toMatchObject({ Code: 'OK', Message: message });
    expect(answer.json().Details).toMatchObject({
      Key: { Hostname: '127.0.0.1', Port: 10112 },
      MasterKey: { Hostname: '127.0.0.1', Port: 10111 },
    });
    expect(answer.status).toBe(200);
    expect(calls.asked).toEqual([asked]);
  });

  it('a server that could not be read at the end is told as it was seen last', async () => {
    const { get } = await world({}, become({ instance: null }));
    expect((await get(`/api/stop-replica/${A}`)).json().Details).toMatchObject({ Key: { Port: 10112 } });
  });

  it('O38, O39: a match tells where the server was found in the new source’s binary log', async () => {
    const found = [{ key: key(10112), coordinates: { file: 'b.000003', pos: 197, type: 'binary' as const } }];
    const { get } = await world({}, become({ instance: replica(10112), found }));
    for (const name of ['match', 'match-below']) {
      expect((await get(`/api/${name}/${A}/${B}`)).json()).toMatchObject({
        Message: `Instance ${AK} matched below ${BK} at b.000003:197`,
        Details: { Key: { Port: 10112 } },
      });
    }
    expect((await get(`/api/match-up/${A}`)).json().Message).toBe(`Instance ${AK} matched up at b.000003:197`);
  });

  it('O36: injecting tells how many transactions were written, and where', async () => {
    const steps = [
      stepWith('a', key(10111), { commands: [{ kind: 'inject-empty', gtids: ['u:1', 'u:2'] }] }),
      stepWith('b', key(10111), { commands: [{ kind: 'inject-empty', gtids: ['v:7'] }] }),
    ];
    const { get } = await world({}, become({ instance: replica(10112) }, { before: steps }));
    expect((await get(`/api/gtid-errant-inject-empty/${A}`)).json()).toMatchObject({
      Message: 'Have injected 3 transactions on cluster master 127.0.0.1:10111',
      Details: { Key: { Port: 10112 } },
    });
  });

  it('O10: a delay answers its seconds', async () => {
    const { get, calls } = await world();
    expect((await get(`/api/delay-replication/${A}/0`)).json()).toEqual({
      Code: 'OK',
      Message: `Replication delayed: ${AK}`,
      Details: 0,
    });
    expect(calls.asked).toEqual([`delay-replication ${AK} delay seconds 0`]);
  });
});

describe('operations on the replicas of a server', () => {
  const moved: Partial<OperationReport> = {
    servers: [doneServer(replica(10113)), doneServer(replica(10114))],
    instance: replica(10112),
    problems: ['audit of 127.0.0.1:10113 was not written'],
  };
  const moves: Partial<OperationPlan> = {
    moves: [10113, 10114].map((port) => ({ key: key(port), from: key(10112), to: key(10111), method: 'gtid' })),
  };
  const one = '1 errors: [audit of 127.0.0.1:10113 was not written]';
  const LIST = [{ Key: { Port: 10113 } }, { Key: { Port: 10114 } }];
  const BELOW = { Hostname: '127.0.0.1', Port: 10113 };
  const SOURCE = { Hostname: '127.0.0.1', Port: 10111 };

  it.each([
    [
      'O59',
      ['relocate-slaves', 'relocate-replicas'],
      `/${B}`,
      `relocate-replicas ${AK} below ${BK} pattern db`,
      `Relocated 2 replicas of ${AK} below ${BK}; ${one}`,
      LIST,
    ],
    [
      'O24',
      ['move-up-slaves', 'move-up-replicas'],
      '',
      `move-up-replicas ${AK} pattern db`,
      `Moved up 2 replicas of ${AK} below 127.0.0.1:10111; ${one}`,
      LIST,
    ],
    [
      'O21',
      ['repoint-slaves', 'repoint-replicas'],
      '',
      `repoint-replicas ${AK} pattern db`,
      `Repointed 2 replicas of ${AK}; ${one}`,
      LIST,
    ],
    [
      'O28',
      ['enslave-siblings', 'take-siblings'],
      '',
      `take-siblings ${AK}`,
      `Took 2 siblings of ${AK}; ${one}`,
      { Key: { Port: 10112 } },
    ],
    [
      'O30',
      ['move-slaves-gtid', 'move-replicas-gtid'],
      `/${B}`,
      `move-replicas-gtid ${AK} below ${BK} pattern db`,
      `Moved 2 replicas of ${AK} below ${BK} via GTID; ${one}`,
      BELOW,
    ],
    [
      'O41',
      ['match-slaves', 'match-replicas'],
      `/${B}`,
      `match-replicas ${AK} below ${BK} pattern db`,
      `Matched 2 replicas of ${AK} below ${BK}; ${one}`,
      BELOW,
    ],
    [
      'O42',
      ['match-up-slaves', 'match-up-replicas'],
      '',
      `match-up-replicas ${AK} pattern db`,
      `Matched up 2 replicas of ${AK} below 127.0.0.1:10111; ${one}`,
      SOURCE,
    ],
  ])('%s: %j tell how many, and what went wrong beside', async (_operation, names, rest, asked, message, details) => {
    for (const name of names) {
      const plain = await world();
      await plain.get(`/api/${name}/${A}${rest}?pattern=db`);
      expect(plain.calls.asked, name).toEqual([asked]);
      const { get } = await world({}, become(moved, moves));
      expect((await get(`/api/${name}/${A}${rest}?pattern=db`)).json()).toMatchObject({
        Code: 'OK',
        Message: message,
        Details: details,
      });
    }
  });

  it('with nobody to move the list is empty, not null', async () => {
    const { get } = await world({}, become({}));
    expect((await get(`/api/relocate-replicas/${A}/${B}`)).json()).toEqual({
      Code: 'OK',
      Message: `Relocated 0 replicas of ${AK} below ${BK}; 0 errors: []`,
      Details: [],
    });
    expect((await get(`/api/move-up-replicas/${A}`)).json().Message).toBe(
      `Moved up 0 replicas of ${AK} below 127.0.0.1:10111; 0 errors: []`,
    );
  });

  it('O52, O53, O54, O56: a regroup tells whom it promoted, and how many were lost, trivial, moved', async () => {
    const plan: Partial<OperationPlan> = {
      method: 'pseudo-gtid',
      promoted: key(10112),
      moves: [
        { key: key(10113), from: key(10111), to: key(10112), method: 'same-coordinates' },
        { key: key(10114), from: key(10111), to: key(10112), method: 'pseudo-gtid' },
      ],
      leftOut: [{ key: key(10115), code: 'left-out', reason: 'it is ahead' }],
    };
    const { get } = await world({}, become(moved, plan));
    const promoted = { Hostname: '127.0.0.1', Port: 10112 };
    for (const [names, kind, message] of [
      [
        ['regroup-slaves', 'regroup-replicas', 'regroup-slaves-pgtid', 'regroup-replicas-pgtid'],
        'pseudo-gtid',
        `promoted replica: ${AK}, lost: 1, trivial: 1, pseudo-gtid: 1; ${one}`,
      ],
      [['regroup-slaves-gtid', 'regroup-replicas-gtid'], 'gtid', `promoted replica: ${AK}, lost: 1, moved: 1; ${one}`],
      [['regroup-slaves-bls', 'regroup-replicas-bls'], 'binlog-servers', `promoted binlog server: ${AK}; ${one}`],
    ] as const) {
      for (const name of names) {
        const answer = await get(`/api/${name}/127.0.0.1/10111`);
        expect(answer.json(), `${name} ${kind}`).toEqual({ Code: 'OK', Message: message, Details: promoted });
      }
    }
  });

  it('O52: whatever does not move by pseudo-GTID has no trivial ones', async () => {
    const { get } = await world({}, become(moved, { method: 'gtid', promoted: key(10112), ...moves }));
    expect((await get('/api/regroup-replicas/127.0.0.1/10111')).json().Message).toBe(
      `promoted replica: ${AK}, lost: 0, trivial: 0, pseudo-gtid: 2; ${one}`,
    );
  });

  it.each([
    ['regroup-replicas', 'any'],
    ['regroup-replicas-gtid', 'gtid'],
    ['regroup-replicas-pgtid', 'pseudo-gtid'],
    ['regroup-replicas-bls', 'binlog-servers'],
  ])('%s is asked for by its method', async (name, method) => {
    const { get, calls } = await world();
    await get(`/api/${name}/${A}`);
    expect(calls.asked).toEqual([`regroup-replicas ${AK} method ${method}`]);
  });
});

describe('operations that did not do', () => {
  const refusal = { code: 'partly-moved', message: 'MoveReplicasGTID: only moved 1 out of 3 replicas' };

  it('in part: an error with the contract’s text that names who moved, and who did not and why', async () => {
    const report = reportWith(
      planWith(
        { kind: 'move-replicas-gtid', key: key(10112), below: key(10113), pattern: '' },
        { leftOut: [{ key: key(10116), code: 'left-out', reason: 'it has no GTID' }] },
      ),
      { servers: [doneServer(replica(10114)), failedServer(key(10115), 'Error 1236: purged')] },
    );
    const { get } = await world({}, { operate: async () => ({ kind: 'partly', report, refusal }) });
    const answer = await get(`/api/move-replicas-gtid/${A}/${B}`);
    expect(answer.status).toBe(500);
    expect(answer.json()).toEqual({
      Code: 'ERROR',
      Message:
        `${refusal.message}; done: 127.0.0.1:10114; ` +
        'not done: 127.0.0.1:10115: Error 1236: purged; 127.0.0.1:10116: it has no GTID',
      Details: null,
    });
  });

  it('O21, O24: in part: those that moved, and why the others did not', async () => {
    const report = reportWith(planWith({ kind: 'move-up-replicas', key: key(10112), pattern: '' }), {
      servers: [doneServer(replica(10114)), failedServer(key(10115), 'Error 1236: purged')],
    });
    const refusal = { code: 'failed', message: 'Error 1236: purged' };
    const { get } = await world({}, { operate: async () => ({ kind: 'partly', report, refusal }) });
    const errors = '1 errors: [127.0.0.1:10115: Error 1236: purged]';
    expect((await get(`/api/move-up-replicas/${A}`)).json()).toMatchObject({
      Code: 'OK',
      Message: `Moved up 1 replicas of ${AK} below 127.0.0.1:10111; ${errors}`,
      Details: [{ Key: { Port: 10114 } }],
    });
    expect((await get(`/api/repoint-replicas/${A}`)).json()).toMatchObject({
      Code: 'OK',
      Message: `Repointed 1 replicas of ${AK}; ${errors}`,
      Details: [{ Key: { Port: 10114 } }],
    });
    const all = await world({}, { operate: async () => ({ kind: 'failed', report, refusal }) });
    expect((await all.get(`/api/move-up-replicas/${A}`)).json().Code).toBe('ERROR');
  });

  it('a server that was not started again is told of, whatever else went well', async () => {
    const problems = ['start replication on 127.0.0.1:10111: i/o timeout'];
    const { get } = await world({}, become({ instance: replica(10112), problems }));
    const beside = '; 1 errors: [start replication on 127.0.0.1:10111: i/o timeout]';
    expect((await get(`/api/move-up/${A}`)).json().Message).toBe(`Instance ${AK} moved up${beside}`);
    expect((await get(`/api/delay-replication/${A}/5`)).json().Message).toBe(`Replication delayed: ${AK}${beside}`);
  });

  it.each(['failed', 'refused'] as const)('%s: the message is the refusal, and no more', async (kind) => {
    const report = reportWith(planWith({ kind: 'skip-query', key: key(10112) }));
    const outcome: OperationOutcome =
      kind === 'failed' ? { kind, report, refusal } : { kind, refusal, rejected: [{ method: 'gtid', reason: 'none' }] };
    const { get } = await world({}, { operate: async () => outcome });
    for (const path of [`skip-query/${A}`, `move-replicas-gtid/${A}/${B}`, `delay-replication/${A}/5`]) {
      const answer = await get(`/api/${path}`);
      expect(answer.status).toBe(500);
      expect(answer.json()).toEqual({ Code: 'ERROR', Message: refusal.message, Details: null });
    }
  });

  it('a server that nobody can reach is asked all the same, and its error is the answer', async () => {
    const { get, calls } = await world();
    expect((await get('/api/start-replica/nosuch/3306')).json().Message).toBe(
      'dial tcp nosuch:3306: connect: connection refused',
    );
    expect(calls.asked).toEqual(['start-replication nosuch:3306']);
  });

  it.each([
    [`move-below/${A}/127.0.0.1/x`, 'Invalid port: x'],
    [`repoint/127.0.0.1/x/${B}`, 'Invalid port: x'],
    [`kill-query/${A}/x`, 'strconv.ParseInt: parsing "x": invalid syntax'],
    [`delay-replication/${A}/soon`, 'Invalid value provided for seconds'],
    [`delay-replication/${A}/-3`, 'invalid seconds: -3, it should be greater or equal to 0'],
    [`master-equivalent/${A}/b.000001/x`, 'Invalid logPos: x'],
    [`can-replicate-from/${A}/nosuch/3306`, 'Cannot read instance: nosuch:3306'],
    [`can-replicate-from-gtid/nosuch/3306/${A}`, 'Cannot read instance: nosuch:3306'],
    ['last-pseudo-gtid/nosuch/3306', 'Instance not found: nosuch:3306'],
  ])('%s asks nobody: %s', async (path, message) => {
    const { get, calls } = await world();
    expect((await get(`/api/${path}`)).json()).toEqual({ Code: 'ERROR', Message: message, Details: null });
    expect(calls.asked).toEqual([]);
  });
});

describe('the catalogue', () => {
  const contract = readFileSync(new URL('../../../test/fixtures/spec/api-routes.tsv', import.meta.url), 'utf8')
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split('\t')[0] ?? '');
  const served = ROUTES.flatMap(({ path, synonyms }) => [path, ...(synonyms ?? [])]);
  /** Ours, beside it. */
  const BEYOND = [
    'move-gtid/:host/:port/:belowHost/:belowPort',
    'topology-history/:clusterHint',
    'topology-history/:host/:port',
  ];

  it('has every route of the operations, from the first to those of pools, synonyms too', () => {
    const operations = contract.slice(0, contract.indexOf('submit-pool-instances/:pool'));
    expect(operations.length).toBe(56 + 24);
    expect(operations.filter((path) => !served.includes(path))).toEqual([]);
  });

  it('has nothing that the contract does not have but what is known to be ours', () => {
    expect(served.filter((path) => !contract.includes(path)).sort()).toEqual(BEYOND);
    expect(new Set(served).size).toBe(served.length);
  });

  it('asks for authorisation wherever the contract does: only three of the questions are open to everybody who may look', () => {
    const operations = ROUTES.slice(
      0,
      ROUTES.findIndex(({ path }) => path === 'submit-pool-instances/:pool'),
    );
    expect(operations.filter(({ auth }) => auth === 'none').map(({ path }) => path.split('/')[0])).toEqual([
      'locate-gtid-errant',
      'can-replicate-from',
      'can-replicate-from-gtid',
    ]);
  });
});
