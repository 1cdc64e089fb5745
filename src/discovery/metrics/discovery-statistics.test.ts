import { describe, expect, it } from 'vitest';
import { unixMillis } from '../../model/brand.ts';
import { type DiscoveryRecord, discoveryStatistics } from './discovery-statistics.ts';

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
    expect(discoveryStatistics(records)).toMatchObject({
      countServers: 2,
      countServersOk: 1,
      countServersFailed: 2,
      countDiscoveries: 4,
      countFailed: 2,
      firstSeen: 1000,
      lastSeen: 2500,
    });
  });

  it('have latencies in seconds, of all and of the failed ones', () => {
    const { all, failed } = discoveryStatistics(records);
    expect(all.total).toEqual({ min: 0.01, mean: 0.025, median: 0.025, p95: 0.035, max: 0.04 });
    expect(failed.total).toMatchObject({ mean: 0.025, max: 0.03 });
    expect(all.backend.max).toBe(0.001);
    expect(failed.instance.max).toBe(0.029);
  });

  it('of nothing are zero, and have seen nothing', () => {
    expect(discoveryStatistics([])).toMatchObject({ firstSeen: null, lastSeen: null, countServers: 0 });
  });
});
