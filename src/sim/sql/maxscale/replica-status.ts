/**
 * `SHOW SLAVE STATUS` of a binlog server below MySQL: every column, in the order of release 2.4. It has one error, its receiver's, and shows it as
 * `Last_Error`; `Last_IO_Error` is always empty.
 */
import type { ReceiverState } from '../../server/receiver.ts';
import { connectRetryMillis, retryCount } from '../../server/replica-settings.ts';
import type { VirtualTable } from '../family-sql.ts';
import { type ReplicaView, receiverRuns, replicaView } from '../replica-view.ts';
import { type StatusColumn, text } from '../status-columns.ts';

const RECEIVER_STATES: Readonly<Record<ReceiverState, string>> = {
  stopped: 'Slave stopped',
  connecting: 'Connecting',
  connected: 'Binlog Dump',
};

const receiverOf = ({ server }: ReplicaView) => server.running.receiver;

/** There is no relay log beside the binary log, so that all places are the end of that. */
const file = ({ server }: ReplicaView): string => server.history.binlog.end.file;
const position = ({ server }: ReplicaView): string => String(server.history.binlog.end.position);

function runningState(view: ReplicaView): string {
  const { state, errorNumber } = receiverOf(view);
  if (state === 'stopped') return 'Slave stopped';
  if (errorNumber === 0) return 'Slave running';
  return state === 'connected' ? 'Error' : 'Registering';
}

const COLUMNS: readonly StatusColumn<ReplicaView>[] = [
  text('Slave_IO_State', (view) => RECEIVER_STATES[receiverOf(view).state]),
  text('Master_Host', ({ settings }) => settings.host),
  text('Master_User', ({ settings }) => settings.user),
  text('Master_Port', ({ settings }) => String(settings.port)),
  text('Connect_Retry', ({ settings }) => String(Math.ceil(connectRetryMillis(settings) / 1000))),
  text('Master_Log_File', file),
  text('Read_Master_Log_Pos', position),
  text('Relay_Log_File', file),
  text('Relay_Log_Pos', position),
  text('Relay_Master_Log_File', file),
  text('Slave_IO_Running', receiverRuns),
  // It applies nothing, and says that it does unless it is stopped.
  text('Slave_SQL_Running', (view) => (receiverOf(view).state === 'stopped' ? 'No' : 'Yes')),
  text('Replicate_Do_DB'),
  text('Replicate_Ignore_DB'),
  text('Replicate_Do_Table'),
  text('Replicate_Ignore_Table'),
  text('Replicate_Wild_Do_Table'),
  text('Replicate_Wild_Ignore_Table'),
  text('Last_Errno', ({ receiverError }) => String(receiverError.number)),
  text('Last_Error', ({ receiverError }) => receiverError.text),
  text('Skip_Counter', '0'),
  text('Exec_Master_Log_Pos', position),
  text('Relay_Log_Space', position),
  text('Until_Condition', 'None'),
  text('Until_Log_File'),
  text('Until_Log_Pos', '0'),
  text('Master_SSL_Allowed', 'No'),
  text('Master_SSL_CA_File'),
  text('Master_SSL_CA_Path'),
  text('Master_SSL_Cert'),
  text('Master_SSL_Cipher'),
  text('Master_SSL_Key'),
  text('Seconds_Behind_Master', '0'),
  text('Master_SSL_Verify_Server_Cert', 'No'),
  text('Last_IO_Errno', '0'),
  text('Last_IO_Error'),
  text('Last_SQL_Errno', '0'),
  text('Last_SQL_Error'),
  text('Replicate_Ignore_Server_Ids'),
  text('Master_Server_Id', (view) => String(receiverOf(view).sourceServerId)),
  text('Master_UUID', ({ server }) => server.identity.uuid),
  text('Master_Info_File', '/var/lib/maxscale/master.ini'),
  text('SQL_Delay', '0'),
  text('SQL_Remaining_Delay', null),
  text('Slave_SQL_Running_State', runningState),
  text('Master_Retry_Count', ({ settings }) => String(retryCount(settings))),
  text('Master_Bind'),
  text('Last_IO_Error_TimeStamp'),
  text('Last_SQL_Error_Timestamp'),
  text('Master_SSL_Crl'),
  text('Master_SSL_Crlpath'),
  text('Retrieved_Gtid_Set'),
  text('Executed_Gtid_Set'),
  text('Auto_Position'),
];

export const REPLICA_STATUS: VirtualTable = {
  columns: COLUMNS.map(({ column }) => column),
  rows({ server }) {
    const view = replicaView(server);
    return view === null ? [] : [COLUMNS.map(({ value }) => value(view))];
  },
};
