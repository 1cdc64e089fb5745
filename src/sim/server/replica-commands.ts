/**
 * What a replica can be told, with what each family refuses and what it throws away (MySQL manual 15.4.2; MariaDB knowledge base, "Replication Commands").
 * Errors are numbers; the texts belong to the SQL.
 */
import type { Planned } from '../event-queue.ts';
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

/** `done(null)` when they have stopped: an applier finishes its transaction first. Returns how to wait no longer; it stops all the same. */
export function stopReplica(server: PretendServer, threads: Threads, done: (error: number | null) => void): Planned {
  const { receiver, applier } = server.running;
  if (threads.receiver) receiver.stop();
  if (threads.applier) return applier.stop(() => done(null));
  done(null);
  return { cancel: () => {} };
}

/** Null: they run, or will. */
export function startReplica(server: PretendServer, threads: Threads): number | null {
  const { receiver, applier } = server.running;
  if (server.settings === null) return NOT_CONFIGURED;
  const bothStood = receiver.state === 'stopped' && applier.state === 'stopped';
  // Seen on 10.11: it means to fetch all again from the position that it applied.
  if (server.options.family === 'mariadb' && server.settings.gtid !== 'off' && bothStood) {
    server.relayLog.drop('start of a thread while both stood still');
  }
  if (threads.receiver) receiver.start();
  if (threads.applier) applier.start();
  return null;
}

export function resetReplicaAll(server: PretendServer): number | null {
  const { receiver, applier } = server.running;
  const isMysql = server.options.family === 'mysql';
  if (receiver.state !== 'stopped' || applier.state !== 'stopped')
    return isMysql ? MUST_STOP_CHANNEL : MARIADB_MUST_STOP;
  server.relayLog.drop('reset replica all');
  server.configure(null);
  receiver.errorNumber = 0;
  receiver.errorText = '';
  applier.errorNumber = 0;
  applier.errorText = '';
  return null;
}

/** Those settings that are named change; the others stay. */
export function changeSource(server: PretendServer, change: Partial<ReplicaSettings>): number | null {
  const { receiver, applier } = server.running;
  const receiverRuns = receiver.state !== 'stopped';
  const applierRuns = applier.state !== 'stopped';
  if (server.options.family === 'mariadb') {
    if (receiverRuns || applierRuns) return MARIADB_MUST_STOP;
    server.relayLog.drop('change master');
  } else {
    const needsBothStopped = change.gtid !== undefined;
    if (needsBothStopped && (receiverRuns || applierRuns)) return MUST_STOP_CHANNEL;
    if (receiverRuns) return MUST_STOP_RECEIVER;
    // With the applier running the relay log is kept (manual 15.4.2.2).
    if (!applierRuns) server.relayLog.drop('change source');
  }
  server.configure({ ...(server.settings ?? NO_REPLICA_SETTINGS), ...change });
  return null;
}
