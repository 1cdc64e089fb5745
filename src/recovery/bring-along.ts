/** Replicas that still follow a server that was replaced come below whoever has its place now, as far as nothing of theirs is lost by it (A3, D4). */
import { blankInstance } from '../model/blank-instance.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText, sameKey } from '../model/instance-key.ts';
import { usesGtid } from '../model/instance-status.ts';
import { replicationRefusal } from '../planning/can-replicate.ts';
import { gtidProgress, receivedContains } from '../planning/gtid-progress.ts';
import { followSuccessor } from './follow-successor.ts';
import type { RecoveryRun } from './recovery-run.ts';

/** Those that have more than the successor are for people to judge. Returns who stays where it is: it is on the wrong side, and shows what is not true any more (D7). */
export async function bringAlong(
  run: RecoveryRun,
  former: InstanceKey,
  successor: InstanceKey,
  below: readonly Instance[],
): Promise<readonly InstanceKey[]> {
  const { known, policy } = run.ports;
  // A15: a co-primary that was promoted is one of them.
  const replicas = below.filter(({ key }) => !sameKey(key, successor));
  const source = known.get(successor) ?? blankInstance(successor);
  const held = gtidProgress(source);
  const { promotion } = policy();
  const able = replicas.filter((replica) => {
    const progress = gtidProgress(replica);
    // Those without GTIDs are judged by their places when they are moved.
    const hasNoMore = !usesGtid(replica) || (held !== null && progress !== null && receivedContains(held, progress));
    return hasNoMore && replicationRefusal(replica, source, promotion) === null;
  });
  const problems = able.length === 0 ? [] : await followSuccessor(run, successor, former, able);
  for (const problem of problems) run.say(problem);
  const left = replicas.filter(({ key }) => !sameKey(known.get(key)?.sourceKey ?? null, successor));
  for (const replica of replicas.filter((one) => !left.includes(one))) {
    const key = instanceKeyText(replica.key);
    run.say(`${key}, which had not answered, came back and follows ${instanceKeyText(successor)}`);
  }
  return left.map(({ key }) => key);
}
