/**
 * Taking errant transactions out of the record of what a server has executed (spec/topology-operations.md 3.7, O35): what is to be counted as executed is known only
 * when the server stands still. Until it is set, the server counts nothing as executed: whoever has to finish by hand needs the value, so that every refusal names it.
 */
import { subtract } from '../model/gtid-set.ts';
import { gtidSetText, parseGtidSet } from '../model/gtid-set-text.ts';
import type { Instance } from '../model/instance.ts';
import { instanceKeyText } from '../model/instance-key.ts';
import type { ServerCommand } from '../model/server-command.ts';
import type { DeferredCommand } from './deferred-command.ts';
import { gtidContainment } from './gtid-progress.ts';
import type { Resolution, Sight } from './resolve-command.ts';

/** What it had executed, but for these. Null: it is not known. */
export function executedWithout(stood: Instance | null, errant: string): string | null {
  if (stood === null || stood.executedGtidSet === '') return null;
  const [executed, without] = [parseGtidSet(stood.executedGtidSet), parseGtidSet(errant)];
  if (executed.kind === 'refused' || without.kind === 'refused') return null;
  return gtidSetText(subtract(executed.set, without.set));
}

const isSame = (one: string, other: string): boolean =>
  gtidContainment.contains(one, other) === true && gtidContainment.contains(other, one) === true;

export function resolveForgetErrant(
  { errant, stood }: Extract<DeferredCommand, { kind: 'forget-errant' }>,
  { own, after }: Sight,
): Resolution {
  const seen = after(stood);
  const key = instanceKeyText(own.key);
  const wanted = executedWithout(seen, errant);
  if (seen === null || wanted === null) {
    return { kind: 'refused', reason: `it is not known what ${key} had executed when it stood still` };
  }
  // Somebody writes there: what came since would be forgotten as well, or stay errant.
  if (!isSame(seen.gtidErrant, errant)) {
    return { kind: 'refused', reason: `what is errant on ${key} has changed meanwhile: ${seen.gtidErrant}` };
  }
  const counts: readonly ServerCommand[] = wanted === '' ? [] : [{ kind: 'set-gtid-purged', gtid: wanted }];
  if (isSame(own.executedGtidSet, seen.executedGtidSet)) {
    return { kind: 'resolved', commands: [{ kind: 'reset-binary-logs' }, ...counts] };
  }
  // The logs are deleted already, by a former attempt.
  if (own.executedGtidSet === '') return { kind: 'resolved', commands: counts };
  const reason = `${key} has executed something else meanwhile: ${own.executedGtidSet}; what it is to count as executed: ${wanted}`;
  return { kind: 'refused', reason };
}

export function resolveStartIfRecorded(
  { commands, errant, stood }: Extract<DeferredCommand, { kind: 'start-if-recorded' }>,
  { own, after }: Sight,
): Resolution {
  const wanted = executedWithout(after(stood), errant);
  const isRecorded = wanted === null || gtidContainment.contains(own.executedGtidSet, wanted) === true;
  if (isRecorded) return { kind: 'resolved', commands };
  const reason = `${instanceKeyText(own.key)} has lost the record of what it has executed, and must not replicate before it counts as executed: ${wanted}`;
  return { kind: 'refused', reason };
}
