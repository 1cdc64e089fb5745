/**
 * A failover of a primary below which there are binlog servers alone (spec/recovery.md 3.1 step 5; spec/topology-operations.md 4.6, O57). Nobody is pointed into another log: a server below them that writes
 * no log of what it replicates becomes the primary, and its own binary log is made to go on with the very file that would have come next. The binlog servers go on there, and whoever is below
 * them notices nothing.
 *
 * When it is planned the binlog servers stand still: how far each has come stays as it is. Pure.
 */
import {
  type BinlogCoordinates,
  compareCoordinates,
  coordinatesText,
  fileNumberDistance,
  hasNoFile,
  isOfSameLog,
  nextFile,
} from '../model/binlog-coordinates.ts';
import type { ClusterName } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import { compareKeys, type InstanceKey, instanceKeyText, sameKey } from '../model/instance-key.ts';
import { onlyBinlogServerHas } from './binlog-server-feed.ts';
import { stepsOfBinlogServers } from './binlog-server-steps.ts';
import {
  type CandidateRefusal,
  type CandidateRefusalKind,
  drainRefusal,
  type RefusedCandidate,
} from './candidate-refusal.ts';
import type { PlaceReplica } from './candidates.ts';
import type { StepCommand } from './deferred-command.ts';
import type { LostServer, Plan } from './plan.ts';
import type { PromotionPolicy } from './promotion-policy.ts';
import { orderReplicas } from './replica-order.ts';

export interface BinlogServerFailoverRequest {
  readonly clusterName: ClusterName;
  readonly failed: Instance;
  /** Direct replicas that keep its binary log, and stand still. */
  readonly servers: readonly Instance[];
  /** Those that did not answer, as they were last seen. */
  readonly silentServers: readonly Instance[];
  /** Other direct replicas; none of them answers. */
  readonly unreachable: readonly InstanceKey[];
  /** Servers that replicate from a binlog server, or from one behind it; just looked at. */
  readonly below: readonly ServerBelow[];
  /** This one or nobody; null: the best. */
  readonly designated: InstanceKey | null;
  /** Tried already in this recovery and failed (C15). */
  readonly excluded: readonly InstanceKey[];
  readonly mayLive: boolean;
}

export interface ServerBelow {
  readonly instance: Instance;
  readonly answers: boolean;
  /** The direct replica of the dead primary through which it gets what it has. */
  readonly through: InstanceKey;
}

export type BinlogServerFailoverResult =
  | {
      readonly kind: 'planned';
      readonly plan: Plan<StepCommand>;
      /** Has come furthest: all others get what they lack from it. */
      readonly leader: Instance;
      readonly chosen: Instance;
      readonly others: readonly Instance[];
      readonly refused: readonly RefusedCandidate[];
    }
  | { readonly kind: 'refused'; readonly text: string };

/** Files that a server begins to come to the number of another one's, at most: each of them is a moment without a primary. */
const FLUSHES_MAX = 1_000;

export function planFailoverOfBinlogServers(
  request: BinlogServerFailoverRequest,
  policy: PromotionPolicy,
): BinlogServerFailoverResult {
  const [leader, ...rest] = [...request.servers].sort(byProgress);
  if (leader === undefined || hasNoFile(leader.selfCoordinates)) {
    return refuse(`no binlog server below ${instanceKeyText(request.failed.key)} tells how far it has come`);
  }
  const following = nextFile(leader.selfCoordinates);
  if (following.kind === 'refused') return refuse(following.reason);
  const judged = request.below.map((server) => ({ server, refusal: refusalOf(server, leader, request, policy) }));
  const refused = judged.flatMap(({ server: { instance }, refusal }): RefusedCandidate | [] =>
    refusal === null ? [] : { key: instance.key, refusal },
  );
  const allowed = judged.flatMap(({ server, refusal }) => (refusal === null ? [server.instance] : []));
  // All get the same in the end: whoever has applied most of it takes writes soonest.
  const [chosen, ...others] = [...orderReplicas(allowed, request.failed.dataCenter, policy)].sort((one, other) =>
    compareCoordinates(other.execCoordinates, one.execCoordinates),
  );
  const through = request.below.find(({ instance }) => instance === chosen)?.through;
  if (chosen === undefined || through === undefined) return refuse(nobodyText(request, refused));
  const next = { ...following.coordinates, pos: FIRST_POSITION };
  const lost = request.silentServers.map((server) => lostServer(server, leader));
  return {
    kind: 'planned',
    leader,
    chosen,
    others,
    refused,
    plan: {
      intent: { kind: 'replace-primary', failed: request.failed.key, successor: chosen.key },
      clusterName: request.clusterName,
      steps: stepsOfBinlogServers({ ...request, leader, rest, chosen, through, next }, policy),
      prediction: {
        promoted: chosen.key,
        lost,
        pending: request.unreachable,
        refusedCandidates: refused,
        transactionsAtRisk: lost.map(({ transactionsAtRisk }) => transactionsAtRisk).find((text) => text !== '') ?? '',
      },
    },
  };
}

/** Where the first event of a binary log begins. */
const FIRST_POSITION = 4;

const refuse = (text: string): BinlogServerFailoverResult => ({ kind: 'refused', text });

const byProgress = (one: Instance, other: Instance): number =>
  compareCoordinates(other.selfCoordinates, one.selfCoordinates) || compareKeys(one.key, other.key);

function nobodyText({ designated, failed }: BinlogServerFailoverRequest, refused: readonly RefusedCandidate[]): string {
  const reasons = refused.map(({ refusal }) => refusal.text).join('; ');
  const none = `below the binlog servers of ${instanceKeyText(failed.key)} nobody can be promoted`;
  if (designated === null)
    return `chooseCandidateReplica: no candidate replica found: ${reasons === '' ? none : reasons}`;
  const own = refused.find(({ key }) => sameKey(key, designated));
  return `${instanceKeyText(designated)} cannot be promoted: ${own?.refusal.text ?? 'it is below none of the binlog servers'}`;
}

function lostServer(server: Instance, { selfCoordinates }: Instance): LostServer {
  const reason = 'it is a binlog server, and it does not answer';
  return { key: server.key, reason, transactionsAtRisk: onlyBinlogServerHas(server, selfCoordinates) };
}

/** Null: it may be promoted. */
function refusalOf(
  { instance, answers, through }: ServerBelow,
  leader: Instance,
  { servers, designated, excluded }: BinlogServerFailoverRequest,
  policy: PromotionPolicy,
): CandidateRefusal | null {
  const key = instanceKeyText(instance.key);
  const no = (kind: CandidateRefusalKind, text: string): CandidateRefusal => ({ kind, text: `${key} ${text}` });
  if (designated !== null && !sameKey(designated, instance.key)) return no('excluded', 'is not the one that is wanted');
  if (excluded.some((one) => sameKey(one, instance.key))) return no('excluded', 'failed earlier in this recovery');
  if (!answers) return no('unreachable', 'did not answer');
  if (!servers.some((server) => sameKey(server.key, through))) {
    return no('unreachable', `gets what it has through ${instanceKeyText(through)}, which does not answer`);
  }
  if (policy.promotionRule(instance.key) === 'must_not') {
    return no('must-not-be-promoted', 'has the promotion rule must_not');
  }
  if (policy.isIgnored(instance.key)) {
    return no('ignored-by-configuration', 'matches PromotionIgnoreHostnameFilters');
  }
  if (!instance.logBinEnabled) return no('no-binary-log', 'has no binary log');
  if (instance.logReplicaUpdatesEnabled) {
    return no('logs-replica-updates', 'logs what it replicates: its binary log has places of its own');
  }
  return logRefusal(instance, leader.selfCoordinates, no) ?? placeRefusal(instance, leader, no, policy);
}

type No = (kind: CandidateRefusalKind, text: string) => CandidateRefusal;

/** Its binary log must be able to go on with the next file. */
function logRefusal({ selfCoordinates: own }: Instance, ends: BinlogCoordinates, no: No): CandidateRefusal | null {
  if (!isOfSameLog(own, ends)) {
    return no('other-binary-log', `writes ${own.file}, and the binlog servers keep ${ends.file}`);
  }
  const distance = fileNumberDistance(own, ends);
  if (distance < 0) return no('other-binary-log', `writes ${own.file} already, which comes after ${ends.file}`);
  if (distance < FLUSHES_MAX) return null;
  return no('other-binary-log', `writes ${own.file}, too far before ${ends.file} to come there in time`);
}

/** It must come to where the binlog servers end, and no further. */
function placeRefusal(instance: Instance, leader: Instance, no: No, policy: PromotionPolicy): CandidateRefusal | null {
  const { execCoordinates: executed, readCoordinates: received } = instance;
  const [name, ends] = [instanceKeyText(leader.key), leader.selfCoordinates];
  if (hasNoFile(executed)) return no('no-gtid', 'does not tell how far it has come');
  if (!isOfSameLog(executed, ends) || compareCoordinates(executed, ends) > 0) {
    return no('has-more', `has applied up to ${coordinatesText(executed)}, and ${name} has ${coordinatesText(ends)}`);
  }
  const replica: PlaceReplica = { instance, progress: { family: 'position', executed, received } };
  return drainRefusal(replica.instance, replica.progress, policy);
}
