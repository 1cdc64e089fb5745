/** What a replica and its source say to each other. */
import type { ServerUuid } from '../../model/brand.ts';
import type { Gtid, Transaction } from '../transaction.ts';
import type { Position } from './gtid-state.ts';

export type ToSource =
  | {
      readonly kind: 'dump';
      readonly serverId: number;
      readonly uuid: ServerUuid;
      readonly host: string;
      readonly port: number;
      /** Executed and received. */
      readonly has: Position;
      readonly semiSync: boolean;
      readonly heartbeatMillis: number;
    }
  /** Everything up to and including this place of the source's binary log is in the relay log. */
  | { readonly kind: 'ack'; readonly upTo: number };

export type ToReplica =
  | { readonly kind: 'welcome'; readonly serverId: number; readonly uuid: ServerUuid }
  /** The beginning of a large transaction. */
  | { readonly kind: 'begin'; readonly gtid: Gtid }
  | { readonly kind: 'transaction'; readonly transaction: Transaction; readonly place: number }
  | { readonly kind: 'heartbeat' }
  | { readonly kind: 'error'; readonly number: number; readonly text: string };
