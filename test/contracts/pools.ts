/** What every backend does about pools. */
import { describe, expect, it } from 'vitest';
import { key, noon } from '../../src/store/temporary-backend.ts';
import { HOSTILE_TEXTS } from './hostile-texts.ts';
import type { NewWorld } from './world.ts';

export function poolsContract(newWorld: NewWorld): void {
  describe('pools', () => {
    it('are replaced as a whole, each by itself', async () => {
      const { backend } = await newWorld();
      await backend.replacePool('readers', [key('b'), key('a', 3307), key('a')], noon());
      await backend.replacePool('backup', [key('a')], noon());
      await backend.replacePool('readers', [key('c')], noon());
      expect(await backend.loadPools(noon())).toEqual([
        { pool: 'backup', key: key('a') },
        { pool: 'readers', key: key('c') },
      ]);
      await backend.replacePool('readers', [], noon());
      expect(await backend.loadPools(noon())).toEqual([{ pool: 'backup', key: key('a') }]);
    });

    it('expire unless submitted again', async () => {
      const { backend } = await newWorld();
      await backend.replacePool('old', [key('a'), key('b')], noon());
      await backend.replacePool('new', [key('a')], noon(60));
      expect(await backend.loadPools(noon(1))).toEqual([{ pool: 'new', key: key('a') }]);
      expect(await backend.deletePoolMembersOlderThan(noon(30))).toBe(2);
      expect(await backend.loadPools(noon(0))).toEqual([{ pool: 'new', key: key('a') }]);
    });

    it('may have any name, and thousands of members', async () => {
      const { backend } = await newWorld();
      for (const name of HOSTILE_TEXTS) await backend.replacePool(name, [key('a')], noon());
      expect((await backend.loadPools(noon())).map(({ pool }) => pool).sort()).toEqual([...HOSTILE_TEXTS].sort());
      const members = Array.from({ length: 2001 }, (_, index) => key(`h${index}`));
      await backend.replacePool("o'brien", members, noon());
      expect(await backend.loadPools(noon())).toHaveLength(members.length + HOSTILE_TEXTS.length - 1);
    });
  });
}
