/** What a replica and its source say to each other. */
import type { ServerUuid } from '../../model/brand.ts';
import type { Gtid } from '../transaction.ts';
import type { Position } from './gtid-position.ts';
import type { LogWriter } from './log-events.ts';
import type { LogPlace } from './log-place.ts';
import type { Received } from './relay-log.ts';

export type ToSource =
  | {
      readonly kind: 'dump';
      readonly serverId: number;
      readonly uuid: ServerUuid;
      readonly user: string;
      readonly host: string;
      readonly port: number;
      /** Executed and received. */
      readonly has: Position;
      readonly usesGtid: boolean;
      /** Of a replica that does not use GTIDs: it gets what is behind this place, whatever it has. */
      readonly from: LogPlace;
      readonly semiSync: boolean;
      readonly heartbeatMillis: number;
    }
  /** Everything up to and including this place of the source's binary log is in the relay log. */
  | { readonly kind: 'ack'; readonly upTo: number };

export type ToReplica =
  /** `place`: up to there in its binary log the replica has everything, counted in transactions; `at` is the same as a place. */
  | {
      readonly kind: 'welcome';
      readonly serverId: number;
      readonly uuid: ServerUuid;
      readonly writer: LogWriter;
      readonly place: number;
      readonly at: LogPlace;
    }
  /** The beginning of a large transaction. */
  | { readonly kind: 'begin'; readonly gtid: Gtid }
  | { readonly kind: 'transaction'; readonly received: Received; readonly place: number }
  | { readonly kind: 'heartbeat'; readonly place: number; readonly at: LogPlace }
  /** A file of the binary log has ended, and the next begun. */
  | { readonly kind: 'rotated'; readonly place: number; readonly at: LogPlace }
  /** The replica has learnt by then who its source is. */
  | {
      readonly kind: 'error';
      readonly serverId: number;
      readonly uuid: ServerUuid;
      readonly number: number;
      readonly text: string;
    };
