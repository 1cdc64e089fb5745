/**
 * Hooks that a recovery owed when it was cut: addresses and proxies may hang on them. Those that had not begun are run by whoever takes it up; one whose end nobody saw is named, and not repeated (K12).
 */
import type { InstanceKey } from '../model/instance-key.ts';
import { type HookFailure, journaledIncident } from './hook-journal.ts';
import { runIncidentHooks } from './recovery-hooks.ts';
import type { RecoveryRun } from './recovery-run.ts';
import { isAboutReplicas, isRepair } from './routines.ts';
import type { HookList } from './run-hooks.ts';

export async function runLeftHooks(run: RecoveryRun, successor: InstanceKey, isSwitchover: boolean): Promise<void> {
  const { ports, record } = run;
  const journal = await ports.store.journal(run.uid);
  const incident = journaledIncident(journal);
  if (incident === null) {
    run.say('hooks that were left are not run: the journal does not tell what they are to be told');
    return;
  }
  const known = ports.known.get(successor);
  const state = {
    successor: { key: successor, alias: known?.instanceAlias ?? '', coordinates: known?.selfCoordinates ?? null },
    lostReplicas: record.lostReplicas,
  };
  const { failure, skipHooks } = incident;
  const told = { entry: failure, uid: run.uid, skipHooks, say: (text: string) => run.say(text), run, journal };
  for (const list of listsAfter(failure, isSwitchover)) await runIncidentHooks(list, told, state, ports);
}

/** In the order of the recovery itself (spec/recovery.md 6). */
function listsAfter({ code }: HookFailure, isSwitchover: boolean): readonly HookList[] {
  if (isSwitchover) return ['PostMasterFailoverProcesses', 'PostFailoverProcesses', 'PostGracefulTakeoverProcesses'];
  if (!isRepair(code)) return ['PostMasterFailoverProcesses', 'PostFailoverProcesses'];
  return isAboutReplicas(code)
    ? ['PostIntermediateMasterFailoverProcesses', 'PostFailoverProcesses']
    : ['PostFailoverProcesses'];
}
