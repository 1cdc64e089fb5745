/**
 * One analysed server: what was counted, what follows, and what mutes it. Its fields answer to the JSON of spec/http-api.md 3.5
 * under today's words; `CountInstances` and `HeuristicLag` are constants of the wire and not here.
 */

import type { BinlogCoordinates } from '../model/binlog-coordinates.ts';
import type { Seconds, UnixMillis } from '../model/brand.ts';
import { seconds } from '../model/brand.ts';
import { LOST_IN_RECOVERY } from '../model/decisions.ts';
import type { Instance } from '../model/instance.ts';
import { compareKeys, type InstanceKey, keyId } from '../model/instance-key.ts';
import type { NodeIdentity } from '../model/recovery-record.ts';
import type { Aggregates } from './aggregates.ts';
import { aggregate } from './aggregates.ts';
import { description, type EntryCode, isMutedByDowntimedReplicas, type StructureWarning } from './codes.ts';
import { conclude, type LadderLine } from './ladder.ts';
import { activeDowntime, type ClusterPicture } from './picture.ts';
import type { AnalysisPolicy, NamedCluster } from './policy.ts';
import { structureWarnings } from './structure-warnings.ts';

export interface AnalysedCluster extends NamedCluster {
  /** Equals the cluster name when no domain is known. */
  readonly clusterDomain: string;
  readonly hasAutomatedMasterRecovery: boolean;
  readonly hasAutomatedIntermediateMasterRecovery: boolean;
}

/** Which command a person gave; '' for what orchestrator does by itself. Contract words. */
export type CommandHint = '' | 'force-master-failover' | 'force-master-takeover' | 'graceful-master-takeover';

export interface AnalysisEntry extends Aggregates {
  readonly key: InstanceKey;
  /** Null: no source. */
  readonly sourceKey: InstanceKey | null;
  readonly cluster: AnalysedCluster;
  readonly dataCenter: string;
  readonly region: string;
  readonly physicalEnvironment: string;
  /** The server's own binary log. */
  readonly selfCoordinates: BinlogCoordinates;
  /** Direct replicas, by host and port. */
  readonly replicas: readonly InstanceKey[];

  readonly code: EntryCode;
  readonly description: string;
  /** The line of the ladder that gave the code; null: none held. */
  readonly ladderLine: LadderLine['line'] | null;
  /** Empty on the wire is null. */
  readonly structureWarnings: readonly StructureWarning[];

  readonly isDowntimed: boolean;
  /** The problem concerns the replicas only, and all of them are downtimed. */
  readonly areReplicasDowntimed: boolean;
  readonly isSkippableDueToDowntime: boolean;
  readonly downtimeEnd: UnixMillis | null;
  /** Positive while downtime lasts, 0 without. The wire has it negated (contract). */
  readonly downtimeRemaining: Seconds;

  readonly processingNode: NodeIdentity;
  /** From here on: filled by recovery only. */
  readonly isActionableRecovery: boolean;
  readonly countAdditionalAgreeingNodes: number;
  readonly startActivePeriod: UnixMillis | null;
  readonly commandHint: CommandHint;
}

/** What is common to all entries of one analysis. */
export interface EntryContext {
  readonly picture: ClusterPicture;
  readonly policy: AnalysisPolicy;
  readonly now: UnixMillis;
}

/** Counts and concludes. `replicas` are those that claim the subject as their source. */
export function analysisEntry(subject: Instance, replicas: readonly Instance[], context: EntryContext): AnalysisEntry {
  const { picture, policy, now } = context;
  const cluster = analysedCluster(subject, context);
  const facts = aggregate(
    {
      subject,
      replicas,
      isDowntimed: (replica) => activeDowntime(picture, replica.key, now) !== null,
      // A23: a cluster whose dead primary would have been replaced does not stay without anybody that takes writes because it was back before that.
      isReadOnlyByRestart: cluster.hasAutomatedMasterRecovery && isToTakeWritesAgain(subject, context),
      stuckWrite: picture.stuckWrites.get(keyId(subject.key)) ?? null,
      staleCoordinates: picture.staleCoordinates.get(keyId(subject.key)) ?? null,
    },
    policy,
    now,
  );
  const { code, line } = conclude(facts, policy);
  return {
    ...facts,
    key: subject.key,
    sourceKey: subject.sourceKey,
    cluster,
    dataCenter: subject.dataCenter,
    region: subject.region,
    physicalEnvironment: subject.physicalEnvironment,
    selfCoordinates: subject.selfCoordinates,
    replicas: replicas.map((replica) => replica.key).sort(compareKeys),
    code,
    description: description(code),
    ladderLine: line,
    structureWarnings: structureWarnings(facts),
    ...mutes(subject, facts, code, context),
    processingNode: picture.observer,
    isActionableRecovery: false,
    countAdditionalAgreeingNodes: 0,
    startActivePeriod: null,
    commandHint: '',
  };
}

/** One that was replaced is to take none. */
const isToTakeWritesAgain = ({ key }: Instance, { picture, now }: EntryContext): boolean =>
  picture.restartedReadOnly.has(keyId(key)) && activeDowntime(picture, key, now)?.reason !== LOST_IN_RECOVERY;

type Mutes = Pick<
  AnalysisEntry,
  'isDowntimed' | 'areReplicasDowntimed' | 'isSkippableDueToDowntime' | 'downtimeEnd' | 'downtimeRemaining'
>;

/** Spec section 10, steps 3 and 4. */
function mutes(subject: Instance, facts: Aggregates, code: EntryCode, { picture, now }: EntryContext): Mutes {
  const downtime = activeDowntime(picture, subject.key, now);
  const areReplicasDowntimed = facts.countReplicas === facts.countDowntimed && isMutedByDowntimedReplicas(code);
  return {
    isDowntimed: downtime !== null,
    areReplicasDowntimed,
    isSkippableDueToDowntime: downtime !== null || areReplicasDowntimed,
    downtimeEnd: downtime?.end ?? null,
    downtimeRemaining: seconds(downtime === null ? 0 : wholeSeconds(downtime.end) - wholeSeconds(now)),
  };
}

function wholeSeconds(time: UnixMillis): number {
  return Math.floor(time / 1000);
}

function analysedCluster({ clusterName }: Instance, { picture, policy }: EntryContext): AnalysedCluster {
  const names = picture.clusters.get(clusterName);
  const named: NamedCluster = { clusterName, clusterAlias: names?.alias || clusterName };
  return {
    ...named,
    clusterDomain: names?.domain || clusterName,
    hasAutomatedMasterRecovery: policy.hasAutomatedMasterRecovery(named),
    hasAutomatedIntermediateMasterRecovery: policy.hasAutomatedIntermediateMasterRecovery(named),
  };
}
