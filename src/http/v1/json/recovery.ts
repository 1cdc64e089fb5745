/**
 * Recoveries, detections, their steps and what blocks them (spec/http-api.md 3.6).
 */
import type { AnalysisEntry } from '../../../analysis/entry.ts';
import type {
  Acknowledgement,
  BlockedRecovery,
  FailureDetection,
  RecoveryRecord,
  RecoveryStep,
} from '../../../model/recovery-record.ts';
import type { AutomatedRecovery, ExecutedRecovery } from '../../../service/calls.ts';
import type { Json, JsonObject } from './json.ts';
import { analysisDigestJson, replicationAnalysisJson } from './replication-analysis.ts';
import { coordinatesJson, keyJson, keysJson, timestampJson } from './scalars.ts';

/** A recovery in a listing. Nobody promoted is the empty key there, never null: the pages read it without asking (4.9). */
export function recoveryJson(record: RecoveryRecord, automated: AutomatedRecovery): JsonObject {
  return {
    Id: record.id,
    UID: record.uid,
    AnalysisEntry: analysisDigestJson(record.digest, automated, null),
    SuccessorKey: keyJson(record.successorKey),
    SuccessorAlias: record.successorAlias,
    SuccessorBinlogCoordinates: null,
    IsActive: record.inActivePeriod,
    IsSuccessful: record.isSuccessful,
    LostReplicas: keysJson(record.lostReplicas),
    ParticipatingInstanceKeys: keysJson(record.participants),
    // The recorded text split at newlines: of none, one empty line.
    AllErrors: record.errors.length === 0 ? [''] : record.errors,
    RecoveryStartTimestamp: timestampJson(record.start),
    RecoveryEndTimestamp: timestampJson(record.end),
    ProcessingNodeHostname: record.node.hostname,
    ProcessingNodeToken: record.node.token,
    ...acknowledgementFields(record.acknowledgement),
    LastDetectionId: record.lastDetectionId,
    RelatedRecoveryId: 0,
    Type: '',
    RecoveryType: 'NotMasterRecovery',
  };
}

/** A detection has the shape of a recovery that promoted nobody; null stands where a recovery has something. */
export function detectionJson(detection: FailureDetection, automated: AutomatedRecovery): JsonObject {
  return {
    Id: detection.id,
    UID: '',
    AnalysisEntry: analysisDigestJson(detection.digest, automated, detection.start),
    SuccessorKey: null,
    SuccessorAlias: '',
    SuccessorBinlogCoordinates: null,
    IsActive: detection.inActivePeriod,
    IsSuccessful: false,
    LostReplicas: [],
    ParticipatingInstanceKeys: [],
    AllErrors: null,
    RecoveryStartTimestamp: timestampJson(detection.start),
    RecoveryEndTimestamp: '',
    ProcessingNodeHostname: detection.node.hostname,
    ProcessingNodeToken: detection.node.token,
    ...acknowledgementFields(null),
    LastDetectionId: 0,
    RelatedRecoveryId: detection.relatedRecoveryId,
    Type: '',
    RecoveryType: '',
  };
}

/** The answer to a takeover: the analysis is complete; times, node and acknowledgement are empty (recorded). */
export function executedRecoveryJson(executed: ExecutedRecovery, countInstances: number): JsonObject {
  const { record, entry, successorCoordinates } = executed;
  return {
    Id: record.id,
    UID: record.uid,
    AnalysisEntry: replicationAnalysisJson(entry, countInstances),
    SuccessorKey: record.successorKey === null ? null : keyJson(record.successorKey),
    SuccessorAlias: record.successorAlias,
    SuccessorBinlogCoordinates: successorCoordinates === null ? null : coordinatesJson(successorCoordinates),
    IsActive: false,
    IsSuccessful: record.isSuccessful,
    LostReplicas: keysJson(record.lostReplicas),
    ParticipatingInstanceKeys: keysJson(record.participants),
    AllErrors: record.errors,
    RecoveryStartTimestamp: '',
    RecoveryEndTimestamp: '',
    ProcessingNodeHostname: '',
    ProcessingNodeToken: '',
    ...acknowledgementFields(null),
    LastDetectionId: 0,
    RelatedRecoveryId: 0,
    Type: recoveryKind(entry),
    RecoveryType: primaryRecoveryMethod(entry),
  };
}

function acknowledgementFields(acknowledgement: Acknowledgement | null): JsonObject {
  return {
    Acknowledged: acknowledgement !== null,
    AcknowledgedAt: timestampJson(acknowledgement?.at ?? null),
    AcknowledgedBy: acknowledgement?.by ?? '',
    AcknowledgedComment: acknowledgement?.comment ?? '',
  };
}

function recoveryKind(entry: AnalysisEntry): string {
  if (entry.isGroupMember) return 'ReplicationGroupMemberRecovery';
  if (entry.isCoPrimary) return 'CoMasterRecovery';
  return entry.isPrimary ? 'MasterRecovery' : 'IntermediateMasterRecovery';
}

/** By what the direct replicas replicate with. */
function primaryRecoveryMethod(entry: AnalysisEntry): string {
  if (!entry.isPrimary && !entry.isCoPrimary) return 'NotMasterRecovery';
  if (entry.isAllOracleGtid || entry.isAllMariadbGtid) return 'MasterRecoveryGTID';
  return entry.isAllBinlogServers ? 'MasterRecoveryBinlogServer' : 'MasterRecoveryPseudoGTID';
}

export function recoveryStepJson(step: RecoveryStep): Json {
  return { Id: step.id, RecoveryUID: step.uid, AuditAt: timestampJson(step.at), Message: step.message };
}

export function blockedRecoveryJson(blocked: BlockedRecovery): Json {
  return {
    FailedInstanceKey: keyJson(blocked.key),
    ClusterName: blocked.clusterName,
    Analysis: blocked.code,
    LastBlockedTimestamp: timestampJson(blocked.lastBlocked),
    BlockingRecoveryId: blocked.blockingRecoveryId,
  };
}
