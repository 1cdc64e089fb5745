// A real server that keeps a backend, set as unlike to our sessions as a server can be.

import { join } from 'node:path';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { expect, onTestFinished } from 'vitest';
import { type RunningServer, startServer } from '../../../src/sandbox/server.ts';
import type { ServerFamily } from '../../../src/sandbox/server-releases.ts';
import type { StoreBackend } from '../../../src/store/backend.ts';
import { type OpenMysqlOptions, openMysqlBackend } from '../../../src/store/mysql/open-backend.ts';
import { ALL_TABLES } from '../../../src/store/schema/schema.ts';
import { noon } from '../../../src/store/temporary-backend.ts';
import { REFUSED_TABLES } from '../../contracts/backends.ts';
import type { ByHand, NewSqlWorld } from '../../contracts/world.ts';

export const backendAccount = { user: 'orc_backend', password: 'orc_backend_pw' };
const DATABASE = 'orchestrator_store';

/** None of it may matter to us. */
const ODD_OPTIONS = [
  '--default-time-zone=+05:30',
  '--sql-mode=NO_BACKSLASH_ESCAPES,ANSI_QUOTES,NO_AUTO_VALUE_ON_ZERO',
  '--character-set-server=latin1',
  '--autocommit=0',
];

export interface BackendServer {
  readonly server: RunningServer;
  readonly byHand: ByHand;
  /** The keys with which the program is configured to open the backend on it. */
  readonly configuration: Readonly<Record<string, unknown>>;
  /** How it is opened. */
  options(change?: Partial<OpenMysqlOptions>): OpenMysqlOptions;
  /** Closed when the test is over. */
  open(change?: Partial<OpenMysqlOptions>): Promise<StoreBackend>;
  readonly newWorld: NewSqlWorld;
  /** Deploys it. */
  deploy(): Promise<void>;
  /** So that the next opening finds none. */
  dropDatabase(): Promise<void>;
  /** For what somebody else has put there. */
  createDatabase(): Promise<void>;
  stop(): Promise<void>;
}

export async function startBackendServer(
  family: ServerFamily,
  extraOptions: readonly string[] = ODD_OPTIONS,
): Promise<BackendServer> {
  const server = await startServer({ family, extraOptions });
  const byHand = new ByHandOn(server);
  const { user, password } = backendAccount;
  await byHand.exec(`create user '${user}'@'%' identified by '${password}'`);
  await byHand.exec(`grant all on \`${DATABASE}%\`.* to '${user}'@'%'`);
  const options = (change: Partial<OpenMysqlOptions> = {}): OpenMysqlOptions => ({
    ...backendAccount,
    host: server.host,
    port: server.port,
    database: DATABASE,
    tls: null,
    connectMillis: 20_000,
    answerMillis: 60_000,
    packetBytes: null,
    rejectReadOnly: false,
    pool: { connections: 8, lifetimeMillis: null },
    version: '1.0.0',
    now: noon(),
    ...change,
  });
  const configuration = {
    BackendDB: 'mysql',
    MySQLOrchestratorHost: server.host,
    MySQLOrchestratorPort: server.port,
    MySQLOrchestratorDatabase: DATABASE,
    MySQLOrchestratorUser: backendAccount.user,
    MySQLOrchestratorPassword: backendAccount.password,
  };
  const openUnclosed = async (change?: Partial<OpenMysqlOptions>): Promise<StoreBackend> => {
    const opened = await openMysqlBackend(options(change));
    if (opened.kind === 'refused') throw new Error(opened.reason);
    return opened.backend;
  };
  const open = async (change?: Partial<OpenMysqlOptions>): Promise<StoreBackend> => {
    const backend = await openUnclosed(change);
    onTestFinished(() => backend.close());
    return backend;
  };
  return {
    server,
    byHand,
    configuration,
    options,
    open,
    async newWorld() {
      await byHand.empty();
      const eachTable = async (sql: (table: string) => string) => {
        for (const table of REFUSED_TABLES) await byHand.exec(sql(table));
      };
      const allowWrites = () => eachTable((table) => `drop trigger if exists no_${table}`);
      onTestFinished(allowWrites);
      return {
        backend: await open(),
        another: open,
        byHand,
        configuration,
        refuseWrites: () =>
          eachTable(
            (table) => `create trigger no_${table} before insert on ${table} for each row signal sqlstate '45000'`,
          ),
        allowWrites,
        writeError: { errno: expect.any(Number) },
      };
    },
    deploy: async () => (await openUnclosed()).close(),
    dropDatabase: () => byHand.dropDatabase(),
    createDatabase: () => byHand.createDatabase(),
    async stop() {
      byHand.close();
      await server.stop();
    },
  };
}

/** As root through the socket, in a session as people have it: nothing strict about it. */
class ByHandOn implements ByHand {
  readonly #server: RunningServer;
  #connection: Connection | null = null;
  #isChosen = false;

  constructor(server: RunningServer) {
    this.#server = server;
  }

  async exec(sql: string): Promise<void> {
    await (await this.#inDatabase()).query(sql);
  }

  async rows(sql: string): Promise<readonly Record<string, unknown>[]> {
    const [rows] = await (await this.#inDatabase()).query<RowDataPacket[]>(sql);
    return rows.map((row) => ({ ...row }));
  }

  async row(sql: string): Promise<Record<string, unknown> | undefined> {
    return (await this.rows(sql))[0];
  }

  /** As a database is after its deployment. Numbers of rows go on. */
  async empty(): Promise<void> {
    await this.createDatabase();
    const tables = await this.rows('show tables');
    if (tables.length === 0) return;
    for (const { name } of ALL_TABLES) {
      if (name !== 'orchestrator_db_deployments') await this.exec(`delete from ${name}`);
    }
    await this.exec(`insert into active_node (anchor, hostname, token) values (1, '', '')`);
  }

  async dropDatabase(): Promise<void> {
    await this.exec(`drop database if exists ${DATABASE}`);
    this.#isChosen = false;
  }

  async createDatabase(): Promise<void> {
    await this.exec(`create database if not exists ${DATABASE}`);
  }

  close(): void {
    this.#connection?.destroy();
    this.#connection = null;
    this.#isChosen = false;
  }

  /** Chosen as soon as there is one. */
  async #inDatabase(): Promise<Connection> {
    const connection = await this.#connected();
    if (!this.#isChosen) {
      const [found] = await connection.query<RowDataPacket[]>('show databases');
      this.#isChosen = found.some((row) => Object.values(row).includes(DATABASE));
      if (this.#isChosen) await connection.query(`use ${DATABASE}`);
    }
    return connection;
  }

  async #connected(): Promise<Connection> {
    if (this.#connection !== null) return this.#connection;
    const socketPath = join(this.#server.dir, 'socket');
    const connection = await createConnection({ socketPath, user: 'root', dateStrings: true });
    connection.on('error', () => this.close());
    await connection.query("set names utf8mb4, time_zone = '+00:00', sql_mode = '', autocommit = 1");
    this.#connection = connection;
    return connection;
  }
}
