/**
 * Rows of the probe to facts, MaxScale (spec/discovery.md 9.2 steps 2 and 3a, 9.4 with the columns of dialect A, 9.8).
 *
 * What a binlog server does not have is fixed: it has no uptime that it tells, takes no writes, hands on the binary log as it gets it, and
 * is known by the name it is reached by. By default it answers with the server id and the UUID of its source.
 */
import { blankInstance } from '../../model/blank-instance.ts';
import { serverUuid } from '../../model/brand.ts';
import type { Instance, ThreadState } from '../../model/instance.ts';
import type { InstanceKey } from '../../model/instance-key.ts';
import { parseServerVersion } from '../../model/server-version.ts';
import type { Row, Rows } from '../../ports/server-wire.ts';
import type { ProbeFacts, SectionRows } from '../dialect.ts';
import { coordinates, NO_SOURCE_UUID, oldStatus, threadState } from '../replication-row.ts';
import { numberOf, textOf } from '../row-values.ts';
import { registeredReplicas } from '../seen-replicas.ts';
import { isOddVersion, VERSION_VARIABLE } from './statements.ts';

/** Its events have whatever format the source wrote them in. */
const BINLOG_FORMAT = 'INHERIT';

/** What the receiver of 1.1.0 says of itself when it really receives; it claims to run before that, too. */
const RECEIVING = 'Binlog Dump';

export function readProbe(key: InstanceKey, rows: SectionRows): ProbeFacts {
  const version = maxScaleVersion(rows.get('version'));
  const status = rows.get('replication')?.[0];
  const isOdd = isOddVersion(parseServerVersion(version));
  const observed: Instance = {
    ...blankInstance(key),
    serverId: Number(firstValue(rows.get('server-id'))) || 0,
    serverUuid: serverUuid(firstValue(rows.get('server-uuid'))),
    version,
    isBinlogServer: true,
    readOnly: true,
    binlogFormat: BINLOG_FORMAT,
    logBinEnabled: true,
    logReplicaUpdatesEnabled: true,
    selfCoordinates: coordinates(rows.get('binlog')?.[0] ?? {}, 'File', 'Position', 'binary'),
  };
  const sourceHost = isOdd ? firstValue(rows.get('hostname')) : textOf(status, 'Master_Host');
  return {
    instance: status === undefined ? observed : { ...observed, ...replicationOf(status, sourceHost, isOdd) },
    hostname: key.hostname,
    reportHost: key.hostname,
    reportPort: key.port,
    registeredReplicas: registeredReplicas(rows.get('registered')),
    dumpingReplicas: [],
    replicationUser: textOf(status, 'Master_User'),
  };
}

/** `2.4.10-maxscale`, out of the variable, or the version that says so itself. */
export function maxScaleVersion(rows: Rows | undefined): string {
  const variable = rows?.find((row) => textOf(row, 'Variable_name').toLowerCase() === VERSION_VARIABLE);
  if (variable !== undefined) return `${textOf(variable, 'Value') || '0.0.0'}-maxscale`;
  return firstValue(rows) || '0.0.0-maxscale';
}

/** It names the one column of such an answer in its own ways. */
function firstValue(rows: Rows | undefined): string {
  const [row] = rows ?? [];
  const [column] = Object.keys(row ?? {});
  return column === undefined ? '' : textOf(row, column);
}

function replicationOf(row: Row, sourceHost: string, isOdd: boolean): Partial<Instance> {
  const isReceiving = !isOdd || textOf(row, 'Slave_IO_State') === RECEIVING;
  const stateOf = (column: string): ThreadState => {
    const state = threadState(textOf(row, column));
    return state === 'running' && !isReceiving ? 'other' : state;
  };
  return {
    ...oldStatus(withReceiverError(row), {
      receiverState: stateOf('Slave_IO_Running'),
      applierState: stateOf('Slave_SQL_Running'),
    }),
    sourceKey: sourceHost === '' ? null : { hostname: sourceHost, port: numberOf(row, 'Master_Port') },
    sourceUuid: textOf(row, 'Master_UUID') || NO_SOURCE_UUID,
  };
}

/**
 * A17: its one error is its receiver's, and it tells that as `Last_Error`; `Last_IO_Error` is always empty (all releases from 1.2 to 2.5). Read like a
 * server's, it would seem to connect without an error for ever, and nobody would hear that it cannot reach its source.
 */
function withReceiverError(row: Row): Row {
  const isTold = numberOf(row, 'Last_IO_Errno') !== 0 || textOf(row, 'Last_IO_Error') !== '';
  return isTold ? row : { ...row, Last_IO_Errno: row['Last_Errno'], Last_IO_Error: row['Last_Error'] };
}
