/**
 * What the contract tells of the discoveries of a while, all together (spec/discovery.md 23, http-api.md 3.9).
 */
import type { UnixMillis } from '../../model/brand.ts';
import { type KeyId, keyId } from '../../model/instance-key.ts';
import type { DiscoveryTiming } from './discovery-log.ts';
import { type Summary, summaryOf } from './statistics.ts';

/** One discovery, with the time at which it ended. */
export interface DiscoveryRecord extends DiscoveryTiming {
  readonly at: UnixMillis;
}

/** In seconds. */
export interface Latencies {
  readonly total: Summary;
  readonly backend: Summary;
  readonly instance: Summary;
}

export interface DiscoveryStatistics {
  /** Null when there was none. */
  readonly firstSeen: UnixMillis | null;
  readonly lastSeen: UnixMillis | null;
  readonly countServers: number;
  /** Servers with a discovery that went well. */
  readonly countServersOk: number;
  /** Servers with one that failed; a server can be both. */
  readonly countServersFailed: number;
  readonly countDiscoveries: number;
  readonly countFailed: number;
  readonly all: Latencies;
  readonly failed: Latencies;
}

const MILLIS_PER_SECOND = 1000;

/** Records oldest first. */
export function discoveryStatistics(records: readonly DiscoveryRecord[]): DiscoveryStatistics {
  const failed = records.filter(({ error }) => error !== null);
  return {
    firstSeen: records[0]?.at ?? null,
    lastSeen: records.at(-1)?.at ?? null,
    countServers: countServers(records),
    countServersOk: countServers(records.filter(({ error }) => error === null)),
    countServersFailed: countServers(failed),
    countDiscoveries: records.length,
    countFailed: failed.length,
    all: latenciesOf(records),
    failed: latenciesOf(failed),
  };
}

const countServers = (records: readonly DiscoveryRecord[]): number =>
  new Set<KeyId>(records.map(({ key }) => keyId(key))).size;

const latenciesOf = (records: readonly DiscoveryRecord[]): Latencies => ({
  total: summaryOf(records.map(({ totalMillis }) => totalMillis / MILLIS_PER_SECOND)),
  backend: summaryOf(records.map(({ backendMillis }) => backendMillis / MILLIS_PER_SECOND)),
  instance: summaryOf(records.map(({ instanceMillis }) => instanceMillis / MILLIS_PER_SECOND)),
});
