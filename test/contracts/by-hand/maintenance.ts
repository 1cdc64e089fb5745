/** What every backend on SQL does about maintenance that other programs and people write. */
import { describe, expect, it } from 'vitest';
import type { StoreBackend } from '../../../src/store/backend.ts';
import { key, node, noon } from '../../../src/store/temporary-backend.ts';
import type { NewSqlWorld } from '../world.ts';

const WEEK_SECONDS = 7 * 24 * 3600;

const begin = (backend: StoreBackend, hostname: string, from = 0, to = 600, bounded = true, token = 't1') =>
  backend.beginMaintenance(
    { key: key(hostname), owner: 'o', reason: 'r', begin: noon(from), end: noon(to) },
    { node: node(token), bounded },
  );

export function maintenanceByHand(newWorld: NewSqlWorld): void {
  describe('maintenance locks', () => {
    it('expire at their end, and their history after a week', async () => {
      const { backend, byHand } = await newWorld();
      await begin(backend, 'a', 0, 10);
      await begin(backend, 'b', 0, 600);
      await backend.endMaintenance(key('b'), noon(20));
      expect(await backend.expireMaintenance(noon(30), [])).toBe(1);
      expect(await byHand.rows('select hostname from database_instance_maintenance')).toEqual([{ hostname: 'b' }]);
      expect(await backend.expireMaintenance(noon(WEEK_SECONDS + 30), [])).toBe(1);
      expect(await byHand.rows('select * from database_instance_maintenance')).toEqual([]);
    });

    it('without an end are active, and do not expire: nobody said when', async () => {
      const { backend, byHand } = await newWorld();
      await begin(backend, 'a');
      await byHand.exec('update database_instance_maintenance set end_timestamp = null');
      expect(await backend.expireMaintenance(noon(WEEK_SECONDS), [])).toBe(0);
      expect(await backend.loadMaintenance()).toMatchObject([{ key: key('a'), end: 0 }]);
      expect(await backend.endMaintenance(key('a'), noon(1))).toBe(true);
      expect(await backend.loadMaintenance()).toEqual([]);
    });
  });
}
