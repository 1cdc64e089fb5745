/**
 * Whom to read just before an operation on one server is planned: what is decided about the others is decided by what they say now. Nobody is read before a panic.
 */
import { type InstanceKey, type KeyId, keyId, reattachKey } from '../../model/instance-key.ts';
import { logReaders } from './log-readers.ts';
import type { KnownTopology } from './operation-facts.ts';
import type { ServerOperation } from './server-operations.ts';

/** The server itself first; each once. `countsAckers`: who acknowledges is judged by all replicas of a source. */
export function serversToRead(
  request: ServerOperation,
  topology: KnownTopology,
  countsAckers: boolean,
): readonly InstanceKey[] {
  if (request.kind === 'panic-stop') return [];
  const instance = topology.get(request.key);
  const source = instance?.sourceKey == null ? null : reattachKey(instance.sourceKey);
  const keys: InstanceKey[] = [request.key, ...(source === null ? [] : [source])];
  if (instance !== undefined) {
    if (STARTS.has(request.kind) && countsAckers && source !== null) {
      keys.push(...topology.replicasOf(source).map(({ key }) => key));
    }
    if (request.kind === 'purge-binary-logs') keys.push(...logReaders(instance, topology).map(({ key }) => key));
    if (request.kind === 'gtid-errant-inject-empty') {
      const top = topology.cluster(instance.clusterName).filter((one) => one.replicationDepth === 0 || one.isCoPrimary);
      keys.push(...top.map(({ key }) => key));
    }
  }
  return [...new Map(keys.map((key): [KeyId, InstanceKey] => [keyId(key), key])).values()];
}

const STARTS: ReadonlySet<string> = new Set<ServerOperation['kind']>([
  'start-replication',
  'restart-replication',
  'skip-query',
  'reattach-source',
  'gtid-errant-reset-master',
]);
