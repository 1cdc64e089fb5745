/**
 * Lists of the catalogue made of what the calls give: instances and recoveries as the contract writes them.
 */
import type { Instance } from '../../model/instance.ts';
import type { FailureDetection, RecoveryRecord } from '../../model/recovery-record.ts';
import type { AutomatedRecovery, InstanceView, OrchestratorCalls } from '../../service/calls.ts';
import { type InstanceJsonContext, instanceJson } from './json/instance.ts';
import type { Json, JsonObject } from './json/json.ts';
import { detectionJson, recoveryJson } from './json/recovery.ts';

export function instanceContext(calls: OrchestratorCalls): InstanceJsonContext {
  const settings = calls.settings();
  return {
    now: calls.now(),
    settings: {
      instancePollSeconds: settings.InstancePollSeconds,
      reasonableReplicationLagSeconds: settings.ReasonableReplicationLagSeconds,
      reasonableMaintenanceReplicationLagSeconds: settings.ReasonableMaintenanceReplicationLagSeconds,
    },
  };
}

export function instancesJson(views: readonly InstanceView[], calls: OrchestratorCalls): readonly JsonObject[] {
  const context = instanceContext(calls);
  return views.map((view) => instanceJson(view, context));
}

/** An instance fresh from a live read, with what is decided about it. */
export function freshInstanceJson(instance: Instance, calls: OrchestratorCalls): JsonObject {
  const known = calls.instance(instance.key);
  return instanceJson(
    { instance, downtime: known?.downtime ?? null, candidate: known?.candidate ?? null },
    instanceContext(calls),
  );
}

export function recoveriesJson(records: readonly RecoveryRecord[], calls: OrchestratorCalls): Json {
  return records.map((record) => recoveryJson(record, automatedRecoveryOf(record, calls)));
}

export function detectionsJson(detections: readonly FailureDetection[], calls: OrchestratorCalls): Json {
  return detections.map((detection) => detectionJson(detection, automatedRecoveryOf(detection, calls)));
}

function automatedRecoveryOf(
  { digest }: RecoveryRecord | FailureDetection,
  calls: OrchestratorCalls,
): AutomatedRecovery {
  return calls.automatedRecovery({ clusterName: digest.clusterName, clusterAlias: digest.clusterAlias });
}
