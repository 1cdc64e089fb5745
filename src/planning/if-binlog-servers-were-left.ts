/** What a failover would come to if a primary died that has binlog servers alone for replicas, on what was last seen. */
import type { Instance } from '../model/instance.ts';
import { isLastCheckValid } from '../model/instance-status.ts';
import { type DirectReplicas, serversBelow } from './below-binlog-servers.ts';
import type { FrozenReplica } from './candidates.ts';
import { planFailoverOfBinlogServers } from './failover-of-binlog-servers.ts';
import type { FailoverPlanResult } from './failover-plan.ts';
import type { IfPrimaryDied } from './if-primary-died.ts';
import type { PromotionPolicy } from './promotion-policy.ts';

export function ifBinlogServersWereLeft(
  { clusterName, primary, designated, mayLive, replicasOf }: IfPrimaryDied,
  { servers, others }: DirectReplicas,
  policy: PromotionPolicy,
): FailoverPlanResult {
  const planned = planFailoverOfBinlogServers(
    {
      ...{ clusterName, designated, mayLive, failed: primary, excluded: [] },
      servers: servers.filter(isLastCheckValid).map((server) => asWritten(server, primary)),
      silentServers: servers.filter((server) => !isLastCheckValid(server)),
      unreachable: others.map(({ key }) => key),
      below: serversBelow(servers, replicasOf).map(({ known, through }) => {
        return { instance: asWritten(known, primary), answers: isLastCheckValid(known), through };
      }),
    },
    policy,
  );
  if (planned.kind === 'refused') {
    const reason = designated === null ? 'no-candidate' : 'designated-refused';
    return { kind: 'refused', reason, text: planned.text, refusedCandidates: [] };
  }
  const { leader, plan, refused } = planned;
  const ends = leader.selfCoordinates;
  const asFrozen = (instance: Instance): FrozenReplica => {
    return { instance, progress: { family: 'position', executed: ends, received: ends } };
  };
  return {
    kind: 'planned',
    plan,
    choice: {
      chosen: asFrozen(planned.chosen),
      donor: null,
      because: 'whose own binary log can go on where that of the binlog servers ends',
      others: planned.others.map(asFrozen),
      refused,
    },
    feed: null,
    semiSync: { kind: 'as-it-is' },
    discards: '',
  };
}

/** A primary that writes is read before or after those below it: of those who keep up each has what the primary has. */
function asWritten(server: Instance, { selfCoordinates: end }: Instance): Instance {
  const keepsUp = server.receiverRunning && server.applierRunning && server.replicationLagSeconds === 0;
  if (!keepsUp) return server;
  const received = { ...server, readCoordinates: end, execCoordinates: end };
  return server.isBinlogServer ? { ...received, selfCoordinates: end } : received;
}
