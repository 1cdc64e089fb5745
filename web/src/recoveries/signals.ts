/** The node's events in words, for the list of what happened since the page was opened. Pure. */
import type { Signal } from '../live/live-state.ts';
import { codeFacts, NO_PROBLEM } from '../model/analysis-codes.ts';
import type { ServerKey } from '../model/server.ts';
import type { RecoveryView } from './recovery-view.ts';

interface ShownCluster {
  readonly clusterName: string;
  readonly members: ReadonlySet<ServerKey>;
  readonly recoveries: readonly RecoveryView[];
}

/** Those that concern the cluster: by name, by server, or by one of its recoveries, which also knows the old name and the lost. */
export function signalsOf(signals: readonly Signal[], cluster: ShownCluster): readonly Signal[] {
  const uids = new Set(cluster.recoveries.map(({ uid }) => uid));
  const keys = new Set([
    ...cluster.members,
    ...cluster.recoveries.flatMap(({ failedKey, lost }) => [failedKey, ...lost]),
  ]);
  return signals.filter(({ event }) => {
    if ('uid' in event) return uids.has(event.uid) || event.clusterName === cluster.clusterName;
    return keys.has(event.key) || ('clusterName' in event && event.clusterName === cluster.clusterName);
  });
}

export function signalWords(event: Signal['event']): string {
  switch (event.kind) {
    case 'wire-broken':
      return `Connection to ${event.key} broke${event.reason ? `: ${event.reason}` : ''}`;
    case 'analysis-changed':
      return event.code === NO_PROBLEM || event.code === ''
        ? `${event.key}: no problem any more`
        : `${event.key}: ${codeFacts(event.code).words} (${event.code})`;
    case 'recovery-started':
      return `Recovery of ${event.key} started: ${event.code}`;
    case 'recovery-ended':
      return event.isSuccessful
        ? `Recovery ended: ${event.successor ?? 'nobody'} is promoted`
        : 'Recovery ended without success';
    case 'instance-forgotten':
      return `${event.key} was forgotten`;
  }
}
