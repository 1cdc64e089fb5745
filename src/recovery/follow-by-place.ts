/**
 * Brings replicas without GTIDs below the successor of their source, after the failover itself is over (K12): by the place that its journal tells, else by markers of pseudo-GTID.
 */
import { compareCoordinates } from '../model/binlog-coordinates.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText } from '../model/instance-key.ts';
import { comparable, type PlaceReplica } from '../planning/candidates.ts';
import { followByPlace, type Whereabouts } from '../planning/failover-by-place.ts';
import { freezePlan } from '../planning/freeze-plan.ts';
import { drainStepId, NOTHING_PREDICTED } from '../planning/plan.ts';
import { type RecordedPlace, recordedPlace } from '../planning/recorded-place.ts';
import type { RecoveryRun } from './recovery-run.ts';

/** Returns one line for each replica that could not be brought along; its receiver runs again as it did. */
export async function followSuccessorByPlace(
  run: RecoveryRun,
  successor: InstanceKey,
  former: InstanceKey,
  replicas: readonly Instance[],
): Promise<readonly string[]> {
  const { clusterName } = run.record.digest;
  const { promotion } = run.ports.policy();
  const problems: string[] = [];
  const place = await placeOfSuccessor(run, successor);
  // Nobody is stopped who cannot be moved: it would be stopped again and again.
  const able = replicas.filter((replica) => {
    const canTell = promotion.pseudoGtidIsConfigured || (place !== null && stoodAt(replica, place));
    if (!canTell)
      problems.push(
        `${instanceKeyText(replica.key)} has no GTIDs, and nothing tells its place in the log of ${instanceKeyText(successor)}; it is left as it is`,
      );
    return canTell;
  });
  if (able.length === 0) return problems;
  const freeze = freezePlan(clusterName, former, able);
  const frozenEnd = await (await run.run(freeze)).ended;
  const frozen = comparable(
    freeze.steps.flatMap(({ id }) => {
      const result = frozenEnd.results.get(id);
      return result?.kind === 'done' && result.instance !== null ? [result.instance] : [];
    }),
  ).replicas.filter((replica): replica is PlaceReplica => replica.progress.family === 'position');
  const lanes = frozen.map((replica) =>
    followByPlace(replica, successor, whereabouts(replica, place), promotion.drainSeconds),
  );
  const intent = { kind: 'relocate', below: successor } as const;
  const end = await (await run.run({ intent, clusterName, steps: lanes.flat(), prediction: NOTHING_PREDICTED })).ended;
  const moved = new Set<string>();
  for (const lane of lanes) {
    const failed = lane.map(({ id }) => end.results.get(id)).find((result) => result?.kind !== 'done');
    const [first] = lane;
    if (first === undefined) continue;
    if (failed === undefined) moved.add(instanceKeyText(first.server));
    else problems.push(`${instanceKeyText(first.server)} could not be moved: ${failed.reason}`);
  }
  const left = freeze.steps.filter(({ server }) => !moved.has(instanceKeyText(server)));
  await run.undo({ ...freeze, steps: left }, frozenEnd);
  return problems;
}

/** Where it stood, and where its own log ended, when it had all that was to be had. Null: that recovery tells none. */
export async function placeOfSuccessor(
  { ports: { store }, uid }: RecoveryRun,
  successor: InstanceKey,
): Promise<RecordedPlace | null> {
  const journal = await store.journal(uid);
  const line = journal.findLast(({ stepId, phase }) => stepId === drainStepId(successor) && phase === 'done');
  return line === undefined ? null : recordedPlace(line.detail);
}

/** All that it has received ends there. */
const stoodAt = ({ readCoordinates }: Instance, { applied }: RecordedPlace): boolean =>
  compareCoordinates(readCoordinates, applied) === 0;

function whereabouts({ instance }: PlaceReplica, place: RecordedPlace | null): Whereabouts {
  if (place === null || !stoodAt(instance, place)) return { kind: 'by-markers' };
  return {
    kind: 'beside',
    applied: { kind: 'known', coordinates: place.applied },
    logEnd: { kind: 'known', coordinates: place.logEnd },
  };
}
