/**
 * A primary that was replaced, is read-only and answers again: has it anything of its own (G1), and may it be attached below its successor (G2)? What it alone has is evidence, and is left to people.
 */
import { ownUnknownTo } from '../model/errant-gtid.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText, sameKey } from '../model/instance-key.ts';
import { isReplica } from '../model/instance-status.ts';
import { gtidProgress, missingFrom, purgedAndMissing, receivedContains } from '../planning/gtid-progress.ts';
import { movingStepId } from '../planning/plan.ts';
import { attachDemotedLater } from './attach-demoted.ts';
import { giveVariables } from './give-variables.ts';
import { goesByPlace } from './goes-by-place.ts';
import type { RecoveryRun } from './recovery-run.ts';

export type RejoinVerdict =
  /** It has nothing that its successor has not. */
  | { readonly kind: 'clean' }
  /** `gtids`: what it alone has. */
  /** `isRescuable`: its successor can fetch them from it (D9). */
  | { readonly kind: 'quarantined'; readonly gtids: string; readonly isRescuable: boolean }
  /** Its successor has purged what it would need. */
  | { readonly kind: 'too-old'; readonly gtids: string }
  /** It follows its successor, and stands still. */
  | { readonly kind: 'attached-and-stopped' }
  | { readonly kind: 'not-to-be-told'; readonly reason: string };

/** `replicas`: of its successor. Pure. */
export function rejoinVerdict(
  former: Instance,
  successor: Instance,
  replicas: readonly Instance[] = [],
): RejoinVerdict {
  const key = instanceKeyText(former.key);
  const unknown = (reason: string): RejoinVerdict => ({ kind: 'not-to-be-told', reason });
  if (isReplica(former)) {
    const follows = sameKey(former.sourceKey, successor.key);
    // One of two co-primaries follows its successor by itself when it is back, and its source asks for nothing that it alone has.
    const isHeard = sameKey(successor.sourceKey, former.key) && successor.receiverState !== 'stopped';
    const gtids = follows && !isHeard ? ownUnknownTo(former, successor) : '';
    if (gtids !== '') return { kind: 'quarantined', gtids, isRescuable: former.supportsOracleGtid };
    if (former.receiverState !== 'stopped' || !follows) return unknown(`${key} replicates`);
    // It may stand still because its source refuses who has more than itself (1236), which starting it does not change.
    const isCompared = !isHeard && !goesByPlace([former, successor], replicas);
    return (isCompared ? quarantine(former, successor) : null) ?? { kind: 'attached-and-stopped' };
  }
  if (!former.readOnly) return unknown(`${key} takes writes`);
  // Sets that nobody fills contain each other: one that alone has what nobody else has would look clean.
  if (goesByPlace([former, successor], replicas))
    return unknown(`${key} has no GTIDs: what it alone has cannot be told`);
  if (gtidProgress(former) === null || gtidProgress(successor) === null)
    return unknown(`${key} or its successor shows no GTID state`);
  const quarantined = quarantine(former, successor);
  if (quarantined !== null) return quarantined;
  const purged = purgedAndMissing(successor, former);
  return purged === '' ? { kind: 'clean' } : { kind: 'too-old', gtids: purged };
}

/** Null: it has nothing of its own, or that cannot be told. */
function quarantine(former: Instance, successor: Instance): RejoinVerdict | null {
  const [has, held] = [gtidProgress(former), gtidProgress(successor)];
  if (has === null || held === null || receivedContains(held, has)) return null;
  return { kind: 'quarantined', gtids: missingFrom(has, held), isRescuable: has.family === 'oracle' };
}

/** One line for people. */
export function rejoinText(
  former: InstanceKey,
  successor: InstanceKey,
  verdict: RejoinVerdict,
  attaches: boolean,
): string {
  const [key, to] = [instanceKeyText(former), instanceKeyText(successor)];
  switch (verdict.kind) {
    case 'clean':
      return attaches
        ? `${key} came back with nothing of its own: it is attached below ${to}`
        : `${key} came back with nothing of its own: it may be attached below ${to} (AutoRejoinDemotedPrimary)`;
    case 'quarantined':
      return `${key} came back with transactions that ${to} has not: ${verdict.gtids}; it is left alone: ${verdict.isRescuable ? `have ${to} fetch them (orchestrator -c rescue-transactions -i ${key}), ` : ''}inject them empty on ${to}, take them out of its record (gtid-errant-reset-master) once it replicates, or replace its data (orchestrator -c reprovision -i ${key} --discard-errant)`;
    case 'too-old':
      return `${key} came back with nothing of its own, and ${to} has purged what it needs: ${verdict.gtids}; replace its data (orchestrator -c reprovision -i ${key})`;
    case 'attached-and-stopped':
      return attaches ? `${key} follows ${to}, and is started` : `${key} follows ${to}, and stands still`;
    case 'not-to-be-told':
      return verdict.reason;
  }
}

/** Null: it replicates from its successor. Else why not. */
export async function rejoin(run: RecoveryRun, former: InstanceKey, successor: InstanceKey): Promise<string | null> {
  const { servers } = run.ports;
  const before = await servers.observe(former, LOOK_MILLIS);
  if (before.kind === 'failed') return before.failure.text;
  if (isReplica(before.instance)) {
    const step = { id: movingStepId(former, successor) };
    await run.note(step, 'intended', 'start');
    const told = await run.act(former, [{ kind: 'start-replication' }], ACT_MILLIS);
    await run.note(
      step,
      told.kind === 'done' ? 'done' : 'failed',
      told.kind === 'done' ? 'it replicates' : told.failure.text,
    );
    if (told.kind === 'failed') return told.failure.text;
    await giveVariables(run, former, run.ports.policy().replicaVariables);
    return null;
  }
  await attachDemotedLater(run, { from: former, to: successor, startsOld: true }, null);
  const seen = await servers.observe(former, LOOK_MILLIS);
  const follows = seen.kind === 'observed' && sameKey(seen.instance.sourceKey, successor);
  return follows
    ? null
    : (run.errors.at(-1) ?? `${instanceKeyText(former)} does not follow ${instanceKeyText(successor)}`);
}

const LOOK_MILLIS = 5_000;
const ACT_MILLIS = 10_000;
