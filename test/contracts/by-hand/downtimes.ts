/** What every backend on SQL does about downtimes that other programs and people write. */
import { describe, expect, it } from 'vitest';
import { key, noon } from '../../../src/store/temporary-backend.ts';
import type { NewSqlWorld } from '../world.ts';

export function downtimesByHand(newWorld: NewSqlWorld): void {
  describe('downtimes', () => {
    it('written by hand without an end, or not active, mute nothing', async () => {
      const { backend, byHand } = await newWorld();
      await byHand.exec(`insert into database_instance_downtime (hostname, port, downtime_active, begin_timestamp, owner, reason)
        values ('a', 1, 1, '2026-03-01 12:00:00', 'o', 'r'), ('b', 1, null, null, 'o', 'r')`);
      expect(await backend.loadDowntimes()).toMatchObject([{ key: key('a', 1), begin: noon(-0.5), end: noon(-0.5) }]);
    });
  });
}
