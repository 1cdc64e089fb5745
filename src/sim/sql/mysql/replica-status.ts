/**
 * `SHOW REPLICA STATUS` (MySQL manual 15.7.7.36): every column, in the order of 9.7.
 */
import { connectRetryMillis, retryCount } from '../../server/replica-settings.ts';
import type { Show, VirtualTable } from '../family-sql.ts';
import { type ReplicaView, receiverRuns, replicaView, shownNumber, shownOption, yesNo } from '../replica-view.ts';
import { integer, type StatusColumn, text } from '../status-columns.ts';
import { gtidSetLines } from './gtid-set-lines.ts';
import { applierState, receiverState } from './thread-words.ts';

const option =
  (name: string) =>
  (view: ReplicaView): string =>
    shownOption(view, name);

const COLUMNS: readonly StatusColumn<ReplicaView>[] = [
  text('Replica_IO_State', receiverState),
  text('Source_Host', ({ settings }) => settings.host),
  text('Source_User', ({ settings }) => settings.user),
  integer('Source_Port', ({ settings }) => settings.port),
  integer('Connect_Retry', ({ settings }) => Math.ceil(connectRetryMillis(settings) / 1000)),
  text('Source_Log_File', ({ read }) => read.file),
  integer('Read_Source_Log_Pos', ({ read }) => read.position),
  text('Relay_Log_File', ({ relayLog }) => relayLog.file),
  integer('Relay_Log_Pos', ({ relayLog }) => relayLog.position),
  text('Relay_Source_Log_File', ({ applied }) => applied.file),
  text('Replica_IO_Running', receiverRuns),
  text('Replica_SQL_Running', ({ applier }) => yesNo(applier !== 'stopped')),
  text('Replicate_Do_DB'),
  text('Replicate_Ignore_DB'),
  text('Replicate_Do_Table'),
  text('Replicate_Ignore_Table'),
  text('Replicate_Wild_Do_Table'),
  text('Replicate_Wild_Ignore_Table'),
  integer('Last_Errno', ({ applierError }) => applierError.number),
  text('Last_Error', ({ applierError }) => applierError.text),
  integer('Skip_Counter', ({ skipCounter }) => skipCounter),
  integer('Exec_Source_Log_Pos', ({ applied }) => applied.position),
  integer('Relay_Log_Space', ({ relayLogBytes }) => relayLogBytes),
  text('Until_Condition', ({ until }) => (until === null ? 'None' : 'Source')),
  text('Until_Log_File', ({ until }) => until?.file ?? ''),
  integer('Until_Log_Pos', ({ until }) => until?.position ?? 0),
  text('Source_SSL_Allowed', ({ settings }) => yesNo(settings.tls)),
  text('Source_SSL_CA_File', option('SSL_CA')),
  text('Source_SSL_CA_Path', option('SSL_CAPATH')),
  text('Source_SSL_Cert', option('SSL_CERT')),
  text('Source_SSL_Cipher', option('SSL_CIPHER')),
  text('Source_SSL_Key', option('SSL_KEY')),
  integer('Seconds_Behind_Source', ({ secondsBehind }) => secondsBehind),
  text('Source_SSL_Verify_Server_Cert', (view) => yesNo(shownOption(view, 'SSL_VERIFY_SERVER_CERT') === '1')),
  integer('Last_IO_Errno', ({ receiverError }) => receiverError.number),
  text('Last_IO_Error', ({ receiverError }) => receiverError.text),
  integer('Last_SQL_Errno', ({ applierError }) => applierError.number),
  text('Last_SQL_Error', ({ applierError }) => applierError.text),
  text('Replicate_Ignore_Server_Ids'),
  integer('Source_Server_Id', ({ server }) => server.running.receiver.sourceServerId),
  text('Source_UUID', ({ server }) => server.running.receiver.sourceUuid),
  text('Source_Info_File', 'mysql.slave_master_info'),
  integer('SQL_Delay', ({ settings }) => settings.delaySeconds),
  integer('SQL_Remaining_Delay', ({ remainingDelaySeconds }) => remainingDelaySeconds),
  text('Replica_SQL_Running_State', applierState),
  integer('Source_Retry_Count', ({ settings }) => retryCount(settings)),
  text('Source_Bind', option('BIND')),
  text('Last_IO_Error_Timestamp'),
  text('Last_SQL_Error_Timestamp'),
  text('Source_SSL_Crl', option('SSL_CRL')),
  text('Source_SSL_Crlpath', option('SSL_CRLPATH')),
  text('Retrieved_Gtid_Set', ({ retrieved }) => gtidSetLines(retrieved)),
  text('Executed_Gtid_Set', ({ server }) => gtidSetLines(server.history.gtids.text('executed'))),
  integer('Auto_Position', ({ settings }) => Number(settings.gtid === 'auto-position')),
  text('Replicate_Rewrite_DB'),
  text('Channel_Name'),
  text('Source_TLS_Version', option('TLS_VERSION')),
  text('Source_public_key_path', option('PUBLIC_KEY_PATH')),
  integer('Get_Source_public_key', (view) => shownNumber(view, 'GET_PUBLIC_KEY', 0)),
  text('Network_Namespace', option('NETWORK_NAMESPACE')),
];

const status: VirtualTable = {
  columns: COLUMNS.map(({ column }) => column),
  rows({ server }) {
    const view = replicaView(server);
    return view === null ? [] : [COLUMNS.map(({ value }) => value(view))];
  },
};

export const REPLICA_STATUS: readonly Show[] = [
  { ...status, words: ['REPLICA', 'STATUS'], privileges: 'SUPER, REPLICATION CLIENT' },
];
