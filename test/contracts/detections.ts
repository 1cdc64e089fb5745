/** What every backend does about detections. */
import { describe, expect, it } from 'vitest';
import { digest, key, node, noon, uid } from '../../src/store/temporary-backend.ts';
import type { NewWorld } from './world.ts';

export function detectionsContract(newWorld: NewWorld): void {
  describe('detections', () => {
    it('are registered by the first who sees', async () => {
      const { backend } = await newWorld();
      expect(await backend.registerDetection(digest('a'), true, node('t1'), noon())).toBe(true);
      expect(await backend.registerDetection(digest('a'), true, node('t2'), noon(1))).toBe(false);
      expect(await backend.registerDetection(digest('b'), true, node('t2'), noon(1))).toBe(true);
      const [newest, older] = await backend.detections({});
      expect(newest).toMatchObject({ digest: digest('b'), isActionable: true, inActivePeriod: true });
      expect(newest?.id).toBeGreaterThan(older?.id ?? Number.POSITIVE_INFINITY);
      expect(older).toEqual({
        id: expect.any(Number),
        digest: digest('a'),
        isActionable: true,
        inActivePeriod: true,
        start: noon(-0.5),
        endUnixSeconds: 0,
        node: node('t1'),
        relatedRecoveryId: 0,
      });
    });

    it('that are not actionable do not silence actionable ones', async () => {
      const { backend } = await newWorld();
      expect(
        await backend.registerDetection(digest('a', { code: 'UnreachableMaster' }), false, node('t'), noon()),
      ).toBe(true);
      expect(await backend.registerDetection(digest('a'), true, node('t'), noon())).toBe(true);
    });

    it('cleared by server, cluster or age may fire anew', async () => {
      const { backend } = await newWorld();
      for (const hostname of ['a', 'b', 'c']) {
        await backend.registerDetection(digest(hostname), true, node('t'), noon(hostname === 'c' ? 100 : 0));
      }
      expect(await backend.clearDetections({ key: key('a') }, noon(10))).toBe(1);
      expect(await backend.clearDetections({ clusterName: 'b:3306', startedBefore: noon(-10) }, noon(10))).toBe(0);
      expect(await backend.clearDetections({ startedBefore: noon(50) }, noon(60))).toBe(1);
      expect(await backend.registerDetection(digest('a'), true, node('t'), noon(60))).toBe(true);
      expect(await backend.registerDetection(digest('b'), true, node('t'), noon(60))).toBe(true);
      expect(await backend.registerDetection(digest('c'), true, node('t'), noon(60))).toBe(false);
    });

    it('of one server closed several times within a second each get a second of their own', async () => {
      const { backend } = await newWorld();
      for (let time = 0; time < 4; time += 1) {
        expect(await backend.registerDetection(digest('a'), true, node('t'), noon())).toBe(true);
        expect(await backend.clearDetections({ key: key('a') }, noon())).toBe(1);
      }
      const seconds = (await backend.detections({})).map((found) => found.endUnixSeconds);
      const first = Math.floor(noon() / 1000);
      expect(seconds).toEqual([first + 3, first + 2, first + 1, first]);
    });

    it('know the newest recovery that refers to them', async () => {
      const { backend } = await newWorld();
      await backend.registerDetection(digest('a'), true, node('t'), noon());
      const [detection] = await backend.detections({});
      await backend.registerRecovery(uid('1:a'), digest('a'), node('t'), noon());
      const [recovery] = await backend.recoveries({});
      const found = await backend.detections(detection === undefined ? {} : { id: detection.id });
      expect(found).toMatchObject([{ relatedRecoveryId: recovery?.id }]);
    });

    it('are listed by cluster and alias, twenty a page, newest first', async () => {
      const { backend } = await newWorld();
      for (let number = 1; number <= 21; number += 1) {
        await backend.registerDetection(digest(`h${number}`), true, node('t'), noon());
      }
      const hosts = async (query: Parameters<typeof backend.detections>[0]) =>
        (await backend.detections(query)).map((found) => found.digest.key.hostname);
      expect(await hosts({})).toEqual(Array.from({ length: 20 }, (_, i) => `h${21 - i}`));
      expect(await hosts({ page: 1 })).toEqual(['h1']);
      expect(await hosts({ clusterName: 'h7:3306' })).toEqual(['h7']);
      expect(await hosts({ clusterAlias: 'alias-h8' })).toEqual(['h8']);
    });
  });
}
