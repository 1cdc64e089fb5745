// Which field comes from which column, for MariaDB (spec/discovery.md 9.4 to 9.8): one row a field, and what is lost without a column.

import { describe, expect, it } from 'vitest';
import { NO_RECEIVER_OPTIONS } from '../../model/blank-instance.ts';
import type { Instance, ReceiverOptions } from '../../model/instance.ts';
import type { Rows } from '../../ports/server-wire.ts';
import { recordedRows, recordedWith } from '../testing.ts';
import { readProbe } from './read-probe.ts';
import { probeSections, WANTED_VARIABLES } from './statements.ts';

const key = { hostname: '127.0.0.1', port: 22294 };
const replica = 'mariadb-11.8-replica';

/** The answer with these values in the first row of a section. */
const seen = (section: string, changes: Record<string, unknown>) =>
  readProbe(key, recordedWith(replica, section, changes));

const withStatus = (name: string, value: string) => {
  const rows = recordedRows(replica);
  const others = (rows.get('status') ?? []).filter((row) => row['name'] !== name);
  return readProbe(key, rows.set('status', [...others, { name, value }])).instance;
};

describe('the replication status of MariaDB gives (9.4)', () => {
  const TLS: readonly (readonly [string, unknown, string, unknown])[] = [
    ['Master_SSL_CA_File', '/ca.pem', 'caFile', '/ca.pem'],
    ['Master_SSL_CA_Path', '/cas', 'caPath', '/cas'],
    ['Master_SSL_Cert', '/cert.pem', 'certificate', '/cert.pem'],
    ['Master_SSL_Cipher', 'AES256', 'cipher', 'AES256'],
    ['Master_SSL_Crl', '/crl.pem', 'crlFile', '/crl.pem'],
    ['Master_SSL_Crlpath', '/crls', 'crlPath', '/crls'],
    ['Master_SSL_Key', '/key.pem', 'key', '/key.pem'],
    ['Master_SSL_Verify_Server_Cert', 'Yes', 'verifyServerCertificate', true],
    ['Master_SSL_Verify_Server_Cert', 'No', 'verifyServerCertificate', false],
    ['Master_SSL_Verify_Server_Cert', '', 'verifyServerCertificate', null],
  ];
  /** What the recorded replica is told, but for this. */
  const told = (options: Partial<ReceiverOptions>): ReceiverOptions => ({
    ...NO_RECEIVER_OPTIONS,
    heartbeatPeriodMillis: 1_000,
    connectRetrySeconds: 1,
    ...options,
  });
  const FIELDS: readonly (readonly [Record<string, unknown>, Partial<Instance>])[] = [
    [{ Master_User: '' }, { hasReplicationCredentials: false }],
    [{ Master_User: 'repl' }, { hasReplicationCredentials: true }],
    [{ Slave_IO_Running: 'Yes' }, { receiverState: 'running', receiverRunning: true }],
    [{ Slave_IO_Running: 'No' }, { receiverState: 'stopped', receiverRunning: false }],
    [{ Slave_IO_Running: 'Connecting' }, { receiverState: 'other', receiverRunning: false }],
    [{ Slave_SQL_Running: 'Yes' }, { applierState: 'running', applierRunning: true }],
    [{ Slave_SQL_Running: 'No' }, { applierState: 'stopped', applierRunning: false }],
    [
      { Master_Log_File: 'b.7', Read_Master_Log_Pos: 11 },
      { readCoordinates: { file: 'b.7', pos: 11, type: 'binary' } },
    ],
    [
      { Relay_Master_Log_File: 'b.6', Exec_Master_Log_Pos: 12 },
      { execCoordinates: { file: 'b.6', pos: 12, type: 'binary' } },
    ],
    [{ Relay_Log_File: 'r.2', Relay_Log_Pos: 13 }, { relayLogCoordinates: { file: 'r.2', pos: 13, type: 'relay' } }],
    [{ Last_SQL_Error: 'row "ä"' }, { lastSqlError: '"row \\"\\u00e4\\""' }],
    [{ Last_IO_Error: 'no' }, { lastIoError: '"no"' }],
    [{ Last_IO_Error: '' }, { lastIoError: '' }],
    [{ SQL_Delay: 3600 }, { sqlDelaySeconds: 3600 }],
    [{ Connection_name: 'one' }, { channel: 'one' }],
    [{ Slave_heartbeat_period: 0.5 }, { receiverOptions: told({ heartbeatPeriodMillis: 500 }) }],
    [{ Slave_heartbeat_period: null }, { receiverOptions: told({ heartbeatPeriodMillis: null }) }],
    [{ Connect_Retry: 7 }, { receiverOptions: told({ connectRetrySeconds: 7 }) }],
    [{ Replicate_Do_Domain_Ids: '1, 2' }, { receiverOptions: told({ filtersDomains: true }) }],
    [{ Replicate_Ignore_Domain_Ids: '3' }, { receiverOptions: told({ filtersDomains: true }) }],
    [{ Using_Gtid: 'Current_Pos' }, { usingMariadbGtid: true, usingOracleGtid: false }],
    [{ Using_Gtid: 'No' }, { usingMariadbGtid: false }],
    [{ Replicate_Do_DB: 'a' }, { hasReplicationFilters: true }],
    [{ Replicate_Ignore_DB: 'a' }, { hasReplicationFilters: true }],
    [{ Replicate_Do_Table: 'a.b' }, { hasReplicationFilters: true }],
    [{ Replicate_Ignore_Table: 'a.b' }, { hasReplicationFilters: true }],
    [{ Replicate_Wild_Do_Table: 'a.%' }, { hasReplicationFilters: true }],
    [{ Replicate_Wild_Ignore_Table: 'a.%' }, { hasReplicationFilters: true }],
    [{ Master_Host: 'db2', Master_Port: 3307 }, { sourceKey: { hostname: 'db2', port: 3307 } }],
    [{ Seconds_Behind_Master: 7 }, { secondsBehindSource: 7, replicationLagSeconds: 7 }],
    [{ Seconds_Behind_Master: null }, { secondsBehindSource: null, replicationLagSeconds: null }],
    [{ Seconds_Behind_Master: -3 }, { secondsBehindSource: 0, replicationLagSeconds: 0 }],
    [{ Master_SSL_Allowed: 'Yes' }, { allowTls: true }],
    [{ Master_SSL_Allowed: 'No' }, { allowTls: false }],
    // A server built without TLS.
    [{ Master_SSL_Allowed: 'Ignored' }, { allowTls: false }],
  ];

  it.each(FIELDS)('%j as %j', (columns, fields) => {
    expect(seen('replication', columns).instance).toMatchObject(fields);
  });

  it.each(TLS)('%s %j as replicationTls.%s %j', (column, value, setting, expected) => {
    expect(seen('replication', { [column]: value }).instance.replicationTls).toMatchObject({ [setting]: expected });
  });

  it.each([
    [{ Last_IO_Errno: 2003 }, { lastErrorNumber: 2003 }],
    [{ Last_SQL_Errno: 1062 }, { lastSqlErrorNumber: 1062 }],
    [{ Slave_received_heartbeats: 9 }, { heartbeatsReceived: 9 }],
    // As the wire brings it, and as the documentation shows it.
    [{ Slave_heartbeat_period: 1.5 }, { heartbeatPeriodMillis: 1500 }],
    [{ Slave_heartbeat_period: '60.000' }, { heartbeatPeriodMillis: 60_000 }],
    [{ Slave_IO_State: 'Queueing master event to the relay log' }, { waitsForSource: false }],
    [{ Gtid_IO_Pos: '0-1-7' }, { receivedGtid: '0-1-7' }],
  ])('%j as evidence %j', (columns, evidence) => {
    expect(seen('replication', columns).instance.evidence).toMatchObject(evidence);
  });

  it('no source UUID, no public key, and no word of TLS versions', () => {
    const { sourceUuid, replicationTls } = seen('replication', {}).instance;
    expect(sourceUuid).toBe('No');
    expect(replicationTls).toMatchObject({
      tlsVersion: '',
      tlsCiphersuites: '',
      sourcePublicKeyPath: '',
      getSourcePublicKey: null,
    });
  });

  it('of a server without replication: no thread and no source', () => {
    const rows = recordedRows(replica).set('replication', []);
    expect(readProbe(key, rows).instance).toMatchObject({
      sourceKey: null,
      receiverState: 'none',
      applierState: 'none',
      usingMariadbGtid: false,
    });
  });
});

describe('the variables of MariaDB give', () => {
  const FIELDS: readonly (readonly [Record<string, unknown>, Partial<Instance>])[] = [
    [{ server_id: 5 }, { serverId: 5 }],
    [{ version: '12.0.2-MariaDB' }, { version: '12.0.2-MariaDB' }],
    [{ version_comment: 'mariadb.org' }, { versionComment: 'mariadb.org' }],
    [{ binlog_format: 'MIXED' }, { binlogFormat: 'MIXED' }],
    [{ binlog_row_image: 'MINIMAL' }, { binlogRowImage: 'MINIMAL' }],
    [{ log_bin: 0 }, { logBinEnabled: false }],
    [{ log_slave_updates: 0 }, { logReplicaUpdatesEnabled: false }],
    // A switch until 11.8, a word from 12.0: everything but OFF refuses writes.
    [{ read_only: 0 }, { readOnly: false, superReadOnly: false }],
    [{ read_only: 1 }, { readOnly: true, superReadOnly: false }],
    [{ read_only: 'OFF' }, { readOnly: false, superReadOnly: false }],
    [{ read_only: 'ON' }, { readOnly: true, superReadOnly: false }],
    [{ read_only: 'NO_LOCK' }, { readOnly: true, superReadOnly: false }],
    [{ read_only: 'NO_LOCK_NO_ADMIN' }, { readOnly: true, superReadOnly: true }],
  ];

  it.each(FIELDS)('%j as %j', (variables, fields) => {
    expect(seen('variables', variables).instance).toMatchObject(fields);
  });

  it.each([
    [{ hostname: 'db9' }, { hostname: 'db9' }],
    [{ report_host: 'db9' }, { reportHost: 'db9' }],
    [{ report_port: 3309 }, { reportPort: 3309 }],
  ])('%j as %j, for its name', (variables, facts) => {
    expect(seen('variables', variables)).toMatchObject(facts);
  });

  it.each([
    [{ gtid_current_pos: '0-1-8' }, { mariadbCurrentPosition: '0-1-8' }],
    [{ gtid_slave_pos: '0-1-7' }, { mariadbReplicatedPosition: '0-1-7' }],
  ])('%j as evidence %j', (variables, evidence) => {
    expect(seen('variables', variables).instance.evidence).toMatchObject(evidence);
  });

  it.each([
    [{ rpl_semi_sync_master_enabled: 1 }, { available: true, sourceEnabled: true }],
    [{ rpl_semi_sync_slave_enabled: 0 }, { replicaEnabled: false }],
    [{ rpl_semi_sync_master_timeout: 2500 }, { sourceTimeoutMillis: 2500n }],
    [{}, { sourceWaitForReplicaCount: 1, sourcePluginModern: false, replicaPluginModern: false }],
  ])('%o as semi-sync %o (9.5)', (variables, semiSync) => {
    expect(seen('variables', variables).instance.semiSync).toMatchObject(semiSync);
  });

  it('none of the facts of Oracle GTIDs and of group replication (9.6, 9.7)', () => {
    expect(seen('variables', {}).instance).toMatchObject({
      serverUuid: '',
      gtidMode: '',
      executedGtidSet: '',
      gtidPurged: '',
      supportsOracleGtid: false,
      group: { name: '' },
    });
  });
});

describe('the other sections of MariaDB give', () => {
  it.each([
    ['UPTIME', '77', { uptimeSeconds: 77 }],
    ['RPL_SEMI_SYNC_MASTER_STATUS', 'ON', { semiSync: { sourceStatus: true } }],
    ['RPL_SEMI_SYNC_MASTER_CLIENTS', '2', { semiSync: { sourceClients: 2 } }],
    ['RPL_SEMI_SYNC_SLAVE_STATUS', 'OFF', { semiSync: { replicaStatus: false } }],
  ] as const)('status %s %s as %j (9.5)', (name, value, fields) => {
    expect(withStatus(name, value)).toMatchObject(fields);
  });

  it('File and Position as its own coordinates', () => {
    const { selfCoordinates } = seen('binlog', { File: 'b.9', Position: 14 }).instance;
    expect(selfCoordinates).toEqual({ file: 'b.9', pos: 14, type: 'binary' });
  });

  it('Host and Port as registered replicas, host as dumping ones, whose port nobody knows (9.8)', () => {
    const rows = recordedRows('mariadb-11.8-primary');
    rows.set('registered', [
      { Server_id: 2, Host: 'db2', Port: 3306, Master_id: 1 },
      { Server_id: 3, Host: '', Port: 3306, Master_id: 1 },
    ]);
    rows.set('dumping', [{ user: 'repl', host: 'db2.example:51234' }]);
    const facts = readProbe(key, rows);
    expect(facts.registeredReplicas).toEqual([{ host: 'db2', port: 3306, user: '' }]);
    expect(facts.dumpingReplicas).toEqual([{ host: 'db2.example', port: null, user: 'repl' }]);
  });
});

describe.each([
  'mariadb-replica',
  'mariadb-10.5-replica',
  'mariadb-11.4-replica',
  'mariadb-11.8-replica',
  'mariadb-12.3-replica',
] as const)('%s', (release) => {
  const whole = readProbe(key, recordedRows(release));

  it('is read in full', () => {
    expect(whole.instance).toMatchObject({
      serverId: 22294,
      readOnly: true,
      superReadOnly: false,
      logBinEnabled: true,
      logReplicaUpdatesEnabled: true,
      sourceKey: { hostname: '127.0.0.1', port: 22293 },
      receiverState: 'running',
      applierState: 'running',
      usingMariadbGtid: true,
      secondsBehindSource: 0,
      selfCoordinates: { file: 'binlog.000001' },
      readCoordinates: { file: 'binlog.000001' },
      relayLogCoordinates: { file: 'relaylog.000002' },
      semiSync: { available: true, replicaEnabled: true, replicaStatus: true },
      evidence: {
        heartbeatsReceived: 1,
        heartbeatPeriodMillis: 1000,
        receivedGtid: '0-22293-1',
        mariadbCurrentPosition: '0-22293-1',
        mariadbReplicatedPosition: '0-22293-1',
      },
    });
    expect(whole.instance.uptimeSeconds).toBeGreaterThan(0);
    expect(whole).toMatchObject({ reportHost: '127.0.0.1', reportPort: 22294, replicationUser: 'repl' });
  });

  it('without any one column or status loses what that brings, and nothing else', () => {
    const lost: Record<string, readonly string[]> = {};
    for (const name of namesIn(recordedRows(release))) {
      const changed = differences(whole, readProbe(key, without(recordedRows(release), name)));
      if (changed.length > 0) lost[name] = [...changed].sort();
    }
    // Without TLS, the default before 11.4, the column says what a missing one would.
    const { Master_SSL_Allowed: allowTls = [], Master_Retry_Count: retryCount = [], ...others } = BROUGHT_BY;
    expect(lost).toEqual({
      ...others,
      ...(whole.instance.allowTls ? { Master_SSL_Allowed: allowTls } : {}),
      // From 12.0 on.
      ...(whole.instance.receiverOptions.retryCount === null ? {} : { Master_Retry_Count: retryCount }),
    });
  });
});

/** What these replicas tell by column and status. Those are left out that have the very value which a missing one gives. */
const BROUGHT_BY: Readonly<Record<string, readonly string[]>> = {
  hostname: ['hostname'],
  report_host: ['reportHost'],
  report_port: ['reportPort'],
  server_id: ['instance.serverId'],
  version: ['instance.version'],
  version_comment: ['instance.versionComment'],
  read_only: ['instance.readOnly'],
  binlog_format: ['instance.binlogFormat'],
  binlog_row_image: ['instance.binlogRowImage'],
  log_bin: ['instance.logBinEnabled'],
  log_slave_updates: ['instance.logReplicaUpdatesEnabled'],
  gtid_slave_pos: ['instance.evidence.mariadbReplicatedPosition'],
  gtid_current_pos: ['instance.evidence.mariadbCurrentPosition'],
  rpl_semi_sync_master_enabled: ['instance.semiSync.available', 'instance.semiSync.sourceWaitForReplicaCount'],
  rpl_semi_sync_master_timeout: ['instance.semiSync.sourceTimeoutMillis'],
  rpl_semi_sync_slave_enabled: ['instance.semiSync.replicaEnabled'],
  Master_Host: ['instance.sourceKey'],
  Master_Port: ['instance.sourceKey.port'],
  Master_User: ['instance.hasReplicationCredentials', 'replicationUser'],
  Master_Log_File: ['instance.readCoordinates.file'],
  Read_Master_Log_Pos: ['instance.readCoordinates.pos'],
  Relay_Master_Log_File: ['instance.execCoordinates.file'],
  Exec_Master_Log_Pos: ['instance.execCoordinates.pos'],
  Relay_Log_File: ['instance.relayLogCoordinates.file'],
  Relay_Log_Pos: ['instance.relayLogCoordinates.pos'],
  Slave_IO_Running: ['instance.receiverRunning', 'instance.receiverState'],
  Slave_SQL_Running: ['instance.applierRunning', 'instance.applierState'],
  Seconds_Behind_Master: ['instance.replicationLagSeconds', 'instance.secondsBehindSource'],
  Master_SSL_Allowed: ['instance.allowTls'],
  Master_SSL_Verify_Server_Cert: ['instance.replicationTls.verifyServerCertificate'],
  Using_Gtid: ['instance.usingMariadbGtid'],
  Gtid_IO_Pos: ['instance.evidence.receivedGtid'],
  Slave_received_heartbeats: ['instance.evidence.heartbeatsReceived'],
  Slave_heartbeat_period: ['instance.evidence.heartbeatPeriodMillis', 'instance.receiverOptions.heartbeatPeriodMillis'],
  Connect_Retry: ['instance.receiverOptions.connectRetrySeconds'],
  Master_Retry_Count: ['instance.receiverOptions.retryCount'],
  Slave_IO_State: ['instance.evidence.waitsForSource'],
  UPTIME: ['instance.uptimeSeconds'],
  RPL_SEMI_SYNC_SLAVE_STATUS: ['instance.semiSync.replicaStatus'],
  File: ['instance.selfCoordinates.file'],
  Position: ['instance.selfCoordinates.pos'],
};

/** Columns, and names of status variables, which are rows. */
function namesIn(sections: Map<string, Rows>): readonly string[] {
  return [...sections].flatMap(([section, rows]) =>
    section === 'status' ? rows.map((row) => String(row['name'])) : Object.keys(rows[0] ?? {}),
  );
}

function without(sections: Map<string, Rows>, missing: string): Map<string, Rows> {
  const kept = [...sections].map(([section, rows]): [string, Rows] => {
    const left = rows.filter((row) => section !== 'status' || row['name'] !== missing);
    return [section, left.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => name !== missing)))];
  });
  return new Map(kept);
}

/** Paths of what is not the same in both. */
function differences(one: unknown, other: unknown, path = ''): readonly string[] {
  if (Object.is(one, other)) return [];
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return [path];
  const values = (value: object) => new Map(Object.entries(value));
  const [ones, others] = [values(one), values(other)];
  return [...new Set([...ones.keys(), ...others.keys()])].flatMap((name) =>
    differences(ones.get(name), others.get(name), path === '' ? name : `${path}.${name}`),
  );
}

describe('the probe of MariaDB', () => {
  const asked = (has: readonly string[]) => probeSections(new Set(has)).find(({ name }) => name === 'variables')?.sql;

  it.each(WANTED_VARIABLES)('does not ask a server without %s for it', (missing) => {
    const rest = WANTED_VARIABLES.filter((name) => name !== missing);
    expect(asked(rest)).toBe(`SELECT ${rest.map((name) => `@@global.${name} AS ${name}`).join(', ')}`);
  });
});
