/** Why an applier has stopped, in the words of its family (seen on 9.7 and 10.11). */
import { type Gtid, gtidText } from '../transaction.ts';
import type { Received } from './relay-log.ts';
import type { ServerOptions } from './server-options.ts';

export const COORDINATOR_KILLED_TEXT =
  '... The replica coordinator and worker threads are stopped, possibly leaving data in inconsistent state. A restart should restore consistency automatically, although using non-transactional storage for data or info tables or DDL queries could lead to problems. In such cases you have to examine your data (see documentation for details).';

export const RELAY_LOG_READ_FAILURE_TEXT =
  "Relay log read failure: Could not parse relay log event entry. The possible reasons are: the source's binary log is corrupted (you can check this by running 'mysqlbinlog' on the binary log), the replica's relay log is corrupted (you can check this by running 'mysqlbinlog' on the relay log), a network problem, the server was unable to fetch a keyring key required to open an encrypted relay log file, or a bug in the source's or replica's MySQL code. If you want to check the source's binary log or replica's relay log, you will be able to know their names by issuing 'SHOW REPLICA STATUS' on this replica.";

export function duplicateText({ family, gtidMode }: ServerOptions, { transaction, to }: Received, row: number): string {
  const { gtid, write } = transaction;
  if (family === 'mysql') {
    const where = `at source log ${to.file}, end_log_pos ${to.position}`;
    const name = gtidMode === 'OFF' ? 'ANONYMOUS' : gtidText(gtid);
    return `Coordinator stopped because there were error(s) in the worker(s). The most recent failure being: Worker 1 failed executing transaction '${name}' ${where}. See error log and/or performance_schema.replication_applier_status_by_worker table for more details about this failure or others, if any.`;
  }
  const table = write.kind === 'rows' ? write.table : '';
  const duplicate = `Duplicate entry '${row}' for key 'PRIMARY', Error_code: 1062; handler error HA_ERR_FOUND_DUPP_KEY`;
  return `Could not execute Write_rows_v1 event on table ${table}; ${duplicate}; the event's master log ${to.file}, end_log_pos ${to.position}`;
}

export const outOfOrderText = (gtid: Gtid, last: Gtid): string =>
  `An attempt was made to binlog GTID ${gtidText(gtid)} which would create an out-of-order sequence number with existing GTID ${gtidText(last)}, and gtid strict mode is enabled`;
