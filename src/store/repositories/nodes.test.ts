import { describe, expect, it } from 'vitest';
import type { StoreBackend } from '../backend.ts';
import { newBackend, node, noon } from '../temporary-backend.ts';
import { registerNode } from '../testing.ts';

describe('living processes', () => {
  it('register, and renew without losing when they came', async () => {
    const { backend, byHand } = await newBackend();
    await registerNode(backend, 't1', 0);
    await registerNode(backend, 't1', 3);
    expect(await backend.availableNodes(noon(2))).toEqual([
      {
        identity: node('t1'),
        firstSeenActive: noon(-0.5),
        lastSeenActive: noon(2.5),
        extraInfo: 'HttpMode',
        command: '',
        appVersion: '1.0.0',
        dbBackend: backend.name,
      },
    ]);
    expect(byHand.prepare('select incrementing_indicator as i from node_health').get()).toEqual({ i: 1 });
    expect(byHand.prepare('select count(*) as n from node_health_history').get()).toEqual({ n: 1 });
  });
});

describe('election', () => {
  const attempt = (backend: StoreBackend, token: string, atSeconds: number) =>
    backend.attemptElection(node(token), noon(atSeconds), noon(atSeconds - 5));

  it('goes on where somebody deleted the row', async () => {
    const { backend, byHand } = await newBackend();
    byHand.exec('delete from active_node');
    expect(await attempt(backend, 't1', 0)).toBe(true);
  });
});
