/**
 * Observations that wait to be written behind: one a server, the newest, so that the queue cannot grow beyond the fleet (architecture section 5).
 */
import type { Instance } from './instance.ts';
import { type InstanceKey, type KeyId, keyId } from './instance-key.ts';

/** What of an instance changed since its last write: a poll that changed nothing writes its timestamps only. */
export type ObservationChange = 'facts' | 'timestamps';

export interface Observation {
  readonly instance: Instance;
  readonly change: ObservationChange;
}

/** The newer observation; its facts are due if either's were. */
const merged = (older: Observation | undefined, newer: Observation): Observation =>
  older?.change === 'facts' ? { instance: newer.instance, change: 'facts' } : newer;

export class ObservationQueue {
  readonly #write: (batch: Iterable<Observation>) => Promise<void>;
  #waiting = new Map<KeyId, Observation>();
  #flushing: Promise<void> = Promise.resolve();

  /** `write`: all of a batch or, when it rejects, nothing of it. */
  constructor(write: (batch: Iterable<Observation>) => Promise<void>) {
    this.#write = write;
  }

  /** A later observation of the same server replaces one that waits. */
  add(observation: Observation): void {
    const id = keyId(observation.instance.key);
    this.#waiting.set(id, merged(this.#waiting.get(id), observation));
  }

  /** Writes what waits, after the flushes before it. Rejects as the write does; what it was to write then waits again. */
  flush(): Promise<void> {
    const written = this.#flushing.then(() => this.#writeWaiting());
    // One failure must not fail the flushes after it.
    this.#flushing = written.catch(() => {});
    return written;
  }

  /** Nothing of the server waits or is being written any more: a batch under way could bring back a row that is deleted next. */
  async drop(key: InstanceKey): Promise<void> {
    await this.#flushing;
    this.#waiting.delete(keyId(key));
  }

  async #writeWaiting(): Promise<void> {
    if (this.#waiting.size === 0) return;
    const taken = this.#waiting;
    this.#waiting = new Map();
    try {
      await this.#write(taken.values());
    } catch (error) {
      const newer = this.#waiting;
      this.#waiting = taken;
      for (const observation of newer.values()) this.add(observation);
      throw error;
    }
  }
}
