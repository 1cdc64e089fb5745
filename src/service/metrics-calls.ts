/** The measurements of discovery as the doors ask for them. */
import type { DiscoveryMetrics } from '../discovery/metrics/discovery-metrics.ts';
import { discoveryStatistics } from '../discovery/metrics/discovery-statistics.ts';
import { type QueueSample, queueStatistics } from '../discovery/metrics/queue-samples.ts';
import { recordsOf } from '../discovery/metrics/timing-columns.ts';
import { DEFAULT_QUEUE, type MetricsCalls } from './calls.ts';

export function metricsCalls(metrics: Pick<DiscoveryMetrics, 'discoveries' | 'queueSamples'>): MetricsCalls {
  const samplesOf = (queue: string, lastSeconds: number): readonly QueueSample[] | null =>
    queue === DEFAULT_QUEUE ? metrics.queueSamples(lastSeconds) : null;
  return {
    discoveries: (lastSeconds) => recordsOf(metrics.discoveries(lastSeconds)),
    discoveryStatistics: (lastSeconds) => discoveryStatistics(metrics.discoveries(lastSeconds)),
    queueSamples: samplesOf,
    queueStatistics(queue, lastSeconds) {
      const samples = samplesOf(queue, lastSeconds);
      return samples === null ? null : queueStatistics(samples);
    },
  };
}
