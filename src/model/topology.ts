/**
 * The picture: every known server, who replicates from whom, and which cluster that makes.
 *
 * Mutable as a whole, its contents are frozen values. Each put or remove costs as much as it changes: the indexes move one
 * entry, and cluster name, depth, co-primary flag, ancestry and inherited alias are recomputed for the servers below the
 * change only, all of them at once (spec/discovery.md 25.5; the reference needs a poll a level).
 */
import type { ClusterName, ServerUuid } from './brand.ts';
import {
  attributesBelow,
  attributesOf,
  type ClusterAttributes,
  type Placed,
  parentKeyOf,
  ringAttributes,
  rootAttributes,
  sameAttributes,
  sameGround,
} from './cluster-attributes.ts';
import { groupPrimary } from './group-primary.ts';
import type { Instance } from './instance.ts';
import { type InstanceKey, type KeyId, keyId } from './instance-key.ts';
import { isSiblingOf } from './instance-status.ts';
import { saysNothingNew, type TopologyChange } from './topology-change.ts';
import { TopologyIndex } from './topology-index.ts';
import { compareByKey } from './topology-order.ts';

/** A server in the graph. The instance carries what was computed; `ownAlias` and `ownPrimary` are what the server itself said. */
interface Node extends Placed {
  instance: Instance;
  ownAlias: string;
  /** The primary of its replication group. */
  ownPrimary: InstanceKey | null;
  /** Whom it hangs under, whether that server is known or not. */
  parent: KeyId | null;
}

export class Topology {
  readonly #nodes = new Map<KeyId, Node>();
  readonly #bySource = new TopologyIndex<KeyId>();
  readonly #byParent = new TopologyIndex<KeyId>();
  readonly #byOtherSource = new TopologyIndex<KeyId>();
  readonly #byGroup = new TopologyIndex<string>();
  readonly #byUuid = new TopologyIndex<ServerUuid>();
  readonly #byCluster = new TopologyIndex<ClusterName>();
  readonly #clusterVersions = new Map<ClusterName, number>();
  #version = 0;

  get size(): number {
    return this.#nodes.size;
  }

  /** Grows with every change anywhere. */
  get version(): number {
    return this.#version;
  }

  /**
   * `version` as it was when something in this cluster last changed; 0: no such cluster. What merely ages (a check that is no
   * longer recent) changes nothing here: who judges by age has to look again in time.
   */
  clusterVersion(name: ClusterName): number {
    return this.#clusterVersions.get(name) ?? 0;
  }

  /** Clusters that changed after the picture had this version, ordered by name. */
  clustersChangedSince(version: number): ClusterName[] {
    return this.clusterNames().filter((name) => this.clusterVersion(name) > version);
  }

  has(key: InstanceKey): boolean {
    return this.#nodes.has(keyId(key));
  }

  get(key: InstanceKey): Instance | undefined {
    return this.#nodes.get(keyId(key))?.instance;
  }

  /**
   * As the server was put: with the alias that it suggests itself, not the one that it inherits from above, and with the primary of its group
   * that it named itself, not the one that the others have. Whoever puts it anew must put that: what was computed would be taken for its word.
   */
  asPut(key: InstanceKey): Instance | undefined {
    const node = this.#nodes.get(keyId(key));
    return node && { ...inItsOwnWords(node), suggestedClusterAlias: node.ownAlias };
  }

  /** All servers, in no particular order. */
  *all(): Iterable<Instance> {
    for (const node of this.#nodes.values()) yield node.instance;
  }

  /** More than one: clones that kept their UUID, or one server under two names. */
  byUuid(uuid: ServerUuid): Instance[] {
    return this.#instances(this.#byUuid.get(uuid));
  }

  /** Servers whose configured source is `key`, known or not, ordered by key. */
  replicasOf(key: InstanceKey): Instance[] {
    return this.#instances(this.#bySource.get(keyId(key)));
  }

  /**
   * Servers that replicate from `key` by a channel besides their first, ordered by key. They are in the cluster of their first source and
   * no failover moves them, so `replicasOf` leaves them out; whoever asks what hangs on a server asks for both.
   */
  replicasByOtherChannels(key: InstanceKey): Instance[] {
    return this.#instances(this.#byOtherSource.get(keyId(key)));
  }

  /** Like `replicasOf`, but secondaries of a replication group are under its primary. */
  childrenOf(key: InstanceKey): Instance[] {
    return this.#instances(this.#byParent.get(keyId(key)));
  }

  /** The other replicas of the same source, ordered by key. */
  siblingsOf(key: InstanceKey): Instance[] {
    const instance = this.get(key);
    if (instance === undefined || instance.sourceKey === null) return [];
    return this.replicasOf(instance.sourceKey).filter((other) => isSiblingOf(instance, other));
  }

  /** The server it hangs under: the primary for a group secondary, else the source. Undefined: none, or not known. */
  parentOf(key: InstanceKey): Instance | undefined {
    return this.#chainAbove(keyId(key))[0]?.instance;
  }

  /** The known servers above, nearest first. In a ring: once around, without the server itself. */
  ancestorsOf(key: InstanceKey): Instance[] {
    return this.#chainAbove(keyId(key)).map((node) => node.instance);
  }

  /** The servers below, level by level, each level ordered by key within its parent. In a ring: all others. */
  descendantsOf(key: InstanceKey): Instance[] {
    const seen = new Set<KeyId>([keyId(key)]);
    const found: Instance[] = [];
    const visit = (parent: InstanceKey): void => {
      for (const child of this.childrenOf(parent)) {
        const id = keyId(child.key);
        if (seen.has(id)) continue;
        seen.add(id);
        found.push(child);
      }
    };
    visit(key);
    for (const instance of found) visit(instance.key);
    return found;
  }

  /** Servers of a cluster, ordered by key; empty when there is no such cluster. */
  cluster(name: ClusterName): Instance[] {
    return this.#instances(this.#byCluster.get(name));
  }

  clusterNames(): ClusterName[] {
    return this.#byCluster.commons().sort();
  }

  /**
   * Takes a new observation of a server, its source's host name already resolved.
   *
   * Cluster attributes are computed here and need not be right in it, with two meanings: `suggestedClusterAlias` is what this
   * server itself suggests ('' if nothing), and for a server seen for the first time `clusterName` is the name it last had
   * (a stored row), which decides what a ring is called.
   */
  put(observed: Instance): TopologyChange {
    return this.putAll([observed]);
  }

  /** Several at once, as when the picture is loaded: attributes are computed when all are in place. */
  putAll(observed: readonly Instance[]): TopologyChange {
    const touched = new Touched();
    const starts: KeyId[] = [];
    for (const instance of observed) starts.push(...this.#place(instance, touched));
    // Each start once, and a ring once for all its members: what they get depends on nothing that is still to be computed.
    const computed = new Set<KeyId>();
    for (const id of starts) {
      if (computed.has(id)) continue;
      for (const member of this.#recompute(id, touched)) computed.add(member);
    }
    return this.#settle(touched);
  }

  /** Forgets a server. Its replicas keep pointing at it and become clusters of their own. Unknown key: nothing changes. */
  remove(key: InstanceKey): TopologyChange {
    const id = keyId(key);
    const node = this.#nodes.get(id);
    const touched = new Touched();
    if (node === undefined) return this.#settle(touched);
    touched.note(id, node.instance);
    this.#bySource.delete(sourceId(node.instance), id);
    for (const source of otherSourceIds(node.instance)) this.#byOtherSource.delete(source, id);
    this.#byParent.delete(node.parent, id);
    this.#byGroup.delete(groupOf(node.instance), id);
    this.#byUuid.delete(knownUuid(node.instance), id);
    this.#byCluster.delete(node.instance.clusterName, id);
    this.#nodes.delete(id);
    const regrouped = this.#regroup(groupOf(node.instance), touched);
    for (const below of [...this.#byParent.get(id), ...regrouped]) this.#recompute(below, touched);
    return this.#settle(touched);
  }

  /** Puts the server and its edges in place. Returns where attributes must be computed anew. */
  #place(observed: Instance, touched: Touched): KeyId[] {
    const previous = this.#nodes.get(keyId(observed.key))?.instance;
    const starts = this.#placeAlone(observed, touched);
    const groups = new Set([groupOf(observed), previous === undefined ? null : groupOf(previous)]);
    for (const group of groups) starts.push(...this.#regroup(group, touched));
    return starts;
  }

  /** Gives all members of a group the primary that it has by the word of them all. Returns whose parent is another now. */
  #regroup(group: string | null, touched: Touched): KeyId[] {
    if (group === null) return [];
    const ids = [...this.#byGroup.get(group)];
    const told = ids.map((id) => inItsOwnWords(this.#node(id)));
    return ids.flatMap((id, index) => {
      const node = this.#node(id);
      const own = told[index];
      const primaryKey = own === undefined ? null : groupPrimary(own, told);
      if (idOf(primaryKey) === idOf(node.instance.group.primaryKey)) return [];
      touched.note(id, node.instance);
      const named = { ...node.instance, group: { ...node.instance.group, primaryKey } };
      const parent = idOf(parentKeyOf(named));
      this.#byParent.move(node.parent, parent, id);
      node.parent = parent;
      node.instance = freeze(named, attributesOf(node.instance));
      return [id];
    });
  }

  #placeAlone(observed: Instance, touched: Touched): KeyId[] {
    const id = keyId(observed.key);
    const parent = idOf(parentKeyOf(observed));
    const ownAlias = observed.suggestedClusterAlias;
    const ownPrimary = observed.group.primaryKey;
    const node = this.#nodes.get(id);
    if (node === undefined) {
      const instance = freeze(observed, attributesOf(observed));
      this.#nodes.set(id, { instance, ownAlias, ownPrimary, parent });
      touched.note(id, null);
      this.#bySource.add(sourceId(observed), id);
      for (const source of otherSourceIds(observed)) this.#byOtherSource.add(source, id);
      this.#byGroup.add(groupOf(observed), id);
      this.#byParent.add(parent, id);
      this.#byUuid.add(knownUuid(observed), id);
      this.#byCluster.add(instance.clusterName, id);
      // Replicas that were waiting for their source were roots until now, whatever this server's attributes turn out to be.
      return [id, ...this.#byParent.get(id)];
    }
    const previous = node.instance;
    touched.note(id, previous);
    const stays = node.parent === parent && node.ownAlias === ownAlias && sameGround(previous, observed);
    this.#bySource.move(sourceId(previous), sourceId(observed), id);
    for (const source of otherSourceIds(previous)) this.#byOtherSource.delete(source, id);
    for (const source of otherSourceIds(observed)) this.#byOtherSource.add(source, id);
    this.#byGroup.move(groupOf(previous), groupOf(observed), id);
    this.#byParent.move(node.parent, parent, id);
    this.#byUuid.move(knownUuid(previous), knownUuid(observed), id);
    node.parent = parent;
    node.ownAlias = ownAlias;
    node.ownPrimary = ownPrimary;
    node.instance = freeze(observed, attributesOf(previous));
    return stays ? [] : [id];
  }

  /**
   * Computes the attributes of a server from the one above it, or of the ring it is in, and carries what changed down to
   * everything below. Returns the server, or the members of its ring.
   */
  #recompute(start: KeyId, touched: Touched): readonly KeyId[] {
    const ring = this.#ringOf(start);
    const changed = ring === null ? this.#recomputeOne(start, touched) : this.#recomputeRing(ring, touched);
    const members = new Set(ring);
    const pending = [...changed];
    for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
      for (const child of this.#byParent.get(id)) {
        // Around the ring the attributes are settled; going on would go round for ever.
        if (!members.has(child)) pending.push(...this.#recomputeOne(child, touched));
      }
    }
    return ring ?? [start];
  }

  #recomputeOne(id: KeyId, touched: Touched): KeyId[] {
    const node = this.#node(id);
    const above = node.parent === null ? undefined : this.#nodes.get(node.parent);
    const attributes = above === undefined ? rootAttributes(node) : attributesBelow(attributesOf(above.instance), node);
    return this.#assign(id, node, attributes, touched) ? [id] : [];
  }

  #recomputeRing(ring: readonly KeyId[], touched: Touched): KeyId[] {
    const nodes = ring.map((id) => this.#node(id));
    const attributes = ringAttributes(nodes);
    return ring.filter((id, index) => {
      const node = nodes[index];
      const own = attributes[index];
      if (node === undefined || own === undefined) throw new Error('a ring and its attributes differ in length');
      return this.#assign(id, node, own, touched);
    });
  }

  /** Returns whether the attributes are other than they were. */
  #assign(id: KeyId, node: Node, attributes: ClusterAttributes, touched: Touched): boolean {
    const previous = node.instance;
    if (sameAttributes(attributesOf(previous), attributes)) return false;
    touched.note(id, previous);
    node.instance = freeze(previous, attributes);
    this.#byCluster.move(previous.clusterName, attributes.clusterName, id);
    return true;
  }

  /** The ring this server is in, each followed by its parent; null when going up does not come back to it. */
  #ringOf(id: KeyId): KeyId[] | null {
    const above = this.#chainAbove(id);
    const last = above.at(-1) ?? this.#node(id);
    return last.parent === id ? [id, ...above.map((node) => keyId(node.instance.key))] : null;
  }

  /** Known servers above, nearest first; ends before the first one that would come twice. */
  #chainAbove(id: KeyId): Node[] {
    const chain: Node[] = [];
    const seen = new Set<KeyId>([id]);
    let next = this.#nodes.get(id)?.parent ?? null;
    while (next !== null && !seen.has(next)) {
      const node = this.#nodes.get(next);
      if (node === undefined) break;
      seen.add(next);
      chain.push(node);
      next = node.parent;
    }
    return chain;
  }

  /** Compares what was with what is, and lets the versions of clusters grow where it matters. */
  #settle(touched: Touched): TopologyChange {
    const changed: Instance[] = [];
    const clusters = new Set<ClusterName>();
    for (const [id, previous] of touched.previous) {
      const current = this.#nodes.get(id)?.instance;
      if (previous !== null && current !== undefined && saysNothingNew(previous, current)) continue;
      if (previous !== null) clusters.add(previous.clusterName);
      if (current === undefined) continue;
      clusters.add(current.clusterName);
      changed.push(current);
    }
    if (clusters.size > 0) this.#version++;
    for (const name of clusters) {
      // A cluster that is gone needs no version: should its name come back, it starts above everything seen before.
      if (this.#byCluster.get(name).size > 0) this.#clusterVersions.set(name, this.#version);
      else this.#clusterVersions.delete(name);
    }
    return { changed, clusters: [...clusters].sort() };
  }

  #instances(ids: ReadonlySet<KeyId>): Instance[] {
    return [...ids].map((id) => this.#node(id).instance).sort(compareByKey);
  }

  #node(id: KeyId): Node {
    const node = this.#nodes.get(id);
    if (node === undefined) throw new Error(`the topology's indexes name a server that is not there: ${id}`);
    return node;
  }
}

/** What each touched server was before the change; null: not there. */
class Touched {
  readonly previous = new Map<KeyId, Instance | null>();

  note(id: KeyId, previous: Instance | null): void {
    if (!this.previous.has(id)) this.previous.set(id, previous);
  }
}

const idOf = (key: InstanceKey | null): KeyId | null => (key === null ? null : keyId(key));
const sourceId = (instance: Instance): KeyId | null => idOf(instance.sourceKey);
const otherSourceIds = (instance: Instance): readonly KeyId[] =>
  instance.otherChannels.flatMap(({ sourceKey }) => idOf(sourceKey) ?? []);
const groupOf = ({ group }: Instance): string | null => (group.name === '' ? null : group.name);
const inItsOwnWords = ({ instance, ownPrimary }: Node): Instance =>
  idOf(instance.group.primaryKey) === idOf(ownPrimary)
    ? instance
    : { ...instance, group: { ...instance.group, primaryKey: ownPrimary } };
const knownUuid = (instance: Instance): ServerUuid | null => (instance.serverUuid === '' ? null : instance.serverUuid);

const freeze = (instance: Instance, attributes: ClusterAttributes): Instance =>
  Object.freeze({ ...instance, ...attributes });
