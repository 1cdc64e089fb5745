/** A server that is being provisioned anew: written down before its data are touched, so that whoever comes after a process that died goes on instead of beginning again. */
import type { UnixMillis } from './brand.ts';
import type { InstanceKey } from './instance-key.ts';
import type { NodeIdentity } from './recovery-record.ts';

export interface ReprovisionRecord {
  readonly key: InstanceKey;
  readonly donor: InstanceKey;
  /** Of the cluster that it joins, when it was begun. */
  readonly primary: InstanceKey;
  readonly method: 'clone' | 'hooks';
  /** What it alone had, and a person has ordered to be lost; '' for nothing. */
  readonly discarded: string;
  /** When the clone began that the server had received before this one, in its own words; '' for none. */
  readonly formerClone: string;
  /** As it was, and is to be again; seconds. */
  readonly delaySeconds: number;
  readonly superReadOnly: boolean;
  /** `provisioned`: the new data are there; it is still to join. */
  readonly phase: 'begun' | 'provisioned';
  /** Who saw to it last. */
  readonly node: NodeIdentity;
  readonly at: UnixMillis;
}
