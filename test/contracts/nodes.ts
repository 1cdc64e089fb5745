/** What every backend does about nodes. */
import { describe, expect, it } from 'vitest';
import type { StoreBackend } from '../../src/store/backend.ts';
import { node, noon } from '../../src/store/temporary-backend.ts';
import { registerNode } from '../../src/store/testing.ts';
import type { NewWorld } from './world.ts';

export function nodesContract(newWorld: NewWorld): void {
  describe('living processes', () => {
    it('not seen for long are not available, and are deleted', async () => {
      const { backend } = await newWorld();
      await registerNode(backend, 't1', 0);
      await registerNode(backend, 't2', 10);
      expect((await backend.availableNodes(noon(8))).map((row) => row.identity.token)).toEqual(['t2']);
      await backend.deleteNodesUnseenSince(noon(5));
      expect((await backend.availableNodes(noon(0))).map((row) => row.identity.token)).toEqual(['t2']);
    });

    it('remove themselves when they end', async () => {
      const { backend } = await newWorld();
      await registerNode(backend, 't1', 0);
      await backend.removeNode(node('t1'));
      expect(await backend.availableNodes(noon(-5))).toEqual([]);
    });

    it('that cannot write are told so', async () => {
      const { backend, refuseWrites, writeError } = await newWorld();
      await refuseWrites();
      await expect(registerNode(backend, 't1', 0)).rejects.toMatchObject(writeError);
    });

    it('register, and renew without losing when they came', async () => {
      const { backend } = await newWorld();
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
    });
  });

  describe('election', () => {
    const attempt = (backend: StoreBackend, token: string, atSeconds: number) =>
      backend.attemptElection(node(token), noon(atSeconds), noon(atSeconds - 5));

    it('on a new backend is won at once', async () => {
      const { backend } = await newWorld();
      expect(await backend.activeNode()).toBeNull();
      expect(await attempt(backend, 't1', 0)).toBe(true);
      expect(await backend.activeNode()).toMatchObject({ identity: node('t1'), firstSeenActive: noon(-0.5) });
    });

    it('is lost while the active node renews, and won five seconds after it stopped', async () => {
      const { backend, another } = await newWorld();
      const other = await another();
      expect(await attempt(backend, 't1', 0)).toBe(true);
      expect(await attempt(other, 't2', 3)).toBe(false);
      expect(await attempt(backend, 't1', 4)).toBe(true);
      expect(await attempt(other, 't2', 9)).toBe(false);
      expect(await attempt(other, 't2', 10)).toBe(true);
      expect(await attempt(backend, 't1', 10)).toBe(false);
    });

    it('is won by nobody on behalf of a predecessor of the same host', async () => {
      const { backend } = await newWorld();
      await attempt(backend, 't1', 0);
      expect(await attempt(backend, 'restarted', 1)).toBe(false);
    });

    it('twice within a second does not flap', async () => {
      const { backend } = await newWorld();
      expect(await attempt(backend, 't1', 0)).toBe(true);
      expect(await attempt(backend, 't1', 0)).toBe(true);
    });

    it('can be grabbed', async () => {
      const { backend } = await newWorld();
      await attempt(backend, 't1', 0);
      await backend.grabElection(node('t2'), noon(1));
      expect(await attempt(backend, 't1', 2)).toBe(false);
      expect(await attempt(backend, 't2', 2)).toBe(true);
    });
  });
}
