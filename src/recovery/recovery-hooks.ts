/**
 * The hooks of one incident at their points (spec/recovery.md 6), with what is known of it so far.
 */
import type { AnalysisEntry } from '../analysis/entry.ts';
import type { InstanceKey } from '../model/instance-key.ts';
import type { RecoveryUid } from '../model/recovery-record.ts';
import type { JournalEntry } from '../ports/decision-store.ts';
import type { HookSuccessor } from './hook-context.ts';
import { type HookFailure, hookStepId, pastOf } from './hook-journal.ts';
import type { RecoveryPorts } from './recovery-ports.ts';
import type { RecoveryRun } from './recovery-run.ts';
import { HOOK_MODES, type HookList, type HookRecord, type HookResult, runHooks } from './run-hooks.ts';

export interface Incident {
  readonly entry: AnalysisEntry;
  readonly uid: RecoveryUid | '';
  /** `recover-lite`, `skipProcesses`: the hooks of the incident are skipped. */
  readonly skipHooks: boolean;
  readonly say: (message: string) => void;
  readonly run?: RecoveryRun;
}

/** As far as hooks are concerned. */
export interface HookIncident extends Omit<Incident, 'entry'> {
  readonly entry: HookFailure;
  /** Absent: it is no part of a recovery, and has no journal. */
  readonly run?: RecoveryRun;
  /** What an earlier process has written of the same recovery; absent: nothing. */
  readonly journal?: readonly JournalEntry[];
}

export interface IncidentState {
  readonly successor: HookSuccessor | null;
  readonly lostReplicas: readonly InstanceKey[];
}

export const NOTHING_DONE_YET: IncidentState = { successor: null, lostReplicas: [] };

export async function runIncidentHooks(
  list: HookList,
  incident: HookIncident,
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
    ...(incident.run === undefined ? {} : { record: recordOf(list, incident.run, incident.journal ?? []) }),
  });
}

/** Each has its lines in the journal, so that nobody who takes the recovery up runs it once more. */
function recordOf(list: HookList, run: RecoveryRun, journal: readonly JournalEntry[]): HookRecord {
  return {
    past: (index) => pastOf(journal, hookStepId(list, index)),
    begins: (index) => run.notesHook(hookStepId(list, index), 'intended', ''),
    ended: async (index, failure) => {
      await run.notesHook(hookStepId(list, index), failure === null ? 'done' : 'failed', failure ?? '');
    },
  };
}
