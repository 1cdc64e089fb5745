/** What every backend does about downtimes. */
import { describe, expect, it } from 'vitest';
import { key, noon } from '../../src/store/temporary-backend.ts';
import type { NewWorld } from './world.ts';

const downtime = (hostname: string, endSeconds: number, reason = 'r') => ({
  key: key(hostname),
  owner: 'o',
  reason,
  begin: noon(-0.5),
  end: noon(endSeconds - 0.5),
});

export function downtimesContract(newWorld: NewWorld): void {
  describe('downtimes', () => {
    it('are one a server, the later one counts', async () => {
      const { backend } = await newWorld();
      await backend.beginDowntime(downtime('a', 60));
      await backend.beginDowntime(downtime('a', 120, 'longer'));
      expect(await backend.loadDowntimes()).toEqual([downtime('a', 120, 'longer')]);
    });

    it('end once', async () => {
      const { backend } = await newWorld();
      await backend.beginDowntime(downtime('a', 60));
      expect(await backend.endDowntime(key('a', 3307))).toBe(false);
      expect(await backend.endDowntime(key('a'))).toBe(true);
      expect(await backend.endDowntime(key('a'))).toBe(false);
    });

    it('of a reason are prolonged while they last, never shortened', async () => {
      const { backend } = await newWorld();
      await backend.beginDowntime(downtime('ended', 60, 'lost'));
      await backend.beginDowntime(downtime('lasting', 120, 'lost'));
      await backend.beginDowntime(downtime('longer', 1200, 'lost'));
      await backend.beginDowntime(downtime('other', 120, 'disk'));
      expect(await backend.prolongDowntimes('lost', noon(60), noon(599.5))).toBe(1);
      expect(await backend.loadDowntimes()).toEqual([
        downtime('ended', 60, 'lost'),
        downtime('lasting', 600, 'lost'),
        downtime('longer', 1200, 'lost'),
        downtime('other', 120, 'disk'),
      ]);
    });

    it('past their end are deleted, the others stay', async () => {
      const { backend } = await newWorld();
      await backend.beginDowntime(downtime('a', 60));
      await backend.beginDowntime(downtime('b', 61));
      expect(await backend.deleteEndedDowntimes(noon(60.5))).toBe(1);
      expect(await backend.loadDowntimes()).toEqual([downtime('b', 61)]);
    });
  });
}
