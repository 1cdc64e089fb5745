/**
 * One connection to one database server: connect and ask within deadlines, and say at once when the wire breaks.
 *
 * A packet of several statements is one round trip. When one of them fails, what came before it is kept: an answer in part is
 * its own state (A10). Statements are always interpolated on the client (text protocol): MariaDB mishandles prepared CHANGE MASTER.
 */

import { connect, type Socket } from 'node:net';
import type { Connection } from 'mysql2';
import mysql from 'mysql2';
import { type InstanceKey, instanceKeyText } from '../model/instance-key.ts';
import type { ServerFailure } from '../model/server-failure.ts';
import { classifyFailure, lostFailure, timeoutFailure } from './classify-failure.ts';
import type { Credentials } from './credentials.ts';

export type Row = Readonly<Record<string, unknown>>;
/** The rows of one statement; empty for one that returns none. */
export type Rows = readonly Row[];

export type Answer =
  | { readonly kind: 'complete'; readonly results: readonly Rows[] }
  /** `results` of the statements before the failing one. */
  | { readonly kind: 'failed'; readonly results: readonly Rows[]; readonly failure: ServerFailure };

export type ConnectResult =
  | { readonly kind: 'connected'; readonly connection: ServerConnection }
  | { readonly kind: 'failed'; readonly failure: ServerFailure };

/** A restarted server counts its sessions from the beginning: the number alone may be somebody else's by now. */
export interface Session {
  readonly id: number;
  readonly clientPort: number;
}

export interface ConnectOptions {
  readonly key: InstanceKey;
  readonly credentials: Credentials;
  readonly connectTimeoutMillis: number;
  /** Called once when the connection ends although nobody closed it: the alarm wire. */
  readonly onBroken?: (failure: ServerFailure) => void;
}

/** Idle connections are checked by the operating system after this long, so that a silently dead host is noticed without traffic. */
const KEEP_ALIVE_INITIAL_DELAY_MILLIS = 5_000;

export class ServerConnection {
  readonly key: InstanceKey;
  readonly #connection: Connection;
  readonly #socket: Socket;
  readonly #address: string;
  readonly #clientPort: number;
  #ended = false;
  #closedByUs = false;
  #failPending: ((failure: ServerFailure) => void) | null = null;

  private constructor(
    key: InstanceKey,
    connection: Connection,
    socket: Socket,
    onBroken?: (failure: ServerFailure) => void,
  ) {
    this.key = key;
    this.#connection = connection;
    this.#socket = socket;
    this.#address = instanceKeyText(key);
    this.#clientPort = socket.localPort ?? 0;
    const ended = (failure: ServerFailure): void => {
      if (this.#ended) return;
      this.#ended = true;
      this.#failPending?.(failure);
      if (!this.#closedByUs) onBroken?.(failure);
    };
    connection.on('error', (error: unknown) => ended(classifyFailure(error, 'answer', this.#address)));
    connection.on('end', () => ended(lostFailure('answer')));
  }

  /** By which the server knows this session; with it another one can end what this one left behind. */
  get session(): Session {
    return { id: this.#connection.threadId, clientPort: this.#clientPort };
  }

  get usable(): boolean {
    return !this.#ended && !this.#closedByUs;
  }

  /** Dials and logs in; both within `connectTimeoutMillis`. */
  static connect(options: ConnectOptions): Promise<ConnectResult> {
    const { key, credentials, connectTimeoutMillis } = options;
    const address = instanceKeyText(key);
    return new Promise((resolve) => {
      // Our own socket: the driver's `destroy` merely says that nothing more comes, and a server that hangs or waits would keep it for ever.
      const socket = connect({ host: key.hostname, port: key.port, noDelay: true });
      socket.setKeepAlive(true, KEEP_ALIVE_INITIAL_DELAY_MILLIS);
      const connection = mysql.createConnection({
        stream: socket,
        user: credentials.user,
        password: credentials.password,
        multipleStatements: true,
        // The driver preallocates a cache of 16,000 prepared statements (600 kB a connection); we never prepare any.
        maxPreparedStatements: 1,
        supportBigNumbers: true,
        bigNumberStrings: false,
        dateStrings: true,
        charset: 'utf8mb4',
        connectTimeout: connectTimeoutMillis,
      });
      let settled = false;
      const settle = (result: ConnectResult): void => {
        if (settled) return;
        settled = true;
        clearTimeout(timer);
        if (result.kind === 'failed') {
          connection.destroy();
          socket.destroy();
        }
        resolve(result);
      };
      // The driver's own time limit covers the dialling only; a server that accepts and then says nothing would hold us for ever (A10).
      const timer = setTimeout(
        () => settle({ kind: 'failed', failure: timeoutFailure('connect', address) }),
        connectTimeoutMillis,
      );
      connection.on('error', (error: unknown) =>
        settle({ kind: 'failed', failure: classifyFailure(error, 'connect', address) }),
      );
      connection.on('connect', () =>
        settle({ kind: 'connected', connection: new ServerConnection(key, connection, socket, options.onBroken) }),
      );
    });
  }

  /**
   * Sends one packet (one or several statements) and collects the rows of each.
   * Past the deadline the connection is destroyed, since its answer would arrive in somebody else's place; the command may still land on the server (D12).
   */
  ask(sql: string, deadlineMillis: number): Promise<Answer> {
    if (!this.usable) return Promise.resolve({ kind: 'failed', results: [], failure: lostFailure('answer') });
    return new Promise((resolve) => {
      const results: Row[][] = [];
      let settled = false;
      const settle = (answer: Answer): void => {
        if (settled) return;
        settled = true;
        clearTimeout(timer);
        this.#failPending = null;
        resolve(answer);
      };
      const fail = (failure: ServerFailure): void => settle({ kind: 'failed', results, failure });
      const timer = setTimeout(() => {
        fail(timeoutFailure('answer', this.#address));
        this.destroy();
      }, deadlineMillis);
      this.#failPending = fail;

      const query = this.#connection.query(sql);
      // `fields` opens the rows of a statement. One without rows has none, and its `result` is the driver's header, not a row.
      let rows: Row[] | null = null;
      query.on('fields', (fields: unknown) => {
        const opened: Row[] = [];
        results.push(opened);
        rows = fields === undefined ? null : opened;
      });
      query.on('result', (row: unknown) => {
        rows?.push(row as Row);
      });
      query.on('error', (error: unknown) => fail(classifyFailure(error, 'answer', this.#address)));
      query.on('end', () => settle({ kind: 'complete', results }));
    });
  }

  /** Ends at once, without a goodbye; who still waits for an answer hears that it is lost. Not reported as broken. */
  destroy(): void {
    this.#closedByUs = true;
    this.#failPending?.(lostFailure('answer'));
    this.#connection.destroy();
    this.#socket.destroy();
  }
}
