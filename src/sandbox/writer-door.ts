// A writer's way to one server: a connection opened when needed, with short deadlines, and forgotten when anything goes wrong.

import { type Connection, createConnection, type ResultSetHeader, type RowDataPacket } from 'mysql2/promise';
import { type Account, applicationSchema } from './accounts.ts';

/** Where a server listens. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

/** A stopped process accepts connections and says nothing; this is how long one attempt waits for it. */
const connectDeadlineMillis = 250;

/** A server on loopback answers in a millisecond or two; past this the answer is not worth waiting for. */
const answerDeadlineMillis = 500;

/** Asks a server to tell the transaction of each write along with its OK. */
const trackTransactions = {
  mysql: "SET SESSION session_track_gtids = 'OWN_GTID'",
  mariadb: "SET SESSION session_track_system_variables = 'last_gtid'",
};

/** A server did not do what was asked, or not in time: what was asked may still have happened. */
export class DoorClosed extends Error {}

export class WriterDoor {
  readonly address: ServerAddress;
  readonly #account: Account;
  /** Shared by everybody who asks while it is being opened. */
  #connection: Promise<Connection> | null = null;

  constructor(address: ServerAddress, account: Account) {
    this.address = address;
    this.#account = account;
  }

  /** Whether it takes writes now; false as well when it cannot be asked. */
  async isWritable(): Promise<boolean> {
    try {
      const connection = await this.#open();
      const [rows] = await this.#within(
        answerDeadlineMillis,
        connection.query<RowDataPacket[]>('SELECT @@read_only AS off'),
      );
      return rows[0]?.['off'] === 0;
    } catch (error) {
      this.close();
      if (error instanceof DoorClosed) return false;
      throw error;
    }
  }

  /** Runs a statement that changes something; gives its transaction's GTID, '' if the server told none. */
  async write(statement: string, values: readonly (string | number)[] = []): Promise<string> {
    try {
      const connection = await this.#open();
      const [header] = await this.#within(
        answerDeadlineMillis,
        connection.query<ResultSetHeader>(statement, [...values]),
      );
      return gtidOf(header);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  async readNumber(statement: string): Promise<number> {
    const connection = await this.#open();
    const [rows] = await this.#within(answerDeadlineMillis, connection.query<RowDataPacket[]>(statement));
    return Number(Object.values(rows[0] ?? {})[0] ?? 0);
  }

  close(): void {
    const closing = this.#connection;
    this.#connection = null;
    // One that is still being opened would otherwise be nobody's.
    closing?.then(
      (connection) => connection.destroy(),
      () => {},
    );
  }

  #open(): Promise<Connection> {
    this.#connection ??= this.#connect();
    return this.#connection;
  }

  async #connect(): Promise<Connection> {
    const opening = createConnection({
      host: this.address.host,
      port: this.address.port,
      user: this.#account.user,
      password: this.#account.password,
      database: applicationSchema,
      connectTimeout: connectDeadlineMillis,
    });
    try {
      const connection = await this.#within(connectDeadlineMillis, opening);
      // Without a listener the end of an idle connection would end this process.
      connection.on('error', () => this.close());
      const [rows] = await this.#within(
        answerDeadlineMillis,
        connection.query<RowDataPacket[]>('SELECT VERSION() AS version'),
      );
      const family = String(rows[0]?.['version']).includes('MariaDB') ? 'mariadb' : 'mysql';
      await this.#within(answerDeadlineMillis, connection.query(trackTransactions[family]));
      return connection;
    } catch (error) {
      // The attempt may still succeed after its deadline.
      opening.then(
        (late) => late.destroy(),
        () => {},
      );
      throw error;
    }
  }

  async #within<Value>(millis: number, work: Promise<Value>): Promise<Value> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, tooLate) => {
      timer = setTimeout(() => tooLate(new DoorClosed(`no answer within ${millis} ms`)), millis);
    });
    try {
      return await Promise.race([work, late]);
    } catch (error) {
      if (error instanceof DoorClosed) throw error;
      throw new DoorClosed(error instanceof Error ? error.message : String(error), { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }
}

/** The driver's type does not know the session state that comes with an OK. */
interface TrackedHeader {
  readonly stateChanges?: {
    readonly gtids?: readonly string[];
    readonly systemVariables?: Readonly<Record<string, string>>;
  } | null;
}

function gtidOf(header: ResultSetHeader & TrackedHeader): string {
  const changes = header.stateChanges;
  return changes?.gtids?.[0] ?? changes?.systemVariables?.['last_gtid'] ?? '';
}
