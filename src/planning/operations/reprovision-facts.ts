/** What a reprovision is planned from, beside what every operation is. */
import type { UnixMillis } from '../../model/brand.ts';
import type { CloneReading } from '../../model/clone-run.ts';
import type { Instance } from '../../model/instance.ts';
import type { InstanceKey } from '../../model/instance-key.ts';
import type { ReprovisionRecord } from '../../model/reprovision-record.ts';
import type { ReplicationCredentials } from '../../model/server-command.ts';

export interface ReprovisionFacts {
  /** Of all servers that are being provisioned anew. */
  readonly records: readonly ReprovisionRecord[];
  /** Who has taken the place of the server of the request, and takes writes; null: nobody that is known of. */
  readonly successor: InstanceKey | null;
  /** What a server tells of its CLONE plugin; null: nobody asked it. */
  readonly clone: (key: InstanceKey) => CloneReading | null;
  /** Ours at the servers: with it the recipient logs in at the donor. */
  readonly account: ReplicationCredentials;
  /** Some account with which replicas of the primary log in there; null: none could be read. */
  readonly replication: ReplicationCredentials | null;
  /** The server of the request as it was before its data were replaced, by this very process; null: it is not known. */
  readonly formerly: Instance | null;
  /** `ReprovisionProcesses`: how many. */
  readonly hooks: number;
}

export const NOTHING_OF_REPROVISIONS: ReprovisionFacts = {
  records: [],
  successor: null,
  clone: () => null,
  account: { user: '', password: '' },
  replication: null,
  formerly: null,
  hooks: 0,
};

/** What was begun so long ago has been seen to by people: asked again, it begins anew. Milliseconds. */
export const RESUME_MILLIS = 7 * 24 * 3_600_000;

export const isResumable = ({ at }: ReprovisionRecord, now: UnixMillis): boolean => now - at < RESUME_MILLIS;
