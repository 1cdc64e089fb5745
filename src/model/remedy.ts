/**
 * What a person can do about a weakness of a server, as a value: each dialect has its own statements for it. Never sent by us.
 */
import type { OwnAccount } from './server-settings.ts';

export type Remedy =
  /** Variables that may be set on a running server; same names in all families that have them. */
  | { readonly kind: 'set-variables'; readonly variables: Readonly<Record<string, string | number>> }
  /** Variables that are read at start only. */
  | { readonly kind: 'set-at-start'; readonly variables: readonly StartVariable[] }
  | { readonly kind: 'set-net-timeout'; readonly seconds: number; readonly isReplica: boolean }
  | { readonly kind: 'set-binlog-expiry'; readonly seconds: number }
  | { readonly kind: 'set-server-id'; readonly serverId: number; readonly isReplica: boolean }
  | { readonly kind: 'set-read-only' }
  /** Of a replica. */
  | { readonly kind: 'set-binlog-format'; readonly format: string }
  | {
      readonly kind: 'tune-receiver';
      readonly channel: string;
      readonly heartbeatSeconds?: number;
      readonly connectRetry?: { readonly seconds: number; readonly count: number };
    }
  | { readonly kind: 'end-delay' }
  /** Of a server whose GTID mode allows it. */
  | { readonly kind: 'follow-by-gtid' }
  /** MySQL: one step after the other, each on every server of the cluster before the next. */
  | { readonly kind: 'switch-gtid-on'; readonly from: string }
  | {
      readonly kind: 'grant';
      readonly privileges: readonly { readonly name: string; readonly on: string }[];
      readonly to: OwnAccount;
    };

export type StartVariable = 'log_bin' | 'log_replica_updates' | 'relay_log_recovery' | 'retry_count';

/** Statements for a running server, in order; and lines for the option file, which are what is left after a restart. */
export interface RenderedRemedy {
  readonly statements: readonly string[];
  readonly optionFile: readonly string[];
  /** What must be true before, or happens besides; '' for nothing. */
  readonly note: string;
}
