/**
 * What a replica can be told, with what each family refuses and what it throws away (MySQL manual 15.4.2; MariaDB knowledge base, "Replication Commands").
 * Errors are numbers; the texts belong to the SQL.
 */
import type { Planned } from '../event-queue.ts';
import { NOTHING_PLANNED } from './nothing-planned.ts';
import type { PretendServer } from './pretend-server.ts';
import { NO_REPLICA_SETTINGS, type ReplicaSettings } from './replica-settings.ts';

export interface Threads {
  readonly receiver: boolean;
  readonly applier: boolean;
}

export const BOTH: Threads = { receiver: true, applier: true };

const NOT_CONFIGURED = 1200;
const MARIADB_MUST_STOP = 1198;
const MUST_STOP_RECEIVER = 3021;
const MUST_STOP_CHANNEL = 3081;
const MUST_STOP_APPLIER = 3085;

/**
 * `done(null)` when they have stopped: the applier first, which finishes its transaction; the receiver goes on until then (seen on 9.7 and 10.11).
 * Returns how to wait no longer: the applier stops all the same, the receiver is left running.
 */
export function stopReplica(server: PretendServer, threads: Threads, done: (error: number | null) => void): Planned {
  const { receiver, applier } = server.running;
  const stopReceiver = (): void => {
    if (threads.receiver) receiver.stop();
    done(null);
  };
  if (threads.applier) return applier.stop(stopReceiver);
  stopReceiver();
  return NOTHING_PLANNED;
}

/** Null: they run, or will. */
export function startReplica(server: PretendServer, threads: Threads): number | null {
  const { receiver, applier } = server.running;
  if (server.settings === null) {
    // MySQL's applier alone starts, and finds nothing to do (seen on 9.7).
    if (server.options.family === 'mariadb' || threads.receiver) return NOT_CONFIGURED;
    applier.start();
    return null;
  }
  const bothStood = receiver.state === 'stopped' && applier.state === 'stopped';
  // Seen on 10.11: it means to fetch all again from the position that it applied.
  if (server.options.family === 'mariadb' && server.settings.gtid !== 'off' && bothStood) {
    server.relayLog.drop('start of a thread while both stood still');
    receiver.beginAt(server.requested);
  }
  if (threads.receiver) receiver.start();
  if (threads.applier) applier.start();
  return null;
}

export function resetReplicaAll(server: PretendServer): number | null {
  const error = resetReplica(server, 'reset replica all');
  if (error === null) {
    server.running.receiver.forgetSource();
    server.configure(null);
  }
  return error;
}

/** The relay log is thrown away; source and account stay. */
export function resetReplica(server: PretendServer, reason = 'reset replica'): number | null {
  const { receiver, applier } = server.running;
  const isMysql = server.options.family === 'mysql';
  if (receiver.state !== 'stopped' || applier.state !== 'stopped')
    return isMysql ? MUST_STOP_CHANNEL : MARIADB_MUST_STOP;
  server.relayLog.drop(reason);
  receiver.reset();
  applier.clearError();
  return null;
}

/** Those settings that are named change; the others stay. */
export function changeSource(server: PretendServer, change: Partial<ReplicaSettings>): number | null {
  const { receiver, applier } = server.running;
  const runs: Threads = { receiver: receiver.state !== 'stopped', applier: applier.state !== 'stopped' };
  const isMysql = server.options.family === 'mysql';
  const error = isMysql ? mysqlChangeError(runs, change) : null;
  if (error !== null) return error;
  if (!isMysql && (runs.receiver || runs.applier)) return MARIADB_MUST_STOP;
  // With a thread of it running MySQL keeps the relay log (manual 15.4.2.2).
  if (!runs.receiver && !runs.applier) server.relayLog.drop(isMysql ? 'change source' : 'change master');
  const before = server.settings ?? (isMysql ? NEW_MYSQL_REPLICA : { ...NEW_MARIADB_REPLICA, ...server.forgotten });
  // Seen on 9.7 and 10.11: the other options stay, this one has to be told each time.
  const forgetsHeartbeat = !isMysql || changesReceiver(change);
  const kept = [...(before.others ?? [])].filter(([name]) => name !== 'HEARTBEAT_PERIOD' || !forgetsHeartbeat);
  const after = { ...before, ...change, others: new Map([...kept, ...(change.others ?? [])]) };
  if (after.host !== before.host || after.port !== before.port) {
    receiver.forgetSource();
    server.relayLog.forgetSource();
  }
  if (changesReceiver(change)) receiver.heartbeats = 0;
  server.configure(after);
  return null;
}

/** TLS where the source has it (seen on 9.7). */
const NEW_MYSQL_REPLICA: ReplicaSettings = { ...NO_REPLICA_SETTINGS, tls: true };

/** The default of `MASTER_USE_GTID` since 10.10. */
const NEW_MARIADB_REPLICA: ReplicaSettings = { ...NO_REPLICA_SETTINGS, gtid: 'slave-pos' };

const changesReceiver = (change: Partial<ReplicaSettings>): boolean =>
  Object.keys(change).some((name) => name !== 'delaySeconds' && name !== 'gtid');

function mysqlChangeError(runs: Threads, change: Partial<ReplicaSettings>): number | null {
  if (change.gtid !== undefined && (runs.receiver || runs.applier)) return MUST_STOP_CHANNEL;
  if (runs.receiver && changesReceiver(change)) return MUST_STOP_RECEIVER;
  return runs.applier && change.delaySeconds !== undefined ? MUST_STOP_APPLIER : null;
}
