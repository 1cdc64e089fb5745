/**
 * A primary that was replaced a moment ago may be back at any time, with a supervisor's help within a second, and takes writes until somebody tells it not to
 * (G3). Until its next poll would be too late: it is dialled several times a second for a while, and what is seen of it is for others to act on.
 */
import { millis, type UnixMillis } from '../model/brand.ts';
import { type Downtime, LOST_IN_RECOVERY } from '../model/decisions.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, type KeyId, keyId } from '../model/instance-key.ts';
import { isLastCheckValid } from '../model/instance-status.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { repeat } from './repeat.ts';

export interface ReturningPrimariesOptions {
  readonly downtimes: () => Iterable<Downtime>;
  readonly known: { get(key: InstanceKey): Instance | undefined };
  readonly read: (key: InstanceKey) => Promise<unknown>;
  readonly clock: Clock;
  readonly log: Log;
  readonly isLeader: () => boolean;
}

const DIAL_MILLIS = millis(200);

/** Who is not back by then is found by its polls. */
const WATCHED_MILLIS = 60_000;

/** When a whole place has gone dark, what is dialled must not keep us from looking at the living (B7): so many hang at most, and so many are dialled at a time. */
const HANGING_MAX = 50;
const DIALS_MAX = 10;

export class ReturningPrimaries {
  readonly #options: ReturningPrimariesOptions;
  readonly #dialling = new Set<KeyId>();
  /** Whose turn it was last, in the order of the downtimes. */
  #turn = 0;
  #end: () => void = () => {};

  constructor(options: ReturningPrimariesOptions) {
    this.#options = options;
  }

  start(): void {
    const { clock, log } = this.#options;
    this.#end = repeat({ clock, log, period: DIAL_MILLIS, what: 'watching for replaced primaries' }, () =>
      this.#dial(),
    );
  }

  stop(): void {
    this.#end();
  }

  #dial(): void {
    const { downtimes, clock, isLeader } = this.#options;
    if (!isLeader()) return;
    const now = clock.now();
    const awaited = [...downtimes()].filter(({ key, reason, begin }) => {
      return reason === LOST_IN_RECOVERY && isRecent(begin, now) && this.#isAwaited(key);
    });
    const count = Math.min(awaited.length, DIALS_MAX, HANGING_MAX - this.#dialling.size);
    for (let dialled = 0; dialled < count; dialled++) {
      this.#turn = (this.#turn + 1) % awaited.length;
      const next = awaited[this.#turn];
      if (next !== undefined) this.#dialOne(next.key);
    }
  }

  /** It does not answer, and was nobody's replica. One that hangs holds the one dial that it gets. */
  #isAwaited(key: InstanceKey): boolean {
    const instance = this.#options.known.get(key);
    const isSilent = instance !== undefined && !isLastCheckValid(instance) && instance.sourceKey === null;
    return isSilent && !this.#dialling.has(keyId(key));
  }

  #dialOne(key: InstanceKey): void {
    const { read, log } = this.#options;
    const id = keyId(key);
    this.#dialling.add(id);
    read(key)
      .catch((error: unknown) => log.error(`dialling a replaced primary: ${String(error)}`))
      .finally(() => this.#dialling.delete(id));
  }
}

/** By the wall clock, which may step. */
const isRecent = (begin: UnixMillis, now: UnixMillis): boolean => Math.abs(now - begin) < WATCHED_MILLIS;
