/**
 * Looking at once: the suspected server and all its direct replicas are read in parallel, round after round, until the server answers again
 * or time is up. Every read goes into the picture, and whoever analyses it hears of each change; here nothing is concluded.
 *
 * The replicas are the witnesses: in the first round after a crash their receivers may not have noticed yet, some milliseconds later they
 * have (A1). A replica without replicas of its own is read once: it is nobody's source.
 */
import { millis } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, type KeyId, keyId } from '../model/instance-key.ts';
import { isLastCheckValid } from '../model/instance-status.ts';
import type { Topology } from '../model/topology.ts';
import type { Clock, Timer } from '../ports/clock.ts';
import type { LiveRead } from './prober.ts';

export interface UrgentLooksOptions {
  readonly topology: Topology;
  readonly clock: Clock;
  /** A read that begins now. */
  readonly read: (key: InstanceKey) => Promise<LiveRead>;
  /** Whom somebody else reads before anything is done to them, as a recovery does. */
  readonly lookedAfter: (key: InstanceKey) => LookedAfter;
}

/** `witnesses`: the replicas of the server, and not itself. */
export type LookedAfter = 'nobody' | 'witnesses' | 'everybody';

/** Pause between rounds at the beginning; it doubles up to the longest. */
const FIRST_PAUSE_MILLIS = 10;
const LONGEST_PAUSE_MILLIS = 200;

/** So many looks at once have their pauses as they are; more share them, so that many deaths at once do not drown us in reads. */
const LOOKS_AT_FULL_SPEED = 20;

/** After this the ordinary rhythm goes on alone; a poll that fails begins anew. */
const URGENT_MILLIS = 10_000;

/** This many good answers in a row, and the server is back. */
const GOOD_ANSWERS = 2;

/** A receiver that has lost its source does not find it again sooner, as a rule. */
const MISSED_MILLIS = 200;

/** Of a witness in a look: when it last answered. */
type Witnessed = number | 'awaited';

interface Look {
  timer: Timer | null;
  ended: boolean;
}

export class UrgentLooks {
  readonly #options: UrgentLooksOptions;
  readonly #looks = new Map<KeyId, Look>();

  constructor(options: UrgentLooksOptions) {
    this.#options = options;
  }

  /** One look a server at a time: a second cause finds it under way. */
  begin(key: InstanceKey): void {
    const id = keyId(key);
    if (this.#looks.has(id)) return;
    const look: Look = { timer: null, ended: false };
    this.#looks.set(id, look);
    void this.#run(key, look).finally(() => {
      if (this.#looks.get(id) === look) this.#looks.delete(id);
    });
  }

  stop(): void {
    for (const look of this.#looks.values()) {
      look.ended = true;
      look.timer?.cancel();
    }
    // A cancelled look never comes to its end: it must not stand in the way of one that begins later.
    this.#looks.clear();
  }

  async #run(key: InstanceKey, look: Look): Promise<void> {
    const { clock, topology, lookedAfter } = this.#options;
    const endAt = clock.monotonic() + URGENT_MILLIS;
    let pause = FIRST_PAUSE_MILLIS;
    let good = 0;
    let asked: Promise<void> | null = null;
    const witnessed = new Map<KeyId, Witnessed>();
    while (!look.ended && clock.monotonic() < endAt) {
      const witnesses = topology.replicasOf(key);
      // B7: while they are being told what to do, reading twenty replicas again and again takes longer than telling them.
      const others = lookedAfter(key);
      // Nobody holds up the round, neither a witness that hangs nor the server itself: what the others say counts at once.
      if (others === 'nobody') for (const witness of witnesses) this.#askWitness(witness, witnessed);
      if (others !== 'everybody') {
        asked ??= this.#ask(key).then((answered) => {
          good = answered ? good + 1 : 0;
          asked = null;
        });
        const isAnswered = await this.#answersSoon(asked);
        if (look.ended || good >= GOOD_ANSWERS || (isAnswered && witnesses.length === 0)) return;
      }
      await this.#pause(look, pause * Math.ceil(this.#looks.size / LOOKS_AT_FULL_SPEED));
      pause = Math.min(LONGEST_PAUSE_MILLIS, pause * 2);
      if (this.#isOutOfUse(key)) return;
    }
  }

  /**
   * Not anew while its answer is on its way, or when it has just said that it misses its source: on a busy host the rounds would pile up, and the slowest witness, for whom the
   * conclusion waits, would come last.
   */
  #askWitness({ key, receiverState }: Instance, witnessed: Map<KeyId, Witnessed>): void {
    const { clock, read } = this.#options;
    const last = witnessed.get(keyId(key));
    if (last === 'awaited') return;
    const isFresh = last !== undefined && clock.monotonic() - last < MISSED_MILLIS;
    if (isFresh && receiverState !== 'running') return;
    witnessed.set(keyId(key), 'awaited');
    const end = () => void witnessed.set(keyId(key), clock.monotonic());
    void read(key).then(end, end);
  }

  #ask(key: InstanceKey): Promise<boolean> {
    return this.#options.read(key).then(
      ({ kind }) => kind === 'observed',
      () => false,
    );
  }

  /** A healthy server answers before its witnesses have: it need not be asked twice more than necessary. */
  #answersSoon(asked: Promise<void>): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const timer = this.#options.clock.after(millis(FIRST_PAUSE_MILLIS), () => resolve(false));
    void asked.then(() => resolve(true)).then(() => timer.cancel());
    return promise;
  }

  /** Its replicas have gone elsewhere: nobody depends on the server any more. */
  #isOutOfUse(key: InstanceKey): boolean {
    const instance = this.#options.topology.get(key);
    if (instance === undefined) return true;
    return !isLastCheckValid(instance) && this.#options.topology.replicasOf(key).length === 0;
  }

  #pause(look: Look, pauseMillis: number): Promise<void> {
    return new Promise((resolve) => {
      look.timer = this.#options.clock.after(millis(pauseMillis), resolve);
    });
  }
}
