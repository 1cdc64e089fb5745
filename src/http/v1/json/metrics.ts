/**
 * Measurements of discovery (spec/http-api.md 3.9). Latencies in seconds.
 */
import type { DiscoveryStatistics } from '../../../discovery/metrics/discovery-statistics.ts';
import type { QueueSample, QueueStatistics } from '../../../discovery/metrics/queue-samples.ts';
import type { DiscoveryRecord } from '../../../discovery/metrics/timing-columns.ts';
import type { JsonObject } from './json.ts';
import { rfc3339Json } from './scalars.ts';

const MILLIS_PER_SECOND = 1000;
const NANOS_PER_MILLI = 1_000_000;
const NANOS_PER_SECOND = 1_000_000_000;

/** To the nanosecond: what comes behind it is no measurement. */
const secondsJson = (durationMillis: number): number => Math.round(durationMillis * NANOS_PER_MILLI) / NANOS_PER_SECOND;

export function discoveryJson(record: DiscoveryRecord): JsonObject {
  return {
    Timestamp: rfc3339Json(record.at),
    Hostname: record.key.hostname,
    Port: record.key.port,
    BackendLatencySeconds: secondsJson(record.backendMillis),
    InstanceLatencySeconds: secondsJson(record.instanceMillis),
    TotalLatencySeconds: secondsJson(record.totalMillis),
    // Opaque in the contract: clients test for null.
    Err: record.error === null ? null : { Message: record.error },
  };
}

export function discoveryStatisticsJson(statistics: DiscoveryStatistics): JsonObject {
  return {
    FirstSeen: rfc3339Json(statistics.firstSeen),
    LastSeen: rfc3339Json(statistics.lastSeen),
    CountDistinctInstanceKeys: statistics.countServers,
    CountDistinctOkInstanceKeys: statistics.countServersOk,
    CountDistinctFailedInstanceKeys: statistics.countServersFailed,
    FailedDiscoveries: statistics.countFailed,
    // All of them, whatever the name says (contract).
    SuccessfulDiscoveries: statistics.countDiscoveries,
    ...latenciesJson(statistics, 'Mean', 'mean'),
    ...latenciesJson(statistics, 'Max', 'max'),
    ...latenciesJson(statistics, 'Median', 'median'),
    ...latenciesJson(statistics, 'P95', 'p95'),
  };
}

function latenciesJson(
  { all, failed }: DiscoveryStatistics,
  word: string,
  field: 'mean' | 'max' | 'median' | 'p95',
): JsonObject {
  return {
    [`${word}TotalSeconds`]: all.total[field] / MILLIS_PER_SECOND,
    [`${word}BackendSeconds`]: all.backend[field] / MILLIS_PER_SECOND,
    [`${word}InstanceSeconds`]: all.instance[field] / MILLIS_PER_SECOND,
    [`Failed${word}TotalSeconds`]: failed.total[field] / MILLIS_PER_SECOND,
    [`Failed${word}BackendSeconds`]: failed.backend[field] / MILLIS_PER_SECOND,
    [`Failed${word}InstanceSeconds`]: failed.instance[field] / MILLIS_PER_SECOND,
  };
}

export const queueSampleJson = ({ active, queued }: QueueSample): JsonObject => ({ Active: active, Queued: queued });

export function queueStatisticsJson({ active, queued }: QueueStatistics): JsonObject {
  return {
    ActiveMinEntries: active.min,
    ActiveMeanEntries: active.mean,
    ActiveMedianEntries: active.median,
    ActiveP95Entries: active.p95,
    ActiveMaxEntries: active.max,
    QueuedMinEntries: queued.min,
    QueuedMeanEntries: queued.mean,
    QueuedMedianEntries: queued.median,
    QueuedP95Entries: queued.p95,
    QueuedMaxEntries: queued.max,
  };
}
