import { describe, expect, it } from 'vitest';
import { digest, key, node, noon, uid } from '../../src/store/temporary-backend.ts';
import { backends } from './backends.ts';

describe.each(backends)('on $name', ({ newWorld }) => {
  describe('detections', () => {
    it('are registered by the first who sees', async () => {
      const { backend } = await newWorld();
      expect(await backend.registerDetection(digest('a'), true, node('t1'), noon())).toBe(true);
      expect(await backend.registerDetection(digest('a'), true, node('t2'), noon(1))).toBe(false);
      expect(await backend.registerDetection(digest('b'), true, node('t2'), noon(1))).toBe(true);
      const [newest, older] = await backend.detections({});
      expect(newest).toMatchObject({ id: 2, digest: digest('b'), isActionable: true, inActivePeriod: true });
      expect(older).toEqual({
        id: 1,
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
      await backend.registerRecovery(uid('1:a'), digest('a'), node('t'), noon());
      expect(await backend.detections({ id: 1 })).toMatchObject([{ relatedRecoveryId: 1 }]);
    });

    it('are listed by cluster and alias, twenty a page, newest first', async () => {
      const { backend } = await newWorld();
      for (let number = 1; number <= 21; number += 1) {
        await backend.registerDetection(digest(`h${number}`), true, node('t'), noon());
      }
      expect((await backend.detections({})).map((found) => found.id)).toEqual(
        Array.from({ length: 20 }, (_, i) => 21 - i),
      );
      expect((await backend.detections({ page: 1 })).map((found) => found.id)).toEqual([1]);
      expect(await backend.detections({ clusterName: 'h7:3306' })).toMatchObject([{ id: 7 }]);
      expect(await backend.detections({ clusterAlias: 'alias-h8' })).toMatchObject([{ id: 8 }]);
    });
  });
});
