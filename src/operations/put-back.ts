/**
 * Servers that an operation could not put back as they were, since they did not answer: tried again until it can be done. They stay held meanwhile, so that everybody
 * sees why they stand still.
 */
import { type Millis, millis } from '../model/brand.ts';
import { type InstanceKey, instanceKeyText, type KeyId, keyId } from '../model/instance-key.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { HeldServer } from './operation-ports.ts';
import { RENEW_LOCKS_MILLIS } from './server-locks.ts';

const AGAIN_MILLIS: Millis = millis(1_000);

/** A server that is away for longer has been seen to by people; it is left as they want it. */
export const PUT_BACK_FOR_MILLIS: Millis = millis(3_600_000);

export interface PutBackOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** False: this node may act no more. What is written down tells the next one. */
  readonly mayGoOn: () => boolean;
}

export interface LeftServer {
  readonly key: InstanceKey;
  readonly held: HeldServer | null;
  /** `done`: it is as it was; `again`: not yet; `given-up`: somebody has made something else of it. */
  readonly attempt: () => Promise<'done' | 'again' | 'given-up'>;
  /** Once it is done or given up. */
  readonly settled: () => Promise<void>;
}

export class PutBack {
  readonly #options: PutBackOptions;
  readonly #left = new Map<KeyId, number>();

  constructor(options: PutBackOptions) {
    this.#options = options;
  }

  /** Returns at once; the work goes on. */
  later(left: LeftServer): void {
    const id = keyId(left.key);
    this.#left.set(id, (this.#left.get(id) ?? 0) + 1);
    void this.#untilDone(left)
      .catch((error: unknown) => {
        this.#options.log.error(`putting back ${instanceKeyText(left.key)}: ${String(error)}`);
      })
      .finally(() => {
        const others = (this.#left.get(id) ?? 0) - 1;
        if (others > 0) this.#left.set(id, others);
        else this.#left.delete(id);
      });
  }

  /** It is still being tried. */
  isTrying(key: InstanceKey): boolean {
    return this.#left.has(keyId(key));
  }

  async #untilDone(left: LeftServer): Promise<void> {
    const { clock, log, mayGoOn } = this.#options;
    const key = instanceKeyText(left.key);
    log.warning(`${key} stands still and could not be put back; it is tried again`);
    const until = clock.monotonic() + PUT_BACK_FOR_MILLIS;
    let renewAt = clock.monotonic() + RENEW_LOCKS_MILLIS;
    while (clock.monotonic() < until) {
      await clock.sleep(AGAIN_MILLIS);
      // What is written down tells whoever leads next, this node perhaps; until then nobody holds the server.
      if (!mayGoOn()) return void (await left.held?.release());
      if (clock.monotonic() >= renewAt) {
        const isHeld = (await left.held?.renew().catch(() => true)) ?? true;
        // Whoever has ended the lock sees to the server, and may hold it by now.
        if (!isHeld) return this.#end(left, `${key} is not held any more: it is left as it is`);
        renewAt = clock.monotonic() + RENEW_LOCKS_MILLIS;
      }
      const result = await left.attempt();
      if (result === 'again') continue;
      return this.#end(left, result === 'done' ? `${key} is put back` : `${key} is left as somebody has made it`);
    }
    return this.#end(left, `${key} could not be put back, and is not tried again: see whether it replicates`);
  }

  async #end(left: LeftServer, text: string): Promise<void> {
    this.#options.log.warning(text);
    await left.settled();
    await left.held?.release();
  }
}
