/**
 * Everything we may ask a server to change, as data. Plans consist of these; the dialects alone know the statements.
 */

import type { ReplicationTls } from './instance.ts';
import type { InstanceKey } from './instance-key.ts';
import type { RelayLogSafe } from './relay-log-safe.ts';

/** How a replica finds its place in the new source's binary logs. */
export type GtidMethod =
  /** Oracle: the source sends what is missing in the executed set. */
  | 'auto-position'
  /** MariaDB: from what was replicated. */
  | 'slave-pos'
  /** MariaDB: including own writes; for a server that was a primary until now. */
  | 'current-pos';

export interface FollowOptions {
  readonly source: InstanceKey;
  readonly method: GtidMethod;
  /** False: the server already replicates by this method, and need not be told again. */
  readonly stateMethod: boolean;
  readonly allowTls: boolean;
  readonly tls: ReplicationTls;
  /** Its applier may go on while the source is changed. */
  readonly applierRuns: boolean;
  /** Only for a server that has none configured (a demoted primary). */
  readonly credentials: ReplicationCredentials | null;
}

export interface ReplicationCredentials {
  readonly user: string;
  readonly password: string;
}

export type ServerCommand =
  | { readonly kind: 'stop-receiver' }
  | { readonly kind: 'start-receiver' }
  | { readonly kind: 'start-applier' }
  | { readonly kind: 'stop-replication' }
  | { readonly kind: 'start-replication' }
  /**
   * Ends an applier that waits for the rest of a transaction which will never come; what it has of that one is rolled back (D15). Needs more
   * privileges than the rest, and what follows succeeds without it, later: a server may refuse it.
   */
  | { readonly kind: 'end-half-transaction' }
  /** Stop, and forget source and credentials for ever. */
  | { readonly kind: 'forget-source'; readonly relayLog: RelayLogSafe }
  /** Stop, point at another source; does not start. */
  | { readonly kind: 'follow'; readonly relayLog: RelayLogSafe; readonly options: FollowOptions }
  /** Stop, and mask the source's host so that the receiver never connects; reversible (D7). The relay log is kept where the family allows it. */
  | { readonly kind: 'detach-source'; readonly source: InstanceKey; readonly relayLog: RelayLogSafe }
  | { readonly kind: 'set-read-only'; readonly readOnly: boolean; readonly superReadOnly: boolean }
  /** Of clients: replicas, the server's own threads and the account that we use ourselves stay. Whoever waits for its commit hears nothing of it any more. */
  | { readonly kind: 'end-sessions' }
  /** Off answers "committed" to every session whose commit waits for acknowledgements: those must have been ended before (G4). */
  | { readonly kind: 'set-semi-sync-source'; readonly enabled: boolean }
  /** Blocks on the server until the transactions are applied, at most `timeoutSeconds`. */
  | { readonly kind: 'wait-for-gtid'; readonly gtid: string; readonly timeoutSeconds: number };

/** Whether commands after this one are sent all the same when the server refuses it. */
export const mayBeRefused = (command: ServerCommand): boolean => command.kind === 'end-half-transaction';

/** One line for journals, plans and terminals. */
export function commandText(command: ServerCommand): string {
  switch (command.kind) {
    case 'follow':
      return `replicate from ${command.options.source.hostname}:${command.options.source.port} (${command.options.method})`;
    case 'set-read-only':
      return command.readOnly ? 'make read-only' : 'make writable';
    case 'end-sessions':
      return 'end the sessions of clients';
    case 'set-semi-sync-source':
      return command.enabled ? 'wait for acknowledgements' : 'wait for no acknowledgements';
    case 'wait-for-gtid':
      return 'apply what was received';
    case 'end-half-transaction':
      return 'end the half transaction';
    case 'forget-source':
      return 'forget its source';
    case 'detach-source':
      return 'detach from its source';
    case 'stop-receiver':
      return 'stop the receiver';
    case 'start-receiver':
      return 'start the receiver';
    case 'start-applier':
      return 'start the applier';
    case 'stop-replication':
      return 'stop replication';
    case 'start-replication':
      return 'start replication';
  }
}
