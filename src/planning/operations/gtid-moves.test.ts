import { describe, expect, it } from 'vitest';
import { sampleReplica, sampleServer } from '../../model/topology-samples.ts';
import { atPosition, has, holding, trx } from '../testing.ts';
import { factsOf, key, log, moves, planned, refusal, story } from './move-testing.ts';

const PRIMARY = sampleServer(22293, { executedGtidSet: trx('1-10') });
const replica = (port: number, changes = {}) => sampleReplica(port, 22293, { ...has(10), ...changes });
/** It replicates all the same, from somewhere in its source's log. */
const NO_GTID = {
  usingOracleGtid: false,
  readCoordinates: log('bin.000001', 9),
  execCoordinates: log('bin.000001', 9),
};
const request = { kind: 'move-below-gtid', key: key(22295), below: key(22294) } as const;

describe('O29: a move by GTID', () => {
  it('O29: freezes the replica, lets the new source have what it has, then points and starts it', () => {
    const plan = planned(request, factsOf([PRIMARY, replica(22294), replica(22295)]));
    expect(moves(plan)).toEqual(['22295: 22293 -> 22294 (gtid)']);
    expect(story(plan)).toEqual([
      '22295 stop the receiver',
      '22294 waits until executed-shared-of',
      '22295 replicate from 127.0.0.1:22294 (by GTID) once 127.0.0.1:22294 has executed all that it has received',
      '22295 start replication',
    ]);
  });

  it('D4, D5: waits for what the primary has written, which the new source can still get', () => {
    const [, align] = planned(request, factsOf([PRIMARY, replica(22294), replica(22295)])).lanes[0]?.steps ?? [];
    expect(align?.postcondition).toMatchObject({ kind: 'executed-shared-of', origin: key(22293) });
  });

  it('waits for nothing where the new source is the primary: nobody could send it anything', () => {
    const chain = [PRIMARY, replica(22294), sampleReplica(22295, 22294, has(10))];
    const [, align] = planned({ ...request, below: key(22293) }, factsOf(chain)).lanes[0]?.steps ?? [];
    expect(align?.postcondition).toMatchObject({ kind: 'executed-shared-of', origin: null });
  });

  it('is undone step by step: back to the former source, and its receiver runs again', () => {
    const [lane] = planned(request, factsOf([PRIMARY, replica(22294), replica(22295)])).lanes;
    expect(lane?.steps.map(({ undo }) => undo.map(({ kind }) => kind))).toEqual([
      ['start-replication'],
      [],
      ['follow-when-safe'],
      ['stop-replication'],
    ]);
  });

  it('leaves stopped what somebody had stopped, should it be undone', () => {
    const stopped = replica(22295, { receiverState: 'stopped', receiverRunning: false });
    const [lane] = planned(request, factsOf([PRIMARY, replica(22294), stopped])).lanes;
    expect(lane?.steps[0]?.undo).toEqual([{ kind: 'start-applier' }]);
  });

  it('A18: warns of transactions that will be errant below the new source', () => {
    const chain = [
      PRIMARY,
      replica(22294),
      sampleReplica(22295, 22294, holding(`${trx('1-10')},${trx('1-2', 22294)}`)),
    ];
    const plan = planned({ ...request, below: key(22293) }, factsOf(chain));
    expect(plan.warnings).toEqual([expect.stringContaining(`has executed ${trx('1-2', 22294)}`)]);
  });

  it.each([
    ['no GTID on the one', NO_GTID, {}, 'no-gtid: Instances 127.0.0.1:22295, 127.0.0.1:22294 not GTID compatible'],
    ['no GTID on the other', {}, { supportsOracleGtid: false }, 'no-gtid: '],
    [
      'purged ones missing',
      has(3),
      { gtidPurged: trx('1-5') },
      'purged: Instance 127.0.0.1:22294 has purged GTID entries not found on 127.0.0.1:22295',
    ],
    ['a bad last check', { lastSeen: null }, {}, 'last-check-invalid: 127.0.0.1:22295: last check invalid'],
    [
      'a target without binary log',
      {},
      { logBinEnabled: false },
      'no-binary-log: instance does not have binary logs enabled: 127.0.0.1:22294',
    ],
  ] as const)('H2: is refused with %s', (_, own, others, reason) => {
    expect(refusal(request, factsOf([PRIMARY, replica(22294, others), replica(22295, own)]))).toContain(reason);
  });

  it('O29: is refused below itself and below what is below it', () => {
    const chain = [PRIMARY, replica(22294), sampleReplica(22295, 22294, has(10))];
    expect(refusal({ ...request, key: key(22294), below: key(22295) }, factsOf(chain))).toContain('is a descendant of');
    expect(refusal({ ...request, below: key(22295) }, factsOf(chain))).toContain('is a descendant of');
  });

  it('O29: works by MariaDB GTID alike', () => {
    const at = atPosition('0-1-10');
    const primary = sampleServer(22293, { ...at, usingMariadbGtid: false });
    const plan = planned(request, factsOf([primary, replica(22294, at), replica(22295, at)]));
    expect(plan.method).toBe('gtid');
  });
});

describe('O30: replicas move by GTID', () => {
  const all = { kind: 'move-replicas-gtid', key: key(22293), below: key(22294), pattern: '' } as const;
  const world = [PRIMARY, ...[22294, 22295, 22296].map((port) => replica(port))];

  it('O30: each in a lane of its own, the destination left where it is', () => {
    expect(moves(planned(all, factsOf(world)))).toEqual([
      '22295: 22293 -> 22294 (gtid)',
      '22296: 22293 -> 22294 (gtid)',
    ]);
  });

  it('O30: those alone that the pattern names', () => {
    expect(moves(planned({ ...all, pattern: ':22296$' }, factsOf(world)))).toEqual(['22296: 22293 -> 22294 (gtid)']);
  });

  it('O30: who cannot be moved is left out by name, and keeps nobody from moving', () => {
    const plan = planned(all, factsOf([...world.slice(0, 3), replica(22296, NO_GTID)]));
    expect(moves(plan)).toEqual(['22295: 22293 -> 22294 (gtid)']);
    expect(plan.leftOut).toMatchObject([{ key: key(22296), code: 'no-gtid' }]);
  });

  it('O30: is refused when nobody can be moved', () => {
    const none = [PRIMARY, replica(22294), replica(22295, NO_GTID)];
    expect(refusal(all, factsOf(none))).toContain(
      'MoveReplicasGTID: only moved 0 out of 1 replicas of 127.0.0.1:22293',
    );
  });

  it('O30: of nobody is nothing to do', () => {
    const plan = planned(all, factsOf([PRIMARY, replica(22294)]));
    expect([plan.lanes, plan.audits]).toEqual([[], []]);
  });

  it('as many at once as configured', () => {
    expect(planned(all, factsOf(world, { rules: { lanesAtOnce: 7 } })).lanesAtOnce).toBe(7);
  });
});
