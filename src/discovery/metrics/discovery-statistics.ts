/**
 * What the contract tells of the discoveries of a while, all together (spec/discovery.md 23, http-api.md 3.9).
 */
import { type UnixMillis, unixMillis } from '../../model/brand.ts';
import { type InstanceKey, type KeyId, keyId } from '../../model/instance-key.ts';
import { type Summary, summaryOf } from './statistics.ts';
import type { TimingColumns } from './timing-columns.ts';

/** In milliseconds. */
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

/** `at` in wall time. */
export function discoveryStatistics(columns: TimingColumns): DiscoveryStatistics {
  const { at, keys, errors } = columns;
  const hasFailed = (index: number): boolean => errors[index] != null;
  const failedOnly = (column: Float64Array): Float64Array => column.filter((_, index) => hasFailed(index));
  return {
    firstSeen: momentOrNull(at[0]),
    lastSeen: momentOrNull(at.at(-1)),
    countServers: countServers(keys),
    countServersOk: countServers(keys.filter((_, index) => !hasFailed(index))),
    countServersFailed: countServers(keys.filter((_, index) => hasFailed(index))),
    countDiscoveries: keys.length,
    countFailed: errors.filter((error) => error !== null).length,
    all: latenciesOf(columns, (column) => column),
    failed: latenciesOf(columns, failedOnly),
  };
}

const momentOrNull = (at: number | undefined): UnixMillis | null => (at === undefined ? null : unixMillis(at));

/** Most reads of a server bring the same key object: making the text of each would take longer than all the rest. */
const countServers = (keys: readonly InstanceKey[]): number => new Set<KeyId>([...new Set(keys)].map(keyId)).size;

const latenciesOf = (
  { totalMillis, backendMillis, instanceMillis }: TimingColumns,
  part: (column: Float64Array) => Float64Array,
): Latencies => ({
  total: summaryOf(part(totalMillis)),
  backend: summaryOf(part(backendMillis)),
  instance: summaryOf(part(instanceMillis)),
});
