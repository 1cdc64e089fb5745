/** What every backend does about servers that an operation makes stand still. */
import { describe, expect, it } from 'vitest';
import { unixMillis } from '../../src/model/brand.ts';
import type { StandingStill } from '../../src/ports/standing-still-store.ts';
import { key, node, noon } from '../../src/store/temporary-backend.ts';
import { HOSTILE_TEXTS } from './hostile-texts.ts';
import type { NewWorld } from './world.ts';

const standing = (hostname: string, change: Partial<StandingStill> = {}): StandingStill => ({
  key: key(hostname),
  receiverRan: true,
  applierRan: true,
  reason: 'move-below',
  node: node('t1'),
  at: unixMillis(noon() + 123),
  ...change,
});

export function standingStillContract(newWorld: NewWorld): void {
  describe('servers that stand still', () => {
    it('come back as they were found, to the millisecond, by host and port, also to another process', async () => {
      const { backend, another } = await newWorld();
      const found = [
        standing('a'),
        standing('a', { key: key('a', 3307), receiverRan: false }),
        standing('b', { applierRan: false, node: node('t2') }),
        standing('c', { receiverRan: false, applierRan: false }),
      ];
      for (const row of found.toReversed()) await backend.saveStandingStill(row);
      expect(await (await another()).loadStandingStill()).toEqual(found);
    });

    it('have one row each: a later one overrides all of it', async () => {
      const { backend } = await newWorld();
      await backend.saveStandingStill(standing('a'));
      await backend.saveStandingStill(standing('b'));
      const later = standing('a', {
        receiverRan: false,
        applierRan: false,
        reason: 'regroup-replicas',
        node: { hostname: 'orc2', token: 't2' },
        at: noon(60),
      });
      await backend.saveStandingStill(later);
      expect(await backend.loadStandingStill()).toEqual([later, standing('b')]);
    });

    it('are deleted once they run again, and the other ones stay', async () => {
      const { backend } = await newWorld();
      for (const row of [standing('a'), standing('b')]) await backend.saveStandingStill(row);
      expect(await backend.deleteStandingStill(key('a'), node('t1'))).toBe(true);
      expect(await backend.deleteStandingStill(key('a'), node('t1'))).toBe(false);
      expect(await backend.deleteStandingStill(key('b', 3307), node('t1'))).toBe(false);
      expect(await backend.loadStandingStill()).toEqual([standing('b')]);
    });

    it('that another process has written since stay: only that one knows when they run again', async () => {
      const { backend, another } = await newWorld();
      const successor = await another();
      await backend.saveStandingStill(standing('a'));
      const since = standing('a', { node: node('t2'), at: noon(60) });
      await successor.saveStandingStill(since);
      expect(await backend.deleteStandingStill(key('a'), node('t1'))).toBe(false);
      expect(await backend.deleteStandingStill(key('a'), { hostname: 'orc2', token: 't2' })).toBe(false);
      expect(await backend.loadStandingStill()).toEqual([since]);
      expect(await successor.deleteStandingStill(key('a'), node('t2'))).toBe(true);
      expect(await backend.loadStandingStill()).toEqual([]);
    });

    it('keep their reason, whatever is in it', async () => {
      const { backend } = await newWorld();
      for (const reason of ['', ...HOSTILE_TEXTS]) {
        await backend.saveStandingStill(standing('a', { reason }));
        expect(await backend.loadStandingStill()).toEqual([standing('a', { reason })]);
      }
    });

    it('go with the server that is forgotten, whoever wrote them', async () => {
      const { backend } = await newWorld();
      await backend.seed(key('a'));
      await backend.saveStandingStill(standing('a', { node: node('t2') }));
      await backend.saveStandingStill(standing('a', { key: key('a', 3307) }));
      await backend.saveStandingStill(standing('b'));
      await backend.forget(key('a'));
      expect((await backend.loadStandingStill()).map((row) => row.key)).toEqual([key('a', 3307), key('b')]);
    });
  });
}
