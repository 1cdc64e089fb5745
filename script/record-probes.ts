// The command `script/record-probes`: starts a primary and a replica, or a replication group, probes them, and keeps the answers as files for
// unit tests.

import { writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Instance } from '../src/model/instance.ts';
import { parseServerVersion } from '../src/model/server-version.ts';
import type { Capabilities, Dialect } from '../src/mysql/dialect.ts';
import { mariadb } from '../src/mysql/mariadb/mariadb.ts';
import { mysql84 } from '../src/mysql/mysql-84/mysql-84.ts';
import { dialServer } from '../src/mysql/server-connection.ts';
import type { Rows } from '../src/ports/server-wire.ts';
import { applicationAccount, orchestratorAccount } from '../src/sandbox/accounts.ts';
import { startFleet } from '../src/sandbox/fleet.ts';
import { startReplicationGroup, waitUntilOnline } from '../src/sandbox/replication-group.ts';
import type { RunningServer } from '../src/sandbox/server.ts';
import { type ServerFamily, serverReleases } from '../src/sandbox/server-releases.ts';

/** The replication group; its servers are MySQL's usual release. */
const GROUP = 'mysql-group';

const usage = `usage: script/record-probes SERVER   writes test/fixtures/probes/SERVER-primary.json and SERVER-replica.json
       script/record-probes ${GROUP}   writes ${GROUP}-primary.json, …-secondary.json and …-shut-out.json

SERVER is one of: ${serverReleases.map(({ name }) => name).join(', ')}`;

/** As the tests expect them, whatever this machine would give. */
const PORTS = [22_293, 22_294] as const;
const GROUP_PORTS = [...PORTS, 22_295] as const;
const HOSTNAME = 'db1.example';

const DEADLINE_MILLIS = 10_000;

/** A member that hangs is suspected after five seconds; when it goes on it takes some more to see that it was shut out. */
const SHUT_OUT_DEADLINE_MILLIS = 60_000;
const LOOK_MILLIS = 50;

const dialects: Readonly<Record<ServerFamily, Dialect>> = { mysql: mysql84, mariadb };

async function ask(server: RunningServer, sql: string): Promise<readonly Rows[]> {
  const key = { hostname: server.host, port: server.port };
  const dialled = await dialServer({ key, credentials: orchestratorAccount, connectTimeoutMillis: DEADLINE_MILLIS });
  if (dialled.kind === 'failed') throw new Error(dialled.failure.text);
  const answer = await dialled.wire.ask(sql, DEADLINE_MILLIS);
  dialled.wire.destroy();
  if (answer.kind === 'failed') throw new Error(answer.failure.text);
  return answer.results;
}

const versionOf = (variables: Rows) =>
  parseServerVersion(String(variables.find((row) => row['Variable_name'] === 'version')?.['Value']));

async function probe(server: RunningServer): Promise<Record<string, Rows>> {
  const [variables = []] = await ask(server, 'SHOW GLOBAL VARIABLES');
  const capabilities: Capabilities = new Set(variables.map((row) => String(row['Variable_name']).toLowerCase()));
  const sections = dialects[server.family].probeSections(capabilities, versionOf(variables));
  const results = await ask(server, sections.map(({ sql }) => sql).join('\n;\n'));
  return Object.fromEntries(sections.map(({ name }, index) => [name, (results[index] ?? []).map(anonymous)]));
}

const anonymous = (row: Rows[number]): Rows[number] => ('hostname' in row ? { ...row, hostname: HOSTNAME } : row);

/** Everything there is to see: a transaction has arrived, and a heartbeat after it. */
const isSettled = ({ evidence }: Instance): boolean =>
  evidence !== null && evidence.receivedGtid !== '' && evidence.heartbeatsReceived > 0;

/** Probes it until it says what is wanted. */
async function probeWhere(
  server: RunningServer,
  isWanted: (seen: Instance) => boolean,
  deadlineMillis = DEADLINE_MILLIS,
): Promise<Record<string, Rows>> {
  const key = { hostname: server.host, port: server.port };
  const giveUpAt = performance.now() + deadlineMillis;
  for (;;) {
    const rows = await probe(server);
    if (isWanted(dialects[server.family].readProbe(key, new Map(Object.entries(rows))).instance)) return rows;
    if (performance.now() > giveUpAt)
      throw new Error(`port ${server.port} does not say in time what is to be recorded`);
    await pause(LOOK_MILLIS);
  }
}

async function record(name: string): Promise<void> {
  const release = serverReleases.find((known) => known.name === name);
  if (release === undefined) throw new Error(usage);
  const fleet = await startFleet({ ...release, replicas: 1, ports: PORTS, semiSync: true, say: console.error });
  try {
    await fleet.primary.query('CREATE TABLE demo.t (id INT PRIMARY KEY)', applicationAccount);
    for (const replica of fleet.replicas) {
      write(`${name}-replica`, await probeWhere(replica, isSettled));
      write(`${name}-primary`, await probe(fleet.primary));
    }
  } finally {
    await fleet.stop();
  }
}

function write(name: string, rows: Record<string, Rows>): void {
  const file = new URL(`../test/fixtures/probes/${name}.json`, import.meta.url);
  writeFileSync(file, `${JSON.stringify(rows, null, 1)}\n`);
}

async function recordGroup(): Promise<void> {
  const group = await startReplicationGroup({ ports: GROUP_PORTS, say: console.error });
  try {
    const { primary, secondaries } = group;
    await primary.query('CREATE TABLE demo.t (id INT PRIMARY KEY)', applicationAccount);
    const [secondary] = secondaries;
    if (secondary === undefined) throw new Error('the group has secondaries');
    write(`${GROUP}-secondary`, await probeWhere(secondary, ({ executedGtidSet }) => executedGtidSet !== ''));
    write(`${GROUP}-primary`, await probe(primary));
    // It hangs until the others have elected another primary, and goes on.
    primary.kill('SIGSTOP');
    await waitUntilOnline(secondary, secondaries.length);
    primary.kill('SIGCONT');
    const isShutOut = ({ group: { memberState } }: Instance): boolean => memberState === 'ERROR';
    write(`${GROUP}-shut-out`, await probeWhere(primary, isShutOut, SHUT_OUT_DEADLINE_MILLIS));
  } finally {
    await group.stop();
  }
}

const [name = '--help'] = process.argv.slice(2);
if (name.startsWith('-')) console.log(usage);
else if (name === GROUP) await recordGroup();
else await record(name);
