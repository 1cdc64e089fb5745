import { describe, expect, it } from 'vitest';
import type { OrchestratorCalls } from '../../service/calls.ts';
import { metricsCalls } from '../../service/metrics-calls.ts';
import { buildApp } from '../app.ts';
import { NO_DISCOVERIES } from '../testing/demo-measurements.ts';
import { NOW } from '../testing/demo-world.ts';
import { fakeCalls } from '../testing/fake-calls.ts';

async function get(url: string, overrides: Partial<OrchestratorCalls> = {}) {
  const calls = fakeCalls(overrides);
  const answer = await (await buildApp({ calls, settings: calls.settings() })).inject(`/api/${url}`);
  return { status: answer.statusCode, json: answer.json<Record<string, unknown>>() };
}

const error = (message: string) => ({ status: 500, json: { Code: 'ERROR', Message: message, Details: null } });
const nothing = metricsCalls({ discoveries: () => NO_DISCOVERIES, queueSamples: () => [] });

describe('single discoveries', () => {
  it('have an error that is an object when they failed', async () => {
    const key = { hostname: 'db', port: 3306 };
    const record = { key, at: NOW, backendMillis: 0, instanceMillis: 1000, totalMillis: 1000, error: 'refused' };
    const { json } = await get('discovery-metrics-raw/60', { discoveries: () => [record] });
    expect(json).toMatchObject([{ Hostname: 'db', Port: 3306, Err: { Message: 'refused' } }]);
  });

  it('are null when there was none', async () => {
    expect(await get('discovery-metrics-raw/60', nothing)).toEqual({ status: 200, json: null });
  });

  it.each(['0', '-1', 'many', '1.5'])('cannot be of the last %s seconds', async (seconds) => {
    expect(await get(`discovery-metrics-raw/${seconds}`)).toEqual(error('Invalid value provided for seconds'));
  });
});

describe('statistics of discoveries', () => {
  it('of no time, or of what is no time, are those of nothing', async () => {
    for (const seconds of ['0', 'many']) {
      const { status, json } = await get(`discovery-metrics-aggregated/${seconds}`);
      expect(status).toBe(200);
      expect(json).toMatchObject({ FirstSeen: '0001-01-01T00:00:00Z', SuccessfulDiscoveries: 0, P95TotalSeconds: 0 });
    }
  });
});

describe('the queue', () => {
  it('has a name, and is the usual one without', async () => {
    for (const form of ['raw', 'aggregated']) {
      const usual = await get(`discovery-queue-metrics-${form}/5`);
      expect(await get(`discovery-queue-metrics-${form}/DEFAULT/5`)).toEqual(usual);
      const message = 'Unable to generate discovery queue aggregated metrics for unknown queue';
      expect(await get(`discovery-queue-metrics-${form}/DEADINSTANCES/5`)).toEqual(error(message));
    }
  });

  it('of which nothing was sampled is null, and its minima are out of reach', async () => {
    expect(await get('discovery-queue-metrics-raw/5', nothing)).toEqual({ status: 200, json: null });
    const { json } = await get('discovery-queue-metrics-aggregated/5', nothing);
    expect(json).toMatchObject({ ActiveMinEntries: 9000000000, QueuedMinEntries: 9000000000, ActiveMaxEntries: 0 });
  });

  it('wants a whole number of seconds', async () => {
    const raw = error('Unable to generate discovery queue raw metrics');
    const aggregated = error('Unable to generate discovery queue aggregated metrics');
    expect(await get('discovery-queue-metrics-raw/many')).toEqual(raw);
    expect(await get('discovery-queue-metrics-raw/DEFAULT/many')).toEqual(raw);
    expect(await get('discovery-queue-metrics-aggregated/many')).toEqual(aggregated);
  });
});
