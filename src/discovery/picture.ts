/**
 * The picture as discovery keeps it: the topology in memory, what goes to the backend behind it, and the epochs that keep an observation
 * from overwriting what came after it.
 */

import { unseenInstance } from '../model/blank-instance.ts';
import { type Epoch, epoch, type UnixMillis, unixMillis } from '../model/brand.ts';
import { parentKeyOf } from '../model/cluster-attributes.ts';
import { errantForCertain, errantGtidSet } from '../model/errant-gtid.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, type KeyId, keyId } from '../model/instance-key.ts';
import { Topology } from '../model/topology.ts';
import type { TopologyChange } from '../model/topology-change.ts';
import type { ObservationStore } from '../ports/observation-store.ts';

export type PictureListener = (change: TopologyChange) => void;

export class Picture {
  readonly topology = new Topology();
  readonly #store: ObservationStore;
  readonly #listeners = new Set<PictureListener>();
  readonly #epochs = new Map<KeyId, Epoch>();
  /** Observed by this process, as opposed to read from the backend. */
  readonly #observedHere = new Set<KeyId>();
  readonly #seenHere = new Set<KeyId>();
  /** Replicas that seem to have errant transactions, by a source that was read before them. */
  readonly #suspects = new Set<KeyId>();

  constructor(store: ObservationStore) {
    this.#store = store;
  }

  onChange(listener: PictureListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What a former process knew. Nobody is told: it is history until it is observed again. */
  async load(): Promise<void> {
    const stored = await this.#store.loadInstances();
    const keys = new Set(stored.map(({ key }) => keyId(key)));
    const isBelow = (instance: Instance): boolean => {
      const parent = parentKeyOf(instance);
      return parent !== null && keys.has(keyId(parent));
    };
    // The alias in a row of a replica is what it inherited: taken for its own it would outlive the server that suggests it.
    this.topology.putAll(stored.map((row) => (isBelow(row) ? { ...row, suggestedClusterAlias: '' } : row)));
  }

  epochOf(key: InstanceKey): Epoch {
    return this.#epochs.get(keyId(key)) ?? epoch(0);
  }

  /** A command is about to change the server, or has: whatever was asked before is void (architecture rule 4). */
  advanceEpoch(key: InstanceKey): Epoch {
    const next = epoch(this.epochOf(key) + 1);
    this.#epochs.set(keyId(key), next);
    return next;
  }

  /** A good observation. Dropped when a command has changed the server since it began. */
  observed(instance: Instance): boolean {
    if (instance.epoch < this.epochOf(instance.key)) return false;
    this.#observedHere.add(keyId(instance.key));
    this.#seenHere.add(keyId(instance.key));
    this.#put(instance);
    return true;
  }

  /** A failed check: facts stay as they were last seen, and are no longer valid. Unknown servers stay unknown. */
  checkFailed(key: InstanceKey, partial: boolean, began: Epoch, now: UnixMillis): void {
    const known = this.known(key);
    if (known === undefined || began < this.epochOf(key)) return;
    this.#observedHere.add(keyId(key));
    // A check that fails within the millisecond of the last good one must still be later than it, or it would count as valid.
    const lastChecked = unixMillis(Math.max(now, (known.lastSeen ?? 0) + 1));
    this.#put({
      ...known,
      lastChecked,
      lastAttemptedCheck: lastChecked,
      lastCheckPartialSuccess: partial,
    });
  }

  /** Is to be watched, and has never answered. False: it is known already. */
  plant(key: InstanceKey): boolean {
    if (this.topology.has(key)) return false;
    this.#moved(this.topology.put(unseenInstance(key)), key);
    return true;
  }

  /** As the server itself was last seen, with nothing that it inherits. */
  known(key: InstanceKey): Instance | undefined {
    return this.topology.asPut(key);
  }

  /** Has this process looked at the server yet? What the backend says is no ground for acting. */
  wasObservedHere(key: InstanceKey): boolean {
    return this.#observedHere.has(keyId(key));
  }

  /** Has this process seen the server alive? */
  wasSeenHere(key: InstanceKey): boolean {
    return this.#seenHere.has(keyId(key));
  }

  forget(key: InstanceKey): void {
    this.#observedHere.delete(keyId(key));
    this.#seenHere.delete(keyId(key));
    this.#suspects.delete(keyId(key));
    this.#moved(this.topology.remove(key), key);
  }

  /** What hangs below the server is in another cluster now. */
  #moved(change: TopologyChange, key: InstanceKey): void {
    for (const instance of change.changed) {
      if (keyId(instance.key) !== keyId(key)) this.#store.queue(instance, 'facts');
    }
    this.#tell(change);
  }

  #put(observed: Instance): void {
    const known = this.topology.get(observed.key);
    const placed = this.topology.put({ ...observed, gtidErrant: known?.gtidErrant ?? '' });
    const changes = [placed, this.#judgeErrant(observed.key), ...this.#judgeSuspects(observed)];
    const changed = changes.flatMap((change) => change?.changed ?? []);
    const isNews = changed.some((instance) => keyId(instance.key) === keyId(observed.key));
    this.#store.queue(this.topology.get(observed.key) ?? observed, isNews ? 'facts' : 'timestamps');
    for (const other of changed) {
      if (keyId(other.key) !== keyId(observed.key)) this.#store.queue(other, 'facts');
    }
    for (const change of changes) if (change !== null) this.#tell(change);
  }

  /** Errant transactions are judged where the server stands in the graph, so only after it is in place. Null: as before. */
  #judgeErrant(key: InstanceKey): TopologyChange | null {
    const instance = this.topology.get(key);
    if (instance === undefined) return null;
    const source = this.topology.parentOf(key);
    const seeming = errantGtidSet(instance, source);
    const isCertain = seeming === '' || (source !== undefined && wasReadAfter(source, instance));
    if (isCertain) this.#suspects.delete(keyId(key));
    else this.#suspects.add(keyId(key));
    const gtidErrant = isCertain ? seeming : errantForCertain(seeming, instance.gtidErrant, instance.serverUuid);
    const itself = this.known(key) ?? instance;
    return gtidErrant === instance.gtidErrant ? null : this.topology.put({ ...itself, gtidErrant });
  }

  /** Now that their source has been read after them it can be told. */
  #judgeSuspects(source: Instance): readonly (TopologyChange | null)[] {
    if (this.#suspects.size === 0) return [];
    return this.topology
      .childrenOf(source.key)
      .filter(({ key }) => this.#suspects.has(keyId(key)))
      .map(({ key }) => this.#judgeErrant(key));
  }

  #tell(change: TopologyChange): void {
    if (change.clusters.length === 0) return;
    for (const listener of this.#listeners) listener(change);
  }
}

const NANOS_PER_MILLI = 1_000_000;

/** The source's read began when the replica's had ended: what the source does not know then never came from it. */
function wasReadAfter(source: Instance, replica: Instance): boolean {
  if (source.lastSeen === null || replica.lastSeen === null) return false;
  return source.lastSeen - source.lastDiscoveryLatencyNanos / NANOS_PER_MILLI >= replica.lastSeen;
}
