/**
 * Connections to one server for commands, apart from the one that probes use: a command that waits on the server never delays a probe. Only where the
 * server lets nobody new in do commands take turns with probes on theirs: when a primary has died, its clients may fill up the replicas at the very moment
 * in which those have to be told something.
 */
import { millis } from '../model/brand.ts';
import { isTooManyConnections, type ServerFailure } from '../model/server-failure.ts';
import type { Clock, Timer } from '../ports/clock.ts';
import type { ServerWire } from '../ports/server-wire.ts';
import { COMMAND_SESSION_SQL } from './sql-text.ts';

export type Opened =
  | { readonly kind: 'connected'; readonly connection: ServerWire }
  | { readonly kind: 'failed'; readonly failure: ServerFailure };

/** Somebody else's connection, until it is given back. */
export interface Lent {
  readonly connection: ServerWire;
  giveBack(): void;
}

export interface CommandConnectionsOptions {
  readonly clock: Clock;
  readonly open: (connectMillis: number) => Promise<Opened>;
  /** Whether the server can be told how the session is to behave; a binlog server cannot. */
  readonly takesSettings: () => boolean;
  /** The probe's, as soon as no probe is under way. Null: there is none, or it is lent already. */
  readonly borrow: () => Promise<Lent | null>;
}

/** An idle command connection that nobody used for this long is closed. */
const IDLE_MILLIS = millis(30_000);

export class CommandConnections {
  readonly #options: CommandConnectionsOptions;
  /** One is kept for the next command; a command that comes while another waits on the server gets a connection of its own. */
  #idle: ServerWire | null = null;
  readonly #busy = new Set<ServerWire>();
  readonly #lent = new Map<ServerWire, Lent>();
  #idleTimer: Timer | null = null;
  #closed = false;

  constructor(options: CommandConnectionsOptions) {
    this.#options = options;
  }

  /** To be released in any case. */
  async acquire(connectMillis: number): Promise<Opened> {
    const idle = this.#idle;
    this.#idle = null;
    this.#idleTimer?.cancel();
    if (idle?.usable === true) {
      this.#busy.add(idle);
      return { kind: 'connected', connection: idle };
    }
    const opened = await this.#openOrBorrow(connectMillis);
    if (opened.kind === 'failed') return opened;
    this.#busy.add(opened.connection);
    if (!this.#options.takesSettings()) return opened;
    const prepared = await opened.connection.ask(COMMAND_SESSION_SQL, connectMillis);
    if (prepared.kind === 'complete') return opened;
    this.#drop(opened.connection);
    return { kind: 'failed', failure: prepared.failure };
  }

  release(connection: ServerWire): void {
    const isReusable = connection.usable && !this.#closed && this.#idle === null;
    if (this.#lent.has(connection) || !isReusable) {
      this.#drop(connection);
      return;
    }
    this.#busy.delete(connection);
    this.#idle = connection;
    this.#idleTimer = this.#options.clock.after(IDLE_MILLIS, () => {
      this.#idle?.destroy();
      this.#idle = null;
    });
  }

  /** Instead of `release`, of one whose session is not as it was: whatever is sent there next would mean something else. */
  discard(connection: ServerWire): void {
    connection.destroy();
    this.#drop(connection);
  }

  close(): void {
    this.#closed = true;
    this.#idleTimer?.cancel();
    for (const connection of [this.#idle, ...this.#busy]) connection?.destroy();
  }

  async #openOrBorrow(connectMillis: number): Promise<Opened> {
    const opened = await this.#options.open(connectMillis);
    if (opened.kind === 'connected' || !isTooManyConnections(opened.failure)) return opened;
    const lent = await this.#options.borrow();
    if (lent === null) return opened;
    this.#lent.set(lent.connection, lent);
    return { kind: 'connected', connection: lent.connection };
  }

  #drop(connection: ServerWire): void {
    this.#busy.delete(connection);
    const lent = this.#lent.get(connection);
    this.#lent.delete(connection);
    if (lent === undefined) connection.destroy();
    else lent.giveBack();
  }
}
