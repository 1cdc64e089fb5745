/** A real fleet as a stage: started once, and brought back to nothing before each script. */
import { setTimeout as pause } from 'node:timers/promises';
import mysql, { type Connection } from 'mysql2';
import { type Account, applicationAccount, orchestratorAccount } from '../../../../src/sandbox/accounts.ts';
import { type Fleet, startFleet } from '../../../../src/sandbox/fleet.ts';
import type { RunningServer } from '../../../../src/sandbox/server.ts';
import type { ServerFamily } from '../../../../src/sandbox/server-releases.ts';
import { eventually } from '../../support/eventually.ts';
import { Wire } from '../../support/proxied-world.ts';
import { asRoot, replicationWord } from '../../support/servers.ts';
import { ROLES, type Role, type Script, type User } from './script.ts';
import type { Identity, Outcome, Stage, StageSession, Value } from './stage.ts';

const PAUSE_MILLIS = 10;

/** Far more than a socket buffers. */
const LARGE_ROWS = 4_000;
const LARGE_ROW_BYTES = 2_000;

/** MariaDB has semi-sync built in; with the other option it flushes when it is asked to, see `flushUntil`. */
const EXTRA_OPTIONS: Readonly<Record<ServerFamily, readonly string[]>> = {
  mysql: ['--plugin-load-add=semisync_source.so;semisync_replica.so'],
  mariadb: ['--innodb-flush-log-at-trx-commit=1'],
};

/** Null: through the socket, without a password. */
const ACCOUNTS: Readonly<Record<User, Account | null>> = {
  orc: orchestratorAccount,
  app: applicationAccount,
  root: null,
  nobody: { user: 'nobody', password: 'nothing' },
};

export async function openRealStage(family: ServerFamily): Promise<RealStage> {
  const extraOptions = EXTRA_OPTIONS[family];
  const fleet = await startFleet({ family, replicas: ROLES.length - 1, extraOptions });
  const servers = new Map(
    ROLES.flatMap((role, index) => {
      const server = fleet.servers[index];
      return server === undefined ? [] : [[role, server] as const];
    }),
  );
  const identities = new Map<Role, Identity>();
  for (const [role, server] of servers) identities.set(role, await identityOf(server));
  return new RealStage(fleet, servers, identities, extraOptions);
}

async function identityOf(server: RunningServer): Promise<Identity> {
  const { host, port, serverId } = server;
  // MariaDB has no such names.
  const uuid = server.family === 'mysql' ? '@@server_uuid' : `'uuid of ${port}'`;
  const [row] = await server.query(`SELECT ${uuid} AS uuid, @@version AS version`);
  return { host, port, serverId, uuid: String(row?.['uuid']), version: String(row?.['version']) };
}

export class RealStage implements Stage {
  readonly isReal = true;
  readonly family: ServerFamily;
  readonly identities: ReadonlyMap<Role, Identity>;
  readonly #fleet: Fleet;
  readonly #servers: ReadonlyMap<Role, RunningServer>;
  readonly #extraOptions: readonly string[];
  readonly #opened: Connection[] = [];
  /** Of servers that were restarted with another server id. */
  readonly #disguised = new Set<Role>();
  #wire: Wire | null = null;
  #isWithoutGtids = false;

  constructor(
    fleet: Fleet,
    servers: ReadonlyMap<Role, RunningServer>,
    identities: ReadonlyMap<Role, Identity>,
    extraOptions: readonly string[],
  ) {
    this.family = fleet.family;
    this.identities = identities;
    this.#fleet = fleet;
    this.#servers = servers;
    this.#extraOptions = extraOptions;
  }

  identity(role: Role): Identity {
    const found = this.identities.get(role);
    if (found === undefined) throw new Error(`there is no ${role}`);
    return found;
  }

  async begin({ sameServerId, gtidMode }: Script): Promise<void> {
    for (const connection of this.#opened.splice(0)) connection.destroy();
    this.#wire?.close();
    this.#wire = null;
    const [changed, as] = sameServerId ?? [null, null];
    for (const role of ROLES) {
      if (this.#disguised.delete(role) || !this.#server(role).isRunning) await this.start(role);
    }
    await Promise.all(ROLES.map((role) => this.#stopReplicating(role)));
    if (this.#isWithoutGtids) await Promise.all(ROLES.map((role) => this.#setGtidMode(role, 'ON')));
    await Promise.all(ROLES.map((role) => this.#reset(role)));
    this.#isWithoutGtids = gtidMode === 'OFF' && this.family === 'mysql';
    if (this.#isWithoutGtids) await Promise.all(ROLES.map((role) => this.#setGtidMode(role, 'OFF')));
    if (changed !== null && as !== null) {
      this.#disguised.add(changed);
      await this.#server(changed).restart([...this.#extraOptions, `--server-id=${this.identity(as).serverId}`]);
    }
  }

  open(role: Role, user: User): ReturnType<Stage['open']> {
    const server = this.#server(role);
    const account = ACCOUNTS[user];
    const connection = mysql.createConnection({
      ...(account === null
        ? { user: 'root', socketPath: `${server.dir}/socket` }
        : { user: account.user, password: account.password, host: server.host, port: server.port }),
      dateStrings: true,
      supportBigNumbers: true,
    });
    this.#opened.push(connection);
    return new Promise((resolve) => {
      connection.on('error', (error: unknown) => {
        const outcome = failureOf(error);
        resolve(outcome);
      });
      connection.on('connect', () => resolve(sessionOf(connection)));
    });
  }

  async pause(): Promise<void> {
    await pause(PAUSE_MILLIS);
  }

  now(): number {
    return performance.now();
  }

  awaited<Value>(promise: Promise<Value>): Promise<Value> {
    return promise;
  }

  async crash(role: Role): Promise<void> {
    this.#server(role).kill('SIGKILL');
    await this.#server(role).exited;
  }

  async shutDown(role: Role): Promise<void> {
    this.#server(role).kill('SIGTERM');
    await this.#server(role).exited;
  }

  async start(role: Role): Promise<void> {
    await this.#server(role).restart();
  }

  async dieInATransaction(): Promise<void> {
    const [primary, replica] = [this.#server('primary'), this.#server('replica')];
    const wire = new Wire(primary.port);
    this.#wire = wire;
    await wire.open();
    await replica.query('STOP REPLICA IO_THREAD');
    await replica.query("CHANGE REPLICATION SOURCE TO SOURCE_HOST = '127.0.0.2'");
    await replica.query('START REPLICA IO_THREAD');
    const receiver = async () => (await replica.query('SHOW REPLICA STATUS'))[0]?.['Replica_IO_Running'];
    await eventually(receiver).toBe('Yes');
    wire.cutAfter((LARGE_ROWS * LARGE_ROW_BYTES) / 4);
    const numbers = 'WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 100)';
    const rows = `${numbers} SELECT a.i * 100 + b.i, REPEAT('x', ${LARGE_ROW_BYTES}) FROM n a, n b LIMIT ${LARGE_ROWS}`;
    await primary.query(`INSERT INTO demo.large ${rows}`, applicationAccount);
    await eventually(receiver).toBe('Connecting');
    await this.crash('primary');
  }

  async stop(): Promise<void> {
    for (const connection of this.#opened) connection.destroy();
    this.#wire?.close();
    await this.#fleet.stop();
  }

  #server(role: Role): RunningServer {
    const found = this.#servers.get(role);
    if (found === undefined) throw new Error(`there is no ${role}`);
    return found;
  }

  /** A server goes through every mode in between. */
  async #setGtidMode(role: Role, mode: 'ON' | 'OFF'): Promise<void> {
    const way = ['OFF', 'OFF_PERMISSIVE', 'ON_PERMISSIVE', 'ON'];
    const steps = mode === 'ON' ? way : way.toReversed();
    await asRoot(this.#server(role), ...steps.map((step) => `SET GLOBAL gtid_mode = ${step}`), RESET_MYSQL_BINLOG);
  }

  async #stopReplicating(role: Role): Promise<void> {
    const word = replicationWord(this.#server(role));
    await asRoot(this.#server(role), `STOP ${word}`, `RESET ${word} ALL`);
  }

  async #reset(role: Role): Promise<void> {
    const server = this.#server(role);
    const isReplica = role !== 'primary';
    // Also those that send to replicas: a source notices late that they are gone.
    const sessions = await asRoot(
      server,
      "SELECT ID FROM information_schema.processlist WHERE USER IN ('orc', 'app', 'root', 'repl') AND ID <> CONNECTION_ID()",
    );
    for (const { ID } of sessions) await asRoot(server, `KILL ${ID}`).catch(() => []);
    const reset = asRoot(server, ...(this.family === 'mysql' ? mysqlReset(isReplica) : mariadbReset(isReplica)));
    if (this.family === 'mariadb') await flushUntil(server, reset);
    await reset;
  }
}

/** RESET MASTER waits for the engine's next flush, which comes once a second, unless somebody asks for it. */
async function flushUntil(server: RunningServer, end: Promise<unknown>): Promise<void> {
  let isEnded = false;
  const ended = () => {
    isEnded = true;
  };
  end.then(ended, ended);
  while (!isEnded) {
    await asRoot(server, 'FLUSH LOCAL ENGINE LOGS');
    await pause(PAUSE_MILLIS);
  }
}

const COMMON_RESET = ['DROP DATABASE IF EXISTS demo', 'CREATE DATABASE demo'];

const RESET_MYSQL_BINLOG = 'RESET BINARY LOGS AND GTIDS';

const mysqlReset = (isReplica: boolean): readonly string[] => [
  'SET GLOBAL super_read_only = 0',
  'SET GLOBAL rpl_semi_sync_source_enabled = 0',
  'SET GLOBAL rpl_semi_sync_replica_enabled = 0',
  'SET GLOBAL rpl_semi_sync_source_timeout = 10000',
  'SET GLOBAL rpl_semi_sync_source_wait_for_replica_count = 1',
  ...COMMON_RESET,
  RESET_MYSQL_BINLOG,
  `SET GLOBAL super_read_only = ${Number(isReplica)}`,
  `SET GLOBAL read_only = ${Number(isReplica)}`,
];

const mariadbReset = (isReplica: boolean): readonly string[] => [
  'SET GLOBAL rpl_semi_sync_master_enabled = 0',
  'SET GLOBAL rpl_semi_sync_slave_enabled = 0',
  'SET GLOBAL rpl_semi_sync_master_timeout = 10000',
  ...COMMON_RESET,
  'RESET MASTER',
  "SET GLOBAL gtid_slave_pos = ''",
  `SET GLOBAL read_only = ${Number(isReplica)}`,
];

function sessionOf(connection: Connection): StageSession {
  let isLost = false;
  connection.on('end', () => {
    isLost = true;
  });
  connection.on('error', () => {
    isLost = true;
  });
  return {
    id: connection.threadId ?? 0,
    ask: (sql) =>
      new Promise((resolve) => {
        if (isLost) {
          resolve({ kind: 'lost' });
          return;
        }
        connection.query({ sql, rowsAsArray: true }, (error, rows: unknown, fields) => {
          if (error !== null) {
            resolve(failureOf(error));
            return;
          }
          if (fields === undefined || !Array.isArray(rows)) {
            resolve({ kind: 'ok' });
            return;
          }
          const values = rows.map((row) => (Array.isArray(row) ? row.map(plainValue) : []));
          resolve({ kind: 'rows', columns: fields.map(({ name }) => name), rows: values });
        });
      }),
    close: () => connection.destroy(),
  };
}

function plainValue(value: unknown): Value {
  if (value === null || typeof value === 'string' || typeof value === 'number') return value;
  return Buffer.isBuffer(value) ? value.toString('utf8') : String(value);
}

function failureOf(error: unknown): Extract<Outcome, { kind: 'error' | 'lost' }> {
  if (!(error instanceof Error)) return { kind: 'lost' };
  const { errno: number, sqlState } = error as { errno?: unknown; sqlState?: unknown };
  if (typeof number !== 'number' || number <= 0 || typeof sqlState !== 'string') return { kind: 'lost' };
  return { kind: 'error', number, sqlState, message: error.message };
}
