/**
 * Composes a node from its parts. What is outside of it (time, chance, wires to servers, backend, hooks) comes in as an argument, so that the same node
 * runs in the real world and in the pretended one.
 */

import type { ReplicasOf } from '../analysis/emergent.ts';
import type { Settings } from '../config/settings.ts';
import { singleNodeLeadership } from '../coordination/single-node.ts';
import { type ClusterName, millis } from '../model/brand.ts';
import { LOST_IN_RECOVERY } from '../model/decisions.ts';
import { instanceKeyText, parseInstanceKey } from '../model/instance-key.ts';
import type { NodeIdentity } from '../model/recovery-record.ts';
import { writablePrimaries } from '../model/topology-queries.ts';
import { injectMarker } from '../mysql/inject-marker.ts';
import { mayInjectOn } from '../mysql/pseudo-gtid-privilege.ts';
import { Operations } from '../operations/operations.ts';
import { dyingDataCenters } from '../planning/dying-places.ts';
import { COMMAND_NODE, SERVICE_NODE } from '../ports/decision-store.ts';
import type { Log } from '../ports/log.ts';
import { JournalCounts } from '../recovery/journal-count.ts';
import { Recoveries } from '../recovery/recoveries.ts';
import type { RecoveryEvent, RecoveryPorts } from '../recovery/recovery-ports.ts';
import { expireRegistrations } from '../recovery/registration.ts';
import { AfterFailovers } from './after-failovers.ts';
import { Analyst } from './analyst.ts';
import { attributeCalls, primaryMoved } from './attribute-calls.ts';
import { AwaitedReplicas } from './awaited-replicas.ts';
import type { OrchestratorCalls } from './calls.ts';
import { decisionCalls, discoveryCalls } from './change-calls.ts';
import { composeSight } from './compose-sight.ts';
import { CutRecoveries } from './cut-recoveries.ts';
import { Emergencies } from './emergencies.ts';
import { ErrantSightings } from './errant-sightings.ts';
import { EventStream } from './event-stream.ts';
import type { NodeEvent } from './events.ts';
import { explainCalls } from './explain-calls.ts';
import { Forgetting } from './forgetting.ts';
import { GroupElections } from './group-elections.ts';
import { historyCalls } from './history-calls.ts';
import { Housekeeping } from './housekeeping.ts';
import { inspectionCalls } from './inspection-calls.ts';
import { LeftAsynchronous } from './left-asynchronous.ts';
import { LiveServers } from './live-servers.ts';
import { LogSearches } from './log-searches.ts';
import { metricsCalls } from './metrics-calls.ts';
import { nameCalls } from './name-calls.ts';
import { aliasOf, namingCalls } from './naming.ts';
import { nodeCalls } from './node-calls.ts';
import type { NodeSurroundings } from './node-surroundings.ts';
import { operateOutcome } from './operate-outcome.ts';
import { operationCalls } from './operation-calls.ts';
import { operationPorts } from './operation-ports.ts';
import { discoveryPolicy, markerTimeouts, recoveryPolicy, writeProbesPolicy } from './policies.ts';
import { poolCalls } from './pool-calls.ts';
import { preflightCalls } from './preflight-calls.ts';
import { PseudoGtidInjection } from './pseudo-gtid-injection.ts';
import { recoveryCalls } from './recovery-calls.ts';
import { recoveryPlanCalls } from './recovery-plan-calls.ts';
import { reprovisionCalls } from './reprovision-calls.ts';
import { RestartedPrimaries } from './restarted-primaries.ts';
import { ReturningPrimaries } from './returning-primaries.ts';
import { nodeIdOf, sightCalls } from './sight-calls.ts';
import { nameOfSource } from './source-names.ts';
import { StandingServers } from './standing-servers.ts';
import { SuspectedLocks } from './suspected-locks.ts';
import { tagCalls } from './tag-calls.ts';
import { topologyCalls } from './topology-calls.ts';
import { takeSnapshotWhenDue } from './topology-snapshots.ts';
import { Watch } from './watch.ts';
import { WriteProbes } from './write-probes.ts';

export interface NodeOptions {
  readonly settings: Settings;
  /** `service`: polls, analyses, recovers. `command`: loads the picture from the backend and waits to be asked. */
  readonly mode: 'service' | 'command';
  /** The command's name, for `node_health`; '' in a service. */
  readonly command: string;
  readonly version: string;
  readonly log: Log;
  /** `--discovery=false`: the service answers, and looks at nothing. */
  readonly discovery: boolean;
  readonly grabElection: boolean;
  /** `--noop`: hooks are skipped and commands that change a server are refused. */
  readonly noop: boolean;
  /** `--skip-continuous-registration` is the opposite; a service always registers. */
  readonly registers: boolean;
  /** `--skip-binlog-search`: markers are searched in relay logs alone. Absent: no. */
  readonly skipBinlogSearch?: boolean;
  /** `--skip-unresolve`: replicas are told of their sources by the names by which we know them. Absent: no. */
  readonly skipUnresolve?: boolean;
  /** `--skip-unresolve-check`: a virtual name that leads elsewhere is passed over. Absent: it refuses the operation. */
  readonly skipUnresolveCheck?: boolean;
}

export interface OrchestratorNode {
  readonly calls: OrchestratorCalls;
  /** Begins to poll, analyse and recover (service mode only). */
  start(): Promise<void>;
  /** Ends timers and connections, writes what is queued, closes the backend. Running recoveries are awaited up to a limit. */
  stop(): Promise<void>;
}

/** A recovery that does not end is left to the next start. Milliseconds. */
const STOP_PATIENCE_MILLIS = millis(10_000);

const HOUR_MILLIS = 3_600_000;

/** Long searches in logs say where they are, every so many pages. */
const PAGES_PER_LINE = 20;

const WARM_UP_POLLS = 3;

/** Reads what the backend knows; nothing is looked at and nothing begins before `start`. */
export async function composeNode(options: NodeOptions, surroundings: NodeSurroundings): Promise<OrchestratorNode> {
  const { log } = options;
  const { backend, clock, randomHex } = surroundings;
  const settings = (): Settings => options.settings;
  const identity: NodeIdentity = { hostname: surroundings.hostname, token: randomHex(32) };
  const events = new EventStream(log);
  const emit = (event: NodeEvent): void => events.emit(event);
  const logStoreError = (error: unknown): void => log.error(`backend: ${String(error)}`);
  const sight = composeSight({
    settings,
    log,
    emit,
    surroundings,
    onStoreError: logStoreError,
    lookedAfter: (name) => recoveries.looksAfter(name),
  });
  const { picture, decisions, names, resolver, links, discovery, metrics, markedClusters } = sight;
  const leadership = singleNodeLeadership({ identity, store: backend, clock, onError: logStoreError });
  const naming = { topology: picture.topology, resolver, decisions, settings };
  const aliasOfCluster = (name: ClusterName): string => aliasOf(naming, name);
  // First nothing new begins; what has begun goes on for a while; then that, too, is cut.
  let stopping = false;
  let cut = false;
  // A command acts because a person gave it; a service only while it leads.
  const mayLead = (): boolean => (options.mode === 'command' ? housekeeping.countsAsLiving : leadership.isLeader());
  const servers = new LiveServers({
    discovery,
    picture,
    links,
    clock,
    log,
    connectMillis: () => discoveryPolicy(settings()).connectMillis,
    credentialsQuery: () => settings().ReplicationCredentialsQuery,
    noop: options.noop,
  });
  const ports: RecoveryPorts = {
    servers,
    known: picture.topology,
    store: backend,
    downtimes: decisions,
    clock,
    log,
    identity,
    otherNodes: surroundings.otherNodes(nodeIdOf(identity)),
    policy: () => recoveryPolicy(settings(), (key) => decisions.promotionRuleOf(key), options.noop),
    startHook: surroundings.startHook,
    operate: async (request, silent) =>
      operateOutcome(await operations.operate(request, { isByPerson: false, silent })),
    dyingDataCenters: () => {
      const now = clock.now();
      return dyingDataCenters(picture.topology.all(), now, (key) => decisions.downtimeOf(key, now) !== null);
    },
    findPlace: (own, within, mayGoOn) => searches.findPlace(own, within, mayGoOn),
    journalCounts: new JournalCounts(),
    waitedBeforeRestart: (key) => restartedPrimaries.waitedBefore(key),
    startOnceStopped: (server, reason) => standingServers.startOnceStopped(server, reason),
    randomHex,
    tell: (event) => {
      // Also a command that was told not to register: its recovery must not be taken for cut while it runs.
      if (event.kind === 'started' && options.mode === 'command') void housekeeping.keepRegistered();
      emit(asNodeEvent(event, clock.now()));
    },
    moveAlias: async (from, to, alias) => {
      if (alias !== from) await decisions.setAlias(to, alias, clock.now());
      await decisions.renameCluster(from, to);
      await primaryMoved({ names, store: backend, clock }, from, to);
    },
    mayBegin: () => !stopping && mayLead(),
    mayGoOn: () => !cut && mayLead(),
  };
  const suspectedLocks = new SuspectedLocks(backend, clock, log);
  const writeProbes = new WriteProbes({
    topology: picture.topology,
    wasSeenHere: (key) => picture.wasSeenHere(key),
    write: (key, table) => links.get(key).write(table, discoveryPolicy(settings()).connectMillis),
    endWriting: (key) => links.get(key).endWriting(),
    policy: () => writeProbesPolicy(settings()),
    clock,
    log,
    isLeader: () => leadership.isLeader() && !stopping && !options.noop,
    isBusy: (name) => recoveries.clusters.busyWith(name) !== '',
    isLost: (key) => decisions.downtimeOf(key, clock.now())?.reason === LOST_IN_RECOVERY,
    onChange: (name) => watch.lookAt(name),
  });
  const pseudoGtid = new PseudoGtidInjection({
    isEnabled: () => settings().AutoPseudoGTID,
    primaries: () => writablePrimaries(picture.topology),
    wasSeenHere: (key) => picture.wasSeenHere(key),
    isLeader: () => leadership.isLeader() && !stopping && !options.noop,
    isBusy: (name) => recoveries.clusters.busyWith(name) !== '',
    isLost: (key) => decisions.downtimeOf(key, clock.now())?.reason === LOST_IN_RECOVERY,
    mayInject: (key) => mayInjectOn(links.get(key), markerTimeouts(settings())),
    inject: (key, marker) => injectMarker(links.get(key), marker, markerTimeouts(settings())),
    clusters: markedClusters,
    clock,
    log,
    randomHex,
  });
  const searches = new LogSearches({
    settings,
    link: (key) => links.get(key),
    connectMillis: () => discoveryPolicy(settings()).connectMillis,
    servers: ports.servers,
    history: backend,
    clock,
    relayLogsOnly: options.skipBinlogSearch ?? false,
    onProgress: ({ key, file, pages }) => {
      if (pages % PAGES_PER_LINE === 0) log.info(`searching ${file} of ${instanceKeyText(key)}, page ${pages}`);
    },
  });
  const restartedPrimaries = new RestartedPrimaries({ picture, clock });
  const analyst = new Analyst({
    picture,
    decisions,
    settings,
    clock,
    identity,
    aliasOf: aliasOfCluster,
    domainOf: (name) => names.domains.get(name),
    resolve: (name) => resolver.nameAsSource(name),
    suspectedLocks,
    stuckWrites: () => writeProbes.stuck,
    restartedReadOnly: () => restartedPrimaries.readOnly,
  });
  const replicasAnywhere: ReplicasOf = (key) => {
    const instance = picture.topology.get(key);
    return instance === undefined ? [] : analyst.replicasOf(instance);
  };
  const recoveries = new Recoveries(ports);
  const watch = new Watch({
    picture,
    analyst,
    emergencies: new Emergencies({
      replicasOf: replicasAnywhere,
      read: (key) => discovery.readAfresh(key),
      ports,
    }),
    suspectedLocks,
    recoveries,
    store: backend,
    clock,
    log,
    emit,
    isLeader: () => leadership.isLeader(),
    warmUpMillis: () => WARM_UP_POLLS * discoveryPolicy(settings()).pollMillis,
  });
  const afterFailovers = new AfterFailovers({
    picture,
    decisions,
    recoveries,
    ports,
    reprovisions: backend,
    isReadOnlyByRestart: (key) => restartedPrimaries.isReadOnlyByRestart(key),
  });
  const returningPrimaries = new ReturningPrimaries({
    downtimes: () => decisions.downtimes.values(),
    known: picture.topology,
    read: (key) => discovery.readAfresh(key),
    clock,
    log,
    isLeader: () => ports.mayBegin(),
  });
  const awaitedReplicas = new AwaitedReplicas({ picture, decisions, recoveries, ports });
  const leftAsynchronous = new LeftAsynchronous({ picture, recoveries, ports: recoveries.ports });
  const groupElections = new GroupElections({ picture, ports: recoveries.ports, aliasOf: aliasOfCluster });
  const cutRecoveries = new CutRecoveries({ recoveries, discovery, picture, nodes: backend });
  const forgetting = new Forgetting({
    discovery,
    picture,
    resolver,
    store: backend,
    clock,
    emit,
    unseenMillis: () => settings().UnseenInstanceForgetHours * HOUR_MILLIS,
  });
  const errantSightings = new ErrantSightings({
    picture,
    store: backend,
    clock,
    log,
    isLeader: () => leadership.isLeader(),
  });
  const snapshots = { topology: picture.topology, store: backend, leadership, settings, clock };
  const housekeeping = new Housekeeping({
    backend,
    leadership,
    decisions,
    names,
    picture,
    forgetting,
    settings,
    clock,
    log,
    identity,
    version: options.version,
    mode: options.mode === 'service' ? SERVICE_NODE : COMMAND_NODE,
    command: options.command,
    expireRegistrations: () => expireRegistrations(ports),
    takeSnapshotWhenDue: () => takeSnapshotWhenDue(snapshots),
  });
  const changes = {
    picture,
    discovery,
    decisions,
    backend,
    ports,
    identity,
    forgetting,
  };
  const operating = operationPorts({
    picture,
    decisions,
    backend,
    recoveries,
    ports: recoveries.ports,
    settings,
    noop: options.noop,
    searches,
    keepRegistered: async () => {
      if (options.mode === 'command') await housekeeping.keepRegistered();
    },
    failedTransaction: (key) => servers.failedTransaction(key),
    readClone: (key) => servers.readClone(key),
    tellOfReprovision: (key, name, message) =>
      emit({ kind: 'reprovision-progress', at: clock.now(), clusterName: name, key, message }),
    nameOfSource: (source) =>
      nameOfSource(source, {
        names,
        known: picture.topology,
        discovery,
        resolver,
        trustsBinlogServers: () => settings().SkipBinlogServerUnresolveCheck,
        use: {
          skips: options.skipUnresolve ?? false,
          toleratesMismatch: options.skipUnresolveCheck ?? false,
        },
      }),
  });
  const operations = new Operations(operating);
  const standingServers = new StandingServers({
    ports: operating,
    store: backend,
    nodes: backend,
    identity,
    isSeenTo: (key) => operations.isSeenTo(key),
    isMeantToStand: (key) => operations.isMeantToStand(key),
  });
  const namesOfRequests = namingCalls(naming);
  const topologyAnswers = topologyCalls({ ...naming, names, analyst, clock, tags: backend });
  const calls: OrchestratorCalls = {
    ...namesOfRequests,
    ...topologyAnswers,
    ...historyCalls({ ...snapshots, naming: namesOfRequests, changelog: backend }),
    ...discoveryCalls(changes),
    ...operationCalls({
      operations,
      servers: ports.servers,
      instance: (key) => picture.topology.get(key),
    }),
    ...reprovisionCalls({
      progressOf: (key) => operations.progressOf(key),
      records: operating.reprovisioning.records,
      readClone: operating.reprovisioning.readClone,
      isKnown: (key) => picture.topology.get(key) !== undefined,
    }),
    ...inspectionCalls({ ports: operating, searches, errantSightings }),
    ...decisionCalls(changes),
    ...nameCalls({
      resolver,
      nameService: surroundings.nameService,
      names,
      decisions,
      clock,
      connectMillis: () => discoveryPolicy(settings()).connectMillis,
    }),
    ...tagCalls(changes),
    ...poolCalls({ ...naming, store: backend, clock, view: topologyAnswers.instance }),
    ...attributeCalls({ ...naming, names, store: backend, clock }),
    ...recoveryPlanCalls({ picture, decisions, ports, aliasOf: aliasOfCluster }),
    ...recoveryCalls({ picture, analyst, recoveries, decisions, ports, aliasOf: aliasOfCluster }),
    ...metricsCalls(metrics),
    ...explainCalls({
      mode: options.mode,
      decisions,
      replicasOf: replicasAnywhere,
      writeProbeOf: (key) => writeProbes.stateOf(key),
      lastAnalysis: (key) => backend.lastAnalysis(key),
      activeNode: async () => (await backend.activeNode())?.identity ?? null,
      picture,
      analyst,
      recoveries,
      ports,
      aliasOf: aliasOfCluster,
      failureOf: (key) => discovery.failureOf(key),
      watch,
    }),
    ...sightCalls({
      picture,
      readAfresh: (key) => discovery.readAfresh(key),
      failureOf: (key) => discovery.failureOf(key),
      identity,
      backendName: backend.name,
      clock,
      log,
    }),
    ...preflightCalls({
      picture,
      links,
      servers: ports.servers,
      nodes: ports,
      decisions,
      settings,
      aliasOf: aliasOfCluster,
      clock,
    }),
    ...nodeCalls({ backend, leadership, housekeeping, events, identity, settings, clock, version: options.version }),
  };
  let started = false;
  await resolver.load();
  await picture.load();
  await decisions.load();
  await names.load();
  await suspectedLocks.load();
  await markedClusters.load();
  if (options.mode === 'command' && options.command !== '' && options.registers) await housekeeping.keepRegistered();

  return {
    calls,
    async start() {
      started = true;
      if (options.grabElection) await leadership.grab();
      await housekeeping.start();
      if (!options.discovery) return;
      restartedPrimaries.start();
      // First, so that their clusters are held before anything is seen of them.
      await cutRecoveries.start();
      afterFailovers.start();
      returningPrimaries.start();
      awaitedReplicas.start();
      leftAsynchronous.start();
      groupElections.start();
      errantSightings.start();
      watch.start();
      writeProbes.start();
      markedClusters.start();
      pseudoGtid.start();
      standingServers.start();
      metrics.start();
      await discovery.start(seedsOf(settings(), log));
    },
    async stop() {
      stopping = true;
      watch.stop();
      writeProbes.stop();
      pseudoGtid.stop();
      standingServers.stop();
      markedClusters.stop();
      cutRecoveries.stop();
      afterFailovers.stop();
      returningPrimaries.stop();
      awaitedReplicas.stop();
      leftAsynchronous.stop();
      groupElections.stop();
      restartedPrimaries.stop();
      errantSightings.stop();
      // What is under way needs the lease to go on being renewed.
      await Promise.race([recoveries.clusters.settled(), clock.sleep(STOP_PATIENCE_MILLIS)]);
      cut = true;
      housekeeping.stop();
      await housekeeping.unregister();
      discovery.stop();
      metrics.stop();
      links.closeAll();
      // Without it nobody can tell afterwards an orderly end from a crash (spec/cli.md 1.3).
      const goodbye = { at: clock.now(), type: 'shutdown', key: null, clusterName: '', message: '' };
      const said = started ? backend.appendAudit(goodbye) : Promise.resolve();
      await said.catch((error: unknown) => log.error('the end could not be recorded', { error }));
      await backend.close();
    },
  };
}

function seedsOf(settings: Settings, log: Log) {
  return settings.DiscoverySeeds.flatMap((text) => {
    const parsed = parseInstanceKey(text, settings.DefaultInstancePort);
    if (parsed.kind === 'ok') return [parsed.key];
    log.warning(`DiscoverySeeds: ${parsed.reason}`);
    return [];
  });
}

function asNodeEvent(event: RecoveryEvent, at: NodeEvent['at']): NodeEvent {
  switch (event.kind) {
    case 'started':
      return { ...event, kind: 'recovery-started', at };
    case 'step':
      return { ...event, kind: 'recovery-step', at };
    case 'ended':
      return { ...event, kind: 'recovery-ended', at };
  }
}
