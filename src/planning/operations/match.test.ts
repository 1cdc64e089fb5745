import { describe, expect, it } from 'vitest';
import { sampleReplica, sampleServer } from '../../model/topology-samples.ts';
import { trx } from '../testing.ts';
import {
  binlogServer,
  byPosition,
  factsOf,
  key,
  lockedPorts,
  moves,
  planned,
  refusal,
  story,
  withoutGtid,
} from './move-testing.ts';

const CONFIGURED = { rules: { pseudoGtidIsConfigured: true } };
const WORLD = [withoutGtid(1), byPosition(2, 1), byPosition(3, 1), byPosition(4, 2)];

describe('O38: a match by pseudo-GTID', () => {
  const request = { kind: 'match-below', key: key(4), below: key(3) } as const;

  it('O38: stops the replica with all applied, finds its place, and holds the destination meanwhile', () => {
    const plan = planned(request, factsOf(WORLD, CONFIGURED));
    expect([plan.method, moves(plan), lockedPorts(plan)]).toEqual(['pseudo-gtid', ['4: 2 -> 3 (pseudo-gtid)'], [3]]);
    expect(story(plan)[1]).toBe('4 find its place in the binary logs of 127.0.0.1:3');
  });

  it.each([
    [
      'where markers are not configured',
      request,
      WORLD,
      {},
      'no-pseudo-gtid: PseudoGTIDPattern not configured; cannot use Pseudo-GTID',
    ],
    [
      'below itself',
      { ...request, below: key(4) },
      WORLD,
      CONFIGURED,
      'MatchBelow: attempt to match an instance below itself 127.0.0.1:4',
    ],
    [
      'below a binlog server',
      request,
      [withoutGtid(1), byPosition(2, 1), binlogServer(3, 1), byPosition(4, 2)],
      CONFIGURED,
      'Cannot use PseudoGTID with Binlog Server 127.0.0.1:3',
    ],
    ['below one of its own', { ...request, key: key(2), below: key(4) }, WORLD, CONFIGURED, 'is a descendant of'],
    [
      'for one whose last check is bad',
      request,
      [...WORLD.slice(0, 3), byPosition(4, 2, 1, { lastSeen: null })],
      CONFIGURED,
      'last check invalid',
    ],
  ] as const)('O38: is refused %s', (_, asked, world, options, reason) => {
    expect(refusal(asked, factsOf(world, options))).toContain(reason);
  });
});

describe('O39, O40: up, and to the present source again', () => {
  it('O39: goes below its grandparent; its source is not needed', () => {
    expect(moves(planned({ kind: 'match-up', key: key(4) }, factsOf(WORLD, { ...CONFIGURED, silent: [2] })))).toEqual([
      '4: 2 -> 1 (pseudo-gtid)',
    ]);
    expect(refusal({ kind: 'match-up', key: key(2) }, factsOf(WORLD, CONFIGURED))).toBe(
      'source-is-no-replica: master is not a replica itself: 127.0.0.1:1',
    );
  });

  it('O40: finds its place anew in the logs of its source', () => {
    expect(moves(planned({ kind: 'rematch', key: key(4) }, factsOf(WORLD, CONFIGURED)))).toEqual([
      '4: 2 -> 2 (pseudo-gtid)',
    ]);
  });
});

describe('O41, O42: replicas are matched', () => {
  it('O41: those of a server below another, whether it answers or not', () => {
    const request = { kind: 'match-replicas', key: key(1), below: key(2), pattern: '' } as const;
    expect(moves(planned(request, factsOf(WORLD, { ...CONFIGURED, silent: [1] })))).toEqual([
      '3: 1 -> 2 (pseudo-gtid)',
    ]);
  });

  it('O41: those of a binlog server go to its source at the same coordinates', () => {
    const world = [withoutGtid(1), binlogServer(2, 1), byPosition(3, 2)];
    const request = { kind: 'match-replicas', key: key(2), below: key(1), pattern: '' } as const;
    expect(moves(planned(request, factsOf(world)))).toEqual(['3: 2 -> 1 (same-coordinates)']);
  });

  it('O42: one level up', () => {
    const request = { kind: 'match-up-replicas', key: key(2), pattern: '' } as const;
    expect(moves(planned(request, factsOf(WORLD, CONFIGURED)))).toEqual(['4: 2 -> 1 (pseudo-gtid)']);
  });

  it('O42: there is no level above a server that replicates from nobody', () => {
    expect(refusal({ kind: 'match-up-replicas', key: key(1), pattern: '' }, factsOf(WORLD, CONFIGURED))).toBe(
      'not-a-replica: instance is not a replica: 127.0.0.1:1',
    );
  });

  it('O41: is refused with each reason when nobody can be', () => {
    const request = { kind: 'match-replicas', key: key(1), below: key(2), pattern: '' } as const;
    expect(refusal(request, factsOf(WORLD))).toContain(
      'MultiMatchReplicas: only matched 0 out of 1 replicas of 127.0.0.1:1; error is: PseudoGTIDPattern not configured',
    );
  });
});

describe('O43, O44: older ways to raise a replica', () => {
  const own = { executedGtidSet: trx('1-10', 1) };
  const gtid = [sampleServer(1, own), sampleReplica(2, 1, own), sampleReplica(3, 1, own)];

  it('O43: with a dead source the siblings go below, then it takes writes', () => {
    const plan = planned({ kind: 'make-master', key: key(2) }, factsOf(gtid, { silent: [1] }));
    expect(moves(plan)).toEqual(['3: 1 -> 2 (gtid)', '2: 1 -> nobody (none)']);
    expect(plan.after.map(({ postcondition }) => postcondition.kind)).toEqual(['is-writable-primary']);
  });

  it('O43: is refused while the source answers, and where a sibling is further', () => {
    expect(refusal({ kind: 'make-master', key: key(2) }, factsOf(gtid))).toContain('seems to be accessible');
    const ahead = [gtid[0], gtid[1], sampleReplica(3, 1, { executedGtidSet: trx('1-11', 1) })].filter(
      (one) => one !== undefined,
    );
    expect(refusal({ kind: 'make-master', key: key(2) }, factsOf(ahead, { silent: [1] }))).toContain('sibling-ahead');
  });

  it('O44: goes below its grandparent first, then its siblings below it', () => {
    const world = [sampleServer(1, own), sampleReplica(2, 1, own), sampleReplica(3, 2, own), sampleReplica(4, 2, own)];
    const plan = planned({ kind: 'make-local-master', key: key(3) }, factsOf(world));
    expect(moves(plan)).toEqual(['3: 2 -> 1 (gtid)', '4: 2 -> 3 (gtid)']);
  });
});
