/**
 * What the node of the recorded answers had measured: the recorded single values, from which the recorded statistics must follow.
 */
import type { QueueSample } from '../../discovery/metrics/queue-samples.ts';
import type { TimingColumns } from '../../discovery/metrics/timing-columns.ts';
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

const MILLIS_PER_SECOND = 1000;

function discoveriesOf(metrics: readonly DiscoveryMetric[]): TimingColumns {
  return {
    at: Float64Array.from(metrics, ({ Timestamp }) => Date.parse(Timestamp)),
    backendMillis: Float64Array.from(metrics, (metric) => metric.BackendLatencySeconds * MILLIS_PER_SECOND),
    instanceMillis: Float64Array.from(metrics, (metric) => metric.InstanceLatencySeconds * MILLIS_PER_SECOND),
    totalMillis: Float64Array.from(metrics, (metric) => metric.TotalLatencySeconds * MILLIS_PER_SECOND),
    keys: metrics.map(({ Hostname, Port }) => ({ hostname: Hostname, port: Port })),
    errors: metrics.map(() => null),
  };
}

export const NO_DISCOVERIES: TimingColumns = discoveriesOf([]);

export const demoDiscoveries = (): TimingColumns => discoveriesOf(bodyOf('discovery-metrics-raw_5'));

export const demoQueueSamples = (): readonly QueueSample[] =>
  bodyOf<{ readonly Active: number; readonly Queued: number }>('discovery-queue-metrics-raw_5').map(
    ({ Active, Queued }) => ({ active: Active, queued: Queued }),
  );
