/** What a receiver says of a source that it cannot reach, in the words of its family (seen on 9.7 and 10.11). */
import { LOST_CONNECTION } from './binlog-router-words.ts';
import { connectRetryMillis, type ReplicaSettings, retryCount } from './replica-settings.ts';
import type { ServerOptions } from './server-options.ts';

/** Each family has words of its own for it. */
export interface ConnectFailure {
  mysql(host: string, port: number): string;
  mariadb(host: string): string;
}

export const REFUSED: ConnectFailure = {
  mysql: (host, port) => `Can't connect to MySQL server on '${host}:${port}' (111)`,
  mariadb: (host) => `Can't connect to server on '${host}' (111 "Connection refused")`,
};

export const TIMED_OUT: ConnectFailure = {
  mysql: (host, port) => `Can't connect to MySQL server on '${host}:${port}' (110)`,
  mariadb: (host) => `Can't connect to server on '${host}' (110 "Connection timed out")`,
};

export const UNKNOWN: ConnectFailure = {
  mysql: (host) => `Unknown MySQL server host '${host}' (-2)`,
  mariadb: (host) => `Unknown server host '${host}' (-2)`,
};

export function connectErrorText(
  { family, isBinlogServer }: ServerOptions,
  settings: ReplicaSettings,
  failure: ConnectFailure,
  isReconnecting: boolean,
): string {
  if (isBinlogServer) return LOST_CONNECTION;
  const verb = isReconnecting ? 'reconnecting' : 'connecting';
  const { user, host, port } = settings;
  const seconds = Math.ceil(connectRetryMillis(settings) / 1000);
  if (family === 'mysql') {
    const attempts = `This was attempt 1/${retryCount(settings)}, with a delay of ${seconds} seconds between attempts.`;
    return `Error ${verb} to source '${user}@${host}:${port}'. ${attempts} Message: ${failure.mysql(host, port)}`;
  }
  const attempts = `retry-time: ${seconds}  maximum-retries: 100000`;
  return `error ${verb} to master '${user}@${host}:${port}' - ${attempts}  message: ${failure.mariadb(host)}`;
}

export function equalServerIdsText(family: ServerOptions['family']): string {
  const [source, replica, product] =
    family === 'mysql' ? ['source', 'replica', 'MySQL'] : ['master', 'slave', 'MariaDB'];
  const reason = `The ${replica} I/O thread stops because ${source} and ${replica} have equal ${product} server ids`;
  const advice = `or the --replicate-same-server-id option must be used on ${replica} but this does not always make sense; please check the manual before using it`;
  return `Fatal error: ${reason}; these ids must be different for replication to work (${advice}).`;
}

/** Modes with and without GTIDs do not go together (manual 19.1.4.1; seen on 9.7). */
export const otherGtidModeText = (source: string, own: string): string =>
  `The replication receiver thread cannot start because the source has GTID_MODE = ${source} and this server has GTID_MODE = ${own}.`;
