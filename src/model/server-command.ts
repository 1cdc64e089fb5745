/**
 * Everything we may ask a server to change, as data. Plans consist of these; the dialects alone know the statements.
 */

import { type BinlogCoordinates, coordinatesText } from './binlog-coordinates.ts';
import type { DataReplaceable } from './data-replaceable.ts';
import type { ReceiverOptions, ReplicationTls } from './instance.ts';
import { type InstanceKey, instanceKeyText } from './instance-key.ts';
import type { RelayLogSafe } from './relay-log-safe.ts';

/** How a replica finds its place in the new source's binary logs. */
export type GtidMethod =
  /** Oracle: the source sends what is missing in the executed set. */
  | 'auto-position'
  /** MariaDB: from what was replicated. */
  | 'slave-pos'
  /** MariaDB: including own writes; for a server that was a primary until now. */
  | 'current-pos';

export type FollowPlace =
  /** `stateMethod` false: the server already replicates by this method, and need not be told again. */
  | { readonly kind: 'gtid'; readonly method: GtidMethod; readonly stateMethod: boolean }
  /** In the binary logs of the new source. `leavesGtid`: it replicated by GTID until now, and must be told that it does so no more. */
  | { readonly kind: 'position'; readonly coordinates: BinlogCoordinates; readonly leavesGtid: boolean };

export interface FollowOptions {
  readonly source: InstanceKey;
  readonly place: FollowPlace;
  readonly allowTls: boolean;
  readonly tls: ReplicationTls;
  /** What naming a source makes it forget is stated again; the rest only to a server that has none configured. */
  readonly receiver: ReceiverOptions;
  /** How far it stays behind, in seconds. It keeps that by itself, but for the remedy of error 1201 (D8, D13). */
  readonly delaySeconds: number;
  /** Its applier may go on while the source is changed. */
  readonly applierRuns: boolean;
  /** Only for a server that has none configured (a demoted primary). */
  readonly credentials: ReplicationCredentials | null;
}

export interface ReplicationCredentials {
  readonly user: string;
  readonly password: string;
  /** Files of the replica's host that go with the account; absent or '': as the replica has them. */
  readonly caFile?: string;
  readonly certificate?: string;
  readonly key?: string;
}

/** `allowTls` and `tls` as the replica has them, with the files that come with the account instead of its own. */
export interface CredentialOptions {
  readonly credentials: ReplicationCredentials;
  readonly allowTls: boolean;
  readonly tls: ReplicationTls;
}

/** Transactions that another server alone has, as a set of GTIDs, and how it is logged in to. */
export interface RescueOptions {
  readonly source: InstanceKey;
  readonly gtid: string;
  readonly credentials: ReplicationCredentials;
  readonly allowTls: boolean;
  readonly tls: ReplicationTls;
}

export type ServerCommand =
  | { readonly kind: 'stop-receiver' }
  | { readonly kind: 'start-receiver' }
  | { readonly kind: 'start-applier' }
  | { readonly kind: 'stop-applier' }
  /** `everyChannel`: of a server that has several sources, whatever they are called. */
  | { readonly kind: 'stop-replication'; readonly everyChannel?: true }
  | { readonly kind: 'start-replication' }
  /** Both threads; the applier stops by itself once it has applied what its source's binary log has up to this place. */
  | { readonly kind: 'start-until'; readonly coordinates: BinlogCoordinates }
  /**
   * Ends an applier that waits for the rest of a transaction which will never come; what it has of that one is rolled back (D15). Needs more
   * privileges than the rest, and what follows succeeds without it, later: a server may refuse it.
   */
  | { readonly kind: 'end-half-transaction' }
  /** Stop, and forget source and credentials for ever. */
  | { readonly kind: 'forget-source'; readonly relayLog: RelayLogSafe }
  /** Stop, point at another source; does not start. */
  | { readonly kind: 'follow'; readonly relayLog: RelayLogSafe; readonly options: FollowOptions }
  /**
   * Stop, and mask the source's host so that the receiver never connects; reversible (D7). The relay log is kept where the family allows it. Only for a replica
   * by GTID: one by file and position forgets its place with the host, and is detached by a `follow` that states it.
   */
  | { readonly kind: 'detach-source'; readonly source: InstanceKey; readonly relayLog: RelayLogSafe }
  | { readonly kind: 'set-read-only'; readonly readOnly: boolean; readonly superReadOnly: boolean }
  /** Of clients: replicas, the server's own threads and the account that we use ourselves stay. Whoever waits for its commit hears nothing of it any more. */
  | { readonly kind: 'end-sessions' }
  /** Off answers "committed" to every session whose commit waits for acknowledgements: those must have been ended before (G4). */
  | { readonly kind: 'set-semi-sync-source'; readonly enabled: boolean }
  /** Who acknowledges; a running receiver is stopped and started, since it tells its source only when it connects. */
  | { readonly kind: 'set-semi-sync-replica'; readonly enabled: boolean; readonly restartReceiver: boolean }
  /** Blocks on the server until the transactions are applied, at most `timeoutSeconds`. */
  | { readonly kind: 'wait-for-gtid'; readonly gtid: string; readonly timeoutSeconds: number }
  /** The same by a place in the source's binary log. */
  | { readonly kind: 'wait-for-position'; readonly coordinates: BinlogCoordinates; readonly timeoutSeconds: number }
  /** How far the applier stays behind, in seconds; its applier must stand still. */
  | { readonly kind: 'set-delay'; readonly delaySeconds: number }
  /** The event at which the applier stands is passed over; not allowed while GTID mode is on. */
  | { readonly kind: 'skip-event' }
  /** Empty transactions with these GTIDs, one each, in order: what carries them elsewhere is then known here, without its content. */
  | { readonly kind: 'inject-empty'; readonly gtids: readonly string[] }
  /** Binary logs and the record of what was executed are gone. Only for a server that nobody replicates from. */
  | { readonly kind: 'reset-binary-logs' }
  /** What counts as executed, right after the former. */
  | { readonly kind: 'set-gtid-purged'; readonly gtid: string }
  | { readonly kind: 'flush-binary-logs' }
  /** Everything before this file is deleted. */
  | { readonly kind: 'purge-binary-logs'; readonly file: string }
  /** Ends the statement that a session runs, not the session. */
  | { readonly kind: 'kill-query'; readonly processId: number }
  /** The account, and whatever of TLS goes with it; both threads must stand still. */
  | { readonly kind: 'change-credentials'; readonly options: CredentialOptions }
  /** Ask the source for its key: an account with caching_sha2_password cannot log in without TLS otherwise. */
  | { readonly kind: 'get-source-public-key' }
  /** Writes one event that changes nothing and that every server's logs can be searched for (spec/topology-operations.md 4.2). */
  | { readonly kind: 'inject-pseudo-gtid'; readonly marker: string }
  /** Lasts over restarts. Refused with 1290 where the server is super-read-only. */
  | { readonly kind: 'install-clone-plugin' }
  /** From whom it may be cloned: `host:port` between commas; '' for what is configured. Until it restarts. */
  | { readonly kind: 'set-clone-donors'; readonly donors: string }
  /** Comes alone: fetched and applied by a channel that is there for that alone, and is gone when this has ended, well or not (D9). */
  | { readonly kind: 'rescue'; readonly options: RescueOptions }
  /** A global variable of the server, until it restarts (`PrimaryVariables`, `ReplicaVariables`; E4). A role is taken without it too: a server may refuse it. */
  | { readonly kind: 'set-variable'; readonly name: string; readonly value: string }
  /** Beside read-only, which stays as it is. */
  | { readonly kind: 'set-super-read-only'; readonly enabled: boolean }
  /** All its data are replaced by those of the donor, and it restarts. Comes alone: done is when its own data are being deleted, and what follows is the server's work. */
  | {
      readonly kind: 'clone';
      readonly replaceable: DataReplaceable;
      readonly donor: InstanceKey;
      /** With which it logs in at the donor. */
      readonly credentials: ReplicationCredentials;
    };

/** Whether commands after this one are sent all the same when the server refuses it. */
export const mayBeRefused = ({ kind }: ServerCommand): boolean =>
  kind === 'end-half-transaction' || kind === 'set-variable';

/** One line for journals, plans and terminals. */
export function commandText(command: ServerCommand): string {
  switch (command.kind) {
    case 'follow':
      return `replicate from ${command.options.source.hostname}:${command.options.source.port} (${placeText(command.options.place)})`;
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
    case 'stop-applier':
      return 'stop the applier';
    case 'start-until':
      return `replicate until ${coordinatesText(command.coordinates)}`;
    case 'set-semi-sync-replica':
      return command.enabled ? 'acknowledge what is received' : 'acknowledge nothing';
    case 'wait-for-position':
      return `apply up to ${coordinatesText(command.coordinates)}`;
    case 'set-delay':
      return `stay ${command.delaySeconds} seconds behind`;
    case 'skip-event':
      return 'skip one event';
    case 'inject-empty':
      return `empty transactions for ${command.gtids.join(',')}`;
    case 'reset-binary-logs':
      return 'delete all binary logs';
    case 'set-gtid-purged':
      return `count as executed: ${command.gtid}`;
    case 'flush-binary-logs':
      return 'begin a new binary log';
    case 'purge-binary-logs':
      return `delete binary logs before ${command.file}`;
    case 'kill-query':
      return `end the statement of session ${command.processId}`;
    case 'change-credentials':
      return `replicate as ${command.options.credentials.user}`;
    case 'get-source-public-key':
      return 'ask the source for its public key';
    case 'inject-pseudo-gtid':
      return `inject pseudo-GTID ${command.marker}`;
    case 'install-clone-plugin':
      return 'install the CLONE plugin';
    case 'set-clone-donors':
      return command.donors === '' ? 'take clones from nobody else' : `take clones from ${command.donors}`;
    case 'set-variable':
      return `set ${command.name} to ${command.value}`;
    case 'set-super-read-only':
      return command.enabled ? 'be super-read-only' : 'be read-only without being super-read-only';
    case 'rescue':
      return `fetch ${command.options.gtid} from ${instanceKeyText(command.options.source)}`;
    case 'clone':
      return `replace all data by those of ${instanceKeyText(command.donor)}`;
  }
}

const placeText = (place: FollowPlace): string =>
  place.kind === 'gtid' ? place.method : `at ${coordinatesText(place.coordinates)}`;
