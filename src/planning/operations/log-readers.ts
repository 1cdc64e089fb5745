/**
 * Who needs the binary logs of a server: its replicas, those behind its binlog servers, which read the very same logs, those that are detached and may come back, and those
 * that the server itself names and nobody else knows.
 */
import { type BinlogCoordinates, hasNoFile } from '../../model/binlog-coordinates.ts';
import type { Instance } from '../../model/instance.ts';
import { detachKey, type InstanceKey, type KeyId, keyId } from '../../model/instance-key.ts';
import type { KnownTopology } from './operation-facts.ts';

export interface LogReader {
  readonly key: InstanceKey;
  /** What it has applied of these logs. Null: nobody knows. */
  readonly applied: BinlogCoordinates | null;
}

/** Each once, in no special order. */
export function logReaders(server: Instance, topology: KnownTopology): readonly LogReader[] {
  const readers = new Map<KeyId, LogReader>();
  collect(server, topology, readers);
  readers.delete(keyId(server.key));
  return [...readers.values()];
}

function collect(server: Instance, topology: KnownTopology, readers: Map<KeyId, LogReader>): void {
  const add = (key: InstanceKey, applied: BinlogCoordinates | null): void => {
    if (!readers.has(keyId(key))) readers.set(keyId(key), { key, applied });
  };
  const detached = topology.replicasOf(detachKey(server.key));
  for (const replica of [...topology.replicasOf(server.key), ...detached]) {
    if (readers.has(keyId(replica.key))) continue;
    add(replica.key, hasNoFile(replica.execCoordinates) ? null : replica.execCoordinates);
    if (replica.isBinlogServer) collect(replica, topology, readers);
  }
  // Of its further channels no place is known.
  for (const { key } of topology.replicasByOtherChannels(server.key)) add(key, null);
  for (const key of server.replicas) {
    // One that is known to replicate from elsewhere has left since the server named it.
    if (topology.get(key) === undefined) add(key, null);
  }
}
