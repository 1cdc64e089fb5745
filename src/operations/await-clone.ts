/**
 * Waits until a server that is being cloned has its new data and answers again. The server does it all by itself: whoever waits looks, tells how far it is, and gives up at some
 * time; the clone goes on all the same.
 */
import { millis } from '../model/brand.ts';
import {
  type CloneReading,
  type CloneRun,
  cloneErrorText,
  cloneProgressText,
  hasDroppedData,
} from '../model/clone-run.ts';
import { type InstanceKey, instanceKeyText } from '../model/instance-key.ts';
import { CLONE_MILLIS, RETURN_MILLIS } from '../planning/deadlines.ts';
import type { ReprovisionDraft } from '../planning/operations/operation-plan.ts';
import type { Clock } from '../ports/clock.ts';

export interface AwaitCloneParts {
  readonly clock: Clock;
  readonly read: (key: InstanceKey) => Promise<CloneReading>;
  readonly mayGoOn: () => boolean;
  /** One line for people. */
  readonly say: (text: string) => void;
}

const LOOK_MILLIS = millis(500);

/** A server that comes back may take writes, by its configuration, until it is told otherwise. */
const RETURN_LOOK_MILLIS = millis(200);

/** How often it is told that nothing has changed but the amount. */
const TELL_MILLIS = 5_000;

const MINUTE_MILLIS = 60_000;
const MINUTES_PER_HOUR = 60;

/** Null: it has them. Else why not. */
export async function awaitClone(
  { key, formerClone }: Pick<ReprovisionDraft, 'key' | 'formerClone'>,
  parts: AwaitCloneParts,
): Promise<string | null> {
  const { clock, read, mayGoOn } = parts;
  const name = instanceKeyText(key);
  const endAt = clock.monotonic() + CLONE_MILLIS;
  const watch = new CloneWatch(name, formerClone, parts);
  while (clock.monotonic() < endAt) {
    if (!mayGoOn()) return `this node may not act any more; the clone of ${name} goes on by itself: ask again`;
    const end = watch.judge(await read(key));
    if (end !== null) return end.failure;
    await clock.sleep(watch.isAway ? RETURN_LOOK_MILLIS : LOOK_MILLIS);
  }
  const hours = CLONE_MILLIS / MINUTE_MILLIS / MINUTES_PER_HOUR;
  return `${name} is still being cloned after ${hours} hours; the clone goes on by itself: ask again`;
}

/** `failure` null: it has its new data. */
interface CloneEnd {
  readonly failure: string | null;
}

/** What was seen of one clone so far. */
class CloneWatch {
  readonly #name: string;
  readonly #formerClone: string;
  readonly #clock: Clock;
  readonly #told: Told;
  #silentSince: number | null = null;
  #wasAway = false;

  constructor(name: string, formerClone: string, { clock, say }: AwaitCloneParts) {
    this.#name = name;
    this.#formerClone = formerClone;
    this.#clock = clock;
    this.#told = new Told(clock, say);
  }

  get isAway(): boolean {
    return this.#silentSince !== null;
  }

  /** Null: it is not over. */
  judge(reading: CloneReading): CloneEnd | null {
    if (reading.kind === 'failed') return this.#silent(reading.failure.text);
    if (reading.kind === 'without') return this.#silent('it does not say what it is');
    this.#silentSince = null;
    const { last } = reading.facts;
    const own = last?.beganAt === this.#formerClone ? null : last;
    // Its plugins and accounts are the donor's by now: it may not tell any more, and it is back.
    if (own === null) return { failure: this.#wasAway ? null : `no clone has begun on ${this.#name}` };
    if (own.state === 'completed') return { failure: null };
    if (own.state === 'failed') return { failure: failureText(this.#name, own) };
    this.#told.progress(cloneProgressText(own), own.stages.at(-1)?.name ?? '');
    return null;
  }

  #silent(why: string): CloneEnd | null {
    const now = this.#clock.monotonic();
    this.#silentSince ??= now;
    this.#wasAway = true;
    if (now - this.#silentSince > RETURN_MILLIS) return { failure: neverBack(this.#name, why) };
    this.#told.progress(awayText(why), AWAY);
    return null;
  }
}

const AWAY = 'away';

function failureText(name: string, run: CloneRun): string {
  const fate = hasDroppedData(run) ? `the data of ${name} are gone` : `${name} has its data still`;
  return `the clone from ${run.donor} has failed: ${cloneErrorText(run)}; ${fate}; ask again to begin once more`;
}

const minutes = RETURN_MILLIS / MINUTE_MILLIS;

const awayText = (why: string): string =>
  `it is away (${why}), to restart with its new data; where no supervisor starts it, start it: it is waited for ${minutes} minutes`;

const neverBack = (name: string, why: string): string =>
  `${name} did not come back within ${minutes} minutes (${why}): start it, and ask again`;

/** Not every look is told: a change of the stage at once, an amount now and then. */
class Told {
  readonly #clock: Clock;
  readonly #say: (text: string) => void;
  #stage: string | null = null;
  #at = 0;

  constructor(clock: Clock, say: (text: string) => void) {
    this.#clock = clock;
    this.#say = say;
  }

  progress(text: string, stage: string): void {
    const now = this.#clock.monotonic();
    const isDue = stage !== this.#stage || (stage !== AWAY && now - this.#at >= TELL_MILLIS);
    if (!isDue) return;
    this.#stage = stage;
    this.#at = now;
    this.#say(text);
  }
}
