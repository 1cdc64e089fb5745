import { describe, expect, it } from 'vitest';
import type { Instance } from '../../model/instance.ts';
import { sampleReplica, sampleServer } from '../../model/topology-samples.ts';
import { trx } from '../testing.ts';
import { byPosition, factsOf, key, lockedPorts, moves, planned, refusal, story, withoutGtid } from './move-testing.ts';

const own = { executedGtidSet: trx('1-10', 1) };
const GTID_CHAIN = [sampleServer(1, own), sampleReplica(2, 1, own), sampleReplica(3, 2, own)];
const CHAIN = [withoutGtid(1), byPosition(2, 1), byPosition(3, 2)];
const credentials = { user: 'repl', password: 'secret' };

describe('O26: a replica changes places with its source', () => {
  const request = { kind: 'take-master', key: key(3) } as const;

  it('O26: by GTID: the source applies all it has, the other gets all of it, then both are pointed', () => {
    const plan = planned(request, factsOf(GTID_CHAIN));
    expect([moves(plan), lockedPorts(plan)]).toEqual([['3: 2 -> 1 (gtid)', '2: 1 -> 3 (gtid)'], [2]]);
    expect(story(plan)).toEqual([
      '2 stop the receiver',
      '3 waits until executed-shared-of',
      '3 stop the receiver',
      '3 replicate from 127.0.0.1:1 (by GTID) once 127.0.0.1:2 has executed all that it has received',
      '2 replicate from 127.0.0.1:3 (by GTID) once it has applied all that it has received',
      '3 start replication',
      '2 start replication',
    ]);
  });

  it('O26: by file and position: the other applies all of the log of its source', () => {
    const plan = planned(request, factsOf(CHAIN));
    expect(plan.method).toBe('file-position');
    expect(story(plan).slice(-4)).toEqual([
      '3 replicate from 127.0.0.1:1 (at the place applied after "stop replication on 127.0.0.1:2") once it has applied all that it has received',
      '2 replicate from 127.0.0.1:3 (at the end of the binary log after "stop replication on 127.0.0.1:3 where its source ends") once it has applied all that it has received',
      '3 start replication',
      '2 start replication',
    ]);
  });

  it('O26: hooks are told who took whose place', () => {
    expect(planned(request, factsOf(CHAIN)).hooks).toEqual([
      { kind: 'post-take-master', successor: key(3), demoted: key(2) },
    ]);
  });

  it('O26: whatever fails on the way, every server goes back to where it was', () => {
    const [lane] = planned(request, factsOf(GTID_CHAIN)).lanes;
    const undone = lane?.steps.filter(({ commands }) => commands.length > 0).map(({ undo }) => undo.length > 0);
    expect(undone).toEqual([true, true, true, true, true, true]);
  });

  it.each([
    ['of a primary', [withoutGtid(1), byPosition(3, 1)], 'source-is-no-replica'],
    [
      'of a co-primary',
      [byPosition(1, 2), byPosition(2, 1), byPosition(3, 2)],
      'co-primary: 127.0.0.1:2 is co-master. Cannot take it.',
    ],
    [
      'when the source could not replicate from it',
      [withoutGtid(1), byPosition(2, 1), byPosition(3, 2, 100, { logReplicaUpdatesEnabled: false })],
      'no-log-replica-updates',
    ],
  ] as const)('H2: is refused %s', (_, world, reason) => {
    expect(refusal(request, factsOf(world))).toContain(reason);
  });
});

describe('O27: a source becomes a replica of its replica', () => {
  const request = { kind: 'make-co-master', key: key(2) } as const;
  const pair = [sampleServer(1, own), sampleReplica(2, 1, own)];

  it('O27: is pointed at it with the account that the replica uses, and reaches it as the replica does', () => {
    const plan = planned(request, factsOf(pair, { credentials }));
    expect(moves(plan)).toEqual(['1: nobody -> 2 (gtid)']);
    const [, pointed] = plan.lanes[0]?.steps ?? [];
    expect(pointed?.commands).toMatchObject([{ credentials, securedAs: key(2), source: key(2) }]);
    expect(pointed?.undo).toMatchObject([{ kind: 'forget-source-when-safe' }]);
  });

  it('O27: MariaDB is started again where its replica has not got its last write yet', () => {
    const asMariadb = (server: Instance): Instance => ({ ...server, usingOracleGtid: false, usingMariadbGtid: true });
    const attemptsOf = (change: (server: Instance) => Instance) => {
      const servers = [sampleServer(1), sampleReplica(2, 1)].map(change);
      const plan = planned(request, factsOf(servers, { credentials: { user: 'repl', password: 'x' } }));
      return plan.lanes[0]?.steps.at(-1)?.attempts;
    };
    expect(attemptsOf(asMariadb)).toBeGreaterThan(5);
    expect(attemptsOf((server) => server)).toBeUndefined();
  });

  it('O27, D14: asks for the public key where the replica has no TLS', () => {
    expect(story(planned(request, factsOf(pair, { credentials })))).toContain(
      '1 ask the source for its public key, start replication',
    );
    const secured = [sampleServer(1, own), sampleReplica(2, 1, { ...own, allowTls: true })];
    expect(story(planned(request, factsOf(secured, { credentials })))).toContain('1 start replication');
  });

  it('O27, O17: files that come with the account secure it: the key is not asked for', () => {
    const withFiles = { ...credentials, caFile: '/ca.pem', certificate: '/cert.pem', key: '/key.pem' };
    const plan = planned(request, factsOf(pair, { credentials: withFiles }));
    expect(story(plan)).toContain('1 start replication');
    expect(plan.lanes[0]?.steps[1]?.commands).toMatchObject([{ credentials: withFiles }]);
  });

  it('O27: by position the source goes on where the log of the other ends', () => {
    const plan = planned(request, factsOf([withoutGtid(1), byPosition(2, 1)], { credentials }));
    expect(story(plan)[1]).toContain(
      'at the end of the binary log after "see where the binary log of 127.0.0.1:2 ends"',
    );
  });

  it('A15: by position a source with a former partner waits until the other has all that it has from there', () => {
    const world = [byPosition(1, 3), byPosition(3, 1), byPosition(2, 1)];
    expect(story(planned(request, factsOf(world, { credentials }))).slice(0, 3)).toEqual([
      '1 stop the receiver',
      '2 waits until applied-up-to',
      '2 waits until read-only',
    ]);
  });

  it.each([
    [
      'twice',
      [sampleReplica(1, 2, own), sampleReplica(2, 1, own)],
      'co-primary-already: instance 127.0.0.1:2 is already co master of 127.0.0.1:1',
    ],
    [
      'with a writable one',
      [sampleServer(1, own), sampleReplica(2, 1, { ...own, readOnly: false })],
      'not-read-only: instance 127.0.0.1:2 is not read-only',
    ],
    [
      'with a source that is none',
      GTID_CHAIN,
      'no-real-primary: 127.0.0.1:2 is not a real master; it replicates from: 127.0.0.1:1',
    ],
    [
      'beside a writable partner',
      [sampleReplica(1, 3, own), sampleReplica(3, 1, { ...own, readOnly: false }), sampleReplica(2, 1, own)],
      'writable-partner',
    ],
    ['that is not there', [sampleServer(1), sampleServer(2)], 'not-a-replica'],
  ] as const)('A15: is refused %s', (_, world, reason) => {
    const about = world === GTID_CHAIN ? { ...request, key: key(3) } : request;
    expect(refusal(about, factsOf(world, { credentials }))).toContain(reason);
  });

  it('O27: is refused where no account is known with which the source could log in', () => {
    expect(refusal(request, factsOf(pair))).toContain('no-credentials');
  });
});
