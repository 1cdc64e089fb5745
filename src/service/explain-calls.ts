/**
 * Explaining a cluster: the very functions that conclude, hold back and plan, asked without doing anything.
 */
import { actionability, claimsDeath } from '../analysis/codes.ts';
import type { AnalysisEntry } from '../analysis/entry.ts';
import { lineInWords } from '../analysis/ladder-words.ts';
import type { Picture } from '../discovery/picture.ts';
import type { ClusterName } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, sameKey } from '../model/instance-key.ts';
import { isLastCheckValid } from '../model/instance-status.ts';
import type { ServerFailure } from '../model/server-failure.ts';
import type { ServerSight } from '../model/server-sight.ts';
import { silentDeathMillis } from '../model/source-silence.ts';
import { clusterPrimary } from '../model/topology-queries.ts';
import { ifPrimaryDied } from '../planning/if-primary-died.ts';
import type { NodeAnswer } from '../ports/other-nodes.ts';
import { AGREEMENT_MILLIS, allGates, type ForPeople, proofNow } from '../recovery/gates.ts';
import type { Recoveries } from '../recovery/recoveries.ts';
import type { RecoveryPorts } from '../recovery/recovery-ports.ts';
import type { Analyst } from './analyst.ts';
import { type ExplainCalls, type Outcome, ok, refused } from './calls.ts';
import type {
  ExplainedConclusion,
  ExplainedDetection,
  ExplainedFailover,
  ExplainedRefusal,
  Explanation,
  ObservedServer,
  SeenElsewhere,
} from './explanation.ts';
import type { Watch } from './watch.ts';

export interface ExplainParts {
  readonly picture: Picture;
  readonly analyst: Analyst;
  readonly recoveries: Recoveries;
  readonly ports: RecoveryPorts;
  readonly aliasOf: (name: ClusterName) => string;
  readonly failureOf: (key: InstanceKey) => ServerFailure | null;
  readonly watch: Pick<Watch, 'lastedMillis' | 'gates'>;
}

/** Audit type of problems that were not recovered. */
export const NOT_RECOVERED = 'recovery-not-attempted';

export function explainCalls(parts: ExplainParts): ExplainCalls {
  return { explain: (name) => explain(parts, name) };
}

async function explain(parts: ExplainParts, name: ClusterName): Promise<Outcome<Explanation>> {
  const { picture, analyst, ports, aliasOf } = parts;
  const members = picture.topology.cluster(name);
  if (members.length === 0) return refused('unknown-cluster', `No cluster found for ${name}`);
  const primary = clusterPrimary(picture.topology, name);
  const entries = analyst.entries(name);
  const [nodes, conclusions, failover, detections, refusals] = await Promise.all([
    nodesAnswer(parts, members),
    Promise.all(entries.map((entry) => conclusion(parts, entry))),
    primary === undefined ? null : failoverOf(parts, name, primary, entries),
    detectionsOf(parts, name),
    refusalsOf(parts, members),
  ]);
  return ok({
    clusterName: name,
    clusterAlias: aliasOf(name),
    at: ports.clock.now(),
    observer: ports.identity,
    leads: ports.mayBegin(),
    otherNodes: nodes.map((answer) => ({ node: answer.node, failure: answer.kind === 'seen' ? '' : answer.reason })),
    servers: members.map((instance) => observed(parts, nodes, instance, primary)),
    conclusions,
    ifPrimaryDied: failover,
    detections,
    refusals,
  });
}

/** Asked also where the configuration does not want their word before a recovery: they are shown. */
async function nodesAnswer({ ports }: ExplainParts, members: readonly Instance[]): Promise<readonly NodeAnswer[]> {
  if (ports.otherNodes.isAlone()) return [];
  return ports.otherNodes.ask(
    members.map(({ key }) => key),
    'known',
    AGREEMENT_MILLIS,
  );
}

function observed(
  { picture, ports, failureOf }: ExplainParts,
  nodes: readonly NodeAnswer[],
  instance: Instance,
  primary?: Instance,
): ObservedServer {
  const { key, lastSeen } = instance;
  return {
    instance,
    isPrimary: sameKey(key, primary?.key ?? null),
    answers: isLastCheckValid(instance),
    failure: failureOf(key)?.text ?? '',
    // A wall clock may have been set back since.
    ageMillis: lastSeen === null ? null : Math.max(0, ports.clock.now() - lastSeen),
    isSeenHere: picture.wasSeenHere(key),
    seenElsewhere: nodes.flatMap((answer) => (answer.kind === 'seen' ? seenBy(answer.node, answer.sights, key) : [])),
  };
}

function seenBy(node: string, sights: readonly ServerSight[], key: InstanceKey): readonly SeenElsewhere[] {
  return sights
    .filter((seen) => sameKey(seen.key, key) && seen.sight !== 'unknown')
    .map(({ sight, ageMillis, failure }) => ({ node, answers: sight === 'answers', ageMillis, failure }));
}

const gatesFor = (
  { ports, recoveries }: ExplainParts,
  entry: AnalysisEntry,
  asked: Pick<ForPeople, 'lastedMillis' | 'isPretended'>,
) => allGates(entry, ports, { busyWith: recoveries.busyWith(entry.cluster.clusterName), ...asked });

async function conclusion(parts: ExplainParts, entry: AnalysisEntry): Promise<ExplainedConclusion> {
  const { key, code, ladderLine: line, structureWarnings } = entry;
  const isProblem = actionability(code) !== 'none';
  return {
    key,
    code,
    because: lineInWords(line),
    line,
    structureWarnings,
    proof: claimsDeath(code) ? proofNow(entry, parts.ports) : null,
    gates: isProblem ? await gatesFor(parts, entry, { lastedMillis: parts.watch.lastedMillis(entry) }) : [],
  };
}

async function failoverOf(
  parts: ExplainParts,
  name: ClusterName,
  primary: Instance,
  entries: readonly AnalysisEntry[],
): Promise<ExplainedFailover | null> {
  const { picture, ports } = parts;
  const entry = entries.find(({ key }) => sameKey(key, primary.key));
  if (entry === undefined) return null;
  const replicas = picture.topology.replicasOf(primary.key);
  const planned = ifPrimaryDied(name, primary, replicas, ports.policy().promotion);
  const gates = await gatesFor(parts, { ...entry, code: 'DeadMaster' }, { lastedMillis: 0, isPretended: true });
  const common = { primary: primary.key, gates, silentDeathMillis: silentDeathMillis(replicas) };
  if (planned.kind === 'refused') {
    const { text, refusedCandidates } = planned;
    return { ...common, promoted: null, refusal: text, others: [], refused: refusedCandidates, lost: [], pending: [] };
  }
  const { prediction } = planned.plan;
  return {
    ...common,
    promoted: prediction.promoted,
    refusal: '',
    others: planned.choice.others.map(({ instance }) => instance.key),
    refused: prediction.refusedCandidates,
    lost: prediction.lost,
    pending: prediction.pending,
  };
}

/** Under its alias a cluster goes on when its primary, and with it its name, is another one. */
async function detectionsOf(
  { ports, aliasOf }: ExplainParts,
  clusterName: ClusterName,
): Promise<readonly ExplainedDetection[]> {
  const clusterAlias = aliasOf(clusterName);
  const query = clusterAlias === clusterName ? { clusterName } : { clusterAlias };
  const [detections, recoveries] = await Promise.all([ports.store.detections(query), ports.store.recoveries(query)]);
  return detections.map(({ start, digest, relatedRecoveryId }) => {
    const recovery = recoveries.find(({ id }) => id === relatedRecoveryId);
    return {
      at: start,
      key: digest.key,
      code: digest.code,
      recovery:
        recovery === undefined
          ? null
          : {
              uid: recovery.uid,
              isSuccessful: recovery.isSuccessful,
              successor: recovery.successorKey,
              errors: recovery.errors,
            },
    };
  });
}

async function refusalsOf({ ports }: ExplainParts, members: readonly Instance[]): Promise<readonly ExplainedRefusal[]> {
  const pages = await Promise.all(members.map(({ key }) => ports.store.audit({ page: 0, key })));
  return pages
    .flat()
    .filter(({ type }) => type === NOT_RECOVERED)
    .sort((one, other) => other.at - one.at)
    .map(({ at, key, message }) => ({ at, key, reason: message }));
}
