import { describe, expect, it } from 'vitest';
import { unixMillis } from '../../model/brand.ts';
import { discoveryStatistics } from './discovery-statistics.ts';
import type { DiscoveryRecord, TimingColumns } from './timing-columns.ts';

function columnsOf(records: readonly DiscoveryRecord[]): TimingColumns {
  return {
    at: Float64Array.from(records, ({ at }) => at),
    backendMillis: Float64Array.from(records, ({ backendMillis }) => backendMillis),
    instanceMillis: Float64Array.from(records, ({ instanceMillis }) => instanceMillis),
    totalMillis: Float64Array.from(records, ({ totalMillis }) => totalMillis),
    keys: records.map(({ key }) => key),
    errors: records.map(({ error }) => error),
  };
}

const record = (port: number, at: number, totalMillis: number, error: string | null = null): DiscoveryRecord => ({
  key: { hostname: 'db', port },
  at: unixMillis(at),
  backendMillis: 1,
  instanceMillis: totalMillis - 1,
  totalMillis,
  error,
});

describe('statistics of discoveries', () => {
  const records = [
    record(1, 1000, 10),
    record(2, 1500, 20, 'refused'),
    record(1, 2000, 30, 'lost'),
    record(1, 2500, 40),
  ];

  it('count servers once, and those that went well and failed in both', () => {
    expect(discoveryStatistics(columnsOf(records))).toMatchObject({
      countServers: 2,
      countServersOk: 1,
      countServersFailed: 2,
      countDiscoveries: 4,
      countFailed: 2,
      firstSeen: 1000,
      lastSeen: 2500,
    });
  });

  it('have latencies of all and of the failed ones', () => {
    const { all, failed } = discoveryStatistics(columnsOf(records));
    expect(all.total).toEqual({ min: 10, mean: 25, median: 25, p95: 35, max: 40 });
    expect(failed.total).toMatchObject({ mean: 25, max: 30 });
    expect(all.backend.max).toBe(1);
    expect(failed.instance.max).toBe(29);
  });

  it('of nothing are zero, and have seen nothing', () => {
    expect(discoveryStatistics(columnsOf([]))).toMatchObject({ firstSeen: null, lastSeen: null, countServers: 0 });
  });
});
