/**
 * What a server's place in the graph says about it: cluster name, depth, co-primary, ancestry, inherited alias.
 *
 * The rules of spec/discovery.md 15.1 and the first sentence of 15.3, as three pure cases: a root, a server below another,
 * and the members of a ring. `topology.ts` decides which case holds and applies it over the whole graph at once (25.5).
 */
import { type ClusterName, clusterName } from './brand.ts';
import type { Instance } from './instance.ts';
import { compareKeys, type InstanceKey, instanceKeyText } from './instance-key.ts';
import { isGroupSecondary } from './instance-status.ts';

export interface ClusterAttributes {
  readonly clusterName: ClusterName;
  readonly replicationDepth: number;
  readonly isCoPrimary: boolean;
  readonly ancestryUuid: string;
  readonly suggestedClusterAlias: string;
}

/** A server as the rules need it: `instance` without its own say on the alias, which is `ownAlias` ('' when it has none). */
export interface Placed {
  readonly instance: Instance;
  readonly ownAlias: string;
}

/** Servers that replicate from each other in a circle may be this many and still count as co-primaries. */
const CO_PRIMARY_RING_SIZE_MAX = 2;

/**
 * So many of the nearest ancestors are kept. Without an end, a chain or ring of thousands (a misread source, a test fleet) would
 * make the ancestries of a cluster grow with the square of its size; the column holds 64 kB besides.
 */
export const ANCESTRY_UUIDS_MAX = 256;

/** What a MariaDB replica reports where MySQL reports the UUID of its source (contract, spec/discovery.md 9.4). */
const NO_SOURCE_UUID = 'No';

/** The server this one hangs under: the group's primary for a group secondary, else its source. Null: none configured. */
export function parentKeyOf(instance: Instance): InstanceKey | null {
  return isGroupSecondary(instance) ? instance.group.primaryKey : instance.sourceKey;
}

/** A server without a source, or whose source nobody knows: its own cluster, depth 0. */
export function rootAttributes({ instance, ownAlias }: Placed): ClusterAttributes {
  return {
    clusterName: clusterName(instanceKeyText(instance.key)),
    replicationDepth: 0,
    isCoPrimary: false,
    ancestryUuid: ancestry(instance.serverUuid, instance.group.name),
    suggestedClusterAlias: ownAlias,
  };
}

/** A server below `parent`, outside any ring: the parent's cluster, one deeper. Its own alias counts only if the parent has none. */
export function attributesBelow(parent: ClusterAttributes, { instance, ownAlias }: Placed): ClusterAttributes {
  return {
    clusterName: parent.clusterName,
    replicationDepth: parent.replicationDepth + 1,
    isCoPrimary: false,
    ancestryUuid: ancestry(nearestOf(parent), instance.serverUuid, instance.group.name),
    suggestedClusterAlias: parent.suggestedClusterAlias || ownAlias,
  };
}

/**
 * The members of a ring, each one's parent being the next and the last one's parent the first. Result in the same order.
 *
 * The cluster keeps the name it had if that is the key text of a member: a primary that starts to replicate from its replica
 * must not rename the cluster. Held names that contradict each other, or that name no member, give way to the smallest key.
 * Rings of more than two are no co-primaries but must still end: the named member is at depth 0, the others below it in turn.
 */
export function ringAttributes(ring: readonly Placed[]): ClusterAttributes[] {
  const size = ring.length;
  const head = ringHead(ring);
  const at = (index: number): Placed => {
    const member = ring[((index % size) + size) % size];
    if (member === undefined) throw new Error('a ring without members');
    return member;
  };
  // Downstream of the head is backwards in the list: the one before it replicates from it.
  const alias = ring.map((_, step) => at(head - step).ownAlias).find((own) => own !== '') ?? '';
  return ring.map((member, index) => ({
    clusterName: clusterName(instanceKeyText(at(head).instance.key)),
    replicationDepth: (head - index + size) % size,
    isCoPrimary: size <= CO_PRIMARY_RING_SIZE_MAX,
    ancestryUuid: ancestry(
      ...ringAncestors(member, index, at, size),
      member.instance.serverUuid,
      member.instance.group.name,
    ),
    suggestedClusterAlias: alias,
  }));
}

/** UUIDs of the other members, farthest first. With two, the one the replica itself reports is preferred (15.1, 9.10). */
function ringAncestors(member: Placed, index: number, at: (index: number) => Placed, size: number): string[] {
  const reported = member.instance.sourceUuid;
  if (size === 2 && reported !== '' && reported !== NO_SOURCE_UUID) return [reported];
  const others: string[] = [];
  for (let step = Math.min(size - 1, ANCESTRY_UUIDS_MAX); step >= 1; step--)
    others.push(at(index + step).instance.serverUuid);
  return others;
}

function ringHead(ring: readonly Placed[]): number {
  const held = new Set<string>(ring.map((member) => member.instance.clusterName));
  const named = ring.filter((member) => held.has(instanceKeyText(member.instance.key)));
  const candidates = named.length > 0 ? named : ring;
  const smallest = candidates.reduce((best, member) =>
    compareKeys(member.instance.key, best.instance.key) < 0 ? member : best,
  );
  return ring.indexOf(smallest);
}

function nearestOf(parent: ClusterAttributes): string {
  if (parent.replicationDepth < ANCESTRY_UUIDS_MAX) return parent.ancestryUuid;
  return parent.ancestryUuid.split(',').slice(-ANCESTRY_UUIDS_MAX).join(',');
}

function ancestry(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(',');
}

/** The attributes an instance carries now. */
export function attributesOf(instance: Instance): ClusterAttributes {
  const { clusterName: name, replicationDepth, isCoPrimary, ancestryUuid, suggestedClusterAlias } = instance;
  return { clusterName: name, replicationDepth, isCoPrimary, ancestryUuid, suggestedClusterAlias };
}

export function sameAttributes(one: ClusterAttributes, other: ClusterAttributes): boolean {
  return (
    one.clusterName === other.clusterName &&
    one.replicationDepth === other.replicationDepth &&
    one.isCoPrimary === other.isCoPrimary &&
    one.ancestryUuid === other.ancestryUuid &&
    one.suggestedClusterAlias === other.suggestedClusterAlias
  );
}

/** Whether a new observation of the same server may change the attributes of it or of servers below it. */
export function sameGround(one: Instance, other: Instance): boolean {
  return (
    one.serverUuid === other.serverUuid && one.sourceUuid === other.sourceUuid && one.group.name === other.group.name
  );
}
