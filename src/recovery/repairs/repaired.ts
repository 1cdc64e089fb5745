/** The good end of a repair: nobody took the place of a primary, and the cluster is as it should be (spec/recovery.md 3.3 to 3.6). */
import type { Instance } from '../../model/instance.ts';
import type { InstanceKey } from '../../model/instance-key.ts';
import { endDowntimeOf, outcomeWith, type RecoveryEnd } from '../recovery-end.ts';
import { type Incident, runIncidentHooks } from '../recovery-hooks.ts';
import type { RecoveryRun } from '../recovery-run.ts';
import type { HookList } from '../run-hooks.ts';

export interface Repaired {
  /** Who is told of as its successor: the server that was repaired, or the one that has taken over its replicas. */
  readonly successor: Instance;
  readonly participants: readonly InstanceKey[];
  /** Run before `PostFailoverProcesses`; null: none. */
  readonly hooks: HookList | null;
}

export async function repaired(
  run: RecoveryRun,
  incident: Incident,
  { successor, participants, hooks }: Repaired,
): Promise<RecoveryEnd> {
  const outcome = outcomeWith(successor, { participants });
  await run.book(run.resolve(outcome));
  const { key, instanceAlias, selfCoordinates } = successor;
  const state = { successor: { key, alias: instanceAlias, coordinates: selfCoordinates }, lostReplicas: [] };
  if (hooks !== null) await runIncidentHooks(hooks, incident, state, run.ports);
  if (!incident.skipHooks) await endDowntimeOf(run, key);
  await runIncidentHooks('PostFailoverProcesses', incident, state, run.ports);
  return { successor, reason: '', outcome };
}
