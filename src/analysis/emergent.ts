/**
 * What to look at again at once, and whom to nudge, before anybody acts on an entry (spec/failure-detection.md 12.1).
 *
 * Better than the reference where its section 14 says so: every code that calls a server dead or unreachable has the server and
 * all its replicas read again, since the replicas' receivers are the witnesses. Throttles (one read a key a second; one restart
 * a key in 30 s) and who may do it (the leader, and restarts only while recoveries are not disabled globally) are the caller's.
 */
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, keyId } from '../model/instance-key.ts';
import { hasSeveralSources } from '../model/instance-status.ts';
import { claimsDeath, type EntryCode } from './codes.ts';
import type { AnalysisEntry } from './entry.ts';

export type EmergentOperation =
  /** Read the server now; the code is the reason, and the audit's message. */
  | { readonly kind: 're-read'; readonly key: InstanceKey; readonly reason: EntryCode }
  /** Remember where the analysed server's binary log stands, so that a later look can tell that it has not moved. */
  | { readonly kind: 'record-stale-coordinates'; readonly key: InstanceKey; readonly reason: EntryCode }
  /** Stop and start the receiver of `key`, so that it must connect anew to (or through) `analysed`. */
  | {
      readonly kind: 'restart-receiver';
      readonly key: InstanceKey;
      readonly analysed: InstanceKey;
      readonly reason: EntryCode;
    };

/** Direct replicas of a server as the picture has them; empty for one it does not know. */
export type ReplicasOf = (key: InstanceKey) => readonly Instance[];

/** The operations an entry calls for, reads first. Keys do not repeat within a kind. */
export function emergentOperations(entry: AnalysisEntry, replicasOf: ReplicasOf): readonly EmergentOperation[] {
  const { code: reason, key } = entry;
  const reRead = (target: InstanceKey): EmergentOperation => ({ kind: 're-read', key: target, reason });

  if (RESTART_RECEIVERS.has(reason)) {
    const witnesses = replicasAndThoseBehindBinlogServers(key, replicasOf);
    // A6: long-standing connections hide a server that takes no new ones; having to connect again brings out the truth.
    const restarts = witnesses
      .filter(isRestartable)
      .map((replica): EmergentOperation => ({ kind: 'restart-receiver', key: replica.key, analysed: key, reason }));
    return [reRead(key), ...witnesses.map((replica) => reRead(replica.key)), ...restarts];
  }
  // Without replicas there is no witness to hear, and nobody acts: its own rhythm will do.
  if (RE_READ_WITH_REPLICAS.has(reason) || (claimsDeath(reason) && entry.countReplicas > 0)) {
    const witnesses = replicasAndThoseBehindBinlogServers(key, replicasOf);
    return [reRead(key), ...witnesses.map((replica) => reRead(replica.key))];
  }
  if (reason === 'LockedSemiSyncMasterHypothesis') {
    return [reRead(key), { kind: 'record-stale-coordinates', key, reason }];
  }
  if (reason === 'FirstTierReplicaFailingToConnectToMaster' && entry.sourceKey !== null)
    return [reRead(entry.sourceKey)];
  return [];
}

const RESTART_RECEIVERS: ReadonlySet<EntryCode> = new Set<EntryCode>([
  'UnreachableMasterWithLaggingReplicas',
  'UnreachableIntermediateMasterWithLaggingReplicas',
]);

/** Besides the codes that claim a death. The last one is acted on, so its witnesses must be fresh as well. */
const RE_READ_WITH_REPLICAS: ReadonlySet<EntryCode> = new Set<EntryCode>([
  'UnreachableMaster',
  'UnreachableCoMaster',
  'UnreachableIntermediateMaster',
  'AllIntermediateMasterReplicasFailingToConnectOrDead',
  // What a replica says of silence by a clock that was just set is soon another thing.
  'AllMasterReplicasNotReplicating',
  'AllMasterReplicasNotReplicatingOrDead',
]);

function isRestartable(replica: Instance): boolean {
  // First law: MariaDB with GTID throws its relay log away when the receiver restarts.
  if (replica.usingMariadbGtid) return false;
  // Our commands name no channel: receivers of other sources would stop and start too, and those that people have stopped must not run again.
  return replica.receiverState !== 'stopped' && !hasSeveralSources(replica);
}

/** A binlog server only passes on; its replicas are the ones that can say something. Visits each server once, rings included. */
function replicasAndThoseBehindBinlogServers(key: InstanceKey, replicasOf: ReplicasOf): readonly Instance[] {
  const found = new Map<string, Instance>();
  const visit = (source: InstanceKey): void => {
    for (const replica of replicasOf(source)) {
      const id = keyId(replica.key);
      if (found.has(id) || id === keyId(key)) continue;
      found.set(id, replica);
      if (replica.isBinlogServer) visit(replica.key);
    }
  };
  visit(key);
  return [...found.values()];
}
