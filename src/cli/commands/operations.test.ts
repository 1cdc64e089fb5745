/** Every command that is an operation, under each of its names: the request that it makes, and its output byte by byte. */
import { describe, expect, it } from 'vitest';
import type { Instance } from '../../model/instance.ts';
import { sampleKey, sampleReplica, sampleServer } from '../../model/topology-samples.ts';
import type { OperationPlan } from '../../planning/operations/operation-plan.ts';
import { COULD_NOT_REGROUP, type OperationReport } from '../../service/calls.ts';
import { doneServer, failedServer, planWith, reportWith } from '../../service/operation-samples.ts';
import { ask, become, D, I, names } from '../testing/ask-operation.ts';
import { demoServers } from '../testing/fake-calls.ts';
import { type PretendWorld, run } from '../testing/run-in-world.ts';

describe('operations print the instance, and ask for what they are called', () => {
  it.each([
    ['O26', 'take-master', 'take-master'],
    ['O27', 'make-co-master', 'make-co-master'],
    ['O28', 'take-siblings', 'take-siblings'],
    ['O31', 'enable-gtid', 'enable-gtid'],
    ['O32', 'disable-gtid', 'disable-gtid'],
    ['O35', 'gtid-errant-reset-master', 'gtid-errant-reset-master'],
    ['O11', 'skip-query', 'skip-query'],
    ['O1', 'stop-replica', 'stop-replication'],
    ['O3', 'start-replica', 'start-replication'],
    ['O4', 'restart-replica', 'restart-replication'],
    ['O12', 'reset-replica', 'reset-replication'],
    ['O16', 'change-master-credentials', 'change-credentials'],
    ['O13', 'detach-replica-master-host', 'detach-source'],
    ['O14', 'reattach-replica-master-host', 'reattach-source'],
    ['O62', 'enable-semi-sync-master', 'set-semi-sync-source', ' enabled true'],
    ['O62', 'disable-semi-sync-master', 'set-semi-sync-source', ' enabled false'],
    ['O63', 'enable-semi-sync-replica', 'set-semi-sync-replica', ' enabled true'],
    ['O63', 'disable-semi-sync-replica', 'set-semi-sync-replica', ' enabled false'],
    ['O60', 'set-read-only', 'set-read-only', ' read only true'],
    ['O61', 'set-writeable', 'set-read-only', ' read only false'],
    ['O64', 'flush-binary-logs', 'flush-binary-logs', ' count 1'],
    ['O64', 'flush-binary-logs --binlog b.000009', 'flush-binary-logs-until', ' file b.000009'],
    ['O65', 'purge-binary-logs --binlog b.000009', 'purge-binary-logs', ' file b.000009 force false'],
  ])('%s: %s', async (_operation, command, kind, rest = '') => {
    for (const words of names(command)) {
      const { status, out, err, asked } = await ask(words);
      expect([status, out, err], words).toEqual([0, `${I}\n`, '']);
      expect(asked, words).toEqual([`operate ${kind} ${I}${rest}`]);
    }
  });

  it('each of several instances after the other; the first failure ends it, and what was printed stays', async () => {
    const calls: PretendWorld['calls'] = {
      operate: async (request) =>
        request.kind === 'stop-replication' && request.key.port === 10111
          ? { kind: 'refused', refusal: { code: 'not-a-replica', message: 'instance is not a replica' }, rejected: [] }
          : { kind: 'done', report: reportWith(planWith(request)) },
    };
    const { status, out, err } = await run(['-c', 'stop-slave', '-i', `${I},127.0.0.1:10111 ${D}`], { calls });
    expect([status, out, err]).toEqual([1, `${I}\n`, 'DATE TIME FATAL instance is not a replica\n']);
  });

  it('no error text of a server begins a line of its own in the log, or moves the cursor', async () => {
    const refusal = { code: 'failed', message: 'Error 1064: x\n2026-01-01 FATAL all is well\u001b[2J' };
    const calls: PretendWorld['calls'] = { operate: async () => ({ kind: 'refused', refusal, rejected: [] }) };
    const { err } = await ask('stop-replica', { calls });
    expect(err).toBe('DATE TIME FATAL Error 1064: x 2026-01-01 FATAL all is well [2J\n');
  });

  it('purge-binary-logs wants a file, and nothing stands in for it', async () => {
    const { status, err, asked } = await ask('purge-binary-logs');
    expect([status, err, asked]).toEqual([1, 'DATE TIME FATAL expecting --binlog value\n', []]);
  });
});

describe('moves of one server print it with its new source', () => {
  it.each([
    ['O58', 'relocate', 'relocate'],
    ['O58', 'relocate-below', 'relocate'],
    ['O25', 'move-below', 'move-below'],
    ['O22', 'move-equivalent', 'move-equivalent'],
    ['O29', 'move-gtid', 'move-below-gtid'],
    ['O38', 'match', 'match-below'],
  ])('%s: %s prints I<D', async (_operation, name, kind) => {
    const { status, out, asked } = await ask(`${name} -d ${D}`);
    expect([status, out, asked]).toEqual([0, `${I}<${D}\n`, [`operate ${kind} ${I} below ${D}`]]);
  });

  it.each([
    ['O23', 'move-up', 'move-up'],
    ['O39', 'match-up', 'match-up'],
    ['O40', 'rematch', 'rematch'],
    ['O20', 'repoint', 'repoint'],
    ['O20', `repoint -d ${D}`, `repoint`, ` below ${D}`],
    ['O20', 'repoint -d unresolvable', 'repoint'],
  ])('%s: %s prints the source that it was read to have', async (_operation, words, kind, rest = '') => {
    expect((await ask(words)).asked).toEqual([`operate ${kind} ${I}${rest}`]);
    const instance: Instance = sampleReplica(10113, 10115);
    const { status, out } = await ask(words, become({ instance }));
    expect([status, out]).toEqual([0, `${I}<127.0.0.1:10115\n`]);
  });

  it('one that could not be read at the end is printed as it was planned', async () => {
    const moves: OperationPlan['moves'] = [
      { key: sampleKey(10113), from: sampleKey(10112), to: sampleKey(10111), method: 'gtid' },
    ];
    expect((await ask('move-up', become({ instance: null }, { moves }))).out).toBe(`${I}<127.0.0.1:10111\n`);
  });

  it.each([
    ['relocate', 'destination'],
    ['relocate-replicas', 'destination'],
    ['move-below', 'destination/sibling'],
    ['move-equivalent', 'destination'],
    ['move-gtid', 'destination'],
    ['move-replicas-gtid', 'destination'],
    ['match', 'destination'],
    ['match-replicas', 'destination'],
  ])('%s without a destination asks nobody', async (name, what) => {
    const { status, out, err, asked } = await ask(name);
    expect([status, out, err, asked]).toEqual([1, '', `DATE TIME FATAL Cannot deduce ${what}: \n`, []]);
  });
});

describe('moves of replicas print each that was moved', () => {
  const moved: Partial<OperationReport> = {
    servers: [doneServer(sampleReplica(10115, 10114)), doneServer(sampleReplica(10116, 10114))],
  };
  const BULK = [
    ['O59', `relocate-replicas -d ${D}`, 'relocate-replicas', ` below ${D}`],
    ['O24', 'move-up-replicas', 'move-up-replicas', ''],
    ['O30', `move-replicas-gtid -d ${D}`, 'move-replicas-gtid', ` below ${D}`],
    ['O41', `match-replicas -d ${D}`, 'match-replicas', ` below ${D}`],
    ['O42', 'match-up-replicas', 'match-up-replicas', ''],
  ] as const;

  it.each(BULK)('%s: %s, all of them or those that a pattern finds', async (_operation, command, kind, rest) => {
    for (const words of names(command)) {
      expect((await ask(words)).asked).toEqual([`operate ${kind} ${I}${rest}`]);
      expect((await ask(`${words} --pattern db[0-9]`)).asked).toEqual([`operate ${kind} ${I}${rest} pattern db[0-9]`]);
      const { status, out } = await ask(words, become(moved));
      expect([status, out]).toEqual([0, '127.0.0.1:10115\n127.0.0.1:10116\n']);
    }
  });

  it('O21: repoint-replicas prints the instance behind each, whatever the destination', async () => {
    for (const name of names('repoint-replicas')) {
      expect((await ask(name)).asked).toEqual([`operate repoint-replicas ${I}`]);
      expect((await ask(`${name} -d ${D} --pattern x`)).asked).toEqual([
        `operate repoint-replicas ${I} below ${D} pattern x`,
      ]);
      expect((await ask(`${name} -d ${D}`, become(moved))).out).toBe(`127.0.0.1:10115<${I}\n127.0.0.1:10116<${I}\n`);
    }
  });

  it.each([...BULK.map(([, command]) => command), 'repoint-replicas', 'panic-stop-replication'])(
    '%s with nobody to move prints nothing, and all is well',
    async (words) => {
      expect(await ask(words, become({}))).toMatchObject({ status: 0, out: '', err: '' });
    },
  );

  it('a pattern that is none fits nobody, and the log says so', async () => {
    const { status, out, err } = await ask('move-up-replicas --pattern db(', become({}));
    expect([status, out]).toEqual([0, '']);
    expect(err).toBe('DATE TIME ERROR Cannot read the pattern db(: missing closing ); it fits nobody\n');
  });

  it('a server that was not started again is told of, whatever else went well', async () => {
    const problems = ['start replication on 127.0.0.1:10111: i/o timeout'];
    const { status, out, err } = await ask('move-up-replicas', become({ ...moved, problems }));
    expect([status, out]).toEqual([0, '127.0.0.1:10115\n127.0.0.1:10116\n']);
    expect(err).toBe(`DATE TIME ERROR ${problems[0]}\n`);
  });

  const partly = (message: string): PretendWorld => ({
    calls: {
      operate: async (request) => ({
        kind: 'partly',
        refusal: { code: 'partly-moved', message },
        report: reportWith(planWith(request, { promoted: sampleKey(10115) }), {
          servers: [doneServer(sampleReplica(10115, 10114)), failedServer(sampleKey(10116), 'Error 1236: purged')],
        }),
      }),
    },
  });

  it.each([
    [`relocate-replicas -d ${D}`, '127.0.0.1:10115\n'],
    ['move-up-replicas', '127.0.0.1:10115\n'],
    ['repoint-replicas', `127.0.0.1:10115<${I}\n`],
  ])('%s done in part prints those that moved, logs the others, and ends well', async (words, printed) => {
    const { status, out, err } = await ask(words, partly('only 1 of 2'));
    expect([status, out]).toEqual([0, printed]);
    expect(err).toBe('DATE TIME ERROR only 1 of 2\nDATE TIME ERROR 127.0.0.1:10116: Error 1236: purged\n');
    const named = await ask(words, partly('Error 1236: purged'));
    expect(named.err).toBe('DATE TIME ERROR 127.0.0.1:10116: Error 1236: purged\n');
  });

  it.each([`move-replicas-gtid -d ${D}`, `match-replicas -d ${D}`, 'match-up-replicas', 'take-siblings'])(
    '%s done in part is fatal without output, and the message names who moved and who did not',
    async (words) => {
      const { status, out, err } = await ask(words, partly('only moved 1 out of 2 replicas'));
      expect([status, out]).toEqual([1, '']);
      expect(err).toBe(
        'DATE TIME FATAL only moved 1 out of 2 replicas; done: 127.0.0.1:10115; not done: 127.0.0.1:10116: Error 1236: purged\n',
      );
    },
  );

  it('a regroup that is done in part prints its summary, and then is fatal', async () => {
    const { status, out, err } = await ask('regroup-replicas-gtid', partly('only moved 1 out of 2 replicas'));
    expect([status, out]).toEqual([1, '127.0.0.1:10115\n127.0.0.1:10115 lost: 1, moved: 0\n']);
    expect(err).toMatch(/FATAL Could not regroup replicas of 127.0.0.1:10113; error: only moved 1 out of 2 replicas; /);
  });

  it('of which all fail is fatal, and says why for each', async () => {
    const calls: PretendWorld['calls'] = {
      operate: async (request) => ({
        kind: 'failed',
        refusal: { code: 'failed', message: 'Error on all operations' },
        report: reportWith(planWith(request), {
          servers: [failedServer(sampleKey(10115), 'no route'), failedServer(sampleKey(10116), 'Error 1236')],
        }),
      }),
    };
    const { status, out, err } = await ask('move-up-slaves', { calls });
    expect([status, out]).toEqual([1, '']);
    expect(err).toBe(
      'DATE TIME FATAL Error on all operations; not done: 127.0.0.1:10115: no route; 127.0.0.1:10116: Error 1236\n',
    );
  });
});

describe('regroups print whom they promoted, and how many they lost and moved', () => {
  const plan: Partial<OperationPlan> = {
    method: 'pseudo-gtid',
    promoted: sampleKey(10113),
    moves: [
      { key: sampleKey(10114), from: sampleKey(10111), to: sampleKey(10113), method: 'file-position' },
      { key: sampleKey(10115), from: sampleKey(10111), to: sampleKey(10113), method: 'pseudo-gtid' },
      { key: sampleKey(10116), from: sampleKey(10111), to: sampleKey(10113), method: 'pseudo-gtid' },
    ],
  };
  const report: Partial<OperationReport> = {
    servers: [10114, 10115, 10116].map((port) => doneServer(sampleReplica(port, 10113))),
  };

  it.each([
    ['O52', 'regroup-replicas', 'any', `${I}\n${I} lost: 0, trivial: 1, pseudo-gtid: 2\n`],
    ['O54', 'regroup-replicas-pgtid', 'pseudo-gtid', `${I}\n${I} lost: 0, trivial: 1, pseudo-gtid: 2\n`],
    ['O56', 'regroup-replicas-bls', 'binlog-servers', `${I}\n`],
  ])('%s: %s', async (_operation, command, method, printed) => {
    for (const words of names(command)) {
      expect((await ask(words)).asked).toEqual([`operate regroup-replicas ${I} method ${method}`]);
      expect(await ask(words, become(report, plan))).toMatchObject({ status: 0, out: printed, err: '' });
    }
  });

  it('O53: regroup-replicas-gtid', async () => {
    for (const words of names('regroup-replicas-gtid')) {
      expect((await ask(words)).asked).toEqual([`operate regroup-replicas ${I} method gtid`]);
      const lost = {
        ...plan,
        method: 'gtid' as const,
        leftOut: [{ key: sampleKey(10117), code: 'left-out', reason: 'ahead' }],
      };
      expect((await ask(words, become(report, lost))).out).toBe(`${I}\n${I} lost: 1, moved: 3\n`);
    }
  });

  it('O52: the only replica, and binlog servers, have the summary alone', async () => {
    const alone = become({}, { promoted: sampleKey(10113) });
    expect((await ask('regroup-replicas', alone)).out).toBe(`${I} lost: 0, trivial: 0, pseudo-gtid: 0\n`);
    const [primary, ...replicas] = demoServers;
    const servers = [primary ?? sampleServer(10111), ...replicas.map((one) => ({ ...one, isBinlogServer: true }))];
    const binlogServers = { ...become(report, { ...plan, method: 'same-coordinates' }), servers };
    expect((await ask('regroup-replicas', binlogServers)).out).toBe(`${I} lost: 0, trivial: 0, pseudo-gtid: 3\n`);
  });

  it.each([
    ['regroup-replicas', 'replicas'],
    ['regroup-replicas-gtid', 'replicas'],
    ['regroup-replicas-pgtid', 'replicas'],
    ['regroup-replicas-bls', 'binlog server replicas'],
  ])('%s wants an instance that is known, and says of whom it could not', async (name, whom) => {
    const unknown = await run(['-c', name, '-i', '127.0.0.1:1']);
    expect(unknown.err).toBe('DATE TIME FATAL Instance not found: 127.0.0.1:1\n');
    const text = `Could not regroup ${whom} of ${I}; error: no candidate`;
    for (const refusal of [
      { code: COULD_NOT_REGROUP, message: text },
      { code: 'noop', message: 'no candidate' },
    ]) {
      const refusing = { calls: { operate: async () => ({ kind: 'refused', refusal, rejected: [] }) as const } };
      expect((await ask(name, refusing)).err).toBe(`DATE TIME FATAL ${text}\n`);
    }
  });
});
