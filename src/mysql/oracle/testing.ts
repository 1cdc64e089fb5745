/** The field map of spec/discovery.md 9.4 to 9.6 as cases: what a server says in one place, and what we know of it then. */

import type { Rows } from '../../ports/server-wire.ts';
import { textOf } from '../row-values.ts';

/** What it is, where the server says it, the value there, and what of the facts follows. */
export type FieldCase = readonly [what: string, place: string, value: unknown, facts: Record<string, unknown>];

/** The rows with this value in one place, a column or a status variable; undefined: the server has no such place. */
export function saying(rows: Map<string, Rows>, section: string, place: string, value: unknown): Map<string, Rows> {
  const said = rows.get(section) ?? [];
  if (section === 'status') return rows.set(section, sayingStatus(said, place, value));
  const [first, ...rest] = said;
  const others = Object.entries(first ?? {}).filter(([name]) => name !== place);
  return rows.set(section, [Object.fromEntries(value === undefined ? others : [...others, [place, value]]), ...rest]);
}

function sayingStatus(said: Rows, name: string, value: unknown): Rows {
  const others = said.filter((row) => textOf(row, 'name') !== name && textOf(row, 'Variable_name') !== name);
  if (value === undefined) return others;
  const isShown = said.some((row) => 'Variable_name' in row);
  return [...others, isShown ? { Variable_name: name, Value: value } : { name, value }];
}

type Names = 'old' | 'modern';

/** The same, with the place by its name in old and in modern releases. */
type NamedCase = readonly [what: string, old: string, modern: string, value: unknown, facts: Record<string, unknown>];

const named = (names: Names, cases: readonly NamedCase[]): readonly FieldCase[] =>
  cases.map(([what, old, modern, value, facts]) => [what, names === 'old' ? old : modern, value, facts]);

const same = (what: string, place: string, value: unknown, facts: Record<string, unknown>): NamedCase => [
  what,
  place,
  place,
  value,
  facts,
];

/** 9.4: columns of the replication status. */
export const statusColumns = (names: Names): readonly FieldCase[] =>
  named(names, [
    ['the account', 'Master_User', 'Source_User', 'u', { hasReplicationCredentials: true }],
    ['a standing receiver', 'Slave_IO_Running', 'Replica_IO_Running', 'No', { receiverState: 'stopped' }],
    ['a standing applier', 'Slave_SQL_Running', 'Replica_SQL_Running', 'No', { applierState: 'stopped' }],
    ['a running applier', 'Slave_SQL_Running', 'Replica_SQL_Running', 'Yes', { applierRunning: true }],
    ['the file that is read', 'Master_Log_File', 'Source_Log_File', 'b.9', { readCoordinates: { file: 'b.9' } }],
    ['how far it is read', 'Read_Master_Log_Pos', 'Read_Source_Log_Pos', 91, { readCoordinates: { pos: 91 } }],
    [
      'the file that is applied',
      'Relay_Master_Log_File',
      'Relay_Source_Log_File',
      'b.8',
      { execCoordinates: { file: 'b.8' } },
    ],
    ['how far it is applied', 'Exec_Master_Log_Pos', 'Exec_Source_Log_Pos', 81, { execCoordinates: { pos: 81 } }],
    same('the relay log', 'Relay_Log_File', 'r.7', { relayLogCoordinates: { file: 'r.7', type: 'relay' } }),
    same('the place in the relay log', 'Relay_Log_Pos', 71, { relayLogCoordinates: { pos: 71 } }),
    same('the error of the applier', 'Last_SQL_Error', 'x "y"', { lastSqlError: '"x \\"y\\""' }),
    same('the error of the receiver', 'Last_IO_Error', 'é', { lastIoError: '"\\u00e9"' }),
    same('the number of the receiver’s error', 'Last_IO_Errno', 2003, { evidence: { lastErrorNumber: 2003 } }),
    same('the number of the applier’s error', 'Last_SQL_Errno', 1062, { evidence: { lastSqlErrorNumber: 1062 } }),
    same('the delay', 'SQL_Delay', 60, { sqlDelaySeconds: 60 }),
    same('the pause between attempts', 'Connect_Retry', 7, { receiverOptions: { connectRetrySeconds: 7 } }),
    ['how often it tries', 'Master_Retry_Count', 'Source_Retry_Count', 77, { receiverOptions: { retryCount: 77 } }],
    same('the method', 'Auto_Position', 1, { usingOracleGtid: true }),
    same('what was received', 'Retrieved_Gtid_Set', 'a:1,\nb:2', { evidence: { receivedGtid: 'a:1,b:2' } }),
    ['the source’s identity', 'Master_UUID', 'Source_UUID', 'u', { sourceUuid: 'u' }],
    ['the source’s host', 'Master_Host', 'Source_Host', 'h', { sourceKey: { hostname: 'h' } }],
    ['the source’s port', 'Master_Port', 'Source_Port', 3307, { sourceKey: { port: 3307 } }],
    ['the lag', 'Seconds_Behind_Master', 'Seconds_Behind_Source', 5, { secondsBehindSource: 5 }],
    ['a negative lag', 'Seconds_Behind_Master', 'Seconds_Behind_Source', -1, { replicationLagSeconds: 0 }],
    ['TLS', 'Master_SSL_Allowed', 'Source_SSL_Allowed', 'Yes', { allowTls: true }],
    ['the authority', 'Master_SSL_CA_File', 'Source_SSL_CA_File', '/f', { replicationTls: { caFile: '/f' } }],
    ['the authorities', 'Master_SSL_CA_Path', 'Source_SSL_CA_Path', '/f', { replicationTls: { caPath: '/f' } }],
    ['the certificate', 'Master_SSL_Cert', 'Source_SSL_Cert', '/f', { replicationTls: { certificate: '/f' } }],
    ['the cipher', 'Master_SSL_Cipher', 'Source_SSL_Cipher', 'c', { replicationTls: { cipher: 'c' } }],
    ['the key', 'Master_SSL_Key', 'Source_SSL_Key', '/f', { replicationTls: { key: '/f' } }],
    ['the revoked', 'Master_SSL_Crl', 'Source_SSL_Crl', '/f', { replicationTls: { crlFile: '/f' } }],
    ['the revoked, a folder', 'Master_SSL_Crlpath', 'Source_SSL_Crlpath', '/f', { replicationTls: { crlPath: '/f' } }],
    [
      'whether the certificate is verified',
      'Master_SSL_Verify_Server_Cert',
      'Source_SSL_Verify_Server_Cert',
      'Yes',
      { replicationTls: { verifyServerCertificate: true } },
    ],
    ['the TLS version', 'Master_TLS_Version', 'Source_TLS_Version', 'v', { replicationTls: { tlsVersion: 'v' } }],
    [
      'the path of the public key',
      'Master_public_key_path',
      'Source_public_key_path',
      '/f',
      { replicationTls: { sourcePublicKeyPath: '/f' } },
    ],
    [
      'whether the public key is asked for',
      'Get_master_public_key',
      'Get_source_public_key',
      1,
      { replicationTls: { getSourcePublicKey: true } },
    ],
    ...[
      'Replicate_Do_DB',
      'Replicate_Ignore_DB',
      'Replicate_Do_Table',
      'Replicate_Ignore_Table',
      'Replicate_Wild_Do_Table',
      'Replicate_Wild_Ignore_Table',
    ].map((column) => same('a filter', column, 'x', { hasReplicationFilters: true })),
  ]);

/** 9.2, 9.5 and 9.6: variables. */
export const variableFields = (names: Names): readonly FieldCase[] =>
  named(names, [
    same('the server’s number', 'server_id', 7, { serverId: 7 }),
    same('its identity', 'server_uuid', 'u', { serverUuid: 'u' }),
    same('the version', 'version', 'v', { version: 'v' }),
    same('the comment of the version', 'version_comment', 'Percona Server', { versionComment: 'Percona Server' }),
    same('read-only', 'read_only', 1, { readOnly: true }),
    same('the stronger read-only', 'super_read_only', 1, { superReadOnly: true }),
    same('the format of the binary log', 'binlog_format', 'MIXED', { binlogFormat: 'MIXED' }),
    same('the binary log', 'log_bin', 1, { logBinEnabled: true }),
    same('the image of rows', 'binlog_row_image', 'MINIMAL', { binlogRowImage: 'MINIMAL' }),
    same('the GTID mode', 'gtid_mode', 'ON_PERMISSIVE', { gtidMode: 'ON_PERMISSIVE', supportsOracleGtid: true }),
    same('what was executed', 'gtid_executed', 'a:1,\nb:2', { executedGtidSet: 'a:1,b:2' }),
    same('what was purged', 'gtid_purged', 'a:1,\nb:2', { gtidPurged: 'a:1,b:2' }),
    same('an account in a file', 'master_info_repository', 'FILE', { replicationCredentialsAvailable: false }),
    [
      'semi-sync as a source',
      'rpl_semi_sync_master_enabled',
      'rpl_semi_sync_source_enabled',
      1,
      { semiSync: { sourceEnabled: true } },
    ],
    [
      'semi-sync as a replica',
      'rpl_semi_sync_slave_enabled',
      'rpl_semi_sync_replica_enabled',
      1,
      { semiSync: { replicaEnabled: true } },
    ],
    [
      'how long it waits',
      'rpl_semi_sync_master_timeout',
      'rpl_semi_sync_source_timeout',
      '18446744073709551615',
      { semiSync: { sourceTimeoutMillis: 18_446_744_073_709_551_615n } },
    ],
    [
      'for how many it waits',
      'rpl_semi_sync_master_wait_for_slave_count',
      'rpl_semi_sync_source_wait_for_replica_count',
      2,
      { semiSync: { sourceWaitForReplicaCount: 2 } },
    ],
  ]);

/** 9.5: status variables. */
export const statusVariables = (names: Names): readonly FieldCase[] =>
  named(names, [
    same('how long it runs', 'Uptime', '86400', { uptimeSeconds: 86_400 }),
    [
      'a waiting source',
      'Rpl_semi_sync_master_status',
      'Rpl_semi_sync_source_status',
      'ON',
      { semiSync: { sourceStatus: true } },
    ],
    [
      'who acknowledges to it',
      'Rpl_semi_sync_master_clients',
      'Rpl_semi_sync_source_clients',
      '3',
      { semiSync: { sourceClients: 3 } },
    ],
    [
      'a replica that acknowledges',
      'Rpl_semi_sync_slave_status',
      'Rpl_semi_sync_replica_status',
      'ON',
      { semiSync: { replicaStatus: true } },
    ],
  ]);
