// The door of a pretended server: a TCP port that speaks the MySQL protocol.

import { createServer, type Server, type Socket } from 'node:net';
import { ClientConnection, type DoorSide } from './client-connection.ts';
import type { NumberedSqlServer } from './numbered-sql-server.ts';

/** The clients that the kernel keeps waiting for a process that hangs, as many as the servers ask for by default. Older ones have most likely given up. */
const newcomersWhilePausedMax = 80;

export interface SqlDoorOptions {
  readonly server: NumberedSqlServer;
  readonly host: string;
  /** 0 takes a free one; it stays the same when the door is opened again. */
  readonly port: number;
  /** The password of an account ('' for none), null for accounts that do not exist. Default: everybody is let in with any password. */
  readonly passwordOf?: (user: string) => string | null;
}

/** Opens a door for a pretended server. Rejects when the port is taken. */
export async function serveSql(options: SqlDoorOptions): Promise<SqlDoor> {
  const door = new SqlDoor(options);
  await door.open();
  return door;
}

export class SqlDoor {
  readonly #host: string;
  readonly #side: DoorSide & { isPaused: boolean };
  readonly #connections = new Set<ClientConnection>();
  /** Who came while the process hangs, oldest first. */
  readonly #newcomers = new Set<ClientConnection>();
  #port: number;
  #listener: Server | null = null;

  constructor(options: SqlDoorOptions) {
    this.#host = options.host;
    this.#port = options.port;
    this.#side = {
      server: options.server,
      passwordOf: options.passwordOf,
      isPaused: false,
      forget: (connection) => {
        this.#connections.delete(connection);
        this.#newcomers.delete(connection);
      },
    };
  }

  get port(): number {
    return this.#port;
  }

  get isOpen(): boolean {
    return this.#listener !== null;
  }

  /** Clients whose socket or session still exists. */
  get connectionCount(): number {
    return this.#connections.size;
  }

  /** The process starts (again). Rejects when the port is taken. */
  async open(): Promise<void> {
    if (this.#listener !== null) throw new Error(`the door on port ${this.#port} is open already`);
    // Half open: a process that hangs does not answer a client's goodbye. See client-connection.ts.
    const listener = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#accept(socket));
    this.#listener = listener;
    try {
      await listening(listener, this.#host, this.#port);
    } catch (error) {
      if (this.#listener === listener) this.#listener = null;
      throw error;
    }
    if (this.#listener !== listener) {
      listener.close();
      throw new Error(`the door on port ${this.#port} was closed while it opened`);
    }
    // A client that could not be accepted, because it is gone again or no file descriptor is left: its loss, not the end of the process.
    listener.on('error', () => {});
    const address = listener.address();
    if (address !== null && typeof address === 'object') this.#port = address.port;
  }

  /** The process is killed: when this returns nobody listens, every connection is cut and its session closed. May be called twice. */
  close(): void {
    this.#listener?.close();
    this.#listener = null;
    this.#side.isPaused = false;
    for (const connection of this.#connections) connection.destroy();
    this.#connections.clear();
    this.#newcomers.clear();
  }

  /** The process hangs: the kernel still accepts clients and what they send, nobody reads it or answers. */
  pause(): void {
    this.#side.isPaused = true;
  }

  /** The process goes on, with everything that has arrived meanwhile. */
  resume(): void {
    this.#side.isPaused = false;
    this.#newcomers.clear();
    for (const connection of this.#connections) connection.resume();
  }

  #accept(socket: Socket): void {
    const connection = new ClientConnection(socket, this.#side);
    this.#connections.add(connection);
    if (!this.#side.isPaused) return;
    this.#newcomers.add(connection);
    const [oldest] = this.#newcomers;
    if (oldest === undefined || this.#newcomers.size <= newcomersWhilePausedMax) return;
    this.#newcomers.delete(oldest);
    oldest.destroy();
  }
}

/** Ends also when the listener is closed before it listens: there is no other event for that. */
function listening(listener: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    listener.once('listening', resolve);
    listener.once('close', resolve);
    listener.once('error', reject);
    listener.listen({ host, port, exclusive: true });
  });
}
