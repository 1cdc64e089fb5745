/**
 * Snapshots of the whole topology, each under the second in which it was taken.
 */
import { type UnixMillis, unixMillis } from '../../model/brand.ts';
import { type KeyId, keyId } from '../../model/instance-key.ts';
import type { SnapshotServer } from '../../model/topology-snapshot.ts';
import type { SnapshotStore } from '../../ports/snapshot-store.ts';
import type { MemoryEngine } from './engine.ts';
import { inKeyOrder } from './rows.ts';
import { storedKey, storedKeyOrNull } from './stored-keys.ts';
import { unixSeconds } from './timestamp.ts';

const MILLIS_PER_SECOND = 1000;

const momentOf = (second: number): UnixMillis => unixMillis(second * MILLIS_PER_SECOND);

const storedServer = ({ key, sourceKey, clusterName, version }: SnapshotServer): SnapshotServer => ({
  key: storedKey(key),
  sourceKey: storedKeyOrNull(sourceKey),
  clusterName,
  version,
});

export const snapshotStore = (engine: MemoryEngine): SnapshotStore => ({
  saveSnapshot: (servers, at) =>
    engine.write(({ snapshots }) => {
      const rows = new Map<KeyId, SnapshotServer>(servers.map((server) => [keyId(server.key), storedServer(server)]));
      if (rows.size === 0) snapshots.delete(unixSeconds(at));
      else snapshots.set(unixSeconds(at), inKeyOrder(rows));
    }),

  newestSnapshot: (notLaterThan) =>
    engine.read(({ snapshots }) => {
      const earlier = [...snapshots.keys()].filter((second) => second <= unixSeconds(notLaterThan));
      return earlier.length === 0 ? null : momentOf(Math.max(...earlier));
    }),

  snapshotTimes: () =>
    engine.read(({ snapshots }) => [...snapshots.keys()].sort((one, other) => one - other).map(momentOf)),

  snapshotServers: (at) => engine.read(({ snapshots }) => snapshots.get(unixSeconds(at)) ?? []),
});
