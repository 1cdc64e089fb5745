/**
 * K12: replicas that were fed by a binlog server when the process died return below the source that they came from. There a recovery that begins anew finds them among its replicas, and one that goes
 * on brings them along with the others.
 */
import { type InstanceKey, instanceKeyText, sameKey } from '../model/instance-key.ts';
import { wayBack } from '../planning/binlog-server-feed.ts';
import { FOLLOW_MILLIS } from '../planning/deadlines.ts';
import type { StepCommand } from '../planning/deferred-command.ts';
import { NOTHING_PREDICTED, type PlanStep, stepId } from '../planning/plan.ts';
import { LOOK_MILLIS } from './cut-recovery-looks.ts';
import type { JournaledFeed, JournaledWork } from './journaled-work.ts';
import type { RecoveryRun } from './recovery-run.ts';

/** Those that follow somebody else by now, or nobody, stay as they are. */
export async function returnFed(run: RecoveryRun, { fed }: JournaledWork): Promise<void> {
  const source = run.record.digest.key;
  const steps = (await Promise.all(fed.map((feed) => stepsFor(run, feed, source)))).flat();
  if (steps.length === 0) return;
  const { clusterName } = run.record.digest;
  const intent = { kind: 'relocate', below: source } as const;
  const { results } = await (await run.run({ intent, clusterName, steps, prediction: NOTHING_PREDICTED })).ended;
  for (const { id } of steps) {
    const result = results.get(id);
    if (result?.kind === 'failed') run.fail(`${id}: ${result.reason}`);
  }
}

async function stepsFor(
  { ports: { servers } }: RecoveryRun,
  { replica, binlogServer, wasByGtid }: JournaledFeed,
  source: InstanceKey,
): Promise<readonly PlanStep<StepCommand>[]> {
  const seen = await servers.observe(replica, LOOK_MILLIS);
  if (seen.kind === 'failed' || !sameKey(seen.instance.sourceKey, binlogServer)) return [];
  const before = { ...seen.instance, sourceKey: source, usingOracleGtid: wasByGtid, applierState: 'running' } as const;
  const [name, giver] = [instanceKeyText(replica), instanceKeyText(binlogServer)];
  const common = {
    server: replica,
    precondition: { kind: 'replicates-from', source: binlogServer },
    deadlineMillis: FOLLOW_MILLIS,
    undo: [],
    onFailure: 'note',
  } as const;
  // Where it stands is read for the way back: by then it must stand still.
  const stopped: PlanStep<StepCommand> = {
    ...common,
    id: stepId(`stop ${name} at ${giver}`),
    commands: [{ kind: 'stop-replication' }],
    dependsOn: [],
    postcondition: { kind: 'threads', receiver: 'stopped', applier: 'stopped' },
    effect: 'it stands still',
  };
  const back: PlanStep<StepCommand> = {
    ...common,
    id: stepId(`bring ${name} back from ${giver}`),
    commands: wayBack(before, { key: binlogServer }),
    dependsOn: [stopped.id],
    postcondition: { kind: 'replicates-from', source, running: false },
    effect: `its source is ${instanceKeyText(source)} again`,
  };
  return [stopped, back];
}
