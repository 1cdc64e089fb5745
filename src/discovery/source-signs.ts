/**
 * Signs that the source of a replica lives, from look to look: its receiver counts heartbeats, and what it has received grows. How long there has been
 * none is measured by our own clock that nobody sets; what a server says of it by its own is taken within these limits.
 */
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText, type KeyId, keyId } from '../model/instance-key.ts';

interface Seen {
  /** All that grows with a sign of life. */
  readonly sign: string;
  /** The first look that found it so. */
  readonly sinceMillis: number;
  /** The last look that found it otherwise. Null: it is the first look. */
  readonly beforeMillis: number | null;
  readonly lookedMillis: number;
}

/** No sign of a receiver that runs: those have spaces in them. */
const NOT_RECEIVING = '';

export class SourceSigns {
  readonly #seen = new Map<KeyId, Seen>();

  /**
   * Takes a look at a replica and tells how long its source has been silent, milliseconds; null: nothing can be told of it. `atMillis`: when the look
   * began, by the monotonic clock.
   */
  silenceOf({ key, sourceKey, receiverState, readCoordinates, evidence }: Instance, atMillis: number): number | null {
    const id = keyId(key);
    if (evidence === null || sourceKey === null || receiverState !== 'running') {
      // Remembered as a time when it heard nobody: MySQL goes on showing the last heartbeat of the former source when the receiver starts anew (seen on 9.7), and a
      // new primary would look silent to every replica that was just put below it.
      this.#seen.set(id, { sign: NOT_RECEIVING, sinceMillis: atMillis, beforeMillis: null, lookedMillis: atMillis });
      return null;
    }
    const { file, pos } = readCoordinates;
    const sign = [instanceKeyText(sourceKey), evidence.heartbeatsReceived, file, pos, evidence.receivedGtid].join(' ');
    const known = this.#seen.get(id);
    const isSame = known?.sign === sign;
    const seen = {
      sign,
      sinceMillis: isSame ? known.sinceMillis : atMillis,
      beforeMillis: isSame ? known.beforeMillis : (known?.lookedMillis ?? null),
      lookedMillis: atMillis,
    };
    this.#seen.set(id, seen);
    const atLeast = atMillis - seen.sinceMillis;
    // A clock that was set makes the server's own word an hour; it cannot be longer than since it was last seen otherwise.
    const atMost = seen.beforeMillis === null ? Number.POSITIVE_INFINITY : atMillis - seen.beforeMillis;
    return Math.min(Math.max(evidence.silentMillis ?? 0, atLeast), atMost);
  }

  forget(key: InstanceKey): void {
    this.#seen.delete(keyId(key));
  }
}
