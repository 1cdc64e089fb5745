/**
 * Brings a promotion that has begun to its end, from whatever is seen of the server: its source may be forgotten already, it may be read-only
 * still. Turning back would leave a cluster without a writer, or with a replica that follows nobody.
 */

import { storedRecoveryRoutine } from '../analysis/codes.ts';
import { millis } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText, sameKey } from '../model/instance-key.ts';
import { isLastCheckValid, isReplica } from '../model/instance-status.ts';
import type { ServerCommand } from '../model/server-command.ts';
import { acceptedLoss } from '../planning/accepted-loss.ts';
import { PROMOTE_HALF_TRANSACTION_MILLIS, PROMOTE_MILLIS } from '../planning/deadlines.ts';
import { drainStepId } from '../planning/plan.ts';
import { promotionSemiSync, semiSyncCommands } from '../planning/promotion-semi-sync.ts';
import { hasHalfTransaction } from '../planning/relay-log-ends.ts';
import { discardedWitness, drainedWitness } from '../planning/resolve-command.ts';
import { giveVariables } from './give-variables.ts';
import { saySemiSync } from './left-asynchronous.ts';
import { makeWritable } from './make-writable.ts';
import type { RecoveryRun } from './recovery-run.ts';

/** How long to try to make it forget its source. */
const PATIENCE_MILLIS = 5_000;

const LOOK_MILLIS = 2_000;
const ACT_MILLIS = PROMOTE_MILLIS;
const ACT_LONG_MILLIS = PROMOTE_HALF_TRANSACTION_MILLIS;
const LOOK_AGAIN_MILLIS = millis(200);

/** So often in a row connections are refused by one that is gone. */
const GONE_LOOKS = 2;

/** Why it is no writable primary yet. */
export interface Uncompleted {
  readonly reason: string;
  /** C15: nobody listens there any more, so that it takes no writes as it is. */
  readonly isGone: boolean;
}

/** Null: it is a writable primary now. `waitsForGone` false: one that is gone is not waited for, somebody else may be promoted at once. */
export async function completePromotion(
  run: RecoveryRun,
  key: InstanceKey,
  { waitsForGone } = { waitsForGone: true },
): Promise<Uncompleted | null> {
  const { servers, clock } = run.ports;
  const began = clock.monotonic();
  const uncompleted = (reason: string): Uncompleted => ({ reason, isGone: false });
  let refusals = 0;
  while (run.mayGoOn()) {
    const seen = await servers.observe(key, LOOK_MILLIS);
    refusals = seen.kind === 'failed' && seen.failure.kind === 'refused' ? refusals + 1 : 0;
    const step = seen.kind === 'observed' ? await forgetSource(run, seen.instance) : again(seen.failure.text);
    if (step.kind === 'refused') return uncompleted(step.reason);
    if (step.kind === 'forgotten') {
      const problem = await takeWrites(run, step.instance);
      return problem === null ? null : uncompleted(problem);
    }
    const reason = `${instanceKeyText(key)}: ${step.reason}`;
    if (!waitsForGone && refusals >= GONE_LOOKS) return { reason, isGone: true };
    if (clock.monotonic() - began > PATIENCE_MILLIS) return uncompleted(reason);
    await clock.sleep(LOOK_AGAIN_MILLIS);
  }
  return uncompleted(`${instanceKeyText(key)}: this node may not act any more`);
}

type Forgetting =
  | { readonly kind: 'forgotten'; readonly instance: Instance }
  | { readonly kind: 'refused' | 'again'; readonly reason: string };

const again = (reason: string): Forgetting => ({ kind: 'again', reason });

/** D4: what it has received may exist nowhere else; it is applied, or was accepted as lost. */
async function forgetSource(run: RecoveryRun, instance: Instance): Promise<Forgetting> {
  const { key } = instance;
  if (!isReplica(instance)) return { kind: 'forgotten', instance };
  const relayLog = drainedWitness(instance) ?? discardedWitness(instance, await lossOf(run, key));
  if (relayLog === null)
    return { kind: 'refused', reason: `${instanceKeyText(key)} has received transactions that it has not applied` };
  const isHalf = hasHalfTransaction(instance);
  const forget: ServerCommand = keepsSource(run, instance)
    ? { kind: 'stop-replication' }
    : { kind: 'forget-source', relayLog };
  const commands: readonly ServerCommand[] = isHalf ? [{ kind: 'end-half-transaction' }, forget] : [forget];
  const told = await run.act(key, commands, isHalf ? ACT_LONG_MILLIS : ACT_MILLIS);
  return told.kind === 'done' ? { kind: 'forgotten', instance } : again(told.failure.text);
}

/** A15 (spec/recovery.md 3.2): of two that replicate from each other the one that is left keeps its configuration towards the other one. */
function keepsSource({ record, ports: { known } }: RecoveryRun, { key, sourceKey }: Instance): boolean {
  const { digest } = record;
  const isOfTwo = storedRecoveryRoutine(digest.code) === 'dead-co-primary' && sameKey(sourceKey, digest.key);
  return isOfTwo && sameKey(known.get(digest.key)?.sourceKey ?? null, key);
}

/** What was accepted as lost before it was promoted; '' for nothing. */
async function lossOf({ ports: { store }, uid }: RecoveryRun, successor: InstanceKey): Promise<string> {
  const journal = await store.journal(uid);
  const line = journal.findLast(({ stepId, phase }) => stepId === drainStepId(successor) && phase === 'done');
  return (line === undefined ? null : acceptedLoss(line.detail)) ?? '';
}

async function takeWrites(run: RecoveryRun, promoted: Instance): Promise<string | null> {
  const { known } = run.ports;
  const { key } = run.record.digest;
  const failed = known.get(key);
  const followers = [...known.replicasOf(key), ...known.replicasOf(promoted.key)].filter(
    (replica) => !sameKey(replica.key, promoted.key) && isLastCheckValid(replica),
  );
  const semiSync = failed === undefined ? null : promotionSemiSync(promoted, failed, followers);
  if (semiSync !== null && promoted.readOnly) saySemiSync(run, promoted.key, semiSync);
  const commands = semiSync === null ? [] : semiSyncCommands(semiSync);
  // E2: one that is writable already has taken writes by now.
  if (commands.length > 0 && promoted.readOnly) {
    const told = await run.act(promoted.key, commands, ACT_MILLIS);
    if (told.kind === 'failed') run.fail(`semi-sync of ${instanceKeyText(promoted.key)}: ${told.failure.text}`);
  }
  // E4: likewise; in a promotion that was cut they come right before.
  if (promoted.readOnly) await giveVariables(run, promoted.key, run.ports.policy().promotion.primaryVariables);
  return makeWritable(run, promoted.key);
}
