// What tests do to servers, and see of them, behind orchestrator's back.

import { readdirSync, readFileSync } from 'node:fs';
import type { RowDataPacket } from 'mysql2/promise';
import { applicationAccount } from '../../../src/sandbox/accounts.ts';
import { receivedBy } from '../../../src/sandbox/received-transactions.ts';
import type { RunningServer } from '../../../src/sandbox/server.ts';
import { eventually } from './eventually.ts';
import { connectAsRoot } from './root-connection.ts';
import { the, write } from './world.ts';

/** Runs statements on one connection of root; nothing of it is replicated. Rows of the last one. */
export async function asRoot(server: RunningServer, ...statements: readonly string[]): Promise<RowDataPacket[]> {
  const connection = await connectAsRoot(server);
  try {
    await connection.query('SET SESSION sql_log_bin = 0');
    let last: RowDataPacket[] = [];
    for (const statement of statements) {
      const [rows] = await connection.query(statement);
      last = Array.isArray(rows) ? (rows as RowDataPacket[]) : [];
    }
    return last;
  } finally {
    connection.destroy();
  }
}

/** Writes a row to one server alone, read-only or not, as an operator does by mistake. */
export async function writeAside(server: RunningServer, statement: string): Promise<void> {
  const switched = (value: 0 | 1) => (server.family === 'mysql' ? [`SET GLOBAL super_read_only = ${value}`] : []);
  await asRoot(server, ...switched(0), statement, ...switched(1));
}

/** Makes orchestrator's account useless on a server, and cuts the connections it has; others notice nothing. */
export async function lockOrchestratorOut(server: RunningServer): Promise<void> {
  await asRoot(server, "ALTER USER 'orc'@'%' ACCOUNT LOCK");
  for (const { id } of await asRoot(server, "SELECT id FROM information_schema.processlist WHERE user = 'orc'")) {
    // It may be gone by now.
    await asRoot(server, `KILL ${Number(id)}`).catch(() => {});
  }
}

export async function letOrchestratorIn(server: RunningServer): Promise<void> {
  await asRoot(server, "ALTER USER 'orc'@'%' ACCOUNT UNLOCK");
}

/** What the family calls a replica in its statements. */
export const replicationWord = (server: RunningServer): string => (server.family === 'mysql' ? 'REPLICA' : 'SLAVE');

export const stopReceiver = (server: RunningServer): Promise<unknown> =>
  server.query(`STOP ${replicationWord(server)} IO_THREAD`);

export const startReceiver = (server: RunningServer): Promise<unknown> =>
  server.query(`START ${replicationWord(server)} IO_THREAD`);

export const stopApplier = (server: RunningServer): Promise<unknown> =>
  server.query(`STOP ${replicationWord(server)} SQL_THREAD`);

export const startApplier = (server: RunningServer): Promise<unknown> =>
  server.query(`START ${replicationWord(server)} SQL_THREAD`);

export interface Replication {
  readonly host: string;
  readonly port: number;
  readonly receiver: string;
  readonly applier: string;
}

/** Null: it replicates from nobody. */
export async function replication(server: RunningServer): Promise<Replication | null> {
  const [row] = await server.query(`SHOW ${replicationWord(server)} STATUS`);
  if (row === undefined) return null;
  const value = (mysql: string, mariadb: string) => String(row[mysql] ?? row[mariadb]);
  return {
    host: value('Source_Host', 'Master_Host'),
    port: Number(value('Source_Port', 'Master_Port')),
    receiver: value('Replica_IO_Running', 'Slave_IO_Running'),
    applier: value('Replica_SQL_Running', 'Slave_SQL_Running'),
  };
}

/** Seconds behind its source, as the replica says; 0 also where it cannot tell. */
export async function lagOf(server: RunningServer): Promise<number> {
  const [row] = await asRoot(server, `SHOW ${replicationWord(server)} STATUS`);
  return Number(row?.['Seconds_Behind_Source'] ?? row?.['Seconds_Behind_Master'] ?? 0);
}

export async function isWritable(server: RunningServer): Promise<boolean> {
  const [row] = await asRoot(server, 'SELECT @@global.read_only AS value');
  return Number(row?.['value']) === 0;
}

/** Read-only as replicas of a sandbox are: on MySQL for everybody, which is more than an operation makes of it. */
export async function makeReadOnly(server: RunningServer): Promise<void> {
  await asRoot(server, `SET GLOBAL ${server.family === 'mysql' ? 'super_read_only' : 'read_only'} = 1`);
}

/** Ports of those that take writes; the dead take none. */
export async function writablePorts(servers: readonly RunningServer[]): Promise<readonly number[]> {
  const living = servers.filter((server) => server.isRunning);
  const writable = await Promise.all(living.map(isWritable));
  return living.filter((_, index) => writable[index] === true).map((server) => server.port);
}

/** Everything that a server has executed, as its family writes it. */
export async function executed(server: RunningServer): Promise<string> {
  const variable = server.family === 'mysql' ? '@@global.gtid_executed' : '@@global.gtid_current_pos';
  const [row] = await server.query(`SELECT ${variable} AS history`);
  return String(row?.['history']).replaceAll('\n', '');
}

export async function numbersOn(server: RunningServer): Promise<readonly number[]> {
  const rows = await server.query('SELECT n FROM demo.numbers ORDER BY n', applicationAccount);
  return rows.map((row) => Number(row['n']));
}

/** Writes rows, one transaction each, and waits until these replicas have received them, applied or not. */
export async function writeNumbers(
  primary: RunningServer,
  numbers: readonly number[],
  receivers: readonly RunningServer[],
): Promise<void> {
  for (const number of numbers) await write(primary, `INSERT INTO demo.numbers VALUES (${number})`);
  const history = await executed(primary);
  for (const receiver of receivers) {
    await eventually(async () => (await receivedBy([receiver])).includes(history)).toBe(true);
  }
}

export async function hasNumbers(server: RunningServer, numbers: readonly number[]): Promise<void> {
  await eventually(() => numbersOn(server)).toEqual(numbers);
}

/** Keeps a server's applier waiting, as it would behind somebody's long transaction, until `release`. */
export async function holdApplier(server: RunningServer): Promise<{ release: () => Promise<void> }> {
  const connection = await server.connect(applicationAccount);
  await connection.query('LOCK TABLES demo.numbers READ');
  return { release: () => connection.end() };
}

/** Waits until a replica runs below this source, as it says itself. */
export async function followsSoon(
  replica: RunningServer,
  source: RunningServer,
  host: string = source.host,
): Promise<void> {
  await eventually(() => replication(replica)).toEqual({ host, port: source.port, receiver: 'Yes', applier: 'Yes' });
}

/** Makes the server hang, and returns when it does: the signal takes a while to reach all its threads, in which it may still commit. */
export async function hang(server: RunningServer): Promise<void> {
  server.kill('SIGSTOP');
  const threads = `/proc/${server.pid}/task`;
  const isStopped = (thread: string) => /^\d+ \(.*\) T /.test(readFileSync(`${threads}/${thread}/stat`, 'utf8'));
  await eventually(() => readdirSync(threads).every(isStopped)).toBe(true);
}

export async function kill(server: RunningServer): Promise<void> {
  server.kill('SIGKILL');
  await server.exited;
}

/** The others, as the test knows that there are some. */
export function others(servers: readonly RunningServer[], ...without: readonly RunningServer[]): RunningServer[] {
  const rest = servers.filter((server) => !without.includes(server));
  the(rest[0]);
  return rest;
}
