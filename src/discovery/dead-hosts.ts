/**
 * Servers to which no connection can be made are looked at more and more seldom (spec/discovery.md 7), and never hold up the others.
 */
import { type InstanceKey, type KeyId, keyId } from '../model/instance-key.ts';

export interface BackOff {
  readonly pollMillis: number;
  /** Each further failure multiplies the time to the next look by this; 1: none (`DeadInstancePollSecondsMultiplyFactor`). */
  readonly factor: number;
  /** The longest time to the next look (`DeadInstancePollSecondsMax`). */
  readonly maxMillis: number;
}

const MILLIS_PER_SECOND = 1000;

export class DeadHosts {
  readonly #factors = new Map<KeyId, number>();

  get size(): number {
    return this.#factors.size;
  }

  has(key: InstanceKey): boolean {
    return this.#factors.has(keyId(key));
  }

  /** No connection could be made to it, again or for the first time. */
  failed(key: InstanceKey, { pollMillis, factor, maxMillis }: BackOff): void {
    const before = this.#factors.get(keyId(key));
    if (before === undefined) {
      this.#factors.set(keyId(key), 1);
      return;
    }
    const next = before * Math.max(1, factor);
    // Where it has come to the longest it stays, so that it does not grow without bound.
    if (next * pollMillis <= maxMillis) this.#factors.set(keyId(key), next);
  }

  /** It let us in, or is forgotten. */
  lived(key: InstanceKey): void {
    this.#factors.delete(keyId(key));
  }

  /** Until the next look; whole seconds where it is longer than a poll. */
  delayMillis(key: InstanceKey, { pollMillis, factor, maxMillis }: BackOff): number {
    const own = this.#factors.get(keyId(key)) ?? 1;
    if (own <= 1) return pollMillis;
    const wanted = own * Math.max(1, factor) * pollMillis > maxMillis ? maxMillis : own * pollMillis;
    return Math.max(pollMillis, Math.floor(wanted / MILLIS_PER_SECOND) * MILLIS_PER_SECOND);
  }
}
