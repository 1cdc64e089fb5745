/**
 * From one server to those that it leads to: neighbours that nobody knows yet are discovered, sources that only their replicas hear are watched, and names
 * whose time is over are found out anew (spec/discovery.md 5, 11, 20).
 */
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, type KeyId, keyId } from '../model/instance-key.ts';
import type { Topology } from '../model/topology.ts';
import type { Clock } from '../ports/clock.ts';
import type { DiscoveryPolicy } from './discovery-policy.ts';
import type { HostnameResolver } from './hostname-resolver.ts';
import type { Neighbours } from './neighbours.ts';
import { isUnwanted, type LiveRead } from './prober.ts';
import { Recent } from './recent.ts';

/** A live read of somebody who was named, and the name under which it was asked. */
export interface Discovered {
  readonly asked: InstanceKey;
  readonly read: LiveRead;
}

export interface CrawlOptions {
  readonly topology: Pick<Topology, 'has'>;
  readonly resolver: Pick<HostnameResolver, 'takeStale' | 'known'>;
  readonly policy: () => DiscoveryPolicy;
  readonly clock: Clock;
  readonly isForgotten: (key: InstanceKey) => boolean;
  /** Null: its name means nothing, or the read went wrong in ourselves. `asDead`: not in the way of the living. */
  readonly discover: (key: InstanceKey, asDead: boolean) => Promise<Discovered | null>;
  /** To be watched although it cannot be read. */
  readonly watch: (key: InstanceKey) => void;
}

/** So many names are found out anew at once: those that were learned together expire together. */
const NAMES_AT_ONCE = 10;

export class Crawl {
  readonly #options: CrawlOptions;
  /** Neighbours that are not known yet: one that does not answer is tried once a poll, not at every mention. */
  readonly #tried: Recent<KeyId>;
  /** Names that are being found out anew. */
  readonly #verifying = new Set<KeyId>();

  constructor(options: CrawlOptions) {
    this.#options = options;
    this.#tried = new Recent(options.clock, () => options.policy().pollMillis);
  }

  /** It was read, by that name. */
  answered(key: InstanceKey): void {
    this.#tried.delete(keyId(key));
  }

  follow(from: Instance, { source, otherSources, replicas, members }: Neighbours): void {
    const { topology, discover } = this.#options;
    const isNew = (key: InstanceKey): boolean => !topology.has(key) && this.#mayTry(key);
    for (const key of [...members, ...replicas, ...otherSources]) if (isNew(key)) void discover(key, false);
    if (source !== null && isNew(source)) void this.#discoverSource(source, from.receiverRunning);
    this.#verifyNames();
  }

  /** `isHeard`: its replica hears it. One that we alone cannot read is shown as such, and watched. */
  async #discoverSource(key: InstanceKey, isHeard: boolean): Promise<void> {
    const { discover, watch } = this.#options;
    const found = await discover(key, false);
    if (found?.read.kind === 'failed' && isHeard && !isUnwanted(found.read)) watch(found.asked);
  }

  /** Another server may be behind a name that somebody is said to replicate from, or to be. */
  #verifyNames(): void {
    const { resolver, policy, discover } = this.#options;
    const { ignores, ignoresSource, ignoresReplica } = policy();
    const isIgnored = (key: InstanceKey): boolean => ignores(key) || ignoresSource(key) || ignoresReplica(key);
    for (const key of resolver.takeStale()) {
      if (isIgnored(key) || isIgnored({ ...key, hostname: resolver.known(key.hostname) })) continue;
      if (this.#verifying.size >= NAMES_AT_ONCE) return;
      const id = keyId(key);
      if (this.#verifying.has(id) || !this.#mayTry(key)) continue;
      this.#verifying.add(id);
      // Nobody may be there any more.
      void discover(key, true).finally(() => this.#verifying.delete(id));
    }
  }

  #mayTry(key: InstanceKey): boolean {
    const id = keyId(key);
    if (this.#options.isForgotten(key) || this.#tried.has(id)) return false;
    this.#tried.note(id);
    return true;
  }
}
