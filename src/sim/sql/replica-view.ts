/**
 * A replica as the status statements of both families show it, in words of neither.
 */

import { positionText } from '../server/gtid-position.ts';
import type { LogPlace } from '../server/log-place.ts';
import type { PretendServer } from '../server/pretend-server.ts';
import type { ApplierActivity } from '../server/relay-log-reader.ts';
import type { ReplicaSettings } from '../server/replica-settings.ts';
import type { SqlValue } from '../sql-session.ts';

export interface ReplicaView {
  readonly server: PretendServer;
  readonly settings: ReplicaSettings;
  readonly receiver: 'stopped' | 'connecting' | 'reconnecting' | 'connected' | 'writing';
  readonly applier: ApplierActivity;
  readonly receiverError: { readonly number: number; readonly text: string };
  readonly applierError: { readonly number: number; readonly text: string };
  /** In the source's binary log; its file is '' before anything was received. */
  readonly read: LogPlace;
  readonly applied: LogPlace;
  readonly relayLog: LogPlace;
  readonly relayLogBytes: number;
  /** Null: nobody can tell. */
  readonly secondsBehind: number | null;
  /** Null: nothing waits. */
  readonly remainingDelaySeconds: number | null;
  /** Where it was told to stop; null: nowhere. */
  readonly until: LogPlace | null;
  readonly skipCounter: number;
  /** Received whole since the relay log was begun. */
  readonly retrieved: string;
}

/** Null: it has no source. */
export function replicaView(server: PretendServer): ReplicaView | null {
  const { settings, relayLog } = server;
  if (settings === null) return null;
  const { receiver, applier } = server.running;
  return {
    server,
    settings,
    receiver: receiverDoes(receiver),
    applier: applier.activity,
    receiverError: { number: receiver.errorNumber, text: receiver.errorText },
    applierError: { number: applier.errorNumber, text: applier.errorText },
    read: relayLog.readAt ?? { file: '', position: 4 },
    applied: relayLog.appliedAt ?? { file: '', position: 0 },
    relayLog: relayLog.ownPlace,
    relayLogBytes: relayLog.bytes,
    secondsBehind: secondsBehind(server),
    remainingDelaySeconds: applier.remainingDelayMillis > 0 ? Math.ceil(applier.remainingDelayMillis / 1000) : null,
    until: applier.until,
    skipCounter: applier.skipCounter,
    retrieved: positionText(relayLog.retrieved),
  };
}

function receiverDoes(receiver: PretendServer['running']['receiver']): ReplicaView['receiver'] {
  if (receiver.isReconnecting) return 'reconnecting';
  return receiver.state === 'connected' && receiver.isWriting ? 'writing' : receiver.state;
}

/** NULL without an applier, and where everything received is applied and nothing can be received (as both families calculate it). */
function secondsBehind(server: PretendServer): number | null {
  const { applier, receiver, process } = server.running;
  if (applier.state === 'stopped') return null;
  const since = applier.oldestWaitingSince;
  // MySQL compares places in files: where it has received nothing yet, the two differ (seen on 9.7).
  const hasReadNothing = server.options.family === 'mysql' && server.relayLog.readAt === null;
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
