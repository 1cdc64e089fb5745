/**
 * From the name somebody uses to the name a server is known by (spec/discovery.md 11).
 *
 * Two sources: the name service, when configured; and what servers say about themselves, learned at each probe.
 */
import { type UnixMillis, unixMillis } from '../model/brand.ts';
import { type InstanceKey, isValidKey, type KeyId, keyId } from '../model/instance-key.ts';
import type { Clock } from '../ports/clock.ts';
import type { NameService } from '../ports/name-service.ts';
import type { NameStore } from '../ports/name-store.ts';
import type { HostnameMethod } from './discovery-policy.ts';

export type ResolveResult =
  | { readonly kind: 'ok'; readonly hostname: string }
  | { readonly kind: 'refused'; readonly reason: string };

export interface HostnameResolverOptions {
  readonly method: () => HostnameMethod;
  /** Names that must not be resolved to (`RejectHostnameResolvePattern`). */
  readonly rejects: (resolved: string) => boolean;
  /** What is known is asked anew after so long (`ExpiryHostnameResolvesMinutes`). */
  readonly expiryMillis: () => number;
  readonly nameService: Pick<NameService, 'address' | 'canonicalName'>;
  readonly store: Pick<NameStore, 'saveHostnameResolve' | 'loadHostnameResolves' | 'clearHostnameResolves'>;
  /** Registered for a host: only the name itself leads to whoever is behind it. Absent: none is. */
  readonly isVirtual?: (name: string) => boolean;
  readonly clock: Clock;
  readonly onStoreError: (error: unknown) => void;
}

export interface ResolvedName {
  readonly hostname: string;
  readonly expiresInMillis: number;
}

/** A name that could not be resolved is not asked for again for so long: a name service that is down must not be asked at each mention. */
const FAILURE_MILLIS = 60_000;

interface Known {
  readonly hostname: string;
  readonly until: number;
}

/** Says of itself each time; only written again when it would expire otherwise. */
const SAVED_AGAIN_FRACTION = 0.5;

export class HostnameResolver {
  readonly #options: HostnameResolverOptions;
  readonly #known = new Map<string, Known>();
  /** What the backend has although names are taken as they are: translates no address. */
  readonly #written = new Map<string, string>();
  readonly #failed = new Map<string, { readonly reason: string; readonly until: number }>();
  readonly #savedAt = new Map<string, number>();
  /** Used after they had expired: whether they still hold is to be found out. */
  readonly #stale = new Map<KeyId, InstanceKey>();

  constructor(options: HostnameResolverOptions) {
    this.#options = options;
  }

  async load(): Promise<void> {
    const areNamesTakenAsTheyAre = this.#options.method() === 'none';
    for (const [hostname, resolved] of await this.#options.store.loadHostnameResolves()) {
      if (areNamesTakenAsTheyAre) this.#written.set(hostname, resolved);
      else this.#known.set(hostname, { hostname: resolved, until: this.#expiry() });
    }
  }

  /** All that is known, by the name that was used; names that resolve to themselves included. */
  get names(): ReadonlyMap<string, ResolvedName> {
    const now = this.#options.clock.monotonic();
    const known = [...this.#known].map(([used, { hostname, until }]) => {
      const name: ResolvedName = { hostname, expiresInMillis: Math.max(0, until - now) };
      return [used, name] as const;
    });
    return new Map(known);
  }

  /** From memory alone; the name itself when nothing else is known. An old answer is better than another name for the same server. */
  known(hostname: string): string {
    return this.#known.get(hostname)?.hostname ?? hostname;
  }

  /**
   * By which name replicas know their source, for the analysis: it joins the table whatever the method is (spec/failure-detection.md 2). All else goes by
   * `known`, for which the method `none` leaves the table alone (spec/configuration.md).
   */
  nameAsSource(hostname: string): string {
    return this.#known.get(hostname)?.hostname ?? this.#written.get(hostname) ?? hostname;
  }

  knownKey(key: InstanceKey): InstanceKey {
    if (!isValidKey(key)) return key;
    const known = this.#known.get(key.hostname);
    if (known === undefined || known.hostname === key.hostname) return key;
    if (known.until <= this.#options.clock.monotonic()) this.#stale.set(keyId(key), key);
    return { ...key, hostname: known.hostname };
  }

  /** Names that were used although what is known of them has expired, as they were used; each is told once until it is used again. */
  takeStale(): readonly InstanceKey[] {
    const stale = [...this.#stale.values()];
    this.#stale.clear();
    return stale;
  }

  /** Asks the name service where configured. Refuses empty names and lists of names. */
  async resolve(hostname: string): Promise<ResolveResult> {
    const name = hostname.trim();
    if (name === '') return { kind: 'refused', reason: 'Will not resolve empty hostname' };
    if (name.includes(',')) return { kind: 'refused', reason: `Will not resolve multi-hostname: ${name}` };
    const now = this.#options.clock.monotonic();
    const known = this.#known.get(name);
    if (known !== undefined && known.until > now) return { kind: 'ok', hostname: known.hostname };
    const method = this.#options.method();
    // What it said of itself once has expired: another server may be there by now, and only the name itself leads to whoever it is.
    if (method === 'none' || method === 'default' || this.#options.isVirtual?.(name) === true)
      return { kind: 'ok', hostname: name };
    const failed = this.#failed.get(name);
    if (failed !== undefined && failed.until > now) return { kind: 'refused', reason: failed.reason };
    return this.#ask(name, method);
  }

  /** A server reached as `used` says that it is `resolved`, or the name service does. */
  learn(used: string, resolved: string): void {
    // A row that is left over from another method would hide the replicas of this server, and then nobody is promoted when it dies.
    this.#written.delete(used);
    if (used === resolved && !this.#known.has(used)) return;
    if (this.#options.rejects(resolved)) return;
    const isNews = this.#known.get(used)?.hostname !== resolved;
    this.#known.set(used, { hostname: resolved, until: this.#expiry() });
    this.#failed.delete(used);
    this.#save(used, resolved, isNews);
  }

  /** Of memory and backend. */
  async clear(): Promise<void> {
    await this.#options.store.clearHostnameResolves();
    this.#known.clear();
    this.#written.clear();
    this.#failed.clear();
    this.#savedAt.clear();
    this.#stale.clear();
  }

  async #ask(name: string, method: 'cname' | 'ip'): Promise<ResolveResult> {
    const { nameService, clock, rejects } = this.#options;
    const found = method === 'ip' ? await nameService.address(name) : await nameService.canonicalName(name);
    if (found === null) {
      const reason = `lookup ${name}: no such host`;
      this.#failed.set(name, { reason, until: clock.monotonic() + FAILURE_MILLIS });
      // What it was called before is better than not to know it at all.
      const known = this.#known.get(name);
      return known === undefined ? { kind: 'refused', reason } : { kind: 'ok', hostname: known.hostname };
    }
    if (rejects(found)) return { kind: 'ok', hostname: name };
    if (found === name) this.#known.set(name, { hostname: name, until: this.#expiry() });
    else this.learn(name, found);
    return { kind: 'ok', hostname: found };
  }

  #expiry(): number {
    return this.#options.clock.monotonic() + this.#options.expiryMillis();
  }

  #save(used: string, resolved: string, isNews: boolean): void {
    const { method, store, clock, onStoreError, expiryMillis } = this.#options;
    if (method() === 'none') return;
    const savedAt = this.#savedAt.get(used) ?? Number.NEGATIVE_INFINITY;
    if (!isNews && clock.monotonic() - savedAt < expiryMillis() * SAVED_AGAIN_FRACTION) return;
    this.#savedAt.set(used, clock.monotonic());
    const now: UnixMillis = unixMillis(clock.now());
    store.saveHostnameResolve(used, resolved, now).catch(onStoreError);
  }
}
