/**
 * One connection to one database server: connect and ask within deadlines, and say at once when the wire breaks.
 *
 * A packet of several statements is one round trip. When one of them fails, what came before it is kept: an answer in part is
 * its own state (A10). Statements are always interpolated on the client (text protocol): MariaDB mishandles prepared CHANGE MASTER.
 */

import { connect, isIP, type Socket } from 'node:net';
import type { Connection, SslOptions } from 'mysql2';
import mysql from 'mysql2';
import { type InstanceKey, instanceKeyText } from '../model/instance-key.ts';
import type { ServerFailure } from '../model/server-failure.ts';
import type {
  Answer,
  Dial,
  DialOptions,
  DialResult,
  Row,
  RowShape,
  ServerWire,
  Session,
  TlsSettings,
} from '../ports/server-wire.ts';
import { classifyFailure, lostFailure, timeoutFailure } from './classify-failure.ts';
import { fairTimeout } from './fair-timeout.ts';

/** Idle connections are checked by the operating system after this long, so that a silently dead host is noticed without traffic. */
const KEEP_ALIVE_INITIAL_DELAY_MILLIS = 5_000;

/** Over TCP, with the driver. */
export const dialServer: Dial = (options) => ServerConnection.connect(options);

class ServerConnection implements ServerWire {
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
    // A reset while something is asked is told to whoever asked, and to nobody else by the driver: the wire is broken all the same.
    socket.on('close', () => ended(lostFailure('answer')));
  }

  get session(): Session {
    return { id: this.#connection.threadId, clientPort: this.#clientPort };
  }

  get usable(): boolean {
    return !this.#ended && !this.#closedByUs;
  }

  static async connect(options: DialOptions): Promise<DialResult> {
    try {
      // Our own socket: the driver's `destroy` merely says that nothing more comes, and a server that hangs or waits would keep it for ever.
      const socket = connect({ host: options.key.hostname, port: options.key.port, noDelay: true });
      return await ServerConnection.#greeted(socket, options);
    } catch (error) {
      // Keys have no range check (contract): a port beyond 65535 is thrown back at once, and is a failure of this server alone.
      return { kind: 'failed', failure: classifyFailure(error, 'connect', instanceKeyText(options.key)) };
    }
  }

  static #greeted(socket: Socket, options: DialOptions): Promise<DialResult> {
    const { key, credentials, connectTimeoutMillis } = options;
    const address = instanceKeyText(key);
    return new Promise((resolve) => {
      socket.setKeepAlive(true, KEEP_ALIVE_INITIAL_DELAY_MILLIS);
      if (isIP(key.hostname) !== 0) nameAddress(socket, key.hostname);
      const connection = mysql.createConnection({
        stream: socket,
        // Not dialled by the driver, and yet needed: whose certificate it must be, and whose TLS session may be resumed.
        host: key.hostname,
        port: key.port,
        user: credentials.user,
        password: credentials.password,
        multipleStatements: true,
        // The driver preallocates a cache of 16,000 prepared statements (600 kB a connection); we never prepare any.
        maxPreparedStatements: 1,
        supportBigNumbers: true,
        bigNumberStrings: false,
        dateStrings: true,
        charset: 'utf8mb4',
        // Ours is fair to servers whose answers came while this process stood still.
        connectTimeout: 0,
        ...(options.tls === undefined ? {} : { ssl: driverTls(options.tls) }),
      });
      let settled = false;
      const settle = (result: DialResult): void => {
        if (settled) return;
        settled = true;
        timer.cancel();
        if (result.kind === 'failed') {
          connection.destroy();
          socket.destroy();
        }
        resolve(result);
      };
      // The driver's own time limit covers the dialling only; a server that accepts and then says nothing would hold us for ever (A10).
      const timer = fairTimeout(connectTimeoutMillis, () =>
        settle({ kind: 'failed', failure: timeoutFailure('connect', address) }),
      );
      connection.on('error', (error: unknown) =>
        settle({ kind: 'failed', failure: classifyFailure(error, 'connect', address) }),
      );
      connection.on('connect', () =>
        settle({ kind: 'connected', wire: new ServerConnection(key, connection, socket, options.onBroken) }),
      );
    });
  }

  ask(sql: string, deadlineMillis: number, shape: RowShape = 'by-name'): Promise<Answer> {
    if (!this.usable) return Promise.resolve({ kind: 'failed', results: [], failure: lostFailure('answer') });
    return new Promise((resolve) => {
      const results: Row[][] = [];
      let settled = false;
      const settle = (answer: Answer): void => {
        if (settled) return;
        settled = true;
        timer.cancel();
        this.#failPending = null;
        resolve(answer);
      };
      const fail = (failure: ServerFailure): void => settle({ kind: 'failed', results, failure });
      const timer = fairTimeout(deadlineMillis, () => {
        fail(timeoutFailure('answer', this.#address));
        this.destroy();
      });
      this.#failPending = fail;

      const query = this.#connection.query({ sql, rowsAsArray: shape === 'by-place' });
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

  ping(deadlineMillis: number): Promise<ServerFailure | null> {
    if (!this.usable) return Promise.resolve(lostFailure('answer'));
    const { promise, resolve } = Promise.withResolvers<ServerFailure | null>();
    const settle = (failure: ServerFailure | null): void => {
      timer.cancel();
      this.#failPending = null;
      resolve(failure);
    };
    const timer = fairTimeout(deadlineMillis, () => {
      settle(timeoutFailure('answer', this.#address));
      this.destroy();
    });
    this.#failPending = settle;
    this.#connection.ping((error: unknown) =>
      settle(error === null || error === undefined ? null : classifyFailure(error, 'answer', this.#address)),
    );
    return promise;
  }

  destroy(): void {
    this.#closedByUs = true;
    this.#failPending?.(lostFailure('answer'));
    this.#connection.destroy();
    this.#socket.destroy();
  }
}

/**
 * The driver names no server in TLS that was dialled by its address, and Node then takes the name that it has looked up for the socket, which
 * an address has none of: the certificate would have to be that of `localhost`.
 */
function nameAddress(socket: Socket, address: string): void {
  Object.assign(socket, { _host: address });
}

/** The driver keeps what it has parsed of certificates by the object: one for each settings, however many connections there are. */
const driverSettings = new WeakMap<TlsSettings, SslOptions>();

function driverTls(tls: TlsSettings): SslOptions {
  const known = driverSettings.get(tls);
  if (known !== undefined) return known;
  const { authorities, certificate, key, verifies } = tls;
  const made: SslOptions = {
    rejectUnauthorized: verifies,
    verifyIdentity: verifies,
    ...(authorities === null ? {} : { ca: authorities }),
    ...(certificate === null ? {} : { cert: certificate }),
    ...(key === null ? {} : { key }),
  };
  driverSettings.set(tls, made);
  return made;
}
