/**
 * What the node of the recorded answers had measured: the recorded single values, from which the recorded statistics must follow.
 */
import type { DiscoveryRecord } from '../../discovery/metrics/discovery-statistics.ts';
import type { QueueSample } from '../../discovery/metrics/queue-samples.ts';
import { unixMillis } from '../../model/brand.ts';
import { recorded } from './recorded.ts';

interface DiscoveryMetric {
  readonly Timestamp: string;
  readonly Hostname: string;
  readonly Port: number;
  readonly BackendLatencySeconds: number;
  readonly InstanceLatencySeconds: number;
  readonly TotalLatencySeconds: number;
}

const bodyOf = <Value>(name: string): readonly Value[] => JSON.parse(recorded(name).body);

export const demoDiscoveries = (): readonly DiscoveryRecord[] =>
  bodyOf<DiscoveryMetric>('discovery-metrics-raw_5').map((metric) => ({
    at: unixMillis(Date.parse(metric.Timestamp)),
    key: { hostname: metric.Hostname, port: metric.Port },
    backendMillis: metric.BackendLatencySeconds * 1000,
    instanceMillis: metric.InstanceLatencySeconds * 1000,
    totalMillis: metric.TotalLatencySeconds * 1000,
    error: null,
  }));

export const demoQueueSamples = (): readonly QueueSample[] =>
  bodyOf<{ readonly Active: number; readonly Queued: number }>('discovery-queue-metrics-raw_5').map(
    ({ Active, Queued }) => ({ active: Active, queued: Queued }),
  );
