/**
 * What was found where, for a while: replicas of one server are matched one after another, and search for the same markers (spec/topology-operations.md 4.5).
 */
import type { BinlogCoordinates } from '../../model/binlog-coordinates.ts';
import { type InstanceKey, keyId } from '../../model/instance-key.ts';

const VALID_MILLIS = 10 * 60_000;

/** Markers of a fleet that is moved at once. */
const ENTRIES_MAX = 1_000;

interface FoundEntry {
  readonly coordinates: BinlogCoordinates;
  readonly foundAtMillis: number;
}

/** Whoever uses what it remembers looks whether it is still there: logs are purged and begin anew. */
export class FoundEntries {
  readonly #entries = new Map<string, FoundEntry>();

  get(key: InstanceKey, text: string, nowMillis: number): BinlogCoordinates | null {
    const entry = this.#entries.get(idOf(key, text));
    return entry !== undefined && nowMillis - entry.foundAtMillis < VALID_MILLIS ? entry.coordinates : null;
  }

  set(key: InstanceKey, text: string, coordinates: BinlogCoordinates, nowMillis: number): void {
    const oldest = this.#entries.keys().next();
    if (this.#entries.size >= ENTRIES_MAX && oldest.done === false) this.#entries.delete(oldest.value);
    this.#entries.set(idOf(key, text), { coordinates, foundAtMillis: nowMillis });
  }

  forget(key: InstanceKey, text: string): void {
    this.#entries.delete(idOf(key, text));
  }
}

const idOf = (key: InstanceKey, text: string): string => `${keyId(key)} ${text}`;
