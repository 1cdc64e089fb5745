/**
 * What a failover would come to if the primary died now: the planner, on what was last seen. Its replicas receive on, so who has received most may be another
 * by then; who may not be promoted, and who would be lost, is told by what does not change in a moment.
 */
import type { ClusterName } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import type { InstanceKey } from '../model/instance-key.ts';
import { hasSeveralSources, isLastCheckValid } from '../model/instance-status.ts';
import { binlogServersAlone } from './below-binlog-servers.ts';
import { comparable, type FrozenReplica, frozenReplica } from './candidates.ts';
import { type FailoverPlanResult, planFailover } from './failover-plan.ts';
import { ifBinlogServersWereLeft } from './if-binlog-servers-were-left.ts';
import type { PromotionPolicy } from './promotion-policy.ts';
import { writtenProgress } from './replica-progress.ts';

/** Whose receiver would be stopped, were it to answer. */
export const isFrozen = (replica: Instance): boolean => !hasSeveralSources(replica) && !replica.isBinlogServer;

export interface IfPrimaryDied {
  readonly clusterName: ClusterName;
  readonly primary: Instance;
  /** The direct ones. */
  readonly replicas: readonly Instance[];
  /** A person wants this one; null: the best. */
  readonly designated: InstanceKey | null;
  /** One of two that replicate from each other: who, promoted, does not forget its source (spec/recovery.md 3.2). Null: nobody. */
  readonly keepsSource: InstanceKey | null;
  /** A person has it replaced while it may live. */
  readonly mayLive: boolean;
  readonly dyingDataCenters: ReadonlySet<string>;
  readonly replicasOf: (key: InstanceKey) => readonly Instance[];
}

export function ifPrimaryDied(pretended: IfPrimaryDied, policy: PromotionPolicy): FailoverPlanResult {
  const { clusterName, primary, replicas, designated, keepsSource, mayLive, dyingDataCenters } = pretended;
  const onlyBinlogServers = binlogServersAlone(replicas);
  if (onlyBinlogServers !== null) return ifBinlogServersWereLeft(pretended, onlyBinlogServers, policy);
  const reachable = replicas.filter(isLastCheckValid);
  const single = reachable.filter(isFrozen);
  const frozen = comparable(single);
  // A primary that writes is read before or after its replicas: of those who keep up each has what the primary has.
  const keepsUp = ({ receiverRunning, applierRunning, replicationLagSeconds }: Instance): boolean =>
    receiverRunning && applierRunning && replicationLagSeconds === 0;
  const asOne = (one: FrozenReplica): FrozenReplica => {
    const written = writtenProgress(primary, one.progress);
    const { selfCoordinates: readCoordinates } = primary;
    return written !== null && keepsUp(one.instance)
      ? { instance: { ...one.instance, readCoordinates }, progress: written }
      : one;
  };
  const asWritten = (server: Instance): Instance =>
    server.receiverRunning ? { ...server, selfCoordinates: primary.selfCoordinates } : server;
  return planFailover(
    {
      clusterName,
      failed: primary,
      replicas: frozen.replicas.map(asOne),
      unreachable: replicas
        .filter((replica) => !isLastCheckValid(replica) && !replica.isBinlogServer)
        .map(({ key }) => key),
      withoutGtid: frozen.withoutGtid,
      binlogServers: replicas
        .filter(({ isBinlogServer }) => isBinlogServer)
        .map((instance) => ({ instance: asWritten(instance), answers: isLastCheckValid(instance) })),
      withSeveralSources: reachable.filter(hasSeveralSources).flatMap((replica) => frozenReplica(replica) ?? []),
      designated,
      keepsSource,
      mayLive,
      excluded: [],
      failedDonors: [],
      undrained: [],
      acceptsLoss: false,
      dyingDataCenters,
    },
    policy,
  );
}
