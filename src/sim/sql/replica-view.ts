/**
 * A replica as the status statements of both families show it, in words of neither.
 */

import { BINLOG_FILE, binlogPosition } from '../server/binlog-position.ts';
import { positionText } from '../server/gtid-state.ts';
import type { PretendServer } from '../server/pretend-server.ts';
import type { ApplierActivity } from '../server/relay-log-reader.ts';
import type { ReplicaSettings } from '../server/replica-settings.ts';
import type { SqlValue } from '../sql-session.ts';

export interface LogPlace {
  /** '' before anything was received. */
  readonly file: string;
  readonly position: number;
}

export interface ReplicaView {
  readonly server: PretendServer;
  readonly settings: ReplicaSettings;
  readonly receiver: 'stopped' | 'connecting' | 'reconnecting' | 'connected' | 'writing';
  readonly applier: ApplierActivity;
  readonly receiverError: { readonly number: number; readonly text: string };
  readonly applierError: { readonly number: number; readonly text: string };
  /** In the source's binary log. */
  readonly read: LogPlace;
  readonly applied: LogPlace;
  readonly relayLog: LogPlace;
  readonly relayLogBytes: number;
  /** Null: nobody can tell. */
  readonly secondsBehind: number | null;
  /** Null: nothing waits. */
  readonly remainingDelaySeconds: number | null;
  /** Received whole since the relay log was begun. */
  readonly retrieved: string;
}

/** Null: it has no source. */
export function replicaView(server: PretendServer): ReplicaView | null {
  const { settings, relayLog } = server;
  if (settings === null) return null;
  const { receiver, applier } = server.running;
  const { readPlace, appliedPlace } = relayLog;
  return {
    server,
    settings,
    receiver: receiverDoes(receiver),
    applier: applier.activity,
    receiverError: { number: receiver.errorNumber, text: receiver.errorText },
    applierError: { number: applier.errorNumber, text: applier.errorText },
    read: readPlace === null ? { file: '', position: 4 } : logPlace(readPlace),
    applied: appliedPlace === null ? { file: '', position: 0 } : logPlace(appliedPlace),
    relayLog: readPlace === null ? { file: 'relaylog.000001', position: 4 } : relayLogPlace(appliedPlace ?? 0),
    relayLogBytes: binlogPosition((readPlace ?? 0) - (appliedPlace ?? 0) + 1),
    secondsBehind: secondsBehind(server),
    remainingDelaySeconds: applier.remainingDelayMillis > 0 ? Math.ceil(applier.remainingDelayMillis / 1000) : null,
    retrieved: positionText(relayLog.retrieved),
  };
}

function receiverDoes(receiver: PretendServer['running']['receiver']): ReplicaView['receiver'] {
  if (receiver.isReconnecting) return 'reconnecting';
  return receiver.state === 'connected' && receiver.isWriting ? 'writing' : receiver.state;
}

const logPlace = (transactions: number): LogPlace => ({ file: BINLOG_FILE, position: binlogPosition(transactions) });

const relayLogPlace = (transactions: number): LogPlace => ({
  file: 'relaylog.000002',
  position: binlogPosition(transactions),
});

/** NULL without an applier, and where everything received is applied and nothing can be received (as both families calculate it). */
function secondsBehind(server: PretendServer): number | null {
  const { applier, receiver, process } = server.running;
  if (applier.state === 'stopped') return null;
  const since = applier.oldestWaitingSince;
  // MySQL compares places in files: where it has received nothing yet, the two differ (seen on 9.7).
  const hasReadNothing = server.options.family === 'mysql' && server.relayLog.readPlace === null;
  if (since === null) return receiver.state === 'connected' || hasReadNothing ? 0 : null;
  return Math.max(0, Math.floor((process.now - since) / 1000));
}

/** An option that is only shown, by its name in the statement without the prefix. */
export const shownOption = ({ settings }: ReplicaView, name: string): string => settings.others?.get(name) ?? '';

/** The same for one that is a number or a flag. */
export const shownNumber = (view: ReplicaView, name: string, usual: number): SqlValue =>
  Number(shownOption(view, name) || usual);

export const yesNo = (is: boolean): 'Yes' | 'No' => (is ? 'Yes' : 'No');

/** As both families say whether a receiver runs. */
export function receiverRuns({ receiver }: ReplicaView): 'Yes' | 'No' | 'Connecting' {
  if (receiver === 'connected' || receiver === 'writing') return 'Yes';
  return receiver === 'stopped' ? 'No' : 'Connecting';
}
