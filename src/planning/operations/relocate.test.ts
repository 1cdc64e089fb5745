import { describe, expect, it } from 'vitest';
import { sampleGroup, sampleReplica, sampleServer } from '../../model/topology-samples.ts';
import { has, trx } from '../testing.ts';
import {
  binlogServer,
  byPosition,
  factsOf,
  key,
  log,
  moves,
  planned,
  refusal,
  rejectedMethods,
  story,
  withoutGtid,
} from './move-testing.ts';
import { plansOf } from './operation-plan.ts';

const PSEUDO = { usingPseudoGtid: true };
const PRIMARY = withoutGtid(1);
const relocate = (port: number, below: number) => ({ kind: 'relocate', key: key(port), below: key(below) }) as const;
const GTID = [
  sampleServer(1, { executedGtidSet: trx('1-10', 1) }),
  sampleReplica(2, 1, { executedGtidSet: trx('1-10', 1) }),
  sampleReplica(3, 1, { executedGtidSet: trx('1-10', 1) }),
];

describe('O58: the method is the first that fits, and the others say why they do not', () => {
  it('O58: below its present source it is a repoint', () => {
    const plan = planned(relocate(3, 1), factsOf([PRIMARY, byPosition(2, 1), byPosition(3, 1)]));
    expect([plan.method, moves(plan)]).toEqual(['same-coordinates', ['3: 1 -> 1 (same-coordinates)']]);
  });

  it('O58: by GTID where both use it', () => {
    const plan = planned(relocate(3, 2), factsOf(GTID));
    expect([plan.method, plan.rejected, moves(plan)]).toEqual(['gtid', [], ['3: 1 -> 2 (gtid)']]);
    expect(plan.audits.map(({ type }) => type)).toEqual(['relocate-below']);
  });

  it('O58: what stands against GTID is the last word: another method would switch it off', () => {
    const purged = sampleReplica(2, 1, { executedGtidSet: trx('1-10', 1), gtidPurged: trx('1-5', 1) });
    expect(refusal(relocate(3, 2), factsOf([sampleServer(1), purged, sampleReplica(3, 1, has(3))]))).toContain(
      'purged: ',
    );
  });

  it('O58: below a sibling by file and position', () => {
    const plan = planned(relocate(3, 2), factsOf([PRIMARY, byPosition(2, 1), byPosition(3, 1)]));
    expect(plan.method).toBe('file-position');
    expect(rejectedMethods(plan)).toEqual(['gtid: 127.0.0.1:3 and 127.0.0.1:2 do not both use GTID of one family']);
  });

  it('O58: below the grandparent by file and position', () => {
    const plan = planned(relocate(3, 1), factsOf([PRIMARY, byPosition(2, 1), byPosition(3, 2)]));
    expect([plan.method, moves(plan)]).toEqual(['file-position', ['3: 2 -> 1 (file-position)']]);
  });

  it('O58: below a cousin by pseudo-GTID', () => {
    const world = [PRIMARY, byPosition(2, 1), byPosition(3, 2, 100, PSEUDO), byPosition(4, 1, 100, PSEUDO)];
    const plan = planned(relocate(3, 4), factsOf(world, { rules: { pseudoGtidIsConfigured: true } }));
    expect(plan.method).toBe('pseudo-gtid');
    expect(story(plan)).toEqual([
      '3 stop the receiver',
      '3 find its place in the binary logs of 127.0.0.1:4',
      '3 replicate from 127.0.0.1:4 (at the place found by "find where 127.0.0.1:3 stands on 127.0.0.1:4") once it has applied all that it has received',
      '3 start replication',
    ]);
  });

  it('O58: below a cousin by recorded coordinates', () => {
    const world = [PRIMARY, byPosition(2, 1), byPosition(3, 2), byPosition(4, 1)];
    const equivalences = [{ source: key(4), coordinates: log('bin-4.000001', 9) }];
    const plan = planned(relocate(3, 4), factsOf(world, { equivalences }));
    expect(plan.method).toBe('equivalent-coordinates');
    expect(rejectedMethods(plan)).toEqual([
      'gtid: 127.0.0.1:3 and 127.0.0.1:4 do not both use GTID of one family',
      'pseudo-gtid: no pseudo-GTID on 127.0.0.1:3, 127.0.0.1:4',
    ]);
  });

  it('O58: is refused where nothing fits, with what stands against each method', () => {
    const world = [PRIMARY, byPosition(2, 1), byPosition(3, 2), byPosition(4, 1)];
    expect(refusal(relocate(3, 4), factsOf(world))).toMatch(
      /^too-complex: Relocating 127.0.0.1:3 below 127.0.0.1:4 turns to be too complex; please do it manually \(gtid: .*pseudo-gtid: .*equivalent-coordinates: /,
    );
  });

  it('A15: not below a writable co-primary by file and position', () => {
    const pair = [
      byPosition(1, 2, 100, { readOnly: false }),
      byPosition(2, 1, 100, { readOnly: false }),
      byPosition(3, 1),
    ];
    expect(refusal(relocate(3, 2), factsOf(pair))).toContain('too-complex');
  });
});

describe('O58, 4.6: binlog servers have the coordinates of their source', () => {
  it.each([
    ['a sibling that is one', [PRIMARY, binlogServer(2, 1), byPosition(3, 1)], relocate(3, 2)],
    ['the source of the one it is below', [PRIMARY, binlogServer(2, 1), byPosition(3, 2)], relocate(3, 1)],
    ['from one to another', [PRIMARY, binlogServer(2, 1), binlogServer(4, 1), byPosition(3, 2)], relocate(3, 4)],
  ] as const)('O58: below %s at the same coordinates', (_, world, request) => {
    const plan = planned(request, factsOf(world));
    expect([plan.method, plan.next]).toEqual(['same-coordinates', null]);
  });

  it('O58: below one elsewhere in two moves, by way of its source', () => {
    const world = [PRIMARY, byPosition(2, 1), byPosition(3, 1), binlogServer(4, 2)];
    const plan = planned(relocate(3, 4), factsOf(world));
    expect(moves(plan)).toEqual(['3: 1 -> 2 (file-position)', '3: 2 -> 4 (same-coordinates)']);
    expect(plansOf(plan).map(({ audits }) => audits.length)).toEqual([0, 1]);
  });

  it('O58: a binlog server itself goes nowhere else', () => {
    const world = [PRIMARY, binlogServer(2, 1), byPosition(3, 1), byPosition(4, 3)];
    expect(refusal(relocate(2, 4), factsOf(world))).toContain('too-complex');
  });
});

describe('H2: illegal moves are refused with their reason', () => {
  const chain = [PRIMARY, byPosition(2, 1), byPosition(3, 2)];

  it.each([
    ['below itself', relocate(2, 2), chain, 'descendant: relocate: 127.0.0.1:2 is a descendant of 127.0.0.1:2'],
    [
      'below what is below it',
      relocate(2, 3),
      chain,
      'descendant: relocate: 127.0.0.1:3 is a descendant of 127.0.0.1:2',
    ],
    ['of a primary', relocate(1, 4), [...chain, withoutGtid(4)], 'not-a-replica: '],
    ['of an unknown server', relocate(9, 2), chain, 'not-found: Error reading 127.0.0.1:9'],
    ['below an unknown server', relocate(2, 9), chain, 'not-found: Error reading 127.0.0.1:9'],
    [
      'below a server of a newer version',
      relocate(3, 1),
      [withoutGtid(1, { version: '9.9.0' }), byPosition(2, 1), byPosition(3, 2)],
      '127.0.0.1:3 cannot replicate from 127.0.0.1:1. Reason: ',
    ],
    [
      'of a member of a group',
      relocate(3, 1),
      [PRIMARY, byPosition(2, 1), byPosition(3, 2, 100, { group: sampleGroup(2, 3) })],
      'is a secondary replication group member, hence, it cannot be relocated',
    ],
  ] as const)('H2: %s', (_, request, world, reason) => {
    expect(refusal(request, factsOf(world))).toContain(reason);
  });
});

describe('operations beside each other', () => {
  it('H5: one is not put below a server that is just being put below it', () => {
    const underWay = [{ key: key(3), to: key(2) }];
    expect(refusal(relocate(2, 3), factsOf(GTID, { underWay }))).toContain('is a descendant of 127.0.0.1:2');
    expect(refusal(relocate(2, 3), factsOf(GTID))).toBe('');
  });
});

describe('O59, O28: replicas are relocated, each as it can be', () => {
  const all = (from: number, below: number, pattern = '') =>
    ({ kind: 'relocate-replicas', key: key(from), below: key(below), pattern }) as const;
  const own = { executedGtidSet: trx('1-10', 1) };

  it('O59: by GTID in lanes beside each other, without the destination', () => {
    const plan = planned(all(1, 2), factsOf([...GTID, sampleReplica(4, 1, own)]));
    expect(moves(plan)).toEqual(['3: 1 -> 2 (gtid)', '4: 1 -> 2 (gtid)']);
    expect([plan.lanes.length, plan.next]).toEqual([2, null]);
    expect(plan.audits.map(({ type }) => type)).toEqual(['relocate-replicas']);
  });

  it('O59: those alone that the pattern names', () => {
    expect(moves(planned(all(1, 2, ':4$'), factsOf([...GTID, sampleReplica(4, 1, own)])))).toEqual([
      '4: 1 -> 2 (gtid)',
    ]);
  });

  it('O59: to the grandparent by file and position, their source standing still once', () => {
    const world = [PRIMARY, byPosition(2, 1), byPosition(3, 2), byPosition(4, 2)];
    const plan = planned(all(2, 1), factsOf(world));
    expect(moves(plan)).toEqual(['3: 2 -> 1 (file-position)', '4: 2 -> 1 (file-position)']);
    expect([plan.before.length, plan.after.length, plan.next]).toEqual([1, 1, null]);
  });

  it('O59: below a sibling by file and position one after another, since each must meet it', () => {
    const world = [PRIMARY, byPosition(2, 1), byPosition(3, 1), byPosition(4, 1)];
    const plan = planned(all(1, 2), factsOf(world));
    expect(plansOf(plan).map((one) => moves({ ...one, next: null }))).toEqual([
      ['3: 1 -> 2 (file-position)'],
      ['4: 1 -> 2 (file-position)'],
    ]);
  });

  it('O59: who cannot be moved is left out by name', () => {
    const world = [...GTID, sampleReplica(4, 1, { ...own, serverId: 2 })];
    const plan = planned(all(1, 2), factsOf(world));
    expect(moves(plan)).toEqual(['3: 1 -> 2 (gtid)']);
    expect(plan.leftOut).toMatchObject([{ key: key(4), code: 'same-server-id' }]);
  });

  it('O59: is refused when nobody can be moved, with each reason', () => {
    const world = [PRIMARY, byPosition(2, 1), byPosition(3, 2), byPosition(4, 1)];
    expect(refusal(all(2, 4), factsOf(world))).toContain(
      'too-complex: Relocating 1 replicas of 127.0.0.1:2 below 127.0.0.1:4 turns to be too complex; please do it manually. Additional Errors: ',
    );
  });

  it('O59: is refused below what is below one of them', () => {
    const world = [PRIMARY, byPosition(2, 1), byPosition(3, 2)];
    expect(refusal(all(1, 3), factsOf(world))).toBe(
      'descendant: relocate-replicas: 127.0.0.1:3 is a descendant of 127.0.0.1:2',
    );
  });

  it('O59: of a server that does not answer', () => {
    expect(moves(planned(all(1, 2), factsOf(GTID, { silent: [1] })))).toEqual(['3: 1 -> 2 (gtid)']);
  });

  it('O59: of nobody is nothing to do', () => {
    expect(planned(all(3, 2), factsOf(GTID)).lanes).toEqual([]);
  });

  it('O28: a replica takes its siblings', () => {
    expect(moves(planned({ kind: 'take-siblings', key: key(2) }, factsOf(GTID)))).toEqual(['3: 1 -> 2 (gtid)']);
    expect(refusal({ kind: 'take-siblings', key: key(1) }, factsOf(GTID))).toBe(
      'not-a-replica: take-siblings: instance 127.0.0.1:1 is not a replica.',
    );
  });
});
