// What a sandbox server is told at its start, and the interface through which the two families differ.

import { dirname } from 'node:path';
import type { ServerBinaries } from './server-binaries.ts';

/** Seconds without a word from the source after which a replica's receiver gives the connection up. */
export const replicaNetTimeoutSeconds = 4;

/** Seconds between heartbeats that an idle source sends to its replicas. */
export const heartbeatPeriodSeconds = 1;

/** Seconds between a receiver's attempts to reach its source. */
export const connectRetrySeconds = 1;

/** How often a receiver tries before it gives up: never within the life of a sandbox (MySQL 8.4+ gives up after 10). */
export const connectRetryCount = 86_400;

/** Everything that differs from server to server. */
export interface ServerTraits {
  /** Where it listens and is known. */
  address: string;
  port: number;
  serverId: number;
  dataDir: string;
  socket: string;
  errorLog: string;
  pidFile: string;
  readOnly: boolean;
  /** Flush redo and binary log at every commit. Off: a killed process loses nothing, a crashed machine might. */
  durable: boolean;
  /** Which half of semi-synchronous replication is switched on; both halves are loaded unless it is `off`. */
  semiSync: SemiSync;
}

export type SemiSync =
  | { kind: 'off' }
  | { kind: 'source'; waitForReplicas: number; timeoutMillis: number }
  | { kind: 'replica' };

/** Where a replica finds its source. */
export interface SourceAddress {
  host: string;
  port: number;
}

/** What a family does in its own way. */
export interface FamilySetup {
  /** Options of the server program (without those of `ServerBinaries`). */
  options(traits: ServerTraits): string[];
  /** Makes an empty data directory with the sandbox accounts and an empty GTID history. */
  initialise(binaries: ServerBinaries, dataDir: string): Promise<void>;
  /** Statements that make a fresh server a replica of `source` by GTID and start it. */
  replicateFrom(source: SourceAddress): string[];
  /** Files of a data directory that must not be shared by two servers, because they carry the server's identity. */
  identityFiles: readonly string[];
}

/** Options that both families understand. Small buffers: eight servers fit on a laptop. */
export function commonOptions(traits: ServerTraits): string[] {
  return [
    `--datadir=${traits.dataDir}`,
    // A starting MariaDB deletes the temporary tables in its folder for them: in /tmp those of every other server too.
    `--tmpdir=${dirname(traits.dataDir)}`,
    `--socket=${traits.socket}`,
    `--log-error=${traits.errorLog}`,
    `--pid-file=${traits.pidFile}`,
    `--bind-address=${traits.address}`,
    `--port=${traits.port}`,
    `--server-id=${traits.serverId}`,
    `--report-host=${traits.address}`,
    `--report-port=${traits.port}`,
    '--skip-name-resolve',
    '--log-bin=binlog',
    '--relay-log=relaylog',
    '--binlog-format=ROW',
    `--sync-binlog=${traits.durable ? 1 : 0}`,
    `--innodb-flush-log-at-trx-commit=${traits.durable ? 1 : 2}`,
    '--innodb-buffer-pool-size=24M',
    '--innodb-log-buffer-size=2M',
    '--key-buffer-size=1M',
    '--table-open-cache=400',
  ];
}
