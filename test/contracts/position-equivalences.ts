/** What every backend does about equal places in the logs of two servers. */
import { describe, expect, it } from 'vitest';
import type { Equivalence } from '../../src/ports/position-equivalence-store.ts';
import { key, noon } from '../../src/store/temporary-backend.ts';
import { HOSTILE_TEXTS } from './hostile-texts.ts';
import type { NewWorld } from './world.ts';

const at = (hostname: string, pos: number, file = 'binlog.000007'): Equivalence => ({
  source: key(hostname),
  coordinates: { file, pos, type: 'binary' },
});

export function positionEquivalencesContract(newWorld: NewWorld): void {
  describe('equal places in the logs of two servers', () => {
    it('O22: are found from either side, and by another process too', async () => {
      const { backend, another } = await newWorld();
      await backend.saveEquivalence(at('a', 100), at('b', 200), noon());
      const successor = await another();
      expect(await successor.loadEquivalences(at('a', 100))).toEqual([at('b', 200)]);
      expect(await successor.loadEquivalences(at('b', 200))).toEqual([at('a', 100)]);
    });

    it('O22: are found by server, file and position alone', async () => {
      const { backend } = await newWorld();
      await backend.saveEquivalence(at('a', 100), at('b', 200), noon());
      const others = [at('a', 101), at('a', 200), at('b', 100), at('a', 100, 'binlog.000008')];
      const otherPort = { ...at('a', 100), source: key('a', 3307) };
      for (const place of [...others, otherPort]) expect(await backend.loadEquivalences(place)).toEqual([]);
    });

    it('are not followed further: what equals an equal place is not told', async () => {
      const { backend } = await newWorld();
      await backend.saveEquivalence(at('a', 100), at('b', 200), noon());
      await backend.saveEquivalence(at('b', 200), at('c', 300), noon(1));
      expect(await backend.loadEquivalences(at('a', 100))).toEqual([at('b', 200)]);
      expect(await backend.loadEquivalences(at('b', 200))).toEqual([at('c', 300), at('a', 100)]);
    });

    it('of the same two servers: the newer replaces the older, from either side the newest comes first', async () => {
      const { backend } = await newWorld();
      await backend.saveEquivalence(at('a', 100), at('b', 200), noon());
      await backend.saveEquivalence(at('a', 100), at('b', 4, 'binlog.000001'), noon(1));
      expect(await backend.loadEquivalences(at('a', 100))).toEqual([at('b', 4, 'binlog.000001')]);
      expect(await backend.loadEquivalences(at('b', 200))).toEqual([]);
      await backend.saveEquivalence(at('b', 200), at('a', 100), noon(2));
      expect(await backend.loadEquivalences(at('a', 100))).toEqual([at('b', 200), at('b', 4, 'binlog.000001')]);
    });

    it('that were written from both sides are told once', async () => {
      const { backend } = await newWorld();
      await backend.saveEquivalence(at('a', 100), at('b', 200), noon());
      await backend.saveEquivalence(at('b', 200), at('a', 100), noon(1));
      expect(await backend.loadEquivalences(at('a', 100))).toEqual([at('b', 200)]);
    });

    it('are none of one server, nor where there is no binary log', async () => {
      const { backend } = await newWorld();
      await backend.saveEquivalence(at('a', 100), at('a', 200), noon());
      await backend.saveEquivalence(at('a', 0, ''), at('b', 200), noon());
      await backend.saveEquivalence(at('b', 200), at('a', 0, ''), noon());
      for (const place of [at('a', 100), at('a', 200), at('a', 0, ''), at('b', 200)]) {
        expect(await backend.loadEquivalences(place)).toEqual([]);
      }
    });

    it('are forgotten when nobody has written them for long; those written again are not', async () => {
      const { backend } = await newWorld();
      await backend.saveEquivalence(at('a', 1), at('b', 1), noon());
      await backend.saveEquivalence(at('a', 2), at('b', 2), noon());
      await backend.saveEquivalence(at('a', 2), at('b', 2), noon(60));
      expect(await backend.deleteEquivalencesOlderThan(noon(0))).toBe(0);
      expect(await backend.deleteEquivalencesOlderThan(noon(30))).toBe(1);
      expect(await backend.loadEquivalences(at('a', 1))).toEqual([]);
      expect(await backend.loadEquivalences(at('b', 2))).toEqual([at('a', 2)]);
    });

    it('have files of any name, and positions beyond 32 bits', async () => {
      const { backend } = await newWorld();
      for (const file of HOSTILE_TEXTS) {
        await backend.saveEquivalence(at('a', 2 ** 40, file), at('b', 7, file), noon());
        expect(await backend.loadEquivalences(at('b', 7, file))).toEqual([at('a', 2 ** 40, file)]);
      }
    });
  });
}
