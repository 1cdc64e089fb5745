/**
 * D10: replicas that were moved below a server that did not become the primary return to the one that still is.
 */
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText, keyId, sameKey } from '../model/instance-key.ts';
import { LOOK_MILLIS } from './cut-recovery-looks.ts';
import { followSuccessor } from './follow-successor.ts';
import { type JournaledMove, journaledWork } from './journaled-work.ts';
import { downtimeLost } from './lost-servers.ts';
import type { RecoveryRun } from './recovery-run.ts';

/**
 * All that this recovery has moved, by its journal: a move that got no answer may have taken place. Those that cannot be brought back now are marked as
 * lost and named in the record; they are brought back when they can be (`returnStray`).
 */
export async function moveBack(run: RecoveryRun): Promise<void> {
  const primary = run.record.digest.key;
  const { moved, frozen } = journaledWork(await run.ports.store.journal(run.uid));
  const away = moved.filter(({ source }) => !sameKey(source, primary));
  const sources = new Map(away.map(({ source }) => [keyId(source), source]));
  for (const source of sources.values()) {
    if (await followsAnother(run, source, primary)) continue;
    const moves = away.filter((move) => sameKey(move.source, source));
    await moveBackFrom(run, source, moves, frozen);
  }
}

/** It follows somebody else, or nobody, by now: people have acted. A dead one is none to stay below. */
async function followsAnother({ ports }: RecoveryRun, source: InstanceKey, primary: InstanceKey): Promise<boolean> {
  const seen = await ports.servers.observe(source, LOOK_MILLIS);
  return seen.kind === 'observed' && !sameKey(seen.instance.sourceKey, primary);
}

async function moveBackFrom(
  run: RecoveryRun,
  source: InstanceKey,
  moves: readonly JournaledMove[],
  frozen: readonly InstanceKey[],
): Promise<void> {
  const { servers, known } = run.ports;
  const primary = run.record.digest.key;
  const seen = await Promise.all(moves.map(({ replica }) => servers.observe(replica, LOOK_MILLIS)));
  const below = seen.flatMap((one) =>
    one.kind === 'observed' && sameKey(one.instance.sourceKey, source) ? [one.instance] : [],
  );
  const ours = below.filter((replica) => !wasStoppedByOthers(replica, moves, frozen));
  if (ours.length > 0) {
    run.say(`moving ${ours.length} replicas back below ${instanceKeyText(primary)}`);
    for (const problem of await followSuccessor(run, primary, source, ours)) run.fail(problem);
  }
  const silent = moves.filter((_, index) => seen[index]?.kind === 'failed').map(({ replica }) => replica);
  const stuck = ours.map(({ key }) => key).filter((key) => sameKey(known.get(key)?.sourceKey ?? source, source));
  await leaveBehind(run, source, [...silent, ...stuck]);
}

/** It was seen to replicate there, and this recovery has not stopped it since: whoever has wants it so. */
function wasStoppedByOthers(
  { key, receiverState }: Instance,
  moves: readonly JournaledMove[],
  frozen: readonly InstanceKey[],
): boolean {
  const wasRunning = moves.some(({ replica, isDone }) => isDone && sameKey(replica, key));
  return receiverState === 'stopped' && wasRunning && !frozen.some((one) => sameKey(one, key));
}

async function leaveBehind(run: RecoveryRun, source: InstanceKey, keys: readonly InstanceKey[]): Promise<void> {
  // Whoever takes this up moves them, or leaves them behind in its turn.
  if (keys.length === 0 || run.isInterrupted) return;
  for (const key of keys) {
    run.fail(
      `${instanceKeyText(key)} was told to follow ${instanceKeyText(source)} and cannot be brought back now; it is marked as lost, and comes back when it can`,
    );
  }
  run.loseReplicas(keys);
  await run.book(downtimeLost(keys, run.ports));
}
