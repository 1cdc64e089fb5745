/** What a replica and its source say to each other. */
import type { ServerUuid } from '../../model/brand.ts';
import type { Gtid, Transaction } from '../transaction.ts';
import type { Position } from './gtid-state.ts';

export type ToSource =
  | {
      readonly kind: 'dump';
      readonly serverId: number;
      readonly uuid: ServerUuid;
      readonly user: string;
      readonly host: string;
      readonly port: number;
      /** Executed and received. Also of a replica that goes by file and position: it has what is before its position, in the order of the log. */
      readonly has: Position;
      readonly usesGtid: boolean;
      readonly semiSync: boolean;
      readonly heartbeatMillis: number;
    }
  /** Everything up to and including this place of the source's binary log is in the relay log. */
  | { readonly kind: 'ack'; readonly upTo: number };

export type ToReplica =
  /** `place`: up to there in its binary log the replica has everything. */
  | { readonly kind: 'welcome'; readonly serverId: number; readonly uuid: ServerUuid; readonly place: number }
  /** The beginning of a large transaction. */
  | { readonly kind: 'begin'; readonly gtid: Gtid }
  | { readonly kind: 'transaction'; readonly transaction: Transaction; readonly place: number }
  | { readonly kind: 'heartbeat'; readonly place: number }
  /** The replica has learnt by then who its source is. */
  | {
      readonly kind: 'error';
      readonly serverId: number;
      readonly uuid: ServerUuid;
      readonly number: number;
      readonly text: string;
    };
