/** Whether a node is well and whether it leads. */
import { describe, expect, it } from 'vitest';
import { fakeCalls } from '../testing/fake-calls.ts';
import { world } from '../testing/world.ts';

describe('health and leadership', () => {
  it('an unhealthy node says why, with status 500', async () => {
    const calls = fakeCalls();
    const report = { ...(await calls.health()), healthy: false, error: 'the database is read-only' };
    const { get } = await world({}, { health: async () => report });
    const answer = await get('/api/health');
    expect(answer.status).toBe(500);
    expect(answer.json()).toMatchObject({
      Code: 'ERROR',
      Message: 'Application node is unhealthy the database is read-only',
      Details: { Healthy: false, Error: {} },
    });
  });

  it('a configured status place is literal, without prefix, and the usual one is gone', async () => {
    const { get } = await world({ StatusEndpoint: '/healthz', URLPrefix: '/orc' });
    expect((await get('/healthz')).json().Code).toBe('OK');
    expect((await get('/orc/api/status')).status).toBe(404);
    expect((await get('/orc/healthz')).status).toBe(404);
  });

  it.each([
    ['leader-check', 404],
    ['leader-check/503', 503],
    ['leader-check/700', 700],
    ['leader-check/x', 404],
    ['leader-check/100', 404],
    ['leader-check/1000', 404],
    ['routed-leader-check', 404],
  ])('%s of a node that does not lead: %d', async (path, status) => {
    const { get } = await world({}, { isLeader: () => false });
    expect(await get(`/api/${path}`)).toMatchObject({ status, body: '"Not leader"' });
  });

  it('messages begin with who speaks, where that is asked for, but not the error of the status check', async () => {
    const healthy = await fakeCalls().health();
    const { get } = await world(
      { PrependMessagesWithOrcIdentity: 'custom', CustomOrcIdentity: 'orc-a' },
      { health: async () => ({ ...healthy, healthy: false, error: 'e' }) },
    );
    expect((await get('/api/check-global-recoveries')).json().Message).toBe(
      'Orchestrator orc-a says: Global recoveries enabled',
    );
    expect((await get('/api/instance/nosuch/1')).json().Message).toBe(
      'Orchestrator orc-a says: Cannot read instance: nosuch:1',
    );
    expect((await get('/api/health')).json().Message).toBe('Orchestrator orc-a says: Application node is unhealthy e');
    expect((await get('/api/status')).json().Message).toBe('Application node is unhealthy e');
  });
});
