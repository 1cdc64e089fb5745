/**
 * One connection to the backend server: dialled, logged in and set up within a deadline; each packet answered within one.
 */
import { connect, isIP, type Socket } from 'node:net';
import { rootCertificates } from 'node:tls';
import mysql, { type Connection, type SslOptions } from 'mysql2';
import type { TlsSettings } from '../../ports/server-wire.ts';
import type { SqlValue } from '../sql-values.ts';
import { answersOf, type StatementAnswer } from './answers.ts';
import { BackendError } from './errors.ts';
import { SESSION_SQL } from './session.ts';

/** Where the backend server is, as whom we come, and how long it may take. */
export interface BackendServer {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** Null: without TLS. One object for all connections: what is parsed of it is kept with it. */
  readonly tls: TlsSettings | null;
  /** Null: no limit. */
  readonly connectMillis: number | null;
  /** For one packet. Null: no limit. */
  readonly answerMillis: number | null;
  /** The largest packet that we send; null: what the server says that it takes. */
  readonly packetBytes: number | null;
}

/** A silently dead host is noticed by the operating system although nothing is asked. */
const KEEP_ALIVE_INITIAL_DELAY_MILLIS = 5_000;

/** How long a server may take to take leave before the socket is closed under its hands. */
const GOODBYE_MILLIS = 1_000;

/** The command's own byte in front of a statement. */
const PACKET_OVERHEAD_BYTES = 1;

export class MysqlConnection {
  readonly #connection: Connection;
  readonly #socket: Socket;
  readonly #server: BackendServer;
  /** By the monotonic clock. */
  readonly openedAt = performance.now();
  #packetBytes = Number.POSITIVE_INFINITY;
  #isUsable = true;

  private constructor(server: BackendServer, connection: Connection, socket: Socket) {
    this.#server = server;
    this.#connection = connection;
    this.#socket = socket;
    const ended = (): void => {
      this.#isUsable = false;
    };
    // Without a listener an error of an idle connection would end the process.
    connection.on('error', ended);
    connection.on('end', ended);
    socket.on('close', ended);
  }

  /** False once it has ended, whoever ended it. */
  get usable(): boolean {
    return this.#isUsable;
  }

  /** `database` null: none is chosen. Rejects with the driver's errors, or with a `BackendError`. */
  static async open(server: BackendServer, database: string | null): Promise<MysqlConnection> {
    const { connection, socket } = await dial(server, database);
    const opened = new MysqlConnection(server, connection, socket);
    try {
      await opened.ask(SESSION_SQL);
      opened.#packetBytes = server.packetBytes ?? (await opened.#packetBytesOfServer());
      return opened;
    } catch (error) {
      opened.destroy();
      throw error;
    }
  }

  /** The most bytes that one packet of statements may have. */
  get statementBytes(): number {
    return this.#packetBytes - PACKET_OVERHEAD_BYTES;
  }

  /** Calls when it has ended, at once if it has already. */
  onEnded(run: () => void): void {
    if (this.#socket.closed) run();
    else this.#socket.once('close', run);
  }

  /** The statement with its parameters in it: MariaDB and MySQL prepare differently, and what is prepared costs memory on both sides. */
  format(sql: string, parameters: readonly SqlValue[]): string {
    return this.#connection.format(sql, [...parameters]);
  }

  /**
   * Sends one packet of one or several statements and gives the answer to each. Past the deadline the connection is destroyed: its answer would
   * be taken for that of the next packet.
   */
  ask(sql: string): Promise<readonly StatementAnswer[]> {
    const { answerMillis } = this.#server;
    // Of one that we have destroyed the driver never answers.
    if (!this.#isUsable) return Promise.reject(new BackendError('LOST', 'the connection to the backend is lost'));
    const bytes = Buffer.byteLength(sql);
    if (bytes > this.statementBytes) {
      // The server would cut the connection, and nobody could tell why.
      const limit = `${this.statementBytes} that one may have (MySQLOrchestratorMaxAllowedPacket)`;
      return Promise.reject(
        new BackendError('PACKET_TOO_LARGE', `a statement to the backend has ${bytes} bytes, more than the ${limit}`),
      );
    }
    return new Promise((resolve, reject) => {
      const deadline = afterAtMost(answerMillis, () => {
        this.destroy();
        reject(new BackendError('TIMEOUT', `the backend did not answer within ${answerMillis} ms`));
      });
      this.#connection.query(sql, (error: Error | null, results: unknown, fields: unknown) => {
        clearTimeout(deadline);
        if (error === null) resolve(answersOf(results, fields));
        else reject(withoutStatement(error));
      });
    });
  }

  async #packetBytesOfServer(): Promise<number> {
    const [answer] = await this.ask('select @@max_allowed_packet as bytes');
    return Number(answer?.rows[0]?.['bytes']);
  }

  /** Takes leave: a server counts and logs connections that merely vanish. */
  close(): Promise<void> {
    if (!this.#isUsable) {
      this.destroy();
      return Promise.resolve();
    }
    this.#isUsable = false;
    return new Promise((resolve) => {
      const patience = setTimeout(() => this.#socket.destroy(), GOODBYE_MILLIS);
      this.#socket.once('close', () => {
        clearTimeout(patience);
        resolve();
      });
      this.#connection.end(() => this.#socket.end());
    });
  }

  /** At once, without a goodbye; who still waits for an answer hears that it is lost. */
  destroy(): void {
    this.#isUsable = false;
    this.#connection.destroy();
    this.#socket.destroy();
  }
}

function dial(server: BackendServer, database: string | null): Promise<{ connection: Connection; socket: Socket }> {
  const { host, port, connectMillis } = server;
  return new Promise((resolve, reject) => {
    // Our own socket: the driver's `destroy` merely says that nothing more comes, and a server that hangs would keep it for ever.
    const socket = connect({ host, port, noDelay: true });
    socket.setKeepAlive(true, KEEP_ALIVE_INITIAL_DELAY_MILLIS);
    // Node takes the name that it looked up for the one that a certificate must be of, and an address is not looked up.
    if (isIP(host) !== 0) Object.assign(socket, { _host: host });
    const connection = mysql.createConnection({
      stream: socket,
      host,
      port,
      user: server.user,
      password: server.password,
      ...(database === null ? {} : { database }),
      ...(server.tls === null ? {} : { ssl: driverTls(server.tls) }),
      charset: 'utf8mb4',
      // A flush is hundreds of small statements: one by one each would wait for the answer to the one before.
      multipleStatements: true,
      supportBigNumbers: true,
      dateStrings: true,
      // FOUND_ROWS: an update counts the rows it found, as on SQLite, not those it changed (schema trap 3.2.4). LOCAL_FILES: a server that is
      // not what it seems could ask for our files.
      flags: ['FOUND_ROWS', '-LOCAL_FILES'],
      // The driver preallocates a cache of 16,000 prepared statements otherwise (600 kB a connection); nothing is prepared.
      maxPreparedStatements: 1,
      // Its own limit covers the dialling alone; ours covers the login, too. 0: none.
      connectTimeout: 0,
    });
    const fail = (error: Error): void => {
      clearTimeout(deadline);
      connection.destroy();
      socket.destroy();
      reject(withoutStatement(error));
    };
    const deadline = afterAtMost(connectMillis, () =>
      fail(new BackendError('TIMEOUT', `the backend did not let us in within ${connectMillis} ms`)),
    );
    connection.on('error', fail);
    connection.once('connect', () => {
      clearTimeout(deadline);
      resolve({ connection, socket });
    });
  });
}

const afterAtMost = (millis: number | null, run: () => void): NodeJS.Timeout | undefined =>
  millis === null ? undefined : setTimeout(run, millis);

/** The driver puts the text of the statement into its errors, with everything that was to be written: no log needs it. */
function withoutStatement(error: Error): Error {
  if ('sql' in error) delete error.sql;
  return error;
}

/** One for each settings, however many connections there are: the driver keeps what it has parsed by the object. */
const driverSettings = new WeakMap<TlsSettings, SslOptions>();

function driverTls(tls: TlsSettings): SslOptions {
  const known = driverSettings.get(tls);
  if (known !== undefined) return known;
  const { authorities, certificate, key, verifies } = tls;
  const made: SslOptions = {
    rejectUnauthorized: verifies,
    verifyIdentity: verifies,
    // Besides those of the system (spec/configuration.md 6, item 9); Node would trust ours alone.
    ...(authorities === null ? {} : { ca: [authorities, ...rootCertificates] }),
    ...(certificate === null ? {} : { cert: certificate }),
    ...(key === null ? {} : { key }),
  };
  driverSettings.set(tls, made);
  return made;
}
