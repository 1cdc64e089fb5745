/** JSON of recoveries, their steps and what blocks them (spec/http-api.md 3.6) → the pages' words. */
import type { BlockedRecovery, Recovery, RecoveryStep } from '../model/server.ts';
import { flagOf, keyOf, keysOf, listOf, numberOf, objectOf, textOf, textsOf } from './json.ts';
import { readClusterInfo } from './read-topology.ts';

export function readRecoveries(json: unknown): readonly Recovery[] {
  return listOf(json).flatMap((item) => {
    const record = objectOf(item);
    const entry = objectOf(record.AnalysisEntry);
    const uid = textOf(record.UID);
    if (uid === '') return [];
    const cluster = readClusterInfo(entry.ClusterDetails);
    return [
      {
        id: numberOf(record.Id),
        uid,
        code: textOf(entry.Analysis),
        failedKey: keyOf(entry.AnalyzedInstanceKey) ?? '',
        clusterName: cluster.name,
        clusterAlias: cluster.alias,
        successorKey: keyOf(record.SuccessorKey),
        isSuccessful: flagOf(record.IsSuccessful),
        lost: keysOf(record.LostReplicas),
        // The contract says "no errors" as one empty line.
        errors: textsOf(record.AllErrors).filter((line) => line.trim() !== ''),
        start: textOf(record.RecoveryStartTimestamp),
        end: textOf(record.RecoveryEndTimestamp),
        node: textOf(record.ProcessingNodeHostname),
        acknowledged: flagOf(record.Acknowledged),
        acknowledgedBy: textOf(record.AcknowledgedBy),
        acknowledgedComment: textOf(record.AcknowledgedComment),
      },
    ];
  });
}

export function readRecoverySteps(json: unknown): readonly RecoveryStep[] {
  return listOf(json).map((item) => {
    const record = objectOf(item);
    return { id: numberOf(record.Id), at: textOf(record.AuditAt), message: textOf(record.Message) };
  });
}

export function readBlockedRecoveries(json: unknown): readonly BlockedRecovery[] {
  return listOf(json).flatMap((item) => {
    const record = objectOf(item);
    const key = keyOf(record.FailedInstanceKey);
    return key === null
      ? []
      : [{ key, code: textOf(record.Analysis), blockingRecoveryId: numberOf(record.BlockingRecoveryId) }];
  });
}
