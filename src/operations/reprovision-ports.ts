/** What reprovisioning needs of the world, beside what every operation does. */

import type { ClusterName } from '../model/brand.ts';
import type { CloneReading } from '../model/clone-run.ts';
import type { InstanceKey } from '../model/instance-key.ts';
import type { ReprovisionRecord } from '../model/reprovision-record.ts';
import type { ReplicationCredentials } from '../model/server-command.ts';
import type { AwaitedWork, ReprovisionDraft } from '../planning/operations/operation-plan.ts';

export interface ReprovisionPorts {
  readonly records: () => Promise<readonly ReprovisionRecord[]>;
  /** Written down as begun, or gone on with, by this process. */
  readonly note: (draft: ReprovisionDraft) => Promise<void>;
  /** Who has taken the place of a primary that was replaced; null: nobody. */
  readonly successorOf: (key: InstanceKey) => Promise<InstanceKey | null>;
  /** Asks the server. */
  readonly readClone: (key: InstanceKey) => Promise<CloneReading>;
  /** Ours at the servers. Never logged. */
  readonly account: () => ReplicationCredentials;
  /** How many `ReprovisionProcesses` there are. */
  readonly hooks: () => number;
  /** Runs them; null: all went well. What is told is in the log already. */
  readonly runHooks: (work: AwaitedWork, tell: (text: string) => void) => Promise<string | null>;
  /** Something of it was seen: for people who watch. */
  readonly tell: (key: InstanceKey, clusterName: ClusterName, text: string) => void;
}
