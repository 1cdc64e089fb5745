/**
 * What a replica can be told, with what each family refuses and what it throws away (MySQL manual 15.4.2; MariaDB knowledge base, "Replication Commands").
 * Errors are numbers; the texts belong to the SQL.
 */
import type { Planned } from '../event-queue.ts';
import type { LogPlace } from './log-place.ts';
import { NOTHING_PLANNED } from './nothing-planned.ts';
import type { PretendServer } from './pretend-server.ts';

export interface Threads {
  readonly receiver: boolean;
  readonly applier: boolean;
}

export const BOTH: Threads = { receiver: true, applier: true };

const NOT_CONFIGURED = 1200;
const MARIADB_MUST_STOP = 1198;
const MUST_STOP_CHANNEL = 3081;

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

/** Null: they run, or will. `until`: where the applier is to stop, in the source's binary log. */
export function startReplica(server: PretendServer, threads: Threads, until: LogPlace | null = null): number | null {
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
  if (threads.applier && until === null) applier.start();
  if (threads.applier && until !== null) applier.startUntil(until);
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
