/** What a replica is told about semi-sync before it starts (O3b). */
import { describe, expect, it } from 'vitest';
import { NO_SEMI_SYNC } from '../../model/blank-instance.ts';
import type { SemiSync } from '../../model/instance.ts';
import { commandText } from '../../model/server-command.ts';
import { sampleReplica, sampleServer } from '../../model/topology-samples.ts';
import { semiSyncBeforeStart, semiSyncWarnings } from './semi-sync-before-start.ts';
import { aWorld, bothStopped, OTHER, PRIMARY, REPLICA, type WorldChanges } from './testing.ts';

const EXACT: WorldChanges = { rules: { enforceExactSemiSyncReplicas: true } };
const ENOUGH: WorldChanges = { rules: { recoverLockedSemiSyncMaster: true } };
const acks = (priority: number, replicaEnabled = false): SemiSync => ({ ...NO_SEMI_SYNC, priority, replicaEnabled });

/** A source that waits for one; the replica that is to start, and another that runs. */
function told(own: SemiSync, other: SemiSync, changes: WorldChanges, sourceClients = 0): readonly string[] {
  const source = sampleServer(PRIMARY, { semiSync: { ...NO_SEMI_SYNC, sourceWaitForReplicaCount: 1, sourceClients } });
  const instance = sampleReplica(REPLICA, PRIMARY, { ...bothStopped, semiSync: own });
  const world = aWorld([source, instance, sampleReplica(OTHER, PRIMARY, { semiSync: other })], changes);
  return semiSyncBeforeStart(instance, source, world).map(commandText);
}

describe('semi-sync before a start', () => {
  it('O3b: exactly so many: it acknowledges where it is preferred, counted as if it ran', () => {
    expect(told(acks(2), acks(1, true), EXACT)).toEqual(['acknowledge what is received']);
    expect(told(acks(1, true), acks(2), EXACT)).toEqual(['acknowledge nothing']);
    expect(told(acks(1), acks(2, true), EXACT)).toEqual([]);
  });

  it('O3b: exactly so many: without a priority it does not acknowledge', () => {
    expect(told(acks(0, true), acks(1, true), EXACT)).toEqual(['acknowledge nothing']);
  });

  it('O3b: enough: it acknowledges where one is lacking, and is never switched off', () => {
    expect(told(acks(2), acks(1), ENOUGH, 0)).toEqual(['acknowledge what is received']);
    expect(told(acks(2), acks(1, true), ENOUGH, 1)).toEqual([]);
    expect(told(acks(1, true), acks(2, true), ENOUGH, 1)).toEqual([]);
  });

  it('O3b: a source that does not answer, or that nobody knows, does not keep it from starting: it is warned', () => {
    const instance = sampleReplica(REPLICA, PRIMARY, { ...bothStopped, semiSync: acks(1, true) });
    const world = aWorld([sampleServer(PRIMARY), instance], { ...EXACT, silent: [PRIMARY] });
    expect(semiSyncWarnings(instance, world.topology.get(sampleServer(PRIMARY).key), world)[0]).toContain(
      '127.0.0.1:3301 does not answer (connection refused)',
    );
    expect(semiSyncBeforeStart(instance, undefined, world)).toEqual([]);
    expect(semiSyncWarnings(instance, undefined, world)[0]).toContain('is not known');
  });
});
