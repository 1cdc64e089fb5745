/**
 * The pretended network: streams between places, with latency, jitter and one-way cuts. It behaves as TCP does: what is sent in order arrives in order;
 * what is sent into a cut arrives after the cut has healed; an end that dies is noticed by the other only if the network carries the news.
 */
import type { EventQueue } from './event-queue.ts';
import type { Random } from './random.ts';

/** Where a process runs: a database host, a node of orchestrator, a client. */
export type Place = string;

export interface NetworkOptions {
  readonly latencyMillis: number;
  /** Up to so much is added to each message, by chance. */
  readonly jitterMillis: number;
}

/** After a cut has healed the sender tries again within this time; TCP's back-off, shortened. */
const RETRY_AFTER_HEAL_MILLIS = 200;

/** TCP sends a lost packet again after this long, and after twice as long each further time. */
const RESEND_MILLIS = 200;

/** Beyond it a link is as good as cut. */
const MOST_LOSS = 0.9;

/** What a caller must be able to live with: nothing may be lost or left behind because of it. */
const BEARABLE_DELAY_MILLIS = 100;
const BEARABLE_LOSS = 0.1;

/** One end of a stream. */
export interface StreamEnd<Out> {
  send(message: Out): void;
  /** The other end hears of it, if the network lets it. */
  close(): void;
  readonly isOpen: boolean;
}

export interface StreamHandlers<In> {
  readonly onMessage: (message: In) => void;
  /** The other end closed it or is not there any more. Not called after an own `close`. */
  readonly onClosed: () => void;
}

/** Somebody who can be dialled at a place. */
export interface Listener<ToServer, ToClient> {
  readonly place: Place;
  /** What the host answers at the door: a process that listens, nobody (refused at once), or nothing at all (the host is off). */
  door(): 'open' | 'closed' | 'dark';
  /** The process that would accept; after a restart it is another one, which knows nothing of the former one's streams. */
  process(): unknown;
  /** A stream was opened; only called while the door is open. */
  accept(end: StreamEnd<ToClient>): StreamHandlers<ToServer>;
}

export interface DialHandlers<ToClient> extends StreamHandlers<ToClient> {
  readonly onOpen: () => void;
  readonly onRefused: () => void;
}

export class Network {
  readonly #queue: EventQueue;
  readonly #random: Random;
  readonly #options: NetworkOptions;
  readonly #cuts = new Set<string>();
  readonly #wellSince = new Map<string, number>();
  readonly #slow = new Map<string, number>();
  readonly #lossy = new Map<string, number>();
  readonly #refused = new Set<string>();
  #waiting: Parked[] = [];

  constructor(queue: EventQueue, random: Random, options: NetworkOptions) {
    this.#queue = queue;
    this.#random = random;
    this.#options = options;
  }

  /** Nothing gets from one to the other any more; the way back is another matter. */
  cut(from: Place, to: Place): void {
    this.#cuts.add(laneName(from, to));
  }

  heal(from: Place, to: Place): void {
    if (!this.#cuts.delete(laneName(from, to))) return;
    this.#isWell(laneName(from, to));
    this.#retry();
  }

  /** Who waits for an answer only so long may be left without one; or was so within this time. */
  wasImpairedLately(from: Place, to: Place, withinMillis: number): boolean {
    const lane = laneName(from, to);
    const wellSince = this.#wellSince.get(lane) ?? Number.NEGATIVE_INFINITY;
    return this.#isImpaired(lane) || this.#queue.now - wellSince < withinMillis;
  }

  #isImpaired(lane: string): boolean {
    if (this.#cuts.has(lane) || this.#refused.has(lane)) return true;
    return (this.#slow.get(lane) ?? 0) > BEARABLE_DELAY_MILLIS || (this.#lossy.get(lane) ?? 0) > BEARABLE_LOSS;
  }

  healAll(): void {
    for (const lanes of [this.#cuts, this.#slow, this.#lossy, this.#refused]) {
      for (const lane of lanes.keys()) if (this.#isImpaired(lane)) this.#isWell(lane);
      lanes.clear();
    }
    this.#retry();
  }

  /** Adds to the latency of one way; 0: as it was. */
  slowDown(from: Place, to: Place, addedMillis: number): void {
    this.#impair(this.#slow, laneName(from, to), addedMillis);
  }

  /** Each packet of one way is lost with this probability; TCP sends it again, later. 0: none. */
  lose(from: Place, to: Place, probability: number): void {
    this.#impair(this.#lossy, laneName(from, to), Math.min(probability, MOST_LOSS));
  }

  /** A firewall that answers for the host: whoever dials is refused at once. Streams that are open stay so. */
  refuse(from: Place, to: Place): void {
    this.#refused.add(laneName(from, to));
  }

  /** The firewall lets them in again. */
  admit(from: Place, to: Place): void {
    if (this.#refused.delete(laneName(from, to))) this.#isWell(laneName(from, to));
  }

  #impair(lanes: Map<string, number>, lane: string, degree: number): void {
    if (this.#isImpaired(lane)) this.#isWell(lane);
    if (degree > 0) lanes.set(lane, degree);
    else lanes.delete(lane);
  }

  #isWell(lane: string): void {
    this.#wellSince.set(lane, this.#queue.now);
  }

  isCut(from: Place, to: Place): boolean {
    return this.#cuts.has(laneName(from, to));
  }

  /** How long one message takes now. */
  delay(from: Place, to: Place): number {
    const { latencyMillis, jitterMillis } = this.#options;
    const jitter = jitterMillis === 0 ? 0 : this.#random.between(0, jitterMillis);
    return latencyMillis + jitter + (this.#slow.get(laneName(from, to)) ?? 0) + this.#resending(from, to);
  }

  #resending(from: Place, to: Place): number {
    const loss = this.#lossy.get(laneName(from, to)) ?? 0;
    let waited = 0;
    for (let timeout = RESEND_MILLIS; loss > 0 && this.#random.chance(loss); timeout *= 2) waited += timeout;
    return waited;
  }

  /** Dials: one way there, one way back. An answer that never comes is for the caller's deadline. */
  dial<ToServer, ToClient>(
    from: Place,
    listener: Listener<ToServer, ToClient>,
    handlers: DialHandlers<ToClient>,
  ): StreamEnd<ToServer> {
    const { place } = listener;
    let served: StreamHandlers<ToServer> | null = null;
    let accepting: unknown = null;
    const there = new Lane<ToServer>(this, from, place, {
      onMessage: (message) => {
        // A host that was off and is back resets what it does not know. Who only listens hears nothing of it.
        if (listener.process() === accepting) served?.onMessage(message);
        else if (listener.door() !== 'dark') back.close();
      },
      onClosed: () => {
        back.end();
        served?.onClosed();
      },
    });
    const back = new Lane<ToClient>(this, place, from, {
      onMessage: handlers.onMessage,
      onClosed: () => {
        there.end();
        handlers.onClosed();
      },
    });
    there.carry(() => {
      const door = this.#refused.has(laneName(from, place)) ? 'closed' : listener.door();
      if (door === 'dark') return;
      if (door === 'open') {
        accepting = listener.process();
        served = listener.accept(endOf(back, there));
      }
      back.carry(() => {
        if (door === 'open') handlers.onOpen();
        else {
          there.end();
          back.end();
          handlers.onRefused();
        }
      });
    });
    return endOf(there, back);
  }

  after(delayMillis: number, run: () => void): void {
    this.#queue.after(delayMillis, run);
  }

  get now(): number {
    return this.#queue.now;
  }

  /** A lane that has something to carry and may not. */
  park(lane: Parked): void {
    if (!this.#waiting.includes(lane)) this.#waiting.push(lane);
  }

  #retry(): void {
    const parked = this.#waiting;
    this.#waiting = [];
    for (const lane of parked) {
      this.#queue.after(this.#random.between(0, RETRY_AFTER_HEAL_MILLIS), () => lane.go());
    }
  }
}

/** Has something to carry, and may not yet. */
interface Parked {
  go(): void;
}

const laneName = (from: Place, to: Place): string => `${from}>${to}`;

/** One direction of a stream: what it carries arrives in the order in which it was sent. */
class Lane<Message> {
  readonly #network: Network;
  readonly #from: Place;
  readonly #to: Place;
  readonly #handlers: StreamHandlers<Message>;
  readonly #parked: (() => void)[] = [];
  #lastArrival = 0;
  #ended = false;

  constructor(network: Network, from: Place, to: Place, handlers: StreamHandlers<Message>) {
    this.#network = network;
    this.#from = from;
    this.#to = to;
    this.#handlers = handlers;
  }

  get isEnded(): boolean {
    return this.#ended;
  }

  send(message: Message): void {
    this.carry(() => {
      if (!this.#ended) this.#handlers.onMessage(message);
    });
  }

  /** The last that it carries is the news of its end. */
  close(): void {
    this.carry(() => {
      if (this.#ended) return;
      this.#ended = true;
      this.#handlers.onClosed();
    });
  }

  /** Nothing of it is heard any more. */
  end(): void {
    this.#ended = true;
  }

  carry(arrive: () => void): void {
    this.#parked.push(arrive);
    this.go();
  }

  go(): void {
    if (this.#network.isCut(this.#from, this.#to)) {
      this.#network.park(this);
      return;
    }
    for (const arrive of this.#parked.splice(0)) {
      const at = Math.max(this.#lastArrival, this.#network.now + this.#network.delay(this.#from, this.#to));
      this.#lastArrival = at;
      this.#network.after(at - this.#network.now, arrive);
    }
  }
}

function endOf<Out, In>(out: Lane<Out>, incoming: Lane<In>): StreamEnd<Out> {
  return {
    send: (message) => out.send(message),
    close() {
      if (incoming.isEnded) return;
      incoming.end();
      out.close();
    },
    get isOpen() {
      return !incoming.isEnded && !out.isEnded;
    },
  };
}
