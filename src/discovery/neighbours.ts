/**
 * Whom a probed server leads to: its source above, its replicas below, the members of its group (spec/discovery.md 5, 9.8). Pure.
 */
import { type InstanceKey, isValidKey, type KeyId, keyId, sameKey } from '../model/instance-key.ts';
import type { ProbeFacts, SeenReplica } from '../mysql/dialect.ts';
import type { DiscoveryPolicy } from './discovery-policy.ts';

export interface Neighbours {
  readonly source: InstanceKey | null;
  /** Of further channels. */
  readonly otherSources: readonly InstanceKey[];
  readonly replicas: readonly InstanceKey[];
  readonly members: readonly InstanceKey[];
}

/** `resolve`: the name under which a host is known. Ignored servers are left out. */
export function neighboursOf(
  self: InstanceKey,
  facts: ProbeFacts,
  policy: DiscoveryPolicy,
  resolve: (key: InstanceKey) => InstanceKey,
): Neighbours {
  const follow = (key: InstanceKey): boolean => isValidKey(key) && !sameKey(key, self) && !policy.ignores(key);
  const followSource = (key: InstanceKey): boolean => follow(key) && !policy.ignoresSource(key);
  const source = facts.instance.sourceKey === null ? null : resolve(facts.instance.sourceKey);
  const others = facts.instance.otherChannels.flatMap(({ sourceKey }) =>
    sourceKey === null ? [] : [resolve(sourceKey)],
  );
  const replicas = unique(replicaKeys(self, facts, policy).map(resolve));
  const sqlNodes = unique((facts.sqlNodes ?? []).flatMap((node) => keyOf(node, node.port)).map(resolve));
  return {
    source: source !== null && followSource(source) ? source : null,
    otherSources: unique(others).filter(followSource),
    // SQL nodes are replicas that no filter of replicas leaves out (spec/discovery.md 9.9).
    replicas: unique([
      ...replicas.filter((key) => follow(key) && !policy.ignoresReplica(key)),
      ...sqlNodes.filter(follow),
    ]),
    members: unique(facts.instance.group.members.map(resolve)).filter(follow),
  };
}

function replicaKeys(self: InstanceKey, facts: ProbeFacts, policy: DiscoveryPolicy): readonly InstanceKey[] {
  const wanted = ({ user }: SeenReplica): boolean => !policy.ignoresReplicationUser(user);
  const registered = facts.registeredReplicas.filter(wanted).flatMap((replica) => keyOf(replica, replica.port));
  // A binlog server shows no connections (spec/discovery.md 9.8).
  if ((policy.byRegisteredReplicas || facts.instance.isBinlogServer) && registered.length > 0) return registered;
  // A connection tells no port. Where a replica on that host has registered one, that is it; else replicas are taken to listen where
  // their source does.
  return facts.dumpingReplicas.filter(wanted).flatMap((replica) => {
    const ofThatHost = registered.filter((key) => key.hostname === replica.host);
    return ofThatHost.length > 0 ? ofThatHost : keyOf(replica, self.port);
  });
}

function keyOf(replica: SeenReplica, port: number | null): readonly InstanceKey[] {
  return port === null ? [] : [{ hostname: replica.host, port }];
}

function unique(keys: readonly InstanceKey[]): readonly InstanceKey[] {
  const byId = new Map<KeyId, InstanceKey>(keys.map((key) => [keyId(key), key]));
  return [...byId.values()];
}
