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
  }

  get domains(): ReadonlyMap<ClusterName, string> {
    return this.#domains;
  }

  /** Virtual names by the host names they stand for. */
  get unresolves(): ReadonlyMap<string, string> {
    return this.#unresolves;
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
        return;
      }
      await this.#store.saveHostnameUnresolve(hostname, virtualName, now);
      this.#unresolves.set(hostname, virtualName);
    });
  }
}
