/**
 * Who works in which cluster: one recovery or switchover at a time, alone in it; operations of people beside each other, and called off when a recovery begins (B6, A5).
 */
import { type ClusterName, millis } from '../model/brand.ts';
import type { Clock } from '../ports/clock.ts';

/** A person's order waits this long for other work in its cluster. */
const ORDER_PATIENCE_MILLIS = 10_000;
const ORDER_LOOK_MILLIS = millis(20);

interface Work {
  readonly what: string;
  readonly isShort: boolean;
}

/** An operation of a person that is under way in a cluster. */
interface Guest {
  readonly what: string;
  isCalledOff: boolean;
  isCutShort: boolean;
  readonly ended: Promise<unknown>;
}

/** So long a recovery waits for operations that it has called off: they end after the step that they are in. */
const GUEST_PATIENCE_MILLIS = millis(1_500);

export interface AloneOptions {
  /** Operations of people that are under way are called off; else they are something else that is under way. */
  readonly callsOffOperations?: boolean;
  /** It does not wait for the rest of what has given the cluster its present primary, hooks above all: that primary has died meanwhile (E7). */
  readonly urgent?: boolean;
  /** It ends by itself within seconds, and changes nothing that a person's order is about: such an order waits for it. */
  readonly isShort?: boolean;
}

export class ClusterWork {
  readonly #clock: Clock;
  readonly #busy = new Map<ClusterName, Work>();
  /** Clusters by their new names whose primary has been replaced by work that is under way under their old ones. */
  readonly #renamed = new Map<ClusterName, { readonly from: ClusterName; readonly what: string }>();
  readonly #guests = new Map<ClusterName, Set<Guest>>();
  readonly #running = new Set<Promise<unknown>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Clusters in which a recovery or switchover is under way: nobody else may change them, and analysis of them leads to nothing. */
  isBusy(clusterName: ClusterName): boolean {
    return this.#busy.has(clusterName);
  }

  /** Resolves when what is under way has ended. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.#running]);
  }

  /** Runs work that changes a cluster, alone in it. Null: something else is under way. */
  async alone<Result>(
    clusterName: ClusterName,
    what: string,
    work: () => Promise<Result>,
    { urgent = false, isShort = false, callsOffOperations = false }: AloneOptions = {},
  ): Promise<Result | null> {
    if (this.#busy.has(clusterName) || (!urgent && this.#renamed.has(clusterName))) return null;
    if (!callsOffOperations && this.#guests.has(clusterName)) return null;
    this.#busy.set(clusterName, { what, isShort });
    try {
      await this.#callOff(clusterName);
      return await this.track(work());
    } finally {
      this.#busy.delete(clusterName);
      for (const [name, { from }] of this.#renamed) if (from === clusterName) this.#renamed.delete(name);
    }
  }

  /**
   * Runs an operation of a person, beside others of that kind in the same cluster. Null: something is under way that must be alone. `isCalledOff` says that
   * a recovery wants to begin: the operation puts back what it has begun. `isCutShort`: it has begun, and nobody else may tell servers anything.
   */
  async beside<Result>(
    clusterName: ClusterName,
    what: string,
    work: (isCalledOff: () => boolean, isCutShort: () => boolean) => Promise<Result>,
  ): Promise<Result | null> {
    await this.isFree(clusterName);
    if (this.#busy.has(clusterName) || this.#renamed.has(clusterName)) return null;
    const guests = this.#guests.get(clusterName) ?? new Set<Guest>();
    this.#guests.set(clusterName, guests);
    let end = (): void => {};
    const guest: Guest = {
      what,
      isCalledOff: false,
      isCutShort: false,
      ended: new Promise<void>((resolve) => (end = resolve)),
    };
    guests.add(guest);
    try {
      return await this.track(
        work(
          () => guest.isCalledOff,
          () => guest.isCutShort,
        ),
      );
    } finally {
      guests.delete(guest);
      if (guests.size === 0) this.#guests.delete(clusterName);
      end();
    }
  }

  async #callOff(clusterName: ClusterName): Promise<void> {
    const guests = [...(this.#guests.get(clusterName) ?? [])];
    if (guests.length === 0) return;
    for (const guest of guests) guest.isCalledOff = true;
    const ended = Promise.all(guests.map((guest) => guest.ended));
    await Promise.race([ended, this.#clock.sleep(GUEST_PATIENCE_MILLIS)]);
    // D11: what is put back from now on would start receivers that the recovery has stopped, or send servers back to a dead primary.
    for (const guest of guests) guest.isCutShort = true;
  }

  /** What is under way in a cluster, if anything is, holds it under its new name too: its primary has been replaced. */
  holdAlso(from: ClusterName, to: ClusterName): void {
    const what = this.#busy.get(from)?.what;
    if (what !== undefined) this.#renamed.set(to, { from, what });
  }

  busyWith(clusterName: ClusterName): string {
    const [guest] = this.#guests.get(clusterName) ?? [];
    return this.#busy.get(clusterName)?.what ?? this.#renamed.get(clusterName)?.what ?? guest?.what ?? '';
  }

  /** Whoever gives an order has nobody who tries it again a second later: short work, such as bringing along what a failover left behind, is waited for. */
  async isFree(clusterName: ClusterName): Promise<void> {
    const clock = this.#clock;
    const until = clock.monotonic() + ORDER_PATIENCE_MILLIS;
    while (this.#busy.get(clusterName)?.isShort === true && clock.monotonic() < until)
      await clock.sleep(ORDER_LOOK_MILLIS);
  }

  /** Waited for when the node ends. */
  track<Result>(work: Promise<Result>): Promise<Result> {
    this.#running.add(work);
    const done = (): void => {
      this.#running.delete(work);
    };
    work.then(done, done);
    return work;
  }
}
