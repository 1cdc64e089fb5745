/**
 * The connections to the backend server: opened when they are needed, kept for a while, never more than allowed. Who finds all of them in use waits,
 * in the order of coming.
 */
import { BackendError } from './errors.ts';

export interface PoolLimits {
  /** `MySQLOrchestratorMaxPoolConnections`; null: no bound. */
  readonly connections: number | null;
  /** `MySQLConnectionLifetimeSeconds`; null: no bound. */
  readonly lifetimeMillis: number | null;
  /** How long to wait for a free one. Default: `WAIT_MILLIS`. */
  readonly waitMillis?: number;
  /** How long one may lie idle and still be used. Default: `IDLE_MILLIS`. */
  readonly idleMillis?: number;
}

/** As much of a connection as the pool needs to know. */
export interface PooledConnection {
  readonly usable: boolean;
  /** By the monotonic clock. */
  readonly openedAt: number;
  onEnded(run: () => void): void;
  close(): Promise<void>;
}

/** Longer than any statement takes in good order; whoever waits longer is told so and not left waiting. */
const WAIT_MILLIS = 30_000;

/** Well before the server ends the session (`SESSION_IDLE_SECONDS`), and most of what lies on the way forgets about it. */
export const IDLE_MILLIS = 10_000;

/** Of idle connections a quarter of the bound is kept, and no fewer than this (spec/backend-schema.md 3.3). */
const IDLE_MIN = 10;
const IDLE_SHARE = 1 / 4;

interface Idle<Connection> {
  readonly connection: Connection;
  /** By the monotonic clock. */
  readonly since: number;
}

interface Waiter<Connection> {
  readonly take: (connection: Connection) => void;
  readonly giveUp: (error: unknown) => void;
}

export class ConnectionPool<Connection extends PooledConnection> {
  readonly #open: () => Promise<Connection>;
  readonly #limits: PoolLimits;
  /** The one used last is at the end, and used next: the others grow idle and old. */
  readonly #idle: Idle<Connection>[] = [];
  readonly #waiting = new Set<Waiter<Connection>>();
  readonly #closing = new Set<Promise<void>>();
  /** Those in use and those being opened. */
  #busy = 0;
  #isClosed = false;
  #allReturned: (() => void) | null = null;

  constructor(open: () => Promise<Connection>, limits: PoolLimits) {
    this.#open = open;
    this.#limits = limits;
  }

  /** Rejects with the reason for which none could be opened, or when none became free in time. */
  async acquire(): Promise<Connection> {
    if (this.#isClosed) throw new BackendError('CLOSED', 'the backend is closed');
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) {
      if (!this.#isStale(idle)) {
        this.#busy += 1;
        return idle.connection;
      }
      this.#leave(idle.connection);
    }
    const { connections } = this.#limits;
    return connections !== null && this.#busy >= connections ? this.#waitForOne() : this.#openOne();
  }

  /** Each that was acquired, once. */
  release(connection: Connection): void {
    if (this.#isWorn(connection)) {
      this.#leave(connection);
      this.#replace();
      return;
    }
    const waiter = this.#nextWaiter();
    if (waiter !== null) {
      waiter.take(connection);
      return;
    }
    this.#busy -= 1;
    this.#idle.push({ connection, since: performance.now() });
    for (const oldest of this.#idle.slice()) {
      if (this.#idle.length <= this.#idleMax && !this.#isStale(oldest)) break;
      this.#idle.shift();
      this.#leave(oldest.connection);
    }
    this.#tellWhenAllReturned();
  }

  /** Idle ones lead to a server that is not wanted any more. */
  closeIdle(): void {
    for (const { connection } of this.#idle.splice(0)) this.#leave(connection);
  }

  /** Resolves when all are closed, those in use after they were released. Who waits is turned away. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const waiter of this.#waiting) waiter.giveUp(new BackendError('CLOSED', 'the backend is closed'));
    this.#waiting.clear();
    if (this.#busy > 0) {
      const returned = Promise.withResolvers<void>();
      this.#allReturned = returned.resolve;
      await returned.promise;
    }
    this.closeIdle();
    await Promise.all(this.#closing);
  }

  get #idleMax(): number {
    const { connections } = this.#limits;
    return connections === null ? IDLE_MIN : Math.max(IDLE_MIN, Math.floor(connections * IDLE_SHARE));
  }

  #isStale({ connection, since }: Idle<Connection>): boolean {
    const { idleMillis = IDLE_MILLIS } = this.#limits;
    return this.#isWorn(connection) || performance.now() - since >= idleMillis;
  }

  #isWorn(connection: Connection): boolean {
    const { lifetimeMillis } = this.#limits;
    const isOld = lifetimeMillis !== null && performance.now() - connection.openedAt >= lifetimeMillis;
    return this.#isClosed || isOld || !connection.usable;
  }

  async #openOne(): Promise<Connection> {
    this.#busy += 1;
    try {
      const opened = await this.#open();
      opened.onEnded(() => this.#forget(opened));
      return opened;
    } catch (error) {
      this.#replace();
      throw error;
    }
  }

  /** The server, or somebody on the way to it, has cut an idle one: the next user must not be the one who finds out. */
  #forget(connection: Connection): void {
    const index = this.#idle.findIndex((idle) => idle.connection === connection);
    if (index >= 0) this.#idle.splice(index, 1);
  }

  /** One that was in use is gone: whoever waits gets a new one in its place, or hears why there is none. */
  #replace(): void {
    this.#busy -= 1;
    const waiter = this.#nextWaiter();
    if (waiter !== null) this.#openOne().then(waiter.take, waiter.giveUp);
    this.#tellWhenAllReturned();
  }

  #nextWaiter(): Waiter<Connection> | null {
    for (const waiter of this.#waiting) {
      this.#waiting.delete(waiter);
      return waiter;
    }
    return null;
  }

  #waitForOne(): Promise<Connection> {
    const { waitMillis = WAIT_MILLIS, connections } = this.#limits;
    return new Promise((resolve, reject) => {
      const patience = setTimeout(() => {
        this.#waiting.delete(waiter);
        reject(new BackendError('BUSY', `all ${connections} connections to the backend are in use`));
      }, waitMillis);
      const waiter: Waiter<Connection> = {
        take: (connection) => {
          clearTimeout(patience);
          resolve(connection);
        },
        giveUp: (error) => {
          clearTimeout(patience);
          reject(error);
        },
      };
      this.#waiting.add(waiter);
    });
  }

  #leave(connection: Connection): void {
    const closing: Promise<void> = connection.close().finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }

  #tellWhenAllReturned(): void {
    if (this.#busy === 0) this.#allReturned?.();
  }
}
