/**
 * Rows of the probe to facts, MariaDB (spec/discovery.md 9.4, columns of dialect A; knowledge base "SHOW REPLICA STATUS").
 */
import { blankInstance, NO_EVIDENCE } from '../../model/blank-instance.ts';
import type { Instance, SemiSync } from '../../model/instance.ts';
import type { InstanceKey } from '../../model/instance-key.ts';
import type { Row } from '../../ports/server-wire.ts';
import type { ProbeFacts, SectionRows } from '../dialect.ts';
import {
  channelsOf,
  coordinates,
  NO_SOURCE_UUID,
  oldStatus,
  receiverOptions,
  type StatusWords,
  sourceKeyOf,
  threadState,
  waitsForSource,
} from '../replication-row.ts';
import { bigintOf, flagOf, nullableNumberOf, numberOf, textOf } from '../row-values.ts';
import { dumpingReplicas, registeredReplicas } from '../seen-replicas.ts';
import { type StatusValues, statusOf, statusValues } from '../status-section.ts';

const MILLIS_PER_SECOND = 1000;

const WORDS: StatusWords = { channel: 'Connection_name', source: 'Master_', thread: 'Slave_' };

/** MariaDB always waits for one acker. */
const WAIT_COUNT = 1;

export function readProbe(key: InstanceKey, rows: SectionRows): ProbeFacts {
  const variables = rows.get('variables')?.[0];
  const { first: connection, others: otherChannels } = channelsOf(rows.get('replication'), WORDS);
  const status = statusValues(rows.get('status'));
  const observed: Instance = {
    ...blankInstance(key),
    uptimeSeconds: Number(statusOf(status, 'uptime') || 0),
    serverId: numberOf(variables, 'server_id'),
    version: textOf(variables, 'version'),
    versionComment: textOf(variables, 'version_comment'),
    readOnly: isReadOnly(readOnlyMode(variables)),
    superReadOnly: readOnlyMode(variables) === 'NO_LOCK_NO_ADMIN',
    binlogFormat: textOf(variables, 'binlog_format'),
    binlogRowImage: textOf(variables, 'binlog_row_image'),
    logBinEnabled: flagOf(variables, 'log_bin'),
    logReplicaUpdatesEnabled: flagOf(variables, 'log_slave_updates'),
    selfCoordinates: coordinates(rows.get('binlog')?.[0] ?? {}, 'File', 'Position', 'binary'),
    otherChannels,
    semiSync: semiSync(variables, status),
    evidence: { ...NO_EVIDENCE, ...positionsOf(variables) },
  };
  return {
    instance: connection === undefined ? observed : { ...observed, ...replicationOf(connection, variables) },
    hostname: textOf(variables, 'hostname'),
    reportHost: textOf(variables, 'report_host'),
    reportPort: numberOf(variables, 'report_port'),
    registeredReplicas: registeredReplicas(rows.get('registered')),
    dumpingReplicas: dumpingReplicas(rows.get('dumping')),
    replicationUser: textOf(connection, 'Master_User'),
  };
}

/**
 * 0 or 1 until MariaDB 11.8. From 12.0 a word: OFF, ON, NO_LOCK, or NO_LOCK_NO_ADMIN, which stops privileged accounts too. Read as a plain
 * switch, a server with one of the latter would look writable: a second primary that is none.
 */
const readOnlyMode = (variables: Row | undefined): string => textOf(variables, 'read_only').toUpperCase();

const isReadOnly = (mode: string): boolean => !['', '0', 'OFF'].includes(mode);

const positionsOf = (variables: Row | undefined) => ({
  mariadbCurrentPosition: textOf(variables, 'gtid_current_pos'),
  mariadbReplicatedPosition: textOf(variables, 'gtid_slave_pos'),
});

function replicationOf(row: Row, variables: Row | undefined): Partial<Instance> {
  const status = oldStatus(row, {
    receiverState: threadState(textOf(row, 'Slave_IO_Running')),
    applierState: threadState(textOf(row, 'Slave_SQL_Running')),
  });
  return {
    ...status,
    channel: textOf(row, WORDS.channel),
    receiverOptions: receiverOptions(row, WORDS.source, nullableNumberOf(row, 'Slave_heartbeat_period')),
    sourceKey: sourceKeyOf(row, WORDS.source),
    sourceUuid: NO_SOURCE_UUID,
    evidence: {
      ...status.evidence,
      heartbeatsReceived: nullableNumberOf(row, 'Slave_received_heartbeats') ?? -1,
      heartbeatPeriodMillis: numberOf(row, 'Slave_heartbeat_period') * MILLIS_PER_SECOND,
      waitsForSource: waitsForSource(textOf(row, 'Slave_IO_State')),
      ...positionsOf(variables),
    },
  };
}

function semiSync(variables: Row | undefined, status: StatusValues): SemiSync {
  const loaded = variables !== undefined && 'rpl_semi_sync_master_enabled' in variables;
  return {
    available: loaded,
    priority: 0,
    sourcePluginModern: false,
    replicaPluginModern: false,
    sourceEnabled: flagOf(variables, 'rpl_semi_sync_master_enabled'),
    replicaEnabled: flagOf(variables, 'rpl_semi_sync_slave_enabled'),
    sourceTimeoutMillis: bigintOf(variables, 'rpl_semi_sync_master_timeout'),
    sourceWaitForReplicaCount: loaded ? WAIT_COUNT : 0,
    sourceStatus: statusOf(status, 'rpl_semi_sync_master_status') === 'ON',
    sourceClients: Number(statusOf(status, 'rpl_semi_sync_master_clients') || 0),
    replicaStatus: statusOf(status, 'rpl_semi_sync_slave_status') === 'ON',
  };
}
