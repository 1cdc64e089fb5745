/** What every backend does about observations. */
import { describe, expect, it } from 'vitest';
import { unixMillis } from '../../src/model/brand.ts';
import { isLastCheckValid } from '../../src/model/instance-status.ts';
import { key, noon } from '../../src/store/temporary-backend.ts';
import { seenInstance, storedInstanceOf } from '../../src/store/testing.ts';
import type { NewWorld } from './world.ts';

export function observationsContract(newWorld: NewWorld): void {
  describe('observations', () => {
    it('are written by a flush, not before', async () => {
      const { backend } = await newWorld();
      backend.queue(seenInstance('a'), 'facts');
      expect(await backend.loadInstances()).toEqual([]);
      await backend.flush();
      expect(await storedInstanceOf(backend, 'a')).toMatchObject({ version: '8.4.3', lastSeen: noon(-0.5) });
    });

    it('of a server that was seen and lost within one second are not valid when they are read back', async () => {
      const { backend } = await newWorld();
      const lost = seenInstance('a', { lastChecked: unixMillis(noon() + 300), lastSeen: unixMillis(noon() + 200) });
      backend.queue(lost, 'facts');
      backend.queue(seenInstance('b'), 'facts');
      await backend.flush();
      backend.queue({ ...lost, key: key('b') }, 'timestamps');
      backend.queue(seenInstance('c', { lastChecked: noon(), lastSeen: unixMillis(noon() + 200) }), 'facts');
      await backend.flush();
      const stored = await backend.loadInstances();
      expect(stored.map((instance) => [instance.key.hostname, isLastCheckValid(instance)])).toEqual([
        ['a', false],
        ['b', false],
        ['c', true],
      ]);
    });

    it('of the same server replace each other in the queue, and facts that are due stay due', async () => {
      const { backend } = await newWorld();
      backend.queue(seenInstance('a', { uptimeSeconds: 1 }), 'facts');
      await backend.flush();
      backend.queue(seenInstance('a', { uptimeSeconds: 2 }), 'facts');
      backend.queue(seenInstance('a', { uptimeSeconds: 2, lastSeen: noon(5) }), 'timestamps');
      await backend.flush();
      expect(await storedInstanceOf(backend, 'a')).toMatchObject({ uptimeSeconds: 2, lastSeen: noon(4.5) });
    });

    it('of which only the times changed leave the other columns as they were', async () => {
      const { backend } = await newWorld();
      backend.queue(seenInstance('a', { suggestedClusterAlias: 'shop', lastSeen: null }), 'facts');
      await backend.flush();
      const later = seenInstance('a', { lastChecked: noon(5), lastSeen: noon(5), lastDiscoveryLatencyNanos: 123.9 });
      backend.queue({ ...later, lastCheckPartialSuccess: true, version: 'ignored' }, 'timestamps');
      await backend.flush();
      expect(await storedInstanceOf(backend, 'a')).toMatchObject({
        suggestedClusterAlias: 'shop',
        version: '8.4.3',
        lastChecked: noon(4.5),
        lastSeen: noon(4.5),
        lastCheckPartialSuccess: true,
        lastDiscoveryLatencyNanos: 123,
      });
    });

    it('of which only the times changed are written whole where another process deleted the row', async () => {
      const { backend, another } = await newWorld();
      backend.queue(seenInstance('a'), 'facts');
      await backend.flush();
      await (await another()).forget(key('a'));
      backend.queue(seenInstance('a'), 'timestamps');
      await backend.flush();
      expect(await storedInstanceOf(backend, 'a')).toMatchObject({ version: '8.4.3' });
    });

    it('that wait in one process are not seen by another', async () => {
      const { backend, another } = await newWorld();
      const other = await another();
      backend.queue(seenInstance('a'), 'facts');
      await other.flush();
      expect(await other.loadInstances()).toEqual([]);
      await backend.flush();
      expect(await other.loadInstances()).toHaveLength(1);
    });

    it('stay queued when they cannot be written, and the newer one wins afterwards', async () => {
      const { backend, refuseWrites, allowWrites, writeError } = await newWorld();
      await refuseWrites();
      backend.queue(seenInstance('a', { uptimeSeconds: 1 }), 'facts');
      backend.queue(seenInstance('b'), 'facts');
      await expect(backend.flush()).rejects.toMatchObject(writeError);
      backend.queue(seenInstance('a', { uptimeSeconds: 2 }), 'timestamps');
      await allowWrites();
      await backend.flush();
      expect((await backend.loadInstances()).map((found) => [found.key.hostname, found.uptimeSeconds])).toEqual([
        ['a', 2],
        ['b', 0],
      ]);
    });

    it('queued while a flush fails are not overwritten by the older ones', async () => {
      const { backend, refuseWrites, allowWrites } = await newWorld();
      await refuseWrites();
      backend.queue(seenInstance('a', { uptimeSeconds: 1 }), 'facts');
      const failing = backend.flush();
      backend.queue(seenInstance('a', { uptimeSeconds: 2 }), 'timestamps');
      await expect(failing).rejects.toThrow();
      await allowWrites();
      await backend.flush();
      expect(await storedInstanceOf(backend, 'a')).toMatchObject({ uptimeSeconds: 2 });
    });

    it('with a number that is none do not keep the others from being written', async () => {
      const { backend } = await newWorld();
      backend.queue(seenInstance('a', { uptimeSeconds: Number.NaN, serverId: Number.POSITIVE_INFINITY }), 'facts');
      backend.queue(seenInstance('b'), 'facts');
      await backend.flush();
      expect(await backend.loadInstances()).toHaveLength(2);
    });

    it('are written when the backend closes', async () => {
      const { backend, another } = await newWorld();
      backend.queue(seenInstance('a'), 'facts');
      await backend.close();
      expect(await (await another()).loadInstances()).toHaveLength(1);
    });
  });

  describe('a seed', () => {
    it('makes a row that was never seen', async () => {
      const { backend } = await newWorld();
      await backend.seed(key('a'));
      expect(await storedInstanceOf(backend, 'a')).toMatchObject({
        version: 'Unknown',
        clusterName: 'a:3306',
        lastSeen: null,
      });
    });

    it('leaves a known server alone', async () => {
      const { backend } = await newWorld();
      backend.queue(seenInstance('a'), 'facts');
      await backend.flush();
      await backend.seed(key('a'));
      expect(await storedInstanceOf(backend, 'a')).toMatchObject({ version: '8.4.3' });
    });
  });

  describe('forgetting a server', () => {
    it('ends a downtime that a recovery began, not one that a person began', async () => {
      const { backend } = await newWorld();
      const downtime = { owner: 'o', begin: noon(), end: noon(60) };
      await backend.beginDowntime({ ...downtime, key: key('a'), reason: 'lost-in-recovery' });
      await backend.beginDowntime({ ...downtime, key: key('b'), reason: 'new disk' });
      await backend.forget(key('a'));
      await backend.forget(key('b'));
      expect((await backend.loadDowntimes()).map((found) => found.key.hostname)).toEqual(['b']);
    });

    it('says when there was nothing', async () => {
      const { backend } = await newWorld();
      expect(await backend.forget(key('a'))).toBe(false);
    });

    it('holds against a flush that is under way', async () => {
      const { backend } = await newWorld();
      backend.queue(seenInstance('a'), 'facts');
      const flushed = backend.flush();
      expect(await backend.forget(key('a'))).toBe(true);
      await flushed;
      expect(await backend.loadInstances()).toEqual([]);
    });

    it('deletes its row, its queued observation and what was derived; keeps what people decided', async () => {
      const { backend } = await newWorld();
      for (const hostname of ['a', 'b']) {
        backend.queue(seenInstance(hostname), 'facts');
        await backend.recordAnalysis(key(hostname), 'NoProblem', noon());
        await backend.registerCandidate({ key: key(hostname), rule: 'must_not', lastSuggested: noon() });
      }
      await backend.flush();
      backend.queue(seenInstance('a'), 'facts');
      expect(await backend.forget(key('a'))).toBe(true);
      await backend.flush();
      expect((await backend.loadInstances()).map((found) => found.key.hostname)).toEqual(['b']);
      expect(await backend.recordAnalysis(key('a'), 'DeadMaster', noon())).toBe(false);
      expect(await backend.recordAnalysis(key('b'), 'DeadMaster', noon())).toBe(true);
      expect(await backend.loadCandidates()).toHaveLength(2);
    });
  });
}
