/**
 * Names in memory, written through to the backend: domains of clusters, and virtual names of hosts.
 */
import type { ClusterName, UnixMillis } from '../model/brand.ts';
import type { NameStore } from '../ports/name-store.ts';
import { WriteThrough } from './write-through.ts';

export class Names {
  readonly #store: NameStore;
  readonly #writing = new WriteThrough();
  #domains = new Map<ClusterName, string>();
  #unresolves = new Map<string, string>();
  readonly #hosts = new Map<string, readonly string[]>();

  constructor(store: NameStore) {
    this.#store = store;
  }

  /** Anew from the backend: another process may have written. */
  async load(): Promise<void> {
    const loaded = await this.#writing.read(() =>
      Promise.all([this.#store.loadClusterDomains(), this.#store.loadHostnameUnresolves()]),
    );
    if (loaded === null) return;
    const [domains, unresolves] = loaded;
    this.#domains = new Map(domains);
    this.#unresolves = new Map(unresolves);
    this.#indexHosts();
  }

  get domains(): ReadonlyMap<ClusterName, string> {
    return this.#domains;
  }

  /** Virtual names by the host names they stand for. */
  get unresolves(): ReadonlyMap<string, string> {
    return this.#unresolves;
  }

  /** Hosts that this name stands for; it is asked at each probe. */
  hostsBehind(virtualName: string): readonly string[] {
    return this.#hosts.get(virtualName) ?? [];
  }

  setDomain(name: ClusterName, domain: string, now: UnixMillis): Promise<void> {
    return this.#writing.write(async () => {
      await this.#store.saveClusterDomain(name, domain, now);
      this.#domains.set(name, domain);
    });
  }

  /** An empty virtual name takes it away (spec/discovery.md 11.3). */
  setUnresolve(hostname: string, virtualName: string, now: UnixMillis): Promise<void> {
    return this.#writing.write(async () => {
      if (virtualName === '') {
        await this.#store.deleteHostnameUnresolve(hostname);
        this.#unresolves.delete(hostname);
      } else {
        await this.#store.saveHostnameUnresolve(hostname, virtualName, now);
        this.#unresolves.set(hostname, virtualName);
      }
      this.#indexHosts();
    });
  }

  #indexHosts(): void {
    this.#hosts.clear();
    for (const [hostname, virtualName] of this.#unresolves) {
      this.#hosts.set(virtualName, [...this.hostsBehind(virtualName), hostname]);
    }
  }
}
