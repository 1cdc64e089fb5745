/**
 * What whoever takes a cut recovery up has to find out before it does anything, and how it tells servers what to do.
 */
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText, keyId, sameKey } from '../model/instance-key.ts';
import { isReplica } from '../model/instance-status.ts';
import type { ServerCommand } from '../model/server-command.ts';
import { fence } from './fence.ts';
import type { JournaledWork } from './journaled-work.ts';
import type { RecoveryRun } from './recovery-run.ts';

/**
 * Nothing irrevocable had been done, or nothing could be: the problem, if it persists, is recovered anew. `beginsAnew`: also where it was this very process that had
 * failed, and would fail again at the same.
 */
export interface GivenUp {
  readonly kind: 'given-up';
  readonly reason: string;
  readonly beginsAnew?: true;
}

export type Ending =
  | { readonly kind: 'finished'; readonly successor: InstanceKey }
  | GivenUp
  /** It cannot be told yet what is right: to be looked at again. */
  | { readonly kind: 'not-yet'; readonly reason: string };

export const LOOK_MILLIS = 5_000;
const ACT_MILLIS = 10_000;

export const takesWrites = (instance: Instance): boolean => !isReplica(instance) && !instance.readOnly;

/**
 * Who takes writes by now, among all that the recovery ever had to do with, whatever cluster they are in today: a server without a source is the
 * root of a cluster of its own (invariant 2).
 */
export async function writers(run: RecoveryRun, work: JournaledWork): Promise<readonly InstanceKey[]> {
  const { servers, known } = run.ports;
  const { digest } = run.record;
  const members = known.cluster(digest.clusterName).map((member) => member.key);
  const keys = new Map([digest.key, ...digest.replicas, ...members, ...work.servers].map((key) => [keyId(key), key]));
  const seen = await Promise.all([...keys.values()].map((key) => servers.observe(key, LOOK_MILLIS)));
  return seen.flatMap((one) => (one.kind === 'observed' && takesWrites(one.instance) ? [one.instance.key] : []));
}

/** Does any replica's receiver hear it? */
export async function hasListeners(run: RecoveryRun, key: InstanceKey): Promise<boolean> {
  const { servers, known } = run.ports;
  const seen = await Promise.all(known.replicasOf(key).map((replica) => servers.observe(replica.key, LOOK_MILLIS)));
  return seen.some(
    (one) =>
      one.kind === 'observed' && sameKey(one.instance.sourceKey, key) && one.instance.receiverState === 'running',
  );
}

/** One that still has its source was not touched, and another may be chosen. Else it is told again, and nobody else is promoted. */
export async function halfPromoted(run: RecoveryRun, successor: InstanceKey, reason: string): Promise<Ending> {
  const seen = await run.ports.servers.observe(successor, LOOK_MILLIS);
  const isUntouched = seen.kind === 'observed' && isReplica(seen.instance);
  return { kind: isUntouched ? 'given-up' : 'not-yet', reason };
}

export async function demote(run: RecoveryRun, key: InstanceKey): Promise<void> {
  const fenced = await fence(run, key, ACT_MILLIS);
  const text = instanceKeyText(key);
  if (fenced.kind === 'done') run.say(`${text} is read-only now`);
  else run.fail(`the old primary could not be told to be read-only: ${text}: ${fenced.failure.text}`);
}

/** Null: done. */
export async function tell(
  run: RecoveryRun,
  key: InstanceKey,
  commands: readonly ServerCommand[],
): Promise<string | null> {
  if (!run.mayGoOn()) return 'this node may not act any more';
  const result = await run.act(key, commands, ACT_MILLIS);
  return result.kind === 'done' ? null : `${instanceKeyText(key)}: ${result.failure.text}`;
}
