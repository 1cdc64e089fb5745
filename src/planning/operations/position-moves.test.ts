import { describe, expect, it } from 'vitest';
import { sampleReplica, sampleServer } from '../../model/topology-samples.ts';
import { has, trx } from '../testing.ts';
import {
  binlogServer,
  byPosition,
  factsOf,
  key,
  lockedPorts,
  log,
  moves,
  planned,
  refusal,
  story,
  withoutGtid,
} from './move-testing.ts';

const PRIMARY = withoutGtid(1);
const CHAIN = [PRIMARY, byPosition(2, 1), byPosition(3, 2)];
const SIBLINGS = [PRIMARY, byPosition(2, 1), byPosition(3, 1)];

describe('O23: a replica moves up', () => {
  const request = { kind: 'move-up', key: key(3) } as const;

  it('O23: its source stands still, it applies all of the log of that one, and goes on where its source is', () => {
    const plan = planned(request, factsOf(CHAIN));
    expect([plan.method, moves(plan), lockedPorts(plan)]).toEqual([
      'file-position',
      ['3: 2 -> 1 (file-position)'],
      [2],
    ]);
    expect(story(plan)).toEqual([
      '2 stop replication',
      '3 stop replication',
      '3 replicate until the end of the binary log after "stop replication on 127.0.0.1:2"',
      '3 stop replication',
      '3 replicate from 127.0.0.1:1 (at the place applied after "stop replication on 127.0.0.1:2") once it has applied all that it has received',
      '3 start replication',
      '2 start replication',
    ]);
  });

  it('O23: keeps using GTID where it does', () => {
    const gtid = [
      sampleServer(1, { executedGtidSet: trx('1-10', 1) }),
      sampleReplica(2, 1, { executedGtidSet: trx('1-10', 1) }),
      sampleReplica(3, 2, { executedGtidSet: trx('1-10', 1) }),
    ];
    expect(planned(request, factsOf(gtid)).method).toBe('gtid');
  });

  it('O23: that a writable source writes for itself from then on is said before', () => {
    const world = [PRIMARY, byPosition(2, 1, 100, { readOnly: false }), byPosition(3, 2)];
    const warning =
      '127.0.0.1:2 is writable: what is written there after 127.0.0.1:3 has left reaches 127.0.0.1:3 no more';
    const replicas = { kind: 'move-up-replicas', key: key(2), pattern: '' } as const;
    const relocate = { kind: 'relocate', key: key(3), below: key(1) } as const;
    for (const one of [request, replicas, relocate]) expect(planned(one, factsOf(world)).warnings).toEqual([warning]);
    const readOnly = [PRIMARY, byPosition(2, 1, 100, { readOnly: true }), byPosition(3, 2)];
    expect(planned(request, factsOf(readOnly)).warnings).toEqual([]);
  });

  it('O23: from below a binlog server it is a repoint', () => {
    const world = [PRIMARY, binlogServer(2, 1), byPosition(3, 2)];
    const plan = planned(request, factsOf(world));
    expect([plan.method, plan.before]).toEqual(['same-coordinates', []]);
  });

  it.each([
    ['of a primary', [PRIMARY, byPosition(3, 1)], 'source-is-no-replica: master is not a replica itself: 127.0.0.1:1'],
    ['of no replica', [PRIMARY, withoutGtid(3)], 'not-a-replica: instance is not a replica: 127.0.0.1:3'],
    [
      'that lags',
      [PRIMARY, byPosition(2, 1), byPosition(3, 2, 100, { secondsBehindSource: 21 })],
      'lags: 127.0.0.1:3: lags too much',
    ],
    [
      'that does not replicate',
      [PRIMARY, byPosition(2, 1), byPosition(3, 2, 100, { applierState: 'stopped' })],
      'not-replicating',
    ],
    [
      'whose lag is not known',
      [PRIMARY, byPosition(2, 1), byPosition(3, 2, 100, { secondsBehindSource: null })],
      'lag-unknown',
    ],
    [
      'that is newer than the new source',
      [withoutGtid(1, { version: '9.8.0' }), byPosition(2, 1), byPosition(3, 2)],
      'lower-version',
    ],
  ] as const)('H2: is refused for one %s', (_, world, reason) => {
    expect(refusal(request, factsOf(world))).toContain(reason);
  });
});

describe('O24: replicas move up', () => {
  const request = { kind: 'move-up-replicas', key: key(2), pattern: '' } as const;
  const world = [PRIMARY, byPosition(2, 1), byPosition(3, 2), byPosition(4, 2)];

  it('O24: their source stands still once for all of them', () => {
    const plan = planned(request, factsOf(world));
    expect(moves(plan)).toEqual(['3: 2 -> 1 (file-position)', '4: 2 -> 1 (file-position)']);
    expect([plan.before.length, plan.lanes.length, plan.after.length]).toEqual([1, 2, 1]);
  });

  it('O24: the compatibility with the new source counts, which the contract forgets', () => {
    const older = byPosition(4, 2, 100, { version: '8.4.0' });
    const plan = planned(
      request,
      factsOf([PRIMARY, byPosition(2, 1, 100, { version: '8.4.0' }), byPosition(3, 2), older]),
    );
    expect(plan.leftOut).toMatchObject([{ key: key(4), code: 'lower-version' }]);
  });

  it('O24: of nobody is nothing to do', () => {
    const plan = planned(request, factsOf([PRIMARY, byPosition(2, 1)]));
    expect([plan.lanes, plan.because]).toEqual([[], 'there is nothing to move']);
  });

  it('O24: is refused when nobody can be moved', () => {
    const lagging = byPosition(3, 2, 100, { secondsBehindSource: 500 });
    expect(refusal(request, factsOf([PRIMARY, byPosition(2, 1), lagging]))).toContain('Error on all operations');
  });
});

describe('O25: a replica moves below its sibling', () => {
  const request = { kind: 'move-below', key: key(3), below: key(2) } as const;

  it('O25, D4: both are brought to one place, with nothing left in the relay log of the one that moves', () => {
    const plan = planned(request, factsOf(SIBLINGS));
    expect([plan.method, lockedPorts(plan)]).toEqual(['file-position', [2]]);
    expect(story(plan)).toEqual([
      '2 stop replication',
      '3 waits until applied-up-to',
      '3 stop the receiver',
      '2 replicate until the place applied after "let 127.0.0.1:3 apply all it has"',
      '2 stop replication',
      '3 replicate from 127.0.0.1:2 (at the end of the binary log after "stop replication on 127.0.0.1:2 beside 127.0.0.1:3") once it has applied all that it has received',
      '3 start replication',
      '2 start replication',
    ]);
  });

  it('O25: keeps using GTID where both do', () => {
    const gtid = [sampleServer(1), sampleReplica(2, 1, has(10)), sampleReplica(3, 1, has(10))];
    expect(planned(request, factsOf(gtid)).method).toBe('gtid');
  });

  it('O25: below a binlog server it is a repoint', () => {
    expect(planned(request, factsOf([PRIMARY, binlogServer(2, 1), byPosition(3, 1)])).method).toBe('same-coordinates');
  });

  it('O25: is refused for servers that are no siblings', () => {
    expect(refusal(request, factsOf([PRIMARY, byPosition(2, 1), withoutGtid(4), byPosition(3, 4)]))).toBe(
      'no-siblings: instances are not siblings: 127.0.0.1:3, 127.0.0.1:2',
    );
  });

  it('D8: is refused where one is delayed by order, which would have to be broken', () => {
    const delayed = byPosition(3, 1, 100, { sqlDelaySeconds: 3600, secondsBehindSource: 3600 });
    expect(refusal(request, factsOf([PRIMARY, byPosition(2, 1), delayed]))).toContain('delayed: 127.0.0.1:3');
  });

  it('O25: is refused where the sibling lags', () => {
    const lagging = byPosition(2, 1, 100, { secondsBehindSource: 100 });
    expect(refusal(request, factsOf([PRIMARY, lagging, byPosition(3, 1)]))).toContain('lags: 127.0.0.1:2');
  });
});

describe('O22: a move to recorded equivalent coordinates', () => {
  const request = { kind: 'move-equivalent', key: key(3), below: key(2) } as const;
  const equivalences = [{ source: key(2), coordinates: log('bin-2.000007', 77) }];

  it('O22: goes there, unless it has moved on meanwhile', () => {
    const plan = planned(request, factsOf(SIBLINGS, { equivalences }));
    expect(plan.method).toBe('equivalent-coordinates');
    expect(story(plan)[1]).toContain('at bin-2.000007:77');
    expect(plan.lanes[0]?.steps[1]?.precondition).toMatchObject({ kind: 'applied-up-to', coordinates: { pos: 100 } });
  });

  it('O22: is refused where none are known, and below itself', () => {
    expect(refusal(request, factsOf(SIBLINGS))).toBe(
      'no-equivalence: No equivalent coordinates found for 127.0.0.1:3 replicating from 127.0.0.1:1 at source-bin.000001:100',
    );
    expect(refusal({ ...request, below: key(3) }, factsOf(SIBLINGS))).toBe(
      'same-server: MoveEquivalent: attempt to move an instance below itself 127.0.0.1:3',
    );
  });
});

describe('O20: a repoint', () => {
  const request = { kind: 'repoint', key: key(3), below: null } as const;

  it('O20: to the present source makes the connection anew, at the same coordinates', () => {
    const plan = planned(request, factsOf(SIBLINGS));
    expect([plan.method, moves(plan)]).toEqual(['same-coordinates', ['3: 1 -> 1 (same-coordinates)']]);
    expect(story(plan)).toEqual([
      '3 stop replication',
      '3 replicate from 127.0.0.1:1 (at the same coordinates) once 127.0.0.1:1 has all that it has received in its binary log',
      '3 start replication',
    ]);
  });

  it('D4: to a source that does not answer, the replica first applies all that it has received', () => {
    const plan = planned(request, factsOf(SIBLINGS, { silent: [1] }));
    expect(plan.lanes[0]?.steps[0]?.postcondition).toEqual({ kind: 'drained-of-silent-source' });
    expect(story(plan)[1]).toContain('once it has applied all that it has received');
  });

  it('O20: to a binlog server that is not far enough is refused', () => {
    const world = [PRIMARY, binlogServer(2, 1, 50), byPosition(3, 1)];
    expect(refusal({ ...request, below: key(2) }, factsOf(world))).toContain(
      'binlog-server-behind: repoint: binlog server 127.0.0.1:2 is not sufficiently up to date to repoint 127.0.0.1:3 below it',
    );
  });

  it('O20: to another server at the same coordinates tells whose word it is that they are the same', () => {
    expect(planned({ ...request, below: key(2) }, factsOf(SIBLINGS)).warnings).toHaveLength(1);
  });

  it('O20: of a server with GTID goes by GTID', () => {
    const gtid = [sampleServer(1), sampleReplica(2, 1, has(10)), sampleReplica(3, 1, has(10))];
    expect(planned({ ...request, below: key(2) }, factsOf(gtid)).method).toBe('gtid');
  });
});

describe('O21: replicas are repointed', () => {
  const request = { kind: 'repoint-replicas', key: key(1), below: null, pattern: '' } as const;

  it('O21: each to where it is, unless told otherwise', () => {
    expect(moves(planned(request, factsOf(SIBLINGS)))).toEqual([
      '2: 1 -> 1 (same-coordinates)',
      '3: 1 -> 1 (same-coordinates)',
    ]);
  });

  it('O21: of nobody is nothing to do', () => {
    expect(planned({ ...request, key: key(3) }, factsOf(SIBLINGS)).lanes).toEqual([]);
  });
});

describe('O31, O32: GTID is switched on and off', () => {
  const gtid = [sampleServer(1), sampleReplica(2, 1, has(10))];

  it('O31: a replica by position goes on by GTID from the same source, once it has applied all', () => {
    const reads = log('bin.000001', 9);
    const away = { usingOracleGtid: false, readCoordinates: reads, execCoordinates: reads };
    const plain = [sampleServer(1), sampleReplica(2, 1, { ...has(10), ...away })];
    const plan = planned({ kind: 'enable-gtid', key: key(2) }, factsOf(plain));
    expect(story(plan)).toEqual([
      '2 stop the receiver',
      '2 replicate from 127.0.0.1:1 (by GTID) once it has applied all that it has received',
      '2 start replication',
      '2 waits until uses-gtid',
    ]);
    expect(plan.audits.map(({ type }) => type)).toEqual(['repoint', 'enable-gtid']);
  });

  it('O32: and the reverse', () => {
    const plan = planned({ kind: 'disable-gtid', key: key(2) }, factsOf(gtid));
    expect(story(plan)[1]).toContain('at the place applied after');
  });

  it('O31, O32: is refused where it is so already, or cannot be', () => {
    expect(refusal({ kind: 'enable-gtid', key: key(2) }, factsOf(gtid))).toBe(
      'gtid-already: 127.0.0.1:2 already uses GTID',
    );
    expect(refusal({ kind: 'disable-gtid', key: key(3) }, factsOf(SIBLINGS))).toBe(
      'no-gtid: 127.0.0.1:3 is not using GTID',
    );
    expect(refusal({ kind: 'disable-gtid', key: key(1) }, factsOf(SIBLINGS))).toBe(
      'no-gtid: 127.0.0.1:1 is not using GTID',
    );
    expect(refusal({ kind: 'enable-gtid', key: key(3) }, factsOf(SIBLINGS))).toContain(
      'Cannot enable GTID on 127.0.0.1:3',
    );
  });
});
