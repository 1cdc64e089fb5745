/**
 * Servers held for one operation: taken one by one, renewed while it lasts, given back at its end whatever becomes of it. A lock that is lost in the middle ends the
 * operation at its next step: somebody else may be at work.
 */
import { type Millis, millis } from '../model/brand.ts';
import { type InstanceKey, instanceKeyText, keyId } from '../model/instance-key.ts';
import type { Clock, Timer } from '../ports/clock.ts';
import type { HeldServer, LockHolder, LockResult } from './operation-ports.ts';

/** Far below the length of a lock. */
export const RENEW_LOCKS_MILLIS: Millis = millis(60_000);

export interface ServerLocksOptions {
  readonly clock: Clock;
  readonly lock: (key: InstanceKey, reason: string) => Promise<LockResult>;
  readonly reason: string;
}

export type Taken = { readonly kind: 'held' } | { readonly kind: 'taken'; readonly by: LockHolder | null };

export class ServerLocks {
  readonly #options: ServerLocksOptions;
  readonly #held = new Map<string, HeldServer>();
  #lost: InstanceKey | null = null;
  #timer: Timer | null = null;

  constructor(options: ServerLocksOptions) {
    this.#options = options;
  }

  /** A server that was taken away while it was held; null: none. */
  get lost(): InstanceKey | null {
    return this.#lost;
  }

  holds(key: InstanceKey): boolean {
    return this.#held.has(keyId(key));
  }

  /** Held already is held. */
  async take(key: InstanceKey): Promise<Taken> {
    if (this.holds(key)) return { kind: 'held' };
    const result = await this.#options.lock(key, this.#options.reason);
    if (result.kind === 'taken') return result;
    this.#held.set(keyId(key), result.server);
    this.#keepRenewing();
    return { kind: 'held' };
  }

  /** Out of this operation's hands, still held: whoever has it renews and releases it. Null: it is not held. */
  handOver(key: InstanceKey): HeldServer | null {
    const server = this.#held.get(keyId(key)) ?? null;
    this.#held.delete(keyId(key));
    return server;
  }

  async releaseAll(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = null;
    const servers = [...this.#held.values()];
    this.#held.clear();
    // One that cannot be released runs out by itself.
    await Promise.allSettled(servers.map((server) => server.release()));
  }

  #keepRenewing(): void {
    this.#timer ??= this.#options.clock.after(RENEW_LOCKS_MILLIS, () => void this.#renew());
  }

  async #renew(): Promise<void> {
    for (const server of this.#held.values()) {
      const isRenewed = await server.renew().catch(() => true);
      // Released meanwhile is not lost.
      if (!isRenewed && this.holds(server.key)) this.#lost ??= server.key;
    }
    if (this.#timer === null) return;
    this.#timer = null;
    if (this.#held.size > 0) this.#keepRenewing();
  }
}

/** MT of the contract (spec/cli.md 2.1), with who holds it. */
export function lockedText(key: InstanceKey, reason: string, by: LockHolder | null): string {
  const text = instanceKeyText(key);
  const cause = `Cannot begin maintenance for instance: ${text}; maintenance reason: ${reason}`;
  const holder = by === null ? '' : ` (held by ${by.owner}: ${by.reason})`;
  return `Cannot begin maintenance on ${text}: ${cause}${holder}`;
}
