/** Stopping at once what must not apply any more (L4). */
import { describe, expect, it } from 'vitest';
import { clusterName } from '../../model/brand.ts';
import { instanceKeyText } from '../../model/instance-key.ts';
import { sampleReplica, sampleServer } from '../../model/topology-samples.ts';
import { PANIC_LANES_AT_ONCE_MAX, planPanicStop } from './panic-stop.ts';
import { at, aWorld, bothStopped, OTHER, PRIMARY, planOf, REPLICA, refusalOf, stepsOf, undoneBy } from './testing.ts';

const name = clusterName(instanceKeyText(at(PRIMARY)));
const panic = (world: ReturnType<typeof aWorld>, which: 'all' | 'delayed', cluster = name) =>
  planPanicStop({ kind: 'panic-stop', clusterName: cluster, which }, world);
const portsOf = (result: ReturnType<typeof panic>) => planOf(result).lanes.map(({ server }) => server.port);

describe('stopping in a panic', () => {
  const world = aWorld([
    sampleServer(PRIMARY),
    sampleReplica(REPLICA, PRIMARY),
    sampleReplica(OTHER, REPLICA, { sqlDelaySeconds: 3600 }),
    sampleReplica(3304, PRIMARY, { ...bothStopped, sqlDelaySeconds: 60, lastSeen: null }),
  ]);

  it('L4: every delayed replica, however deep, also one that was seen to stand or not seen well', () => {
    expect(portsOf(panic(world, 'delayed'))).toEqual([OTHER, 3304]);
  });

  it('O8, L4: all replicas, all at once, without a look before, a lock, or a way back', () => {
    const result = panic(world, 'all');
    const plan = planOf(result);
    expect(portsOf(result)).toEqual([REPLICA, OTHER, 3304]);
    expect(plan.lanesAtOnce).toBe(3);
    expect([plan.locks, plan.locksLanes, plan.before]).toEqual([[], false, []]);
    expect(stepsOf(result).map(({ precondition }) => precondition.kind)).toEqual(['none', 'none', 'none']);
    expect(undoneBy(result)).toEqual([]);
  });

  it('L4: a server with several sources stops all of them; one whose other delays nobody knows is named', () => {
    const channel = { name: 'b', sourceKey: at(9), receiverState: 'running', applierState: 'running' } as const;
    const several = { otherChannels: [{ ...channel, usingGtid: true, receivedGtid: '' }] };
    const mixed = aWorld([
      sampleServer(PRIMARY),
      sampleReplica(REPLICA, PRIMARY, { ...several, sqlDelaySeconds: 60 }),
      sampleReplica(OTHER, PRIMARY, several),
    ]);
    expect(stepsOf(panic(mixed, 'delayed')).map(({ commands }) => commands)).toEqual([
      [{ kind: 'stop-replication', everyChannel: true }],
    ]);
    expect(planOf(panic(mixed, 'delayed')).warnings[0]).toContain('127.0.0.1:3303');
  });

  it('O8, L4: so many at once at most, and the others after them', () => {
    const many = Array.from({ length: PANIC_LANES_AT_ONCE_MAX + 5 }, (_, i) => sampleReplica(4000 + i, PRIMARY));
    const plan = planOf(panic(aWorld([sampleServer(PRIMARY), ...many]), 'all'));
    expect([plan.lanes.length, plan.lanesAtOnce]).toEqual([PANIC_LANES_AT_ONCE_MAX + 5, PANIC_LANES_AT_ONCE_MAX]);
  });

  it('L4: where there is nothing to stop it says so, instead of success', () => {
    const calm = aWorld([sampleServer(PRIMARY), sampleReplica(REPLICA, PRIMARY)]);
    expect(refusalOf(panic(calm, 'delayed'))).toContain('nothing was stopped');
    expect(refusalOf(panic(calm, 'all', clusterName('nowhere:1')))).toContain('not-found');
  });
});
