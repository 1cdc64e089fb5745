/** What every backend does about snapshots. */
import { describe, expect, it } from 'vitest';
import { clusterName, unixMillis } from '../../src/model/brand.ts';
import type { SnapshotServer } from '../../src/model/topology-snapshot.ts';
import { key, noon } from '../../src/store/temporary-backend.ts';
import type { NewWorld } from './world.ts';

const server = (hostname: string, source: string | null = null): SnapshotServer => ({
  key: key(hostname),
  sourceKey: source === null ? null : key(source),
  clusterName: clusterName('a:3306'),
  version: '8.4.3',
});

/** What a snapshot of that moment is known under: its second. */
const second = (afterSeconds: number) => unixMillis(Math.floor(noon(afterSeconds) / 1000) * 1000);

export function snapshotsContract(newWorld: NewWorld): void {
  describe('snapshots of the topology', () => {
    it('come back whole, by host and port, under the second in which they were taken', async () => {
      const { backend, another } = await newWorld();
      await backend.saveSnapshot([server('b', 'a'), server('a')], noon());
      const successor = await another();
      expect(await successor.snapshotTimes()).toEqual([second(0)]);
      expect(await successor.snapshotServers(second(0))).toEqual([server('a'), server('b', 'a')]);
      expect(await successor.snapshotServers(second(1))).toEqual([]);
    });

    it('are found by a later time, never by an earlier one', async () => {
      const { backend } = await newWorld();
      for (const at of [3600, 0, 7200]) await backend.saveSnapshot([server('a')], noon(at));
      expect(await backend.snapshotTimes()).toEqual([second(0), second(3600), second(7200)]);
      expect(await backend.newestSnapshot(noon(7199))).toBe(second(3600));
      expect(await backend.newestSnapshot(noon(3600))).toBe(second(3600));
      expect(await backend.newestSnapshot(noon(-1))).toBeNull();
    });

    it('of the same second are not mixed: the later one replaces the earlier', async () => {
      const { backend } = await newWorld();
      await backend.saveSnapshot([server('a'), server('gone', 'a')], noon());
      await backend.saveSnapshot([server('a')], noon(0.1));
      expect(await backend.snapshotServers(noon())).toEqual([server('a')]);
    });

    it('are not purged, and not touched when a server is forgotten', async () => {
      const { backend } = await newWorld();
      await backend.seed(key('a'));
      await backend.saveSnapshot([server('a')], noon());
      await backend.forget(key('a'));
      const never = noon(1e9);
      await backend.purge({ auditOlderThan: never, recoveriesOlderThan: never, changelogOlderThan: never });
      expect(await backend.snapshotServers(noon())).toEqual([server('a')]);
    });
  });
}
