/** Who listens to what happens. A listener that fails is dropped: it must not harm a recovery. */
import type { Log } from '../ports/log.ts';
import type { NodeEvent } from './events.ts';

type Listener = (event: NodeEvent) => void;

export class EventStream {
  readonly #log: Log;
  readonly #listeners = new Set<Listener>();

  constructor(log: Log) {
    this.#log = log;
  }

  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(event: NodeEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (error) {
        this.#listeners.delete(listener);
        this.#log.error(`a listener to events failed and is dropped: ${String(error)}`);
      }
    }
  }
}
