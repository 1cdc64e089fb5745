/** What every backend does about stale coordinates. */
import { describe, expect, it } from 'vitest';
import { unixMillis } from '../../src/model/brand.ts';
import { key, noon } from '../../src/store/temporary-backend.ts';
import type { NewWorld } from './world.ts';

const stale = (hostname: string, pos: number, atSeconds = 0) => ({
  key: key(hostname),
  coordinates: { file: 'binlog.000007', pos, type: 'binary' as const },
  // Kept in whole seconds.
  firstSeen: unixMillis(Math.floor(noon(atSeconds) / 1_000) * 1_000),
});

export function staleCoordinatesContract(newWorld: NewWorld): void {
  describe('coordinates of primaries', () => {
    it('A12: are one a server, the later one counts', async () => {
      const { backend } = await newWorld();
      for (const row of [stale('b', 4), stale('a', 4), stale('a', 9, 60)]) await backend.saveStaleCoordinates(row);
      expect(await backend.loadStaleCoordinates()).toEqual([stale('a', 9, 60), stale('b', 4)]);
      await backend.deleteStaleCoordinates(key('a'));
      await backend.deleteStaleCoordinates(key('nobody'));
      expect(await backend.loadStaleCoordinates()).toEqual([stale('b', 4)]);
    });

    it('go with the server that is forgotten', async () => {
      const { backend } = await newWorld();
      await backend.seed(key('a'));
      await backend.saveStaleCoordinates(stale('a', 4));
      await backend.forget(key('a'));
      expect(await backend.loadStaleCoordinates()).toEqual([]);
    });
  });
}
