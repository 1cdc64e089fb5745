// The preflight on real servers: conditions set on purpose are found, and are gone once the statements it gives have been run.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningServer } from '../../../src/sandbox/server.ts';
import { type ServerFamily, serverFamilies } from '../../../src/sandbox/server-releases.ts';
import { eventually } from '../support/eventually.ts';
import { connectAsRoot } from '../support/root-connection.ts';
import { asRoot, followsSoon, hang } from '../support/servers.ts';
import { openWorld, the, type World } from '../support/world.ts';

const LAUNCHER = join(import.meta.dirname, '../../../bin/orchestrator');

interface SeenFinding {
  readonly code: string;
  readonly severity: string;
  readonly server: { readonly port: number };
  readonly seen: string;
  readonly statements: readonly string[];
}

describe.each(serverFamilies)('the preflight of a %s cluster', (family: ServerFamily) => {
  let world: World;
  const isMysql = family === 'mysql';
  const semiSync = isMysql ? ['--plugin-load-add=semisync_source.so;semisync_replica.so'] : [];

  beforeAll(async () => {
    world = await openWorld({ family, replicas: 2, extraOptions: [...semiSync, '--sync-binlog=1'] });
    for (const server of world.fleet.servers) await asRoot(server, 'SET GLOBAL innodb_flush_log_at_trx_commit = 1');
  });
  afterAll(() => world?.stop());

  const findings = async (): Promise<readonly SeenFinding[]> => {
    const { details } = await world.get('v2/clusters/c1/preflight');
    return (details as { readonly findings: readonly SeenFinding[] }).findings;
  };
  /** `role code`, by which the servers are told apart. */
  const told = (found: readonly SeenFinding[]): readonly string[] =>
    found.map(({ code, server }) => `${roleOf(server.port)} ${code}`).sort();
  const roleOf = (port: number): string =>
    port === world.primary.port ? 'primary' : `replica ${world.replicas.findIndex((one) => one.port === port)}`;
  const rest = isMysql ? ['replica 0 relay-log-recovery-off', 'replica 1 relay-log-recovery-off'] : [];

  it('finds next to nothing where all is well', async () => {
    expect(told(await findings())).toEqual(rest);
  });

  it('finds what was set on purpose, and its statements mend it', async () => {
    const [first, second] = [the(world.replicas[0]), the(world.replicas[1])];
    await asRoot(
      world.primary,
      'SET GLOBAL sync_binlog = 0',
      'SET GLOBAL innodb_flush_log_at_trx_commit = 2',
      ...(isMysql ? mysqlPrimaryFaults : mariadbPrimaryFaults),
    );
    await asRoot(first, ...(isMysql ? mysqlFaults : mariadbFaults));
    await asRoot(second, ...(isMysql ? mysqlReplicaFaults : mariadbReplicaFaults));

    const wanted = [
      'primary binlogs-expire-early',
      'primary not-durable',
      'primary semi-sync-falls-back',
      'replica 0 binlog-format-mix',
      'replica 0 connect-retry-too-long',
      'replica 0 delayed-candidates',
      'replica 0 grants-missing',
      'replica 0 heartbeat-too-long',
      'replica 0 net-timeout-too-long',
      'replica 0 row-image-mix',
      'replica 0 writable-replica',
      'replica 1 delayed-candidates',
      'replica 1 follows-by-position',
      'replica 1 heartbeat-off',
      // Without GTID it matters on MariaDB too.
      'replica 1 relay-log-recovery-off',
      ...(isMysql
        ? ['primary semi-sync-impossible-count', 'replica 0 receiver-gives-up', 'replica 0 relay-log-recovery-off']
        : []),
    ];
    // Ackers are such when they have connected.
    await eventually(async () => told(await findings())).toEqual(wanted.sort());
    const found = await findings();
    for (const { server, statements } of found) await asRoot(world.serverAt(server.port), ...statements);
    for (const replica of world.replicas) await followsSoon(replica, world.primary);
    // A source counts an acker until it has something to send: without heartbeats a dump thread does not notice that its replica has gone.
    if (isMysql) await eventually(() => ackersAfterAWrite(world.primary)).toBe(2);
    const remaining = isMysql ? [...rest, 'primary semi-sync-no-spare-acker'] : rest;
    await eventually(async () => told(await findings())).toEqual([...remaining].sort());
  });

  it('finds twins', async () => {
    const [first, second] = [the(world.replicas[0]), the(world.replicas[1])];
    await asRoot(second, `SET GLOBAL server_id = ${first.serverId}`);
    const twin = the((await findings()).find(({ code }) => code === 'duplicate-server-id'));
    await asRoot(world.serverAt(twin.server.port), ...twin.statements);
    expect((await findings()).filter(({ code }) => code === 'duplicate-server-id')).toEqual([]);
    for (const replica of world.replicas) await followsSoon(replica, world.primary);
  });

  it('is printed by the command, which ends well whatever it finds', async () => {
    const args = [`--config=${world.program.configurationFile}`, '-c', 'preflight', '-alias', 'c1'];
    await asRoot(the(world.replicas[0]), `SET GLOBAL ${isMysql ? 'super_read_only = 0, GLOBAL ' : ''}read_only = 0`);
    const { stdout } = await promisify(execFile)(LAUNCHER, args);
    expect(stdout).toMatch(/^c1: 3 servers checked, /);
    expect(stdout).toContain(`[warning] ${world.key(the(world.replicas[0]))} writable-replica: `);
    expect(stdout).toMatch(/^ {4}> SET GLOBAL (super_)?read_only = ON;$/m);
  });

  it('finds a server that hangs, and does not wait for it', async () => {
    const replica = the(world.replicas[1]);
    await hang(replica);
    try {
      const begun = performance.now();
      const found = await findings();
      expect(performance.now() - begun).toBeLessThan(7_000);
      expect(told(found)).toContain('replica 1 unanswered');
    } finally {
      replica.kill('SIGCONT');
    }
  });
});

async function ackersAfterAWrite(primary: RunningServer): Promise<number> {
  const connection = await connectAsRoot(primary);
  try {
    await connection.query('CREATE DATABASE IF NOT EXISTS something_to_send');
  } finally {
    connection.destroy();
  }
  const [row] = await asRoot(primary, "SHOW GLOBAL STATUS LIKE 'Rpl_semi_sync_source_clients'");
  return Number(row?.['Value']);
}

const mysqlFaults = [
  'STOP REPLICA',
  'CHANGE REPLICATION SOURCE TO SOURCE_HEARTBEAT_PERIOD = 30, SOURCE_CONNECT_RETRY = 60, SOURCE_RETRY_COUNT = 10, SOURCE_DELAY = 600',
  'SET GLOBAL replica_net_timeout = 60',
  'SET GLOBAL rpl_semi_sync_replica_enabled = ON',
  'SET GLOBAL binlog_format = MIXED',
  'SET GLOBAL binlog_row_image = MINIMAL',
  'SET GLOBAL super_read_only = 0, GLOBAL read_only = 0',
  "REVOKE RELOAD ON *.* FROM 'orc'@'%'",
  'START REPLICA',
];

const mysqlReplicaFaults = [
  'STOP REPLICA',
  'CHANGE REPLICATION SOURCE TO SOURCE_HEARTBEAT_PERIOD = 0, SOURCE_AUTO_POSITION = 0, SOURCE_DELAY = 600',
  'SET GLOBAL rpl_semi_sync_replica_enabled = ON',
  'START REPLICA',
];

const mysqlPrimaryFaults = [
  'SET GLOBAL rpl_semi_sync_source_wait_for_replica_count = 3',
  'SET GLOBAL rpl_semi_sync_source_enabled = ON',
  'SET GLOBAL binlog_expire_logs_seconds = 3600',
];

const mariadbFaults = [
  'STOP SLAVE',
  'CHANGE MASTER TO MASTER_HEARTBEAT_PERIOD = 30, MASTER_CONNECT_RETRY = 60, MASTER_DELAY = 600',
  'SET GLOBAL slave_net_timeout = 60',
  'SET GLOBAL rpl_semi_sync_slave_enabled = ON',
  'SET GLOBAL binlog_format = MIXED',
  'SET GLOBAL binlog_row_image = MINIMAL',
  'SET GLOBAL read_only = 0',
  "REVOKE RELOAD ON *.* FROM 'orc'@'%'",
  'START SLAVE',
];

const mariadbReplicaFaults = [
  'STOP SLAVE',
  'CHANGE MASTER TO MASTER_HEARTBEAT_PERIOD = 0, MASTER_USE_GTID = no, MASTER_DELAY = 600',
  'SET GLOBAL rpl_semi_sync_slave_enabled = ON',
  'START SLAVE',
];

const mariadbPrimaryFaults = [
  'SET GLOBAL rpl_semi_sync_master_enabled = ON',
  'SET GLOBAL binlog_expire_logs_seconds = 3600',
];
