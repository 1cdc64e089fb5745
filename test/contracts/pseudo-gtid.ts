/** What every backend does about clusters into which pseudo-GTID is injected. */
import { describe, expect, it } from 'vitest';
import { clusterName, unixMillis } from '../../src/model/brand.ts';
import { noon } from '../../src/store/temporary-backend.ts';
import { HOSTILE_TEXTS } from './hostile-texts.ts';
import type { NewWorld } from './world.ts';

const second = (afterSeconds: number) => unixMillis(Math.floor(noon(afterSeconds) / 1000) * 1000);
const cluster = (name: string) => clusterName(`${name}:3306`);

export function pseudoGtidContract(newWorld: NewWorld): void {
  describe('injections of pseudo-GTID', () => {
    it('are one a cluster, the latest counts, and another process knows them', async () => {
      const { backend, another } = await newWorld();
      await backend.recordInjection(cluster('b'), noon(0));
      await backend.recordInjection(cluster('a'), noon(5));
      await backend.recordInjection(cluster('b'), noon(10));
      expect([...(await (await another()).loadInjections())]).toEqual([
        [cluster('a'), second(5)],
        [cluster('b'), second(10)],
      ]);
    });

    it('expire, and the clusters that are still injected into stay', async () => {
      const { backend } = await newWorld();
      await backend.recordInjection(cluster('old'), noon(0));
      await backend.recordInjection(cluster('new'), noon(60));
      expect(await backend.deleteInjectionsOlderThan(noon(0))).toBe(0);
      expect(await backend.deleteInjectionsOlderThan(noon(30))).toBe(1);
      expect([...(await backend.loadInjections()).keys()]).toEqual([cluster('new')]);
    });

    it('are of clusters of any name', async () => {
      const { backend } = await newWorld();
      for (const name of HOSTILE_TEXTS) await backend.recordInjection(clusterName(name), noon());
      expect(new Set((await backend.loadInjections()).keys())).toEqual(new Set(HOSTILE_TEXTS));
    });
  });
}
