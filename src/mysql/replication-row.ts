/**
 * What both families' replication status rows have in common; they differ in the words of the columns only (spec/discovery.md 9.4).
 */
import type { BinlogCoordinates, LogType } from '../model/binlog-coordinates.ts';
import { NO_EVIDENCE } from '../model/blank-instance.ts';
import type {
  Instance,
  OtherChannel,
  ReceiverEvidence,
  ReceiverOptions,
  ReplicationTls,
  ThreadState,
} from '../model/instance.ts';
import type { InstanceKey } from '../model/instance-key.ts';
import type { Row, Rows } from '../ports/server-wire.ts';
import { nullableNumberOf, numberOf, textOf, triStateOf } from './row-values.ts';

/** Unknown words are `other` (`Connecting`, `Preparing`): neither running nor stopped. */
export function threadState(text: string): ThreadState {
  if (text === 'Yes') return 'running';
  return text === 'No' ? 'stopped' : 'other';
}

/** What a receiver does, in the documented words of its thread's state (MySQL manual 10.14.5; knowledge base, "Slave I/O Thread States"). */
export const waitsForSource = (state: string): boolean =>
  state === 'Waiting for source to send event' || state === 'Waiting for master to send event';

/** The words of a family's columns. */
export interface StatusWords {
  readonly channel: 'Channel_Name' | 'Connection_name';
  readonly source: 'Source_' | 'Master_';
  readonly thread: 'Replica_' | 'Slave_';
}

/**
 * Channels of a replication group, which have no source: where their events come from is the group's affair. 9.7 shows them to those alone who name them; no other
 * release has been asked.
 */
const GROUP_CHANNELS: readonly string[] = ['group_replication_applier', 'group_replication_recovery'];

export interface Channels {
  /** The one that the contract shows: without a name, else the first. Undefined: the server replicates from nobody. */
  readonly first: Row | undefined;
  readonly others: readonly OtherChannel[];
}

/** The sources of a server, one row each. */
/** Not how a server replicates: for a while it fetches what another one alone has (D9). A primary that does stays a primary. */
export const RESCUE_CHANNEL = 'orchestrator_rescue';

export function channelsOf(rows: Rows | undefined, words: StatusWords): Channels {
  const channels = (rows ?? []).filter(
    (row) => ![...GROUP_CHANNELS, RESCUE_CHANNEL].includes(textOf(row, words.channel)),
  );
  const first = channels.find((row) => textOf(row, words.channel) === '') ?? channels[0];
  return { first, others: channels.filter((row) => row !== first).map((row) => otherChannel(row, words)) };
}

function otherChannel(row: Row, { channel, source, thread }: StatusWords): OtherChannel {
  const usingGtid = textOf(row, 'Using_Gtid');
  return {
    name: textOf(row, channel),
    sourceKey: sourceKeyOf(row, source),
    receiverState: threadState(textOf(row, `${thread}IO_Running`)),
    applierState: threadState(textOf(row, `${thread}SQL_Running`)),
    usingGtid: numberOf(row, 'Auto_Position') === 1 || (usingGtid !== '' && usingGtid !== 'No'),
    receivedGtid: (textOf(row, 'Retrieved_Gtid_Set') || textOf(row, 'Gtid_IO_Pos')).replace(/\s+/g, ''),
  };
}

export function sourceKeyOf(row: Row, prefix: StatusWords['source']): InstanceKey | null {
  const hostname = textOf(row, `${prefix}Host`);
  return hostname === '' ? null : { hostname, port: numberOf(row, `${prefix}Port`) };
}

const FILTER_COLUMNS = [
  'Replicate_Do_DB',
  'Replicate_Ignore_DB',
  'Replicate_Do_Table',
  'Replicate_Ignore_Table',
  'Replicate_Wild_Do_Table',
  'Replicate_Wild_Ignore_Table',
] as const;

export function hasFilters(row: Row): boolean {
  return FILTER_COLUMNS.some((column) => textOf(row, column) !== '');
}

export function coordinates(row: Row, fileColumn: string, positionColumn: string, type: LogType): BinlogCoordinates {
  return { file: textOf(row, fileColumn), pos: numberOf(row, positionColumn), type };
}

/** The contract keeps errors as quoted ASCII literals (spec/discovery.md 9.4); no error is the empty text. */
export function quotedError(text: string): string {
  if (text === '') return '';
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Spelled by 8.0.4, by the manual of 8.0.22 and by 9.7. */
const GET_KEY_COLUMNS = ['Get_master_public_key', 'Get_source_public_key', 'Get_Source_public_key'] as const;

/** Settings of the connection to the source, by the family's prefix (`Source_` or `Master_`). */
export function tlsSettings(row: Row, prefix: string): ReplicationTls {
  const publicKeyPath = textOf(row, `${prefix}public_key_path`);
  const getKey = GET_KEY_COLUMNS.map((column) => triStateOf(row, column)).find((value) => value !== null) ?? null;
  return {
    caFile: textOf(row, `${prefix}SSL_CA_File`),
    caPath: textOf(row, `${prefix}SSL_CA_Path`),
    certificate: textOf(row, `${prefix}SSL_Cert`),
    cipher: textOf(row, `${prefix}SSL_Cipher`),
    crlFile: textOf(row, `${prefix}SSL_Crl`),
    crlPath: textOf(row, `${prefix}SSL_Crlpath`),
    key: textOf(row, `${prefix}SSL_Key`),
    verifyServerCertificate: triStateOf(row, `${prefix}SSL_Verify_Server_Cert`),
    tlsVersion: textOf(row, `${prefix}TLS_Version`),
    tlsCiphersuites: textOf(row, `${prefix}TLS_Ciphersuites`),
    sourcePublicKeyPath: publicKeyPath,
    // A known key path says that the key is not asked for (spec/topology-operations.md 3.3).
    getSourcePublicKey: getKey ?? (publicKeyPath === '' ? null : false),
  };
}

/** Beside TLS. `heartbeatSeconds` null: the server does not tell. */
export function receiverOptions(row: Row, prefix: string, heartbeatSeconds: number | null): ReceiverOptions {
  return {
    heartbeatPeriodMillis: heartbeatSeconds === null ? null : Math.round(heartbeatSeconds * MILLIS_PER_SECOND),
    connectRetrySeconds: nullableNumberOf(row, 'Connect_Retry'),
    retryCount: nullableNumberOf(row, `${prefix}Retry_Count`),
    filtersDomains: DOMAIN_COLUMNS.some((column) => textOf(row, column) !== ''),
  };
}

/** MariaDB. */
const DOMAIN_COLUMNS = ['Replicate_Do_Domain_Ids', 'Replicate_Ignore_Domain_Ids'] as const;

const MILLIS_PER_SECOND = 1000;

/** What the contract shows where a server reports no UUID of its source. */
export const NO_SOURCE_UUID = 'No';

/** What the old words (`Master_`, `Slave_`) say wherever they are still used: MariaDB, and the binlog router that was made for it. */
export function oldStatus(
  row: Row,
  { receiverState, applierState }: Pick<Instance, 'receiverState' | 'applierState'>,
): Partial<Instance> & { readonly evidence: ReceiverEvidence } {
  const secondsBehindSource = nullableNumberOf(row, 'Seconds_Behind_Master');
  const lag = secondsBehindSource === null ? null : Math.max(0, secondsBehindSource);
  const usingGtid = textOf(row, 'Using_Gtid');
  return {
    receiverState,
    applierState,
    receiverRunning: receiverState === 'running',
    applierRunning: applierState === 'running',
    hasReplicationFilters: hasFilters(row),
    hasReplicationCredentials: textOf(row, 'Master_User') !== '',
    allowTls: textOf(row, 'Master_SSL_Allowed') === 'Yes',
    replicationTls: tlsSettings(row, 'Master_'),
    readCoordinates: coordinates(row, 'Master_Log_File', 'Read_Master_Log_Pos', 'binary'),
    execCoordinates: coordinates(row, 'Relay_Master_Log_File', 'Exec_Master_Log_Pos', 'binary'),
    relayLogCoordinates: coordinates(row, 'Relay_Log_File', 'Relay_Log_Pos', 'relay'),
    lastSqlError: quotedError(textOf(row, 'Last_SQL_Error')),
    lastIoError: quotedError(textOf(row, 'Last_IO_Error')),
    secondsBehindSource: lag,
    replicationLagSeconds: lag,
    sqlDelaySeconds: numberOf(row, 'SQL_Delay'),
    usingMariadbGtid: usingGtid !== '' && usingGtid !== 'No',
    evidence: {
      ...NO_EVIDENCE,
      lastErrorNumber: numberOf(row, 'Last_IO_Errno'),
      lastSqlErrorNumber: numberOf(row, 'Last_SQL_Errno'),
      receivedGtid: textOf(row, 'Gtid_IO_Pos'),
    },
  };
}
