/**
 * What a new observation changed in the picture, and whether it changed anything worth looking at.
 */
import type { ClusterName } from './brand.ts';
import type { Instance, ReceiverEvidence } from './instance.ts';
import { isLastCheckValid } from './instance-status.ts';
import { isSourceSilent } from './source-silence.ts';

export interface TopologyChange {
  /** New values of servers that changed, those put and those that followed them (a renamed cluster), without removed ones. */
  readonly changed: readonly Instance[];
  /** Clusters in which something changed, appeared or went, ordered by name; their versions grew. */
  readonly clusters: readonly ClusterName[];
}

/**
 * Whether the newer value says what the older one said: only the bookkeeping of the poll differs. Analysis and write-behind skip
 * it. While a check fails or hangs, every new time counts: how long it lasts is then the news.
 */
export function saysNothingNew(older: Instance, newer: Instance): boolean {
  return isSettled(older) && isSettled(newer) && sameValue(withoutBookkeeping(older), withoutBookkeeping(newer));
}

function isSettled(instance: Instance): boolean {
  const hangs = (instance.lastAttemptedCheck ?? 0) > (instance.lastChecked ?? 0);
  return isLastCheckValid(instance) && !hangs;
}

function withoutBookkeeping(instance: Instance): Partial<Instance> {
  const { lastChecked, lastAttemptedCheck, lastSeen, lastDiscoveryLatencyNanos, uptimeSeconds, epoch, ...rest } =
    instance;
  return { ...rest, evidence: withoutTheLook(instance) };
}

/** Heartbeats come and go; that a source has become silent, or is heard again, is news. */
function withoutTheLook(instance: Instance): ReceiverEvidence | null {
  const { evidence } = instance;
  const silentMillis = isSourceSilent(instance) ? Number.POSITIVE_INFINITY : 0;
  return evidence === null ? null : { ...evidence, heartbeatsReceived: 0, waitsForSource: true, silentMillis };
}

/** Equality of plain data: primitives, arrays, records. */
function sameValue(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  const left = Object.entries(one);
  if (left.length !== Object.keys(other).length) return false;
  const right = new Map<string, unknown>(Object.entries(other));
  return left.every(([name, value]) => right.has(name) && sameValue(value, right.get(name)));
}
