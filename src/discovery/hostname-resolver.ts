/**
 * From the name somebody uses to the name a server is known by (spec/discovery.md 11).
 *
 * Two sources: the name service, when configured; and what servers say about themselves, learned at each probe.
 */
import { lookup, resolveCname } from 'node:dns/promises';
import { unixMillis } from '../model/brand.ts';
import { type InstanceKey, isValidKey } from '../model/instance-key.ts';
import type { Clock } from '../ports/clock.ts';
import type { ObservationStore } from '../ports/observation-store.ts';
import type { HostnameMethod } from './discovery-policy.ts';

export type ResolveResult =
  | { readonly kind: 'ok'; readonly hostname: string }
  | { readonly kind: 'refused'; readonly reason: string };

export interface HostnameResolverOptions {
  readonly method: () => HostnameMethod;
  readonly store: Pick<ObservationStore, 'saveHostnameResolve' | 'loadHostnameResolves'>;
  readonly clock: Clock;
  readonly onStoreError: (error: unknown) => void;
}

export class HostnameResolver {
  readonly #options: HostnameResolverOptions;
  readonly #known = new Map<string, string>();

  constructor(options: HostnameResolverOptions) {
    this.#options = options;
  }

  async load(): Promise<void> {
    if (this.#options.method() === 'none') return;
    for (const [hostname, resolved] of await this.#options.store.loadHostnameResolves()) {
      this.#known.set(hostname, resolved);
    }
  }

  /** From memory alone; the name itself when nothing else is known. */
  known(hostname: string): string {
    return this.#known.get(hostname) ?? hostname;
  }

  knownKey(key: InstanceKey): InstanceKey {
    if (!isValidKey(key)) return key;
    const hostname = this.known(key.hostname);
    return hostname === key.hostname ? key : { ...key, hostname };
  }

  /** Asks the name service where configured. Refuses empty names and lists of names. */
  async resolve(hostname: string): Promise<ResolveResult> {
    const name = hostname.trim();
    if (name === '') return { kind: 'refused', reason: 'Will not resolve empty hostname' };
    if (name.includes(',')) return { kind: 'refused', reason: `Will not resolve multi-hostname: ${name}` };
    const known = this.#known.get(name);
    if (known !== undefined) return { kind: 'ok', hostname: known };
    const method = this.#options.method();
    if (method === 'none' || method === 'default') return { kind: 'ok', hostname: name };
    const asked = await askNameService(name, method);
    if (asked.kind === 'ok') this.learn(name, asked.hostname);
    return asked;
  }

  /** A server reached as `used` says that it is `resolved`. */
  learn(used: string, resolved: string): void {
    if (used === resolved || this.#known.get(used) === resolved) return;
    this.#known.set(used, resolved);
    if (this.#options.method() === 'none') return;
    const now = unixMillis(this.#options.clock.now());
    this.#options.store.saveHostnameResolve(used, resolved, now).catch(this.#options.onStoreError);
  }
}

async function askNameService(name: string, method: 'cname' | 'ip'): Promise<ResolveResult> {
  try {
    if (method === 'ip') {
      const found = await lookup(name, { order: 'ipv4first' });
      return { kind: 'ok', hostname: found.address };
    }
    const [canonical] = await resolveCname(name);
    return { kind: 'ok', hostname: (canonical ?? name).replace(/\.$/, '') };
  } catch (error) {
    // A name without an alias is its own canonical name.
    if (method === 'cname' && error instanceof Error && 'code' in error && error.code === 'ENODATA') {
      return { kind: 'ok', hostname: name };
    }
    return { kind: 'refused', reason: `lookup ${name}: no such host` };
  }
}
