/** The last look at a server that is called dead, and at its replicas, before anything is done (spec/recovery.md 12.2 #7; A8). */
import { actingProof, proofText } from '../analysis/acting-proof.ts';
import type { AnalysisEntry } from '../analysis/entry.ts';
import { answersAgain } from '../execution/plan-runner.ts';
import { LOOK_MILLIS } from '../execution/silence.ts';
import { instanceKeyText, sameKey } from '../model/instance-key.ts';
import { nobody, type RecoveryEnd } from './recovery-end.ts';
import type { RecoveryRun } from './recovery-run.ts';

/** Refused connections answer in a millisecond. */
const LAST_LOOK_MILLIS = LOOK_MILLIS;

/** Without hooks the witnesses have just been read: that is what the conclusion was made of. After hooks they are all read anew. */
const WITNESS_MAX_AGE_MILLIS = 150;

/**
 * The analysis was made before the hooks, which take what time they take: a server that came back meanwhile is not replaced, and neither is one that a replica hears
 * again. `forced`: its replicas are not asked. Null: as dead as it was.
 */
export async function signOfLife(run: RecoveryRun, entry: AnalysisEntry, forced: boolean): Promise<string | null> {
  const { servers, clock, known } = run.ports;
  const witnesses = forced ? [] : entry.replicas;
  const maxAgeMillis = run.hasRunHooks ? 0 : WITNESS_MAX_AGE_MILLIS;
  const [failed, ...replicas] = await Promise.all([
    servers.observe(entry.key, LAST_LOOK_MILLIS),
    ...witnesses.map((key) => servers.observe(key, LAST_LOOK_MILLIS, maxAgeMillis)),
  ]);
  if (failed?.kind === 'observed') return answersAgain(entry.key);
  if (forced) return null;
  // Who does not answer in time is judged by what was last seen: far or busy replicas must not keep a dead server alive.
  const seen = replicas.flatMap((replica, index) => {
    const key = witnesses[index];
    return replica.kind === 'observed' ? replica.instance : ((key === undefined ? undefined : known.get(key)) ?? []);
  });
  const moved = seen.find(({ sourceKey }) => !sameKey(sourceKey, entry.key));
  // J5: somebody has acted meanwhile. What was concluded is of other servers than those that are there.
  if (moved !== undefined)
    return `${instanceKeyText(moved.key)} does not replicate from ${instanceKeyText(entry.key)} any more`;
  const proof = actingProof(entry, seen, clock.now());
  return proof.kind === 'proven' ? null : `not proven dead any more: ${proofText(proof)}`;
}

/** Of a server that we can reach and its replicas cannot (A5): whether one of them is connected by now. Null: as it was. */
export async function connectedAgain(run: RecoveryRun, entry: AnalysisEntry, forced: boolean): Promise<string | null> {
  if (forced) return null;
  const looks = await Promise.all(entry.replicas.map((key) => run.ports.servers.observe(key, LAST_LOOK_MILLIS)));
  for (const look of looks) {
    if (look.kind === 'failed' || look.instance.receiverState !== 'running') continue;
    if (sameKey(look.instance.sourceKey, entry.key))
      return `${instanceKeyText(look.instance.key)} is connected to ${instanceKeyText(entry.key)} again`;
  }
  return null;
}

/** Nothing was done about it: its next death must be recovered, whenever it comes. */
export async function stillAlive(run: RecoveryRun, entry: AnalysisEntry, reason: string): Promise<RecoveryEnd> {
  const { store, clock } = run.ports;
  run.fail(`${reason}; nothing is done`);
  await store.endActivePeriods({ uid: run.uid }, clock.now());
  await store.clearDetections({ key: entry.key }, clock.now());
  return nobody(reason);
}

export const notKnown = ({ key }: AnalysisEntry): RecoveryEnd => nobody(`Instance not found: ${instanceKeyText(key)}`);
