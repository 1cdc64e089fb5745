/**
 * What a person sees of errant transactions before deciding (spec/topology-operations.md 3.7, O33): which they are and since when, and what each way out would do, in sentences. The ways out
 * are the plans themselves: what is refused there is refused here with the same words.
 */
import type { UnixMillis } from '../../model/brand.ts';
import { count, EMPTY_GTID_SET, type GtidSet, gtidSetOf, intersect, uuidsOf } from '../../model/gtid-set.ts';
import { gtidSetText, parseGtidSet } from '../../model/gtid-set-text.ts';
import type { Instance } from '../../model/instance.ts';
import { type InstanceKey, instanceKeyText, sameKey } from '../../model/instance-key.ts';
import { hasSeveralSources } from '../../model/instance-status.ts';
import { planErrantInjection } from './errant-injection.ts';
import { planErrantReset } from './errant-reset.ts';
import type { OperationFacts } from './operation-facts.ts';
import type { OperationPlan, OperationPlanResult } from './operation-plan.ts';

export interface ErrantWayOut {
  readonly kind: 'inject-empty' | 'reset';
  /** Why it cannot be gone; '' where it can. */
  readonly refusal: string;
  /** What it would do, one sentence each. */
  readonly effects: readonly string[];
}

/** One interval of one originator, tag included. `firstSeen` null: before anybody looked. */
export interface SeenRange {
  readonly gtid: string;
  readonly firstSeen: UnixMillis | null;
}

export interface ErrantFindings {
  readonly key: InstanceKey;
  readonly gtidErrant: string;
  /** Why it cannot be told whether there are any; '' where it can. */
  readonly untold: string;
  readonly transactions: number;
  readonly ranges: readonly SeenRange[];
  readonly purged: string;
  readonly waysOut: readonly ErrantWayOut[];
}

/** Names in one sentence; the others are counted. */
const NAMES_MAX = 10;

/** `rangesOf`: the ranges of a set with the times at which each was first seen, by whoever remembers them. Without it nobody does. */
export function errantReport(
  instance: Instance,
  facts: OperationFacts,
  rangesOf: (errant: GtidSet) => readonly SeenRange[] = unseenRanges,
): ErrantFindings {
  const errant = setOf(instance.gtidErrant);
  return {
    key: instance.key,
    gtidErrant: gtidSetText(errant),
    untold: instance.gtidErrant === '' ? whyUntold(instance, facts) : '',
    transactions: count(errant),
    ranges: rangesOf(errant),
    purged: gtidSetText(intersect(errant, setOf(instance.gtidPurged))),
    waysOut: errantWaysOut(instance, facts),
  };
}

/** Where no set can be compared, none is errant; but to say that there are none would be a promise. */
function whyUntold(instance: Instance, { topology }: OperationFacts): string {
  if (!instance.supportsOracleGtid) return 'it has no GTID set of the kind of MySQL, by which they are told';
  if (hasSeveralSources(instance)) return 'it replicates from several sources';
  if (instance.sourceKey === null || topology.get(instance.sourceKey)?.executedGtidSet) return '';
  return `what ${instanceKeyText(instance.sourceKey)}, its source, has executed is not known`;
}

function setOf(text: string): GtidSet {
  const parsed = parseGtidSet(text);
  return parsed.kind === 'ok' ? parsed.set : EMPTY_GTID_SET;
}

function unseenRanges(errant: GtidSet): readonly SeenRange[] {
  return errant.entries.flatMap(({ uuid, tag, bounds }) =>
    bounds.flatMap((first, i) => {
      if (i % 2 !== 0) return [];
      const range = gtidSetOf([{ uuid, tag, bounds: [first, bounds[i + 1] ?? first] }]);
      return [{ gtid: gtidSetText(range), firstSeen: null }];
    }),
  );
}

export function errantWaysOut(instance: Instance, facts: OperationFacts): readonly ErrantWayOut[] {
  const { key } = instance;
  return [
    wayOut('inject-empty', planErrantInjection({ kind: 'gtid-errant-inject-empty', key }, facts), (plan) =>
      injectionEffects(instance, plan, facts),
    ),
    wayOut('reset', planErrantReset({ kind: 'gtid-errant-reset-master', key }, facts), () => resetEffects(instance)),
  ];
}

function wayOut(
  kind: ErrantWayOut['kind'],
  result: OperationPlanResult,
  effects: (plan: OperationPlan) => readonly string[],
): ErrantWayOut {
  return result.kind === 'refused'
    ? { kind, refusal: result.text, effects: [] }
    : { kind, refusal: '', effects: effects(result.plan) };
}

function injectionEffects(instance: Instance, plan: OperationPlan, facts: OperationFacts): readonly string[] {
  const key = instanceKeyText(instance.key);
  const [lane] = plan.lanes;
  const primary = lane === undefined ? key : instanceKeyText(lane.server);
  const written = lane?.steps.flatMap(({ commands }) => commands) ?? [];
  const transactions = written.reduce((sum, one) => sum + (one.kind === 'inject-empty' ? one.gtids.length : 0), 0);
  const below = lane === undefined ? [] : facts.topology.descendantsOf(lane.server);
  const others = below.filter((one) => !sameKey(one.key, instance.key)).map((one) => one.key);
  return [
    `${transactions} empty ${transactions === 1 ? 'transaction is' : 'transactions are'} written on ${primary}, the primary, under the GTIDs of the errant ones.`,
    others.length === 0
      ? `No replica besides ${key} gets them.`
      : `By replication they reach ${names(others)}, which then count them as executed.`,
    `What the errant transactions changed stays on ${key} alone: its data go on differing from those of its source.`,
    `Nothing stops, no binary log is deleted, and ${key} can be moved and promoted afterwards like the others.`,
  ];
}

function resetEffects(instance: Instance): readonly string[] {
  const key = instanceKeyText(instance.key);
  const errant = setOf(instance.gtidErrant);
  return [
    `Replication stops on ${key}, and starts again at the end.`,
    `All binary logs of ${key} are deleted: it can be restored to no point in time before from them, and who reads them for other purposes loses its place.`,
    `${count(errant)} ${count(errant) === 1 ? 'transaction' : 'transactions'} of ${uuidsOf(errant).join(', ')} count as executed there no more; with the binary logs the last trace of what they did is gone.`,
    `What the errant transactions changed stays on ${key}: its data go on differing from those of its source.`,
    'No other server is touched.',
  ];
}

function names(keys: readonly InstanceKey[]): string {
  const shown = keys.slice(0, NAMES_MAX).map(instanceKeyText).join(', ');
  return keys.length > NAMES_MAX ? `${shown} and ${keys.length - NAMES_MAX} more` : shown;
}
