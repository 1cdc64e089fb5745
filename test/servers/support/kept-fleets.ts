// Fleets that the tests of a file take over from each other. To start servers is most of what such a test costs: whoever can be brought back to how it was started is, and whoever cannot, because a
// test has killed it, hung it, or changed what no statement changes back, is started anew.

import type { RowDataPacket } from 'mysql2/promise';
import { afterAll } from 'vitest';
import { applicationSchema } from '../../../src/sandbox/accounts.ts';
import { type Fleet, type FleetOptions, replicate, startFleet } from '../../../src/sandbox/fleet.ts';
import type { RunningServer } from '../../../src/sandbox/server.ts';
import { connectAsRoot } from './root-connection.ts';

/** Servers that do nothing cost memory. */
const KEPT_MAX = 2;

/** Longer than any statement takes on a server that is well. */
const STATEMENT_MILLIS = 3_000;

interface Kept {
  readonly options: string;
  readonly fleet: Fleet;
  /** What each was like when it was started. */
  readonly found: readonly Traits[];
}

const kept: Kept[] = [];

afterAll(async () => {
  for (const { fleet } of kept.splice(0)) await fleet.stop();
});

/** One with these options, as if just started. Its `stop` leaves it to the next one. */
export async function keptFleet(options: FleetOptions): Promise<Fleet> {
  // Where they run is theirs alone.
  if (options.hosts !== undefined || options.ports !== undefined) return startFleet(options);
  const text = JSON.stringify(options);
  const index = kept.findIndex((one) => one.options === text);
  const [known] = index < 0 ? [] : kept.splice(index, 1);
  const isRenewed = known !== undefined && (await isLikeNew(known));
  if (known !== undefined && !isRenewed) await known.fleet.stop();
  const own = isRenewed ? known : await begin(text, options);
  let isLeft = false;
  const stop = async (): Promise<void> => {
    if (isLeft) return;
    isLeft = true;
    kept.push(own);
    if (kept.length > KEPT_MAX) await kept.shift()?.fleet.stop();
  };
  return { ...own.fleet, stop };
}

async function begin(text: string, options: FleetOptions): Promise<Kept> {
  const fleet = await startFleet(options);
  try {
    return { options: text, fleet, found: await Promise.all(fleet.servers.map(traitsOf)) };
  } catch (error) {
    await fleet.stop();
    throw error;
  }
}

async function isLikeNew({ fleet, found }: Kept): Promise<boolean> {
  const renew = async (server: RunningServer, index: number): Promise<void> => {
    const traits = found[index];
    const isClean =
      traits !== undefined && server.isRunning && (await isBroughtBack(server, traits).catch(() => false));
    if (!isClean) await server.renew();
  };
  try {
    await Promise.all(fleet.servers.map(renew));
    await Promise.all(fleet.replicas.map((replica) => replicate(replica, fleet.primary)));
    return true;
  } catch {
    return false;
  }
}

/** Everything that a test may have changed, and that shows. */
interface Traits {
  /** By name. */
  readonly variables: ReadonlyMap<string, string>;
  /** Accounts, privileges, plugins, filters, channels. */
  readonly rest: string;
  readonly readOnly: string;
  readonly superReadOnly: string;
}

/** What is different on every look, and what is a part of the history that is thrown away. */
const RESTLESS =
  /^(gtid_executed$|gtid_purged|gtid_owned|gtid_next|gtid_binlog|gtid_current|gtid_slave_pos|timestamp|innodb_purge|read_only|super_read_only|wsrep|last_gtid|sql_log_bin|rand_seed|insert_id|identity)/;

const ACCOUNT_TABLES = {
  mysql: ['mysql.user', 'mysql.db', 'mysql.tables_priv', 'mysql.global_grants', 'mysql.plugin', 'mysql.component'],
  mariadb: ['mysql.global_priv', 'mysql.db', 'mysql.tables_priv', 'mysql.plugin'],
} as const;

const FILTERS = {
  mysql: 'SELECT CHANNEL_NAME, FILTER_NAME, FILTER_RULE FROM performance_schema.replication_applier_filters',
  mariadb: 'SELECT 1 FROM DUAL WHERE FALSE',
} as const;

const PERSISTED = {
  mysql: 'SELECT * FROM performance_schema.persisted_variables',
  mariadb: 'SELECT 1 FROM DUAL WHERE FALSE',
} as const;

class Root {
  readonly #connection: Awaited<ReturnType<typeof connectAsRoot>>;

  constructor(connection: Awaited<ReturnType<typeof connectAsRoot>>) {
    this.#connection = connection;
  }

  async ask(sql: string): Promise<readonly Record<string, unknown>[]> {
    const [rows] = await this.#connection.query({ sql, timeout: STATEMENT_MILLIS });
    return Array.isArray(rows) ? (rows as RowDataPacket[]) : [];
  }
}

async function asRootOf<Result>(server: RunningServer, work: (root: Root) => Promise<Result>): Promise<Result> {
  const connection = await connectAsRoot(server);
  try {
    const root = new Root(connection);
    await root.ask('SET SESSION sql_log_bin = 0');
    return await work(root);
  } finally {
    connection.destroy();
  }
}

const traitsOf = (server: RunningServer): Promise<Traits> => asRootOf(server, (root) => traits(root, server));

async function traits(root: Root, { family }: RunningServer): Promise<Traits> {
  const variables = (await root.ask('SHOW GLOBAL VARIABLES')).map((row): readonly [string, string] => [
    String(row['Variable_name']),
    String(row['Value']),
  ]);
  const rest = [
    `CHECKSUM TABLE ${ACCOUNT_TABLES[family].join(', ')}`,
    'SELECT PLUGIN_NAME, PLUGIN_STATUS FROM information_schema.plugins ORDER BY PLUGIN_NAME',
    FILTERS[family],
    PERSISTED[family],
    'XA RECOVER',
  ];
  const answers: unknown[] = [];
  for (const sql of rest) answers.push(await root.ask(sql));
  const all = new Map(variables);
  return {
    variables: new Map(variables.filter(([name]) => !RESTLESS.test(name))),
    rest: JSON.stringify(answers),
    readOnly: all.get('read_only') ?? 'OFF',
    superReadOnly: all.get('super_read_only') ?? 'OFF',
  };
}

/** False: it is not as it was. */
async function isBroughtBack(server: RunningServer, wanted: Traits): Promise<boolean> {
  return asRootOf(server, async (root) => {
    await endSessions(root);
    await forgetHistory(root, server);
    for (const [name, value] of (await traits(root, server)).variables) {
      const was = wanted.variables.get(name);
      if (was !== undefined && was !== value) await root.ask(`SET GLOBAL ${name} = ${literal(was)}`);
    }
    const now = await traits(root, server);
    const isSame = now.rest === wanted.rest && sameEntries(now.variables, wanted.variables);
    if (!isSame) return false;
    await root.ask(`SET GLOBAL read_only = ${wanted.readOnly}`);
    if (server.family === 'mysql') await root.ask(`SET GLOBAL super_read_only = ${wanted.superReadOnly}`);
    return true;
  });
}

async function endSessions(root: Root): Promise<void> {
  const sessions = await root.ask(
    "SELECT ID AS id FROM information_schema.processlist WHERE ID <> CONNECTION_ID() AND USER NOT IN ('system user', 'event_scheduler')",
  );
  // It may be gone by now.
  for (const { id } of sessions) await root.ask(`KILL ${Number(id)}`).catch(() => {});
}

async function forgetHistory(root: Root, { family }: RunningServer): Promise<void> {
  const isMysql = family === 'mysql';
  if (isMysql) await root.ask('SET GLOBAL super_read_only = 0');
  await root.ask('SET GLOBAL read_only = 0');
  const forget = isMysql ? ['STOP REPLICA', 'RESET REPLICA ALL'] : ['STOP ALL SLAVES', 'RESET SLAVE ALL'];
  for (const sql of forget) await root.ask(sql);
  const channels = await root.ask(isMysql ? 'SHOW REPLICA STATUS' : 'SHOW ALL SLAVES STATUS');
  if (channels.length > 0) throw new Error(`${channels.length} channels are left`);
  const schemas = await root.ask(
    "SELECT SCHEMA_NAME AS name FROM information_schema.schemata WHERE SCHEMA_NAME NOT IN ('mysql', 'sys', 'information_schema', 'performance_schema')",
  );
  for (const { name } of schemas) await root.ask(`DROP DATABASE \`${String(name)}\``);
  await root.ask(`CREATE DATABASE ${applicationSchema}`);
  for (const sql of isMysql ? ['RESET BINARY LOGS AND GTIDS'] : ['RESET MASTER', "SET GLOBAL gtid_slave_pos = ''"])
    await root.ask(sql);
}

const literal = (value: string): string =>
  /^(-?\d+(\.\d+)?|ON|OFF)$/.test(value) ? value : `'${value.replaceAll("'", "''")}'`;

const sameEntries = (one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): boolean =>
  one.size === other.size && [...one].every(([name, value]) => other.get(name) === value);
