/** How a recovery ends, whatever it was for: what is recorded, told and run (spec/recovery.md 1.3 step 10). */
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText } from '../model/instance-key.ts';
import type { RecoveryOutcome } from '../model/recovery-record.ts';
import { auditAbout } from './recovery-audit.ts';
import { type Incident, NOTHING_DONE_YET, runIncidentHooks } from './recovery-hooks.ts';
import type { RecoveryRun } from './recovery-run.ts';

export interface RecoveryEnd {
  /** Null: nobody was promoted, or nothing repaired. */
  readonly successor: Instance | null;
  /** Why not; '' where there is a successor. */
  readonly reason: string;
  readonly outcome: Omit<RecoveryOutcome, 'errors'>;
}

export function nobody(reason: string, participants: readonly InstanceKey[] = []): RecoveryEnd {
  return {
    successor: null,
    reason,
    outcome: {
      successorKey: null,
      successorAlias: '',
      successorCoordinates: null,
      lostReplicas: [],
      participants,
    },
  };
}

export function outcomeWith(
  successor: Instance,
  {
    lostReplicas = [],
    participants = [],
  }: { readonly lostReplicas?: readonly InstanceKey[]; readonly participants?: readonly InstanceKey[] },
): RecoveryEnd['outcome'] {
  return {
    successorKey: successor.key,
    successorAlias: successor.instanceAlias,
    successorCoordinates: successor.selfCoordinates,
    lostReplicas,
    participants,
  };
}

/** The result is recorded and told. A run that leaves something unfinished and promoted nobody has none yet. */
export async function conclude(run: RecoveryRun, end: RecoveryEnd, incident: Incident): Promise<void> {
  if (end.successor !== null || !run.isUnfinished) await run.book(run.resolve(end.outcome));
  if (end.successor === null && !run.isInterrupted) {
    await runIncidentHooks('PostUnsuccessfulFailoverProcesses', incident, NOTHING_DONE_YET, run.ports);
  }
  await run.end(end.successor?.key ?? null);
}

/** Whoever takes writes is nobody's maintenance any more. */
export async function endDowntimeOf(run: RecoveryRun, key: InstanceKey): Promise<void> {
  const ending = run.ports.downtimes.endDowntime(key);
  await run.book(
    ending.then(async (existed) => {
      if (!existed) return;
      run.say(`ended the downtime of ${instanceKeyText(key)}`);
      await auditAbout(key, { type: 'end-downtime', message: '' }, run.ports);
    }),
  );
}
