/**
 * What a pretended server is configured with: identity, and the variables that decide how it behaves.
 */
import type { ServerUuid } from '../../model/brand.ts';

export type Family = 'mysql' | 'mariadb';

/** As a server tells it to its replicas. */
export interface ServerIdentity {
  readonly serverId: number;
  readonly uuid: ServerUuid;
}

export interface SemiSyncOptions {
  /** Waits, as a source, for acknowledgements. */
  readonly source: boolean;
  /** Acknowledges, as a replica; takes effect when its receiver starts. */
  readonly replica: boolean;
  readonly waitCount: number;
  readonly timeoutMillis: number;
}

export interface ServerOptions {
  /** As clients dial it, and as it reports itself. */
  readonly host: string;
  /** Where it is in the network, and who it is in transcripts; null: its host. Servers that share a host need one each. */
  readonly name: string | null;
  readonly port: number;
  readonly family: Family;
  /** MaxScale's binlog router, below a server of the family: it keeps the binary log of its source, serves it to replicas, and has no data. */
  readonly isBinlogServer: boolean;
  /** As `@@version` has it; of a binlog server, as `MAXSCALE_VERSION` has it. */
  readonly version: string;
  readonly serverId: number;
  readonly uuid: ServerUuid;
  /** What its configuration file says; a restart comes back to it. */
  readonly readOnly: boolean;
  readonly semiSync: SemiSyncOptions;
  /** As `@@log_bin` has it. Without it no replica is let in, and there are no files. */
  readonly logBin: boolean;
  /** As `@@binlog_format` has it: with `STATEMENT` what clients insert is logged as they said it, with everything else as rows. */
  readonly binlogFormat: string;
  /** Appliers write what they apply to the server's own binary log. Without it replicas of this one hear nothing of that. */
  readonly logReplicaUpdates: boolean;
  /** MySQL: without it transactions are anonymous, and replicas go by file and position. */
  readonly gtidMode: 'ON' | 'OFF';
  /** MariaDB: nothing is written behind what is further in its domain. */
  readonly gtidStrictMode: boolean;
  /** How much longer headers and transactions are in its binary log than elsewhere: so a place in one log is none in another. */
  readonly binlogFillerBytes: number;
  /** Of the first file of its binary log. */
  readonly firstBinlogNumber: number;
  /** `sync_binlog=1`: a crash of the host loses nothing that was committed. */
  readonly syncsBinlog: boolean;
  /** MySQL: a restart drops what was received and not applied, and fetches it anew. */
  readonly relayLogRecovery: boolean;
  /** A restarted replica waits to be told. */
  readonly skipReplicaStart: boolean;
  readonly replicaNetTimeoutMillis: number;
  /** As those replicas are told that the world begins with; so is the next. */
  readonly heartbeatPeriodMillis: number;
  readonly connectRetryMillis: number;
  /** Likewise: by GTID, or from the beginning of its source's oldest file on. MySQL without GTIDs, and below or as a binlog server, goes by files anyway. */
  readonly replicatesByGtid: boolean;
  /** Likewise: how far its applier stays behind. */
  readonly delaySeconds: number;
  /** What applying one transaction takes. */
  readonly applyMillis: number;
  /** What a commit takes before anybody is asked. */
  readonly commitMillis: number;
  /** From the death of the process until its supervisor has started it again; null: nobody does. */
  readonly restartAfterMillis: number | null;
  /** Answers to configured queries, by their exact text: one row, one column. */
  readonly answers: ReadonlyMap<string, string>;
}

export const MYSQL_VERSION = '9.7.4';
export const MARIADB_VERSION = '10.11.18-MariaDB-log';

/** The last release whose binlog router serves MySQL. */
const MAXSCALE_VERSION = '2.4.10';

const NO_SEMI_SYNC: SemiSyncOptions = { source: false, replica: false, waitCount: 1, timeoutMillis: 10_000 };

/** A server as the sandbox makes them, by its number (1, 2, …). */
export function serverOptions(family: Family, number: number, change: Partial<ServerOptions> = {}): ServerOptions {
  return {
    host: `db${number}`,
    name: null,
    port: 3306,
    family,
    isBinlogServer: false,
    version: family === 'mysql' ? MYSQL_VERSION : MARIADB_VERSION,
    serverId: number,
    uuid: `00000000-0000-0000-0000-${String(number).padStart(12, '0')}` as ServerUuid,
    readOnly: true,
    semiSync: NO_SEMI_SYNC,
    logBin: true,
    binlogFormat: 'ROW',
    logReplicaUpdates: true,
    gtidMode: 'ON',
    gtidStrictMode: true,
    binlogFillerBytes: 0,
    firstBinlogNumber: 1,
    syncsBinlog: true,
    relayLogRecovery: false,
    skipReplicaStart: false,
    replicaNetTimeoutMillis: 4_000,
    heartbeatPeriodMillis: 1_000,
    connectRetryMillis: 1_000,
    replicatesByGtid: true,
    delaySeconds: 0,
    applyMillis: 1,
    commitMillis: 1,
    restartAfterMillis: null,
    answers: new Map(),
    ...change,
  };
}

/** Towards its source a binlog server has a server id of its own. */
const FIRST_BINLOG_SERVER_ID = 1_000;

/** A binlog server for replicas of MySQL, by its number among the binlog servers (1, 2, …). */
export function binlogServerOptions(number: number, change: Partial<ServerOptions> = {}): ServerOptions {
  return serverOptions('mysql', FIRST_BINLOG_SERVER_ID + number, {
    host: `bls${number}`,
    isBinlogServer: true,
    version: MAXSCALE_VERSION,
    ...change,
  });
}

/** Odd, so that a place in one log is hardly ever one in another. */
const FILLER_STEP_BYTES = 7;

/** A server that replicates by file and position, with places of its own: a move that mixes up two servers' coordinates begins at none, or at a wrong one. */
export function withoutGtids(family: Family, number: number, change: Partial<ServerOptions> = {}): ServerOptions {
  return serverOptions(family, number, {
    gtidMode: 'OFF',
    replicatesByGtid: false,
    binlogFillerBytes: FILLER_STEP_BYTES * number,
    firstBinlogNumber: number,
    ...change,
  });
}
