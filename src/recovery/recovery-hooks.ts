/**
 * The hooks of one incident at their points (spec/recovery.md 6), with what is known of it so far.
 */
import type { AnalysisEntry } from '../analysis/entry.ts';
import type { InstanceKey } from '../model/instance-key.ts';
import type { RecoveryUid } from '../model/recovery-record.ts';
import type { HookSuccessor } from './hook-context.ts';
import type { RecoveryPorts } from './recovery-ports.ts';
import { HOOK_MODES, type HookList, type HookResult, runHooks } from './run-hooks.ts';

export interface Incident {
  readonly entry: AnalysisEntry;
  readonly uid: RecoveryUid | '';
  /** `recover-lite`, `skipProcesses`: the hooks of the incident are skipped. */
  readonly skipHooks: boolean;
  readonly say: (message: string) => void;
}

export interface IncidentState {
  readonly successor: HookSuccessor | null;
  readonly lostReplicas: readonly InstanceKey[];
}

export const NOTHING_DONE_YET: IncidentState = { successor: null, lostReplicas: [] };

export async function runIncidentHooks(
  list: HookList,
  incident: Incident,
  state: IncidentState,
  ports: RecoveryPorts,
): Promise<HookResult> {
  const policy = ports.policy();
  if (incident.skipHooks || policy.noop) return { kind: 'ok' };
  return runHooks({
    list,
    commands: policy.hooks[list],
    mode: HOOK_MODES[list],
    context: {
      entry: incident.entry,
      recoveryUid: incident.uid,
      orchestratorHost: ports.identity.hostname,
      successor: state.successor,
      lostReplicas: state.lostReplicas,
    },
    onStep: incident.say,
    log: ports.log,
    startHook: ports.startHook,
  });
}
