/** What every backend on SQL does about nodes that other programs and people write. */
import { describe, expect, it } from 'vitest';
import type { StoreBackend } from '../../../src/store/backend.ts';
import { node, noon } from '../../../src/store/temporary-backend.ts';
import { registerNode } from '../../../src/store/testing.ts';
import type { NewSqlWorld } from '../world.ts';

export function nodesByHand(newWorld: NewSqlWorld): void {
  describe('living processes', () => {
    it('register, and renew without losing when they came', async () => {
      const { backend, byHand } = await newWorld();
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
      expect(await byHand.row('select incrementing_indicator as i from node_health')).toEqual({ i: 1 });
      expect(await byHand.row('select count(*) as n from node_health_history')).toEqual({ n: 1 });
    });
  });

  describe('election', () => {
    const attempt = (backend: StoreBackend, token: string, atSeconds: number) =>
      backend.attemptElection(node(token), noon(atSeconds), noon(atSeconds - 5));

    it('goes on where somebody deleted the row', async () => {
      const { backend, byHand } = await newWorld();
      await byHand.exec('delete from active_node');
      expect(await attempt(backend, 't1', 0)).toBe(true);
    });
  });
}
