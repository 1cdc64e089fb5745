/**
 * Pools as somebody outside submits them, and what is known of their members (spec/topology-operations.md 1.10).
 */
import type { Settings } from '../config/settings.ts';
import { type UnixMillis, unixMillis } from '../model/brand.ts';
import { type InstanceKey, isValidKey, type KeyId, keyId } from '../model/instance-key.ts';
import { isLastCheckValid } from '../model/instance-status.ts';
import { poolNameRefusal } from '../model/pool.ts';
import { compareByKey } from '../model/topology-order.ts';
import type { Clock } from '../ports/clock.ts';
import type { PoolStore } from '../ports/decision-store.ts';
import { type InstanceView, type Outcome, ok, type PoolCalls, type PooledInstance, refused } from './calls.ts';
import { aliasOf, type NamingParts, namedKey } from './naming.ts';

export interface PoolParts extends NamingParts {
  readonly store: PoolStore;
  readonly clock: Clock;
  readonly settings: () => Settings;
  readonly view: (key: InstanceKey) => InstanceView | null;
}

/** As many as the greatest fleet has: each may have to be looked for among all servers. */
const MEMBERS_MAX = 10_000;

const MINUTE_MILLIS = 60_000;

/** Members registered before this count no more, whether they are deleted already or not. */
export function oldestPoolRegistration(settings: Pick<Settings, 'InstancePoolExpiryMinutes'>, now: UnixMillis) {
  return unixMillis(now - settings.InstancePoolExpiryMinutes * MINUTE_MILLIS);
}

export function poolCalls(parts: PoolParts): PoolCalls {
  const { store, clock, settings } = parts;
  const memberships = () => store.loadPools(oldestPoolRegistration(settings(), clock.now()));
  const heuristic: PoolCalls['heuristicPoolInstances'] = async (clusterName, pool) => {
    const pooled = (await memberships()).filter((membership) => pool === undefined || membership.pool === pool);
    const keys = new Set(pooled.map(({ key }) => keyId(key)));
    return parts.topology
      .cluster(clusterName)
      .filter((instance) => keys.has(keyId(instance.key)) && isLastCheckValid(instance) && !instance.isBinlogServer)
      .sort(compareByKey)
      .flatMap((instance) => parts.view(instance.key) ?? []);
  };
  return {
    async submitPool(pool, instances) {
      const reason = poolNameRefusal(pool);
      if (reason !== null) return refused('invalid-pool', reason);
      const members = membersOf(instances, parts);
      if (members.kind === 'refused') return members;
      await store.replacePool(pool, members.value, clock.now());
      return ok(pool);
    },
    async pooledInstances(clusterName) {
      const all = (await memberships()).flatMap(({ pool, key }): PooledInstance[] => {
        const instance = parts.topology.get(key);
        if (instance === undefined || (clusterName !== undefined && instance.clusterName !== clusterName)) return [];
        return [{ pool, key, clusterName: instance.clusterName, clusterAlias: aliasOf(parts, instance.clusterName) }];
      });
      return all.sort(byCluster);
    },
    heuristicPoolInstances: heuristic,
    async heuristicPoolLag(clusterName, pool) {
      const lags = (await heuristic(clusterName, pool)).flatMap(({ instance }) => instance.replicationLagSeconds ?? []);
      // Nothing known is no lag of 0: whoever throttles by the answer would go at full speed while the replicas stand still.
      if (lags.length === 0) return refused('no-pool-instances', 'No instances found in GetInstancesMaxLag');
      return ok(Math.max(...lags));
    },
  };
}

/** Stable: within a cluster the order of the store stays, which is by pool, host, port. */
function byCluster(one: PooledInstance, other: PooledInstance): number {
  if (one.clusterName === other.clusterName) return 0;
  return one.clusterName < other.clusterName ? -1 : 1;
}

/** The servers of a comma list; the first that cannot be understood spoils it. Nothing at all is an empty list. */
function membersOf(instances: string, parts: PoolParts): Outcome<readonly InstanceKey[]> {
  if (instances.trim() === '') return ok([]);
  const texts = new Set(instances.split(',').map((text) => text.trim()));
  if (texts.size > MEMBERS_MAX) return refused('too-many', `a pool has at most ${MEMBERS_MAX} instances`);
  const completes = parts.settings().SupportFuzzyPoolHostnames;
  const members = new Map<KeyId, InstanceKey>();
  for (const text of texts) {
    const named = namedKey(parts, text, { completes });
    if (named.kind === 'refused' || !isStorable(named.value)) {
      return refused('bad-address', `Cannot parse address: ${text}`);
    }
    members.set(keyId(named.value), named.value);
  }
  return ok([...members.values()]);
}

const PORT_MAX = 65_535;
const HOSTNAME_CHARACTERS_MAX = 128;

const isStorable = (key: InstanceKey): boolean =>
  isValidKey(key) &&
  key.port <= PORT_MAX &&
  key.hostname.length <= HOSTNAME_CHARACTERS_MAX &&
  !/\s|\p{Cc}/u.test(key.hostname);
