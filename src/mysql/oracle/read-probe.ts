/**
 * Rows of the probe to facts, MySQL from 5.6 on (spec/discovery.md 9.4 to 9.8).
 */
import { blankInstance } from '../../model/blank-instance.ts';
import { serverUuid } from '../../model/brand.ts';
import type { GroupReplication, Instance, ReceiverEvidence, SemiSync } from '../../model/instance.ts';
import type { InstanceKey } from '../../model/instance-key.ts';
import type { Row } from '../../ports/server-wire.ts';
import type { ProbeFacts, SectionRows } from '../dialect.ts';
import { sqlNodes } from '../ndb.ts';
import {
  channelsOf,
  coordinates,
  hasFilters,
  quotedError,
  receiverOptions,
  sourceKeyOf,
  threadState,
  tlsSettings,
  waitsForSource,
} from '../replication-row.ts';
import { bigintOf, flagOf, nullableNumberOf, numberOf, textOf } from '../row-values.ts';
import { dumpingReplicas, registeredReplicas } from '../seen-replicas.ts';
import { type StatusValues, statusOf, statusValues } from '../status-section.ts';
import type { ColumnWords } from './words.ts';

const MICROS_PER_SECOND = 1_000_000;
const MILLIS_PER_SECOND = 1000;

/** Semi-sync before 5.7.3 waits for one replica and has no variable for it. Read as 0, a source whose only acker left would not look locked. */
const WAIT_COUNT_BEFORE_VARIABLE = 1;

/**
 * Values of `master_info_repository` of a replica that keeps its account in a table, where a switchover can read it; in a file nobody can. From 8.3
 * on there is no other place, and no such variable.
 */
const IN_TABLE = ['', 'TABLE'];

export function readProbeIn(words: ColumnWords): (key: InstanceKey, rows: SectionRows) => ProbeFacts {
  return (key, rows) => readProbe(words, key, rows);
}

function readProbe(words: ColumnWords, key: InstanceKey, rows: SectionRows): ProbeFacts {
  const variables = rows.get('variables')?.[0];
  const { first: channel, others: otherChannels } = channelsOf(rows.get('replication'), {
    channel: 'Channel_Name',
    source: `${words.source}_`,
    thread: `${words.replica}_`,
  });
  const status = statusValues(rows.get('status'));
  const gtidMode = textOf(variables, 'gtid_mode');
  const observed: Instance = {
    ...blankInstance(key),
    uptimeSeconds: Number(statusOf(status, 'uptime') || 0),
    serverId: numberOf(variables, 'server_id'),
    serverUuid: serverUuid(textOf(variables, 'server_uuid')),
    version: textOf(variables, 'version'),
    versionComment: textOf(variables, 'version_comment'),
    readOnly: flagOf(variables, 'read_only'),
    superReadOnly: flagOf(variables, 'super_read_only'),
    binlogFormat: textOf(variables, 'binlog_format'),
    binlogRowImage: textOf(variables, 'binlog_row_image'),
    logBinEnabled: flagOf(variables, 'log_bin'),
    // The new name is from 8.0.26.
    logReplicaUpdatesEnabled: flagOf(variables, 'log_replica_updates') || flagOf(variables, 'log_slave_updates'),
    selfCoordinates: coordinates(rows.get('binlog')?.[0] ?? {}, 'File', 'Position', 'binary'),
    gtidMode,
    supportsOracleGtid: gtidMode !== '' && gtidMode !== 'OFF',
    executedGtidSet: textOf(variables, 'gtid_executed').replace(/\s+/g, ''),
    gtidPurged: textOf(variables, 'gtid_purged').replace(/\s+/g, ''),
    semiSync: semiSync(variables, status),
    otherChannels,
    group: groupOf(variables, rows.get('group') ?? []),
  };
  return {
    instance: channel === undefined ? observed : { ...observed, ...replicationOf(words, channel, rows, status) },
    hostname: textOf(variables, 'hostname'),
    reportHost: textOf(variables, 'report_host'),
    reportPort: numberOf(variables, 'report_port'),
    registeredReplicas: registeredReplicas(rows.get('registered')),
    dumpingReplicas: dumpingReplicas(rows.get('dumping')),
    sqlNodes: sqlNodes(rows.get('ndb'), key),
    replicationUser: textOf(channel, `${words.source}_User`),
  };
}

function replicationOf(
  { replica, source }: ColumnWords,
  row: Row,
  rows: SectionRows,
  status: StatusValues,
): Partial<Instance> {
  const user = textOf(row, `${source}_User`);
  const repository = textOf(rows.get('variables')?.[0], 'master_info_repository');
  const receiverState = threadState(textOf(row, `${replica}_IO_Running`));
  const applierState = threadState(textOf(row, `${replica}_SQL_Running`));
  const secondsBehindSource = nullableNumberOf(row, `Seconds_Behind_${source}`);
  return {
    channel: textOf(row, 'Channel_Name'),
    sourceKey: sourceKeyOf(row, `${source}_`),
    sourceUuid: textOf(row, `${source}_UUID`),
    receiverState,
    applierState,
    receiverRunning: receiverState === 'running',
    applierRunning: applierState === 'running',
    hasReplicationFilters: hasFilters(row),
    hasReplicationCredentials: user !== '',
    replicationCredentialsAvailable: user !== '' && IN_TABLE.includes(repository.toUpperCase()),
    allowTls: textOf(row, `${source}_SSL_Allowed`) === 'Yes',
    replicationTls: tlsSettings(row, `${source}_`),
    receiverOptions: receiverOptions(row, `${source}_`, heartbeatSeconds(receiverOf(row, rows), status)),
    readCoordinates: coordinates(row, `${source}_Log_File`, `Read_${source}_Log_Pos`, 'binary'),
    execCoordinates: coordinates(row, `Relay_${source}_Log_File`, `Exec_${source}_Log_Pos`, 'binary'),
    relayLogCoordinates: coordinates(row, 'Relay_Log_File', 'Relay_Log_Pos', 'relay'),
    lastSqlError: quotedError(textOf(row, 'Last_SQL_Error')),
    lastIoError: quotedError(textOf(row, 'Last_IO_Error')),
    secondsBehindSource: secondsBehindSource === null ? null : Math.max(0, secondsBehindSource),
    replicationLagSeconds: secondsBehindSource === null ? null : Math.max(0, secondsBehindSource),
    sqlDelaySeconds: numberOf(row, 'SQL_Delay'),
    usingOracleGtid: numberOf(row, 'Auto_Position') === 1,
    evidence: evidenceOf(row, rows, status),
  };
}

function receiverOf(row: Row, rows: SectionRows): Row | undefined {
  const channelName = textOf(row, 'Channel_Name');
  return rows.get('receivers')?.find((candidate) => textOf(candidate, 'channel') === channelName);
}

/** 5.6 has that of its only channel in the status. Null: not told. */
function heartbeatSeconds(receiver: Row | undefined, status: StatusValues): number | null {
  const told = statusOf(status, 'slave_heartbeat_period');
  return nullableNumberOf(receiver, 'period') ?? (told === '' ? null : Number(told));
}

/** 5.6 counts the heartbeats of its only channel in the status. */
function evidenceOf(row: Row, rows: SectionRows, status: StatusValues): ReceiverEvidence {
  const receiver = receiverOf(row, rows);
  return {
    lastErrorNumber: numberOf(row, 'Last_IO_Errno'),
    lastSqlErrorNumber: numberOf(row, 'Last_SQL_Errno'),
    heartbeatsReceived:
      nullableNumberOf(receiver, 'heartbeats') ?? Number(statusOf(status, 'slave_received_heartbeats') || -1),
    heartbeatPeriodMillis: (heartbeatSeconds(receiver, status) ?? 0) * MILLIS_PER_SECOND,
    waitsForSource: waitsForSource(textOf(row, 'Replica_IO_State') || textOf(row, 'Slave_IO_State')),
    silentMillis: silenceOf(receiver),
    receivedGtid: textOf(row, 'Retrieved_Gtid_Set').replace(/\s+/g, ''),
    partialTransaction: textOf(receiver, 'partial'),
    mariadbCurrentPosition: '',
    mariadbReplicatedPosition: '',
  };
}

/**
 * Since the last heartbeat or whole transaction. Null: none came yet, or the server does not tell; nor does it within a transaction, of which much may
 * have come since it began.
 */
function silenceOf(receiver: Row | undefined): number | null {
  const seconds = nullableNumberOf(receiver, 'second');
  const last = Math.max(numberOf(receiver, 'heartbeatAt'), numberOf(receiver, 'queuedAt'));
  if (seconds === null || last === 0 || textOf(receiver, 'partial') !== '') return null;
  const now = seconds + numberOf(receiver, 'micros') / MICROS_PER_SECOND;
  return Math.max(0, Math.round((now - last) * MILLIS_PER_SECOND));
}

/** By which names exist, not by version: both plugin generations run on the same servers (spec/discovery.md 9.5). */
function semiSync(variables: Row | undefined, status: StatusValues): SemiSync {
  const sourcePluginModern = variables !== undefined && 'rpl_semi_sync_source_enabled' in variables;
  const replicaPluginModern = variables !== undefined && 'rpl_semi_sync_replica_enabled' in variables;
  const sourceLoaded = sourcePluginModern || (variables !== undefined && 'rpl_semi_sync_master_enabled' in variables);
  const replicaLoaded = replicaPluginModern || (variables !== undefined && 'rpl_semi_sync_slave_enabled' in variables);
  const source = sourcePluginModern ? 'source' : 'master';
  const replica = replicaPluginModern ? 'replica' : 'slave';
  const waitCount = `rpl_semi_sync_${source}_wait_for_${sourcePluginModern ? 'replica' : 'slave'}_count`;
  return {
    available: sourceLoaded && replicaLoaded,
    priority: 0,
    sourcePluginModern,
    replicaPluginModern,
    sourceEnabled: flagOf(variables, `rpl_semi_sync_${source}_enabled`),
    replicaEnabled: flagOf(variables, `rpl_semi_sync_${replica}_enabled`),
    sourceTimeoutMillis: bigintOf(variables, `rpl_semi_sync_${source}_timeout`),
    sourceWaitForReplicaCount:
      nullableNumberOf(variables, waitCount) ?? (sourceLoaded ? WAIT_COUNT_BEFORE_VARIABLE : 0),
    sourceStatus: statusOf(status, `rpl_semi_sync_${source}_status`) === 'ON',
    sourceClients: Number(statusOf(status, `rpl_semi_sync_${source}_clients`) || 0),
    replicaStatus: statusOf(status, `rpl_semi_sync_${replica}_status`) === 'ON',
  };
}

/** spec/discovery.md 9.7. Multi-primary groups are not supported: their members count as plain servers. */
function groupOf(variables: Row | undefined, members: readonly Row[]): GroupReplication {
  const none = blankInstance({ hostname: '', port: 0 }).group;
  const name = textOf(variables, 'group_replication_group_name');
  if (name === '' || members.length === 0 || !flagOf(variables, 'group_replication_single_primary_mode')) return none;
  const own = textOf(variables, 'server_uuid');
  const keyOf = (row: Row): InstanceKey => ({ hostname: textOf(row, 'host'), port: numberOf(row, 'port') });
  const self = members.find((row) => textOf(row, 'id') === own);
  if (self === undefined) return none;
  const primary = members.find((row) => textOf(row, 'role') === 'PRIMARY');
  return {
    name,
    isSinglePrimary: true,
    memberState: textOf(self, 'state'),
    memberRole: textOf(self, 'role'),
    members: members.filter((row) => row !== self).map(keyOf),
    primaryKey: primary === undefined ? null : keyOf(primary),
  };
}
