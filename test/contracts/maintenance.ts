/** What every backend does about maintenance. */
import { describe, expect, it } from 'vitest';
import type { StoreBackend } from '../../src/store/backend.ts';
import { key, node, noon } from '../../src/store/temporary-backend.ts';
import type { NewWorld } from './world.ts';

const WEEK_SECONDS = 7 * 24 * 3600;

const begin = (backend: StoreBackend, hostname: string, from = 0, to = 600, bounded = true, token = 't1') =>
  backend.beginMaintenance(
    { key: key(hostname), owner: 'o', reason: 'r', begin: noon(from), end: noon(to) },
    { node: node(token), bounded },
  );

export function maintenanceContract(newWorld: NewWorld): void {
  describe('maintenance locks', () => {
    it('are held by one at a time', async () => {
      const { backend } = await newWorld();
      const first = await begin(backend, 'a');
      expect(first).toMatchObject({ id: expect.any(Number), key: key('a'), owner: 'o' });
      expect(await begin(backend, 'a')).toBeNull();
      const second = await begin(backend, 'b');
      expect(second?.id).toBeGreaterThan(first?.id ?? Number.POSITIVE_INFINITY);
    });

    it('are free again once ended, by server or by number', async () => {
      const { backend } = await newWorld();
      await begin(backend, 'a');
      expect(await backend.endMaintenance(key('a'), noon(1))).toBe(true);
      expect(await backend.endMaintenance(key('a'), noon(1))).toBe(false);
      const second = await begin(backend, 'a', 1);
      expect(await backend.endMaintenanceById(second?.id ?? 0, noon(2))).toBe(true);
      expect(await backend.endMaintenanceById(second?.id ?? 0, noon(2))).toBe(false);
      expect(await begin(backend, 'a', 2)).not.toBeNull();
    });

    it('past their end hold nobody up', async () => {
      const { backend } = await newWorld();
      await begin(backend, 'a', 0, 10);
      expect(await begin(backend, 'a', 11)).not.toBeNull();
    });

    it('are active past their end, until they are expired or ended', async () => {
      const { backend } = await newWorld();
      await begin(backend, 'a', 0, 10);
      await begin(backend, 'b', 0, 600);
      const active = async () => (await backend.loadMaintenance()).map((lock) => [lock.key.hostname, lock.end]);
      expect(await active()).toEqual([
        ['a', noon(9.5)],
        ['b', noon(599.5)],
      ]);
      await backend.endMaintenance(key('b'), noon(20));
      expect(await active()).toEqual([['a', noon(9.5)]]);
      await backend.expireMaintenance(noon(20), []);
      expect(await active()).toEqual([]);
    });

    it('of a process that is gone expire, those a person asked for stay', async () => {
      const { backend } = await newWorld();
      await begin(backend, 'implicit-dead', 0, 600, false, 'dead');
      await begin(backend, 'implicit-alive', 0, 600, false, 'alive');
      await begin(backend, 'bounded-dead', 0, 600, true, 'dead');
      expect(await backend.expireMaintenance(noon(1), [node('alive')])).toBe(1);
      const left = await backend.loadMaintenance();
      expect(left.map((lock) => lock.key.hostname)).toEqual(['implicit-alive', 'bounded-dead']);
    });

    it('expire at their end, and their history after a week', async () => {
      const { backend } = await newWorld();
      await begin(backend, 'a', 0, 10);
      await begin(backend, 'b', 0, 600);
      await backend.endMaintenance(key('b'), noon(20));
      expect(await backend.expireMaintenance(noon(30), [])).toBe(1);
      expect(await backend.expireMaintenance(noon(WEEK_SECONDS + 30), [])).toBe(1);
      expect(await backend.expireMaintenance(noon(WEEK_SECONDS + 30), [])).toBe(0);
    });
  });
}
