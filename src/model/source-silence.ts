/**
 * Heartbeats that stay away (architecture section 6): a source that lives sends its replicas something once a heartbeat period, whatever it does. Where a
 * connected receiver has had nothing for two of them, its connection is no proof of life any more, long before `replica_net_timeout` ends it.
 */
import type { Instance } from './instance.ts';

/** One may be late or lost on the way; not two. */
const SILENT_PERIODS = 2;

/** What a busy host may be late with a heartbeat, milliseconds. Short periods alone would make a pause of the source its death. */
const SLACK_MILLIS = 100;
const SILENT_MILLIS_MIN = 1_000;

/**
 * Whether this replica's receiver, connected as it is, has not heard its source for too long. False where that is not known: without heartbeats, for a
 * receiver that is busy writing what it has got, and for what was read from the backend.
 */
export function isSourceSilent({ receiverState, evidence }: Instance): boolean {
  if (receiverState !== 'running' || evidence === null || evidence.silentMillis === null) return false;
  const { heartbeatPeriodMillis, waitsForSource, silentMillis } = evidence;
  if (heartbeatPeriodMillis <= 0 || !waitsForSource) return false;
  return silentMillis >= silenceMillis(heartbeatPeriodMillis);
}

const silenceMillis = (heartbeatPeriodMillis: number): number =>
  Math.max(SILENT_PERIODS * heartbeatPeriodMillis, SILENT_MILLIS_MIN) + SLACK_MILLIS;

/** When a source that has died without a word is noticed. */
export type SilentDeath =
  | { readonly kind: 'by-heartbeats'; readonly afterMillis: number }
  /** One of its replicas gets no heartbeats: when that one gives up (`replica_net_timeout`). */
  | { readonly kind: 'by-timeout' }
  /** Nobody replicates from it. */
  | { readonly kind: 'never' }
  /** Only who asks the replicas knows; the backend does not have it. */
  | { readonly kind: 'unknown' };

/** A9, of these replicas of one source: the slowest heartbeat counts, since as long as one of them hears it is not dead. */
export function silentDeath(replicas: readonly Instance[]): SilentDeath {
  if (replicas.length === 0) return { kind: 'never' };
  const periods = replicas.flatMap(({ evidence }) => (evidence === null ? [] : [evidence.heartbeatPeriodMillis]));
  if (periods.some((period) => period <= 0)) return { kind: 'by-timeout' };
  if (periods.length < replicas.length) return { kind: 'unknown' };
  return { kind: 'by-heartbeats', afterMillis: silenceMillis(Math.max(...periods)) };
}
