/**
 * Explaining a cluster: the very functions that conclude, hold back and plan, asked without doing anything.
 */
import { actionability, claimsDeath, type EntryCode } from '../analysis/codes.ts';
import type { ReplicasOf } from '../analysis/emergent.ts';
import type { AnalysisEntry } from '../analysis/entry.ts';
import { lineInWords } from '../analysis/ladder-words.ts';
import type { Picture } from '../discovery/picture.ts';
import type { ClusterName, UnixMillis } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText, sameKey } from '../model/instance-key.ts';
import { isGroupMember, isLastCheckValid } from '../model/instance-status.ts';
import type { NodeIdentity } from '../model/recovery-record.ts';
import type { ServerFailure } from '../model/server-failure.ts';
import type { ServerSight } from '../model/server-sight.ts';
import { silentDeath } from '../model/source-silence.ts';
import { clusterPrimary } from '../model/topology-queries.ts';
import { ifPrimaryDied } from '../planning/if-primary-died.ts';
import type { AnalysisChangelogStore } from '../ports/analysis-changelog-store.ts';
import type { NodeAnswer } from '../ports/other-nodes.ts';
import { AGREEMENT_MILLIS, agreementAtBest, allGates, type Gate, gate, proofNow } from '../recovery/gates.ts';
import type { Recoveries } from '../recovery/recoveries.ts';
import type { RecoveryPorts } from '../recovery/recovery-ports.ts';
import type { Analyst } from './analyst.ts';
import { type ExplainCalls, type Outcome, ok, refused } from './calls.ts';
import type { Decisions } from './decisions.ts';
import { measuresFor } from './emergencies.ts';
import { pastOf } from './explain-past.ts';
import type {
  ExplainedConclusion,
  ExplainedFailover,
  Explainer,
  Explanation,
  ObservedServer,
  SeenElsewhere,
} from './explanation.ts';
import { promotionWish } from './promotion-wish.ts';
import type { Watch } from './watch.ts';
import type { WriteProbeState } from './write-probes.ts';

export interface ExplainParts {
  readonly mode: Explainer;
  readonly picture: Picture;
  readonly analyst: Analyst;
  readonly decisions: Pick<Decisions, 'downtimeOf' | 'maintenanceOf'>;
  readonly recoveries: Recoveries;
  readonly ports: RecoveryPorts;
  readonly aliasOf: (name: ClusterName) => string;
  readonly failureOf: (key: InstanceKey) => ServerFailure | null;
  readonly writeProbeOf: (key: InstanceKey) => WriteProbeState | null;
  readonly replicasOf: ReplicasOf;
  readonly watch: Pick<Watch, 'lastedMillis' | 'gates'>;
  readonly lastAnalysis: AnalysisChangelogStore['lastAnalysis'];
  /** The service that leads by the backend; null: none has said so lately. */
  readonly activeNode: () => Promise<NodeIdentity | null>;
}

export function explainCalls(parts: ExplainParts): ExplainCalls {
  return { explain: (name) => explain(parts, name) };
}

async function explain(parts: ExplainParts, name: ClusterName): Promise<Outcome<Explanation>> {
  const { picture, analyst, ports, aliasOf, mode } = parts;
  const members = picture.topology.cluster(name);
  if (members.length === 0) return refused('unknown-cluster', `No cluster found for ${name}`);
  const primary = clusterPrimary(picture.topology, name);
  const entries = analyst.entriesOfAll(name);
  const leader = await leaderOf(parts);
  const [nodes, conclusions, past] = await Promise.all([
    nodesAnswer(parts, members),
    Promise.all(entries.map((entry) => conclusion(parts, entry, leader))),
    pastOf(ports.store, name, aliasOf(name)),
  ]);
  const isElected = primary === undefined || isGroupMember(primary);
  const failover = isElected ? null : await failoverOf(parts, name, { primary, entries, leader, nodes });
  return ok({
    clusterName: name,
    clusterAlias: aliasOf(name),
    at: ports.clock.now(),
    observer: ports.identity,
    explainer: mode,
    leader,
    leads: mode === 'service' && ports.mayBegin(),
    otherNodes: nodes.map((answer) => ({ node: answer.node, failure: answer.kind === 'seen' ? '' : answer.reason })),
    servers: members.map((instance) => observed(parts, nodes, instance, primary)),
    conclusions,
    ifPrimaryDied: failover,
    noFailover: failover === null ? noFailoverText(members) : '',
    ...past,
  });
}

/** A command does not lead, whatever it may do: what counts is which service does. */
async function leaderOf({ mode, ports, activeNode }: ExplainParts): Promise<string | null> {
  if (mode === 'service' && ports.mayBegin()) return ports.identity.hostname;
  const active = await activeNode();
  return active === null ? null : active.hostname;
}

const noFailoverText = (members: readonly Instance[]): string =>
  members.some(isGroupMember) ? 'a replication group elects its primary by itself' : 'there is no single primary';

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
  parts: ExplainParts,
  nodes: readonly NodeAnswer[],
  instance: Instance,
  primary?: Instance,
): ObservedServer {
  const { picture, ports, decisions } = parts;
  const { key, lastSeen, lastAttemptedCheck } = instance;
  const now = ports.clock.now();
  // A wall clock may have been set back since.
  const age = (at: UnixMillis | null): number | null => (at === null ? null : Math.max(0, now - at));
  return {
    instance,
    isPrimary: sameKey(key, primary?.key ?? null),
    answers: isLastCheckValid(instance),
    answersInPart: instance.lastCheckPartialSuccess && !isLastCheckValid(instance),
    failure: parts.failureOf(key)?.text ?? '',
    ageMillis: age(lastSeen),
    askedMillis: age(lastAttemptedCheck),
    isSeenHere: picture.wasSeenHere(key),
    downtime: decisions.downtimeOf(key, now),
    maintenance: decisions.maintenanceOf(key),
    writeProbe: parts.writeProbeOf(key),
    seenElsewhere: nodes.flatMap((answer) => (answer.kind === 'seen' ? seenBy(answer.node, answer.sights, key) : [])),
  };
}

function seenBy(node: string, sights: readonly ServerSight[], key: InstanceKey): readonly SeenElsewhere[] {
  return sights
    .filter((seen) => sameKey(seen.key, key) && seen.sight !== 'unknown')
    .map(({ sight, ageMillis, failure }) => ({ node, answers: sight === 'answers', ageMillis, failure }));
}

async function gatesFor(
  parts: ExplainParts,
  entry: AnalysisEntry,
  leader: string | null,
  { lastedMillis, isPretended = false }: { readonly lastedMillis: number; readonly isPretended?: boolean },
): Promise<readonly Gate[]> {
  const { ports, recoveries, decisions, analyst, mode, watch } = parts;
  const { clusterName } = entry.cluster;
  const maintenance = decisions.maintenanceOf(entry.key);
  const busyWith = mode === 'service' ? recoveries.clusters.busyWith(clusterName) : await underWay(parts, clusterName);
  const gates = await allGates(entry, ports, {
    busyWith,
    lastedMillis,
    isPretended,
    leader: leaderGate(parts, leader),
  });
  return [
    gate(
      'maintenance',
      maintenance === null
        ? null
        : `under maintenance by ${maintenance.owner} (${maintenance.reason}): it is not analysed`,
      'not under maintenance',
      maintenance?.end ?? null,
    ),
    gate(
      'ignored-host',
      analyst.ignoresHostname(entry.key.hostname) ? 'RecoveryIgnoreHostnameFilters has its host' : null,
      'RecoveryIgnoreHostnameFilters does not have its host',
    ),
    // A command has seen nothing, and waits for nothing; nor does a death that is only imagined.
    ...(mode === 'command' || isPretended ? [] : watch.gates(entry)),
    ...gates,
  ];
}

function leaderGate({ mode, ports }: ExplainParts, leader: string | null): Gate {
  if (mode === 'service') {
    const elsewhere = leader === null ? 'this node does not lead' : `this node does not lead, ${leader} does`;
    return gate('leadership', ports.mayBegin() ? null : elsewhere, 'this node leads');
  }
  return gate('leadership', leader === null ? 'no service leads' : null, `${leader} leads`);
}

/** As the backend has it. */
async function underWay({ ports }: ExplainParts, clusterName: ClusterName): Promise<string> {
  const unfinished = await ports.store.unfinishedRecoveries();
  const found = unfinished.find(({ digest }) => digest.clusterName === clusterName);
  return found === undefined ? '' : `recovery of ${instanceKeyText(found.digest.key)}`;
}

async function conclusion(
  parts: ExplainParts,
  entry: AnalysisEntry,
  leader: string | null,
): Promise<ExplainedConclusion> {
  const { key, code, ladderLine: line, structureWarnings } = entry;
  const isProblem = actionability(code) !== 'none';
  const lastedMillis = await lastedOf(parts, entry);
  return {
    key,
    code,
    because: lineInWords(line),
    line,
    counts: {
      replicas: entry.countReplicas,
      answering: entry.countValid,
      replicating: entry.countValidReplicating,
      failingToConnect: entry.countFailingToConnect,
      lagging: entry.countLagging,
      delayed: entry.countDelayed,
    },
    semiSync: entry.semiSyncEnabled
      ? { wanted: entry.semiSyncWaitForReplicaCount, connected: entry.semiSyncClients }
      : null,
    structureWarnings,
    lastedMillis,
    proof: claimsDeath(code) ? proofNow(entry, parts.ports) : null,
    // The leader alone takes them.
    measures: leader === null ? [] : measuresFor(entry, parts.replicasOf, lastedMillis ?? 0),
    gates: isProblem ? await gatesFor(parts, entry, leader, { lastedMillis: lastedMillis ?? 0 }) : [],
  };
}

/** A command was not there: what the service has written down counts, for as long as that says the same. */
async function lastedOf(
  { mode, watch, lastAnalysis, ports }: ExplainParts,
  entry: AnalysisEntry,
): Promise<number | null> {
  if (mode === 'service') return watch.lastedMillis(entry);
  const last = await lastAnalysis(entry.key);
  return last === null || last.code !== entry.code ? null : Math.max(0, ports.clock.now() - last.at);
}

interface OfFailover {
  readonly primary: Instance;
  readonly entries: readonly AnalysisEntry[];
  readonly leader: string | null;
  readonly nodes: readonly NodeAnswer[];
}

const NO_WISH = { designated: null, keepsSource: null };

async function failoverOf(
  parts: ExplainParts,
  name: ClusterName,
  { primary, entries, leader, nodes }: OfFailover,
): Promise<ExplainedFailover | null> {
  const { picture, ports } = parts;
  const entry = entries.find(({ key }) => sameKey(key, primary.key));
  if (entry === undefined) return null;
  const replicas = picture.topology.replicasOf(primary.key);
  const dyingDataCenters = ports.dyingDataCenters();
  const wish = promotionWish(parts, primary, null);
  const planned = ifPrimaryDied(
    {
      ...{ clusterName: name, primary, replicas, mayLive: false, dyingDataCenters },
      ...(wish.kind === 'ok' ? wish.value : NO_WISH),
      replicasOf: (key) => picture.topology.replicasOf(key),
    },
    ports.policy().promotion,
  );
  const code: EntryCode = primary.isCoPrimary ? 'DeadCoMaster' : 'DeadMaster';
  const atBest = agreementAtBest(nodes, ports);
  const gates = [
    ...(await gatesFor(parts, { ...entry, code }, leader, { lastedMillis: 0, isPretended: true })),
    ...(atBest === null ? [] : [atBest]),
  ];
  const common = { primary: primary.key, gates, silentDeath: silentDeath(replicas) };
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
