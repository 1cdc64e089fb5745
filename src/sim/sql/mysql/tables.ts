/**
 * Tables of MySQL's own schemas, as far as somebody reads them, with the columns that are read (manual 28.3, 29.12).
 */

import type { PretendServer } from '../../server/pretend-server.ts';
import { heartbeatPeriodMillis } from '../../server/replica-settings.ts';
import type { SqlValue } from '../../sql-session.ts';
import { type Gtid, gtidText } from '../../transaction.ts';
import type { SystemTable } from '../family-sql.ts';
import { processEntries, processTable } from '../process-list.ts';
import { replicaView } from '../replica-view.ts';
import { type Asking, integerColumn, textColumn } from '../statement.ts';
import { variableValue } from '../system-variable.ts';
import { timeText } from '../wall-time.ts';
import { gtidSetLines } from './gtid-set-lines.ts';
import { GLOBAL_STATUS } from './status-variables.ts';
import { THREAD_WORDS } from './thread-words.ts';

/** Numbers of threads are others than those of connections. */
const THREAD_IDS = 50;

const threadId = (connectionId: number | null): SqlValue => (connectionId === null ? null : connectionId + THREAD_IDS);

const threads: SystemTable = {
  isPublic: false,
  columns: [
    integerColumn('THREAD_ID'),
    integerColumn('PROCESSLIST_ID'),
    textColumn('PROCESSLIST_USER'),
    textColumn('PROCESSLIST_HOST'),
    textColumn('PROCESSLIST_DB'),
    textColumn('PROCESSLIST_COMMAND'),
    integerColumn('PROCESSLIST_TIME'),
    textColumn('PROCESSLIST_STATE'),
    textColumn('PROCESSLIST_INFO'),
  ],
  rows: (on) =>
    processEntries(on, THREAD_WORDS).map(({ id, user, host, schema, command, seconds, state, info }) => [
      threadId(id),
      id,
      user,
      // Here without the port.
      host.slice(0, host.lastIndexOf(':') < 0 ? host.length : host.lastIndexOf(':')),
      schema,
      command,
      seconds,
      state,
      info,
    ]),
};

const SERVICE_STATES = { stopped: 'OFF', connecting: 'CONNECTING', connected: 'ON' } as const;

const connectionStatus: SystemTable = {
  isPublic: false,
  columns: [
    textColumn('CHANNEL_NAME'),
    textColumn('GROUP_NAME'),
    textColumn('SOURCE_UUID'),
    integerColumn('THREAD_ID'),
    textColumn('SERVICE_STATE'),
    integerColumn('COUNT_RECEIVED_HEARTBEATS'),
    textColumn('LAST_HEARTBEAT_TIMESTAMP'),
    textColumn('RECEIVED_TRANSACTION_SET'),
    integerColumn('LAST_ERROR_NUMBER'),
    textColumn('LAST_ERROR_MESSAGE'),
    textColumn('LAST_QUEUED_TRANSACTION_END_QUEUE_TIMESTAMP'),
    textColumn('QUEUEING_TRANSACTION'),
  ],
  rows: ({ server }) => {
    const view = replicaView(server);
    if (view === null) return [];
    const { receiver } = server.running;
    const { partial } = server.relayLog;
    return [
      [
        '',
        '',
        receiver.sourceUuid,
        threadId(receiver.threadId),
        SERVICE_STATES[receiver.state],
        receiver.heartbeats,
        timeText(receiver.lastHeartbeatAt),
        gtidSetLines(view.retrieved),
        receiver.errorNumber,
        receiver.errorText,
        timeText(receiver.lastQueuedAt),
        partial === null ? '' : nameOf(server, partial),
      ],
    ];
  },
};

const connectionConfiguration: SystemTable = {
  isPublic: false,
  columns: [
    textColumn('CHANNEL_NAME'),
    textColumn('HOST'),
    integerColumn('PORT'),
    textColumn('USER'),
    integerColumn('HEARTBEAT_INTERVAL'),
  ],
  rows: ({ server: { settings, options } }) =>
    settings === null
      ? []
      : [
          [
            '',
            settings.host,
            settings.port,
            settings.user,
            heartbeatPeriodMillis(settings, options.replicaNetTimeoutMillis) / 1000,
          ],
        ],
};

const applierCoordinator: SystemTable = {
  isPublic: false,
  columns: [textColumn('CHANNEL_NAME'), integerColumn('THREAD_ID'), textColumn('SERVICE_STATE')],
  rows: ({ server }) => {
    if (server.settings === null) return [];
    const { applier } = server.running;
    return [['', threadId(applier.threadId), applier.state === 'running' ? 'ON' : 'OFF']];
  },
};

/** One worker: which one it is matters to nobody. What it could not apply is still the first in the relay log. */
const applierWorker: SystemTable = {
  isPublic: false,
  columns: [
    textColumn('CHANNEL_NAME'),
    integerColumn('WORKER_ID'),
    textColumn('SERVICE_STATE'),
    integerColumn('LAST_ERROR_NUMBER'),
    textColumn('APPLYING_TRANSACTION'),
  ],
  rows: ({ server }) => {
    if (server.settings === null) return [];
    const { state, errorNumber } = server.running.applier;
    const next = server.relayLog.waiting[0];
    const name = next === undefined || errorNumber === 0 ? '' : nameOf(server, next.gtid);
    return [['', 1, state === 'running' ? 'ON' : 'OFF', errorNumber, name]];
  },
};

const nameOf = ({ options }: PretendServer, gtid: Gtid): string =>
  options.gtidMode === 'OFF' ? 'ANONYMOUS' : gtidText(gtid);

const sourceInfo: SystemTable = {
  isPublic: false,
  columns: [
    textColumn('Host'),
    textColumn('User_name'),
    textColumn('User_password'),
    integerColumn('Port'),
    textColumn('Channel_name'),
  ],
  rows: ({ server: { settings } }) =>
    settings === null ? [] : [[settings.host, settings.user, settings.password, settings.port, '']],
};

/** Nobody is in a group. */
const groupMembers: SystemTable = {
  isPublic: false,
  columns: [
    textColumn('CHANNEL_NAME'),
    textColumn('MEMBER_ID'),
    textColumn('MEMBER_HOST'),
    integerColumn('MEMBER_PORT'),
    textColumn('MEMBER_STATE'),
    textColumn('MEMBER_ROLE'),
  ],
  rows: (): ReturnType<SystemTable['rows']> => [],
};

const globalVariables: SystemTable = {
  isPublic: true,
  columns: [textColumn('VARIABLE_NAME'), textColumn('VARIABLE_VALUE')],
  rows: (on: Asking) =>
    [...on.family.variables.values()].map((found) => [found.name, String(variableValue(found, 'global', on) ?? '')]),
};

export const TABLES: ReadonlyMap<string, SystemTable> = new Map([
  ['information_schema.processlist', { ...processTable(THREAD_WORDS), isPublic: true }],
  ['performance_schema.processlist', { ...processTable(THREAD_WORDS), isPublic: true }],
  ['performance_schema.global_status', { ...GLOBAL_STATUS, isPublic: true }],
  ['performance_schema.global_variables', globalVariables],
  ['performance_schema.threads', threads],
  ['performance_schema.replication_connection_status', connectionStatus],
  ['performance_schema.replication_connection_configuration', connectionConfiguration],
  ['performance_schema.replication_applier_status_by_coordinator', applierCoordinator],
  ['performance_schema.replication_applier_status_by_worker', applierWorker],
  ['performance_schema.replication_group_members', groupMembers],
  ['mysql.slave_master_info', sourceInfo],
]);
