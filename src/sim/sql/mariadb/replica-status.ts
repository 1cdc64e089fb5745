/**
 * `SHOW SLAVE STATUS` and `SHOW ALL SLAVES STATUS` (knowledge base, "SHOW REPLICA STATUS"): every column, in the order of 10.11.
 */
import { positionText } from '../../server/gtid-position.ts';
import { connectRetryMillis, heartbeatPeriodMillis, type ReplicaSettings } from '../../server/replica-settings.ts';
import type { Show, VirtualTable } from '../family-sql.ts';
import { type ReplicaView, receiverRuns, replicaView, shownOption, yesNo } from '../replica-view.ts';
import { integer, type StatusColumn, text } from '../status-columns.ts';
import { applierState, receiverState } from './thread-words.ts';

const USING_GTID: Readonly<Record<ReplicaSettings['gtid'], string>> = {
  off: 'No',
  'auto-position': 'Slave_Pos',
  'slave-pos': 'Slave_Pos',
  'current-pos': 'Current_Pos',
};

const option =
  (name: string) =>
  (view: ReplicaView): string =>
    shownOption(view, name);

const COLUMNS: readonly StatusColumn<ReplicaView>[] = [
  text('Slave_IO_State', receiverState),
  text('Master_Host', ({ settings }) => settings.host),
  text('Master_User', ({ settings }) => settings.user),
  integer('Master_Port', ({ settings }) => settings.port),
  integer('Connect_Retry', ({ settings }) => Math.ceil(connectRetryMillis(settings) / 1000)),
  text('Master_Log_File', ({ read }) => read.file),
  integer('Read_Master_Log_Pos', ({ read }) => read.position),
  text('Relay_Log_File', ({ relayLog }) => relayLog.file),
  integer('Relay_Log_Pos', ({ relayLog }) => relayLog.position),
  text('Relay_Master_Log_File', ({ applied }) => applied.file),
  text('Slave_IO_Running', receiverRuns),
  text('Slave_SQL_Running', ({ applier }) => yesNo(applier !== 'stopped')),
  text('Replicate_Do_DB'),
  text('Replicate_Ignore_DB'),
  text('Replicate_Do_Table'),
  text('Replicate_Ignore_Table'),
  text('Replicate_Wild_Do_Table'),
  text('Replicate_Wild_Ignore_Table'),
  integer('Last_Errno', ({ applierError }) => applierError.number),
  text('Last_Error', ({ applierError }) => applierError.text),
  integer('Skip_Counter', ({ skipCounter }) => skipCounter),
  integer('Exec_Master_Log_Pos', ({ applied }) => applied.position),
  integer('Relay_Log_Space', ({ relayLogBytes }) => relayLogBytes),
  text('Until_Condition', ({ until }) => (until === null ? 'None' : 'Master')),
  text('Until_Log_File', ({ until }) => until?.file ?? ''),
  integer('Until_Log_Pos', ({ until }) => until?.position ?? 0),
  text('Master_SSL_Allowed', ({ settings }) => yesNo(settings.tls)),
  text('Master_SSL_CA_File', option('SSL_CA')),
  text('Master_SSL_CA_Path', option('SSL_CAPATH')),
  text('Master_SSL_Cert', option('SSL_CERT')),
  text('Master_SSL_Cipher', option('SSL_CIPHER')),
  text('Master_SSL_Key', option('SSL_KEY')),
  integer('Seconds_Behind_Master', ({ secondsBehind }) => secondsBehind),
  text('Master_SSL_Verify_Server_Cert', (view) => yesNo(shownOption(view, 'SSL_VERIFY_SERVER_CERT') === '1')),
  integer('Last_IO_Errno', ({ receiverError }) => receiverError.number),
  text('Last_IO_Error', ({ receiverError }) => receiverError.text),
  integer('Last_SQL_Errno', ({ applierError }) => applierError.number),
  text('Last_SQL_Error', ({ applierError }) => applierError.text),
  text('Replicate_Ignore_Server_Ids'),
  integer('Master_Server_Id', ({ server }) => server.running.receiver.sourceServerId),
  text('Master_SSL_Crl', option('SSL_CRL')),
  text('Master_SSL_Crlpath', option('SSL_CRLPATH')),
  text('Using_Gtid', ({ settings }) => USING_GTID[settings.gtid]),
  text('Gtid_IO_Pos', ({ server }) => positionText(server.running.receiver.position)),
  text('Replicate_Do_Domain_Ids'),
  text('Replicate_Ignore_Domain_Ids'),
  text('Parallel_Mode', 'optimistic'),
  integer('SQL_Delay', ({ settings }) => settings.delaySeconds),
  integer('SQL_Remaining_Delay', ({ remainingDelaySeconds }) => remainingDelaySeconds),
  text('Slave_SQL_Running_State', applierState),
  integer('Slave_DDL_Groups'),
  integer('Slave_Non_Transactional_Groups'),
  integer('Slave_Transactional_Groups', ({ server }) => server.history.committedCount),
  text('Replicate_Rewrite_DB'),
];

/** Those that only the statement for all connections has. */
const OF_ALL_BEFORE: readonly StatusColumn<ReplicaView>[] = [
  text('Connection_name'),
  text('Slave_SQL_State', applierState),
];

const OF_ALL_BEHIND: readonly StatusColumn<ReplicaView>[] = [
  integer('Retried_transactions'),
  integer('Max_relay_log_size', 1_073_741_824),
  integer('Executed_log_entries', ({ server }) => server.history.committedCount),
  integer('Slave_received_heartbeats', ({ server }) => server.running.receiver.heartbeats),
  integer(
    'Slave_heartbeat_period',
    ({ server, settings }) => heartbeatPeriodMillis(settings, server.options.replicaNetTimeoutMillis) / 1000,
  ),
  text('Gtid_Slave_Pos', ({ server }) => server.history.gtids.text('replicated')),
];

function statusTable(columns: readonly StatusColumn<ReplicaView>[]): VirtualTable {
  return {
    columns: columns.map(({ column }) => column),
    rows({ server }) {
      const view = replicaView(server);
      return view === null ? [] : [columns.map(({ value }) => value(view))];
    },
  };
}

const PRIVILEGES = 'SUPER, SLAVE MONITOR';

const OF_ONE = statusTable(COLUMNS);
const OF_ALL = statusTable([...OF_ALL_BEFORE, ...COLUMNS, ...OF_ALL_BEHIND]);

export const REPLICA_STATUS: readonly Show[] = [
  { ...OF_ALL, words: ['ALL', 'SLAVES', 'STATUS'], privileges: PRIVILEGES },
  { ...OF_ALL, words: ['ALL', 'REPLICAS', 'STATUS'], privileges: PRIVILEGES },
  { ...OF_ONE, words: ['SLAVE', 'STATUS'], privileges: PRIVILEGES },
  { ...OF_ONE, words: ['REPLICA', 'STATUS'], privileges: PRIVILEGES },
];
