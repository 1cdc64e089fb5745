/**
 * The backend as the memory of servers that an operation makes stand still (`orc_standing_still`): written before they are stopped, deleted once they run again. What is
 * left by a process that died tells whoever leads next which servers to start, so that nobody stays stopped without a word.
 */
import type { UnixMillis } from '../model/brand.ts';
import type { InstanceKey } from '../model/instance-key.ts';
import type { NodeIdentity } from '../model/recovery-record.ts';

/** How a server was found. */
export interface StandingStill {
  readonly key: InstanceKey;
  readonly receiverRan: boolean;
  readonly applierRan: boolean;
  /** The operation, for people. */
  readonly reason: string;
  /** The process that made it stand still. */
  readonly node: NodeIdentity;
  readonly at: UnixMillis;
}

/** Times are kept in milliseconds. */
export interface StandingStillStore {
  /** One row a server; a later one overrides. */
  saveStandingStill(standing: StandingStill): Promise<void>;
  /** Of this process alone: what another one has written since stays. False: there was none. */
  deleteStandingStill(key: InstanceKey, node: NodeIdentity): Promise<boolean>;
  /** By host, port. */
  loadStandingStill(): Promise<readonly StandingStill[]>;
}
