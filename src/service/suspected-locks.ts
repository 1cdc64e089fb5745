/**
 * Since when primaries that are suspected to be locked, for want of acknowledgements, have stood at one place of their binary logs (A12). Kept for as long as
 * the suspicion lasts: to forget it after a minute, as the reference does, would turn the verdict back into a suspicion again and again (spec/failure-detection.md 14 #5).
 */
import type { EntryCode } from '../analysis/codes.ts';
import type { StaleCoordinates } from '../analysis/picture.ts';
import { sameCoordinates } from '../model/binlog-coordinates.ts';
import type { Instance } from '../model/instance.ts';
import { instanceKeyText, type KeyId, keyId } from '../model/instance-key.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { StaleCoordinatesStore } from '../ports/stale-coordinates-store.ts';

const SUSPICIONS: ReadonlySet<EntryCode> = new Set<EntryCode>([
  'LockedSemiSyncMasterHypothesis',
  'LockedSemiSyncMaster',
]);

export class SuspectedLocks {
  readonly #store: StaleCoordinatesStore;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #known = new Map<KeyId, StaleCoordinates>();

  constructor(store: StaleCoordinatesStore, clock: Clock, log: Log) {
    this.#store = store;
    this.#clock = clock;
    this.#log = log;
  }

  /** What a former process suspected, or the service whose backend a command reads. */
  async load(): Promise<void> {
    for (const { key, ...stale } of await this.#store.loadStaleCoordinates()) this.#known.set(keyId(key), stale);
  }

  get coordinates(): ReadonlyMap<KeyId, StaleCoordinates> {
    return this.#known;
  }

  /** After each analysis of a server. */
  note({ key, selfCoordinates }: Instance, code: EntryCode): void {
    const known = this.#known.get(keyId(key));
    if (!SUSPICIONS.has(code)) {
      if (known === undefined) return;
      this.#known.delete(keyId(key));
      this.#write(key, this.#store.deleteStaleCoordinates(key));
      return;
    }
    if (known !== undefined && sameCoordinates(known.coordinates, selfCoordinates)) return;
    const stale = { coordinates: selfCoordinates, firstSeen: this.#clock.now() };
    this.#known.set(keyId(key), stale);
    this.#write(key, this.#store.saveStaleCoordinates({ key, ...stale }));
  }

  #write(key: Instance['key'], writing: Promise<void>): void {
    writing.catch((error: unknown) =>
      this.#log.error(`cannot record where ${instanceKeyText(key)} stands: ${String(error)}`),
    );
  }
}
