/**
 * The history of what servers with replicas were called (spec/failure-detection.md 11.3). One write a server at a time, in the order in which things were
 * seen; what the backend did not take is written when it is seen again, as long as it stands.
 */
import type { EntryCode } from '../analysis/codes.ts';
import type { AnalysisEntry } from '../analysis/entry.ts';
import type { UnixMillis } from '../model/brand.ts';
import { type InstanceKey, instanceKeyText, type KeyId, keyId } from '../model/instance-key.ts';
import type { Log } from '../ports/log.ts';
import type { ObservationStore } from '../ports/observation-store.ts';

/** With thousands of servers this is what is kept of those that are gone. */
const REMEMBERED_MAX = 100_000;

interface Wanted {
  readonly key: InstanceKey;
  readonly code: EntryCode;
  readonly at: UnixMillis;
}

export class AnalysisHistory {
  readonly #store: Pick<ObservationStore, 'recordAnalysis'>;
  readonly #log: Log;
  readonly #recorded = new Map<KeyId, EntryCode>();
  /** Servers that are written of now, and what is to be written next of each, in its order. */
  readonly #writing = new Map<KeyId, Wanted[]>();

  constructor(store: Pick<ObservationStore, 'recordAnalysis'>, log: Log) {
    this.#store = store;
    this.#log = log;
  }

  /** Others may write from now on: what they have written must not be taken for known. */
  forget(): void {
    this.#recorded.clear();
  }

  /** After each analysis of a server. */
  note({ key, code, countReplicas }: AnalysisEntry, at: UnixMillis): void {
    if (countReplicas === 0) return;
    const id = keyId(key);
    const queue = this.#writing.get(id);
    const newest = queue?.at(-1)?.code ?? this.#recorded.get(id);
    if (newest === code) return;
    if (queue === undefined) void this.#write(id, [{ key, code, at }]);
    else queue.push({ key, code, at });
  }

  async #write(id: KeyId, queue: Wanted[]): Promise<void> {
    this.#writing.set(id, queue);
    for (let next = queue[0]; next !== undefined; next = queue[0]) {
      const { key, code, at } = next;
      try {
        await this.#store.recordAnalysis(key, code, at);
        this.#remember(id, code);
      } catch (error) {
        this.#recorded.delete(id);
        this.#log.error(`cannot record the analysis of ${instanceKeyText(key)}: ${String(error)}`);
      }
      queue.shift();
    }
    this.#writing.delete(id);
  }

  #remember(id: KeyId, code: EntryCode): void {
    this.#recorded.delete(id);
    this.#recorded.set(id, code);
    // Written once more than needed is harmless: the backend compares.
    if (this.#recorded.size > REMEMBERED_MAX) this.#recorded.delete(this.#recorded.keys().next().value ?? id);
  }
}
