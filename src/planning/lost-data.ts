/** What would be lost if all data of a server were replaced, and the witness that it may be (first law). */
import { type DataReplaceable, discardedByOrder, heldElsewhere } from '../model/data-replaceable.ts';
import { subtract } from '../model/gtid-set.ts';
import { gtidSetText } from '../model/gtid-set-text.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText } from '../model/instance-key.ts';
import { gtidContainment, gtidProgress, receivedContains, receivedText } from './gtid-progress.ts';
import type { Sight } from './resolve-command.ts';

/**
 * What it has received or executed and the primary has not executed; '' for nothing. MariaDB: where it stands, if it has anything of its own. Null: it cannot be told.
 *
 * The primary must have been read after it: what came through in between would seem to be its own.
 */
export function lostText(own: Instance, primary: Instance): string | null {
  const [has, held] = [gtidProgress(own), gtidProgress(primary)];
  if (has === null || held === null || has.family !== held.family) return null;
  if (has.family === 'oracle' && held.family === 'oracle') return gtidSetText(subtract(has.received, held.executed));
  return receivedContains(held, has) ? '' : receivedText(has);
}

export type LossVerdict =
  | { readonly kind: 'replaceable'; readonly witness: DataReplaceable }
  | { readonly kind: 'refused'; readonly reason: string };

/** `origin`: the primary. `discards`: what a person has ordered to be lost, by name; '' for nothing. */
export function judgeLoss(
  { origin, discards }: { readonly origin: InstanceKey; readonly discards: string },
  { own, other }: Pick<Sight, 'own' | 'other'>,
): LossVerdict {
  const refused = (reason: string): LossVerdict => ({ kind: 'refused', reason });
  const [key, top] = [instanceKeyText(own.key), instanceKeyText(origin)];
  if (!own.readOnly) return refused(`${key} takes writes`);
  const primary = other(origin);
  if (primary === null) return refused(`${top} does not answer: it is not known what ${key} alone has`);
  const lost = lostText(own, primary);
  if (lost === null) return refused(`it cannot be told what ${key} alone has`);
  const witness = heldElsewhere(lost) ?? discardedByOrder(gtidContainment, lost, discards);
  if (witness !== null) return { kind: 'replaceable', witness };
  const ordered = discards === '' ? 'nothing was' : `only ${discards} was`;
  return refused(`${key} has by now ${lost}, which ${top} has not; ${ordered} ordered to be lost`);
}
