/**
 * What a move by GTID shows of transactions that only the moved server has (spec/topology-operations.md 1.3): below its former source they may have been known, below
 * another they are errant.
 */
import { isEmpty, subtract } from '../../model/gtid-set.ts';
import { gtidSetText } from '../../model/gtid-set-text.ts';
import type { Instance } from '../../model/instance.ts';
import { instanceKeyText } from '../../model/instance-key.ts';
import { gtidProgress } from '../gtid-progress.ts';
import { originAbove } from './move-rules.ts';
import type { OperationFacts } from './operation-facts.ts';

/** One line, or none. Judged by what was last seen of both and of the top above the new source. */
export function noteErrant(instance: Instance, below: Instance, facts: OperationFacts): readonly string[] {
  const origin = originAbove(below, facts);
  const top = origin === null ? below : facts.topology.get(origin);
  const [own, above] = [gtidProgress(instance), top === undefined ? null : gtidProgress(top)];
  if (own?.family !== 'oracle' || above?.family !== 'oracle') return [];
  const [source] = [gtidProgress(below)];
  if (source?.family !== 'oracle') return [];
  const extra = subtract(subtract(own.executed, source.executed), above.executed);
  if (isEmpty(extra)) return [];
  return [
    `${instanceKeyText(instance.key)} has executed ${gtidSetText(extra)}, which nobody above ${instanceKeyText(below.key)} has: it will be errant there`,
  ];
}
