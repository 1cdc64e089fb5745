/**
 * A node for tests of the command line: a few servers in memory, and calls that remember how they were called.
 */
import { loadConfiguration } from '../../config/load.ts';
import { type ClusterName, clusterName } from '../../model/brand.ts';
import {
  compareKeys,
  type InstanceKey,
  instanceKeyText,
  keyId,
  parseInstanceKey,
  sameKey,
} from '../../model/instance-key.ts';
import { topologyTabulatedText, topologyTagsText, topologyText } from '../../model/text-topology.ts';
import { SAMPLE_NOW, SAMPLE_SETTINGS, sampleKey, sampleReplica, sampleServer } from '../../model/topology-samples.ts';
import type { OperationRequest } from '../../planning/operations/operation-request.ts';
import {
  type InspectionCalls,
  type InstanceView,
  type OrchestratorCalls,
  ok,
  type Refusal,
  type ReprovisionCalls,
  refused,
} from '../../service/calls.ts';
import { planWith, reportWith } from '../../service/operation-samples.ts';
import { requestText } from '../../service/operation-words.ts';

/** The world of the recorded answers: a primary and two replicas, known as `demo`. */
export const DEMO = clusterName('127.0.0.1:10111');
export const demoServers = [
  sampleServer(10111, { clusterName: DEMO }),
  sampleReplica(10113, 10111, { clusterName: DEMO, replicationDepth: 1 }),
  sampleReplica(10114, 10111, { clusterName: DEMO, replicationDepth: 1 }),
];

export interface FakeWorld {
  readonly servers?: readonly InstanceView['instance'][];
  readonly downtimes?: readonly NonNullable<InstanceView['downtime']>[];
  /** Alias of the cluster of each name. */
  readonly aliases?: Readonly<Record<string, string>>;
  readonly calls?: Partial<OrchestratorCalls>;
}

export interface FakeCalls {
  readonly calls: OrchestratorCalls;
  /** `name(argument, …)` of the calls that change something, in order. */
  readonly made: string[];
}

/** What every changing call answers unless the test says otherwise. */
export const REFUSAL: Refusal = { code: 'not-in-this-test', message: 'refused by the fake' };

export function fakeCalls({
  servers = demoServers,
  downtimes = [],
  aliases = { [DEMO]: 'demo' },
  calls = {},
}: FakeWorld = {}): FakeCalls {
  const made: string[] = [];
  const views = servers.map((instance) => viewOf(instance, downtimes));
  const world: World = { views, names: new Map(Object.entries(aliases)), downtimes };
  return {
    calls: {
      ...namingCalls(world),
      ...topologyCalls(world),
      ...changingCalls(made, world),
      ...inspectionCalls(made),
      ...nodeCalls(),
      ...calls,
    },
    made,
  };
}

interface World {
  readonly views: readonly InstanceView[];
  readonly names: ReadonlyMap<string, string>;
  readonly downtimes: readonly NonNullable<InstanceView['downtime']>[];
}

function viewOf(instance: InstanceView['instance'], downtimes: World['downtimes']): InstanceView {
  return { instance, downtime: downtimes.find(({ key }) => sameKey(key, instance.key)) ?? null, candidate: null };
}

function namingCalls({ views, names }: World) {
  const isCluster = (name: string): boolean => views.some(({ instance }) => instance.clusterName === name);
  /** The key itself, or the only known one whose host contains the host and whose port is the same. */
  const complete = (key: InstanceKey): InstanceKey => {
    const matches = views.filter(
      ({ instance }) => instance.key.hostname.includes(key.hostname) && instance.key.port === key.port,
    );
    return matches.length === 1 && matches[0] !== undefined ? matches[0].instance.key : key;
  };
  return {
    resolveKey: (host: string, port: string) => ok(complete({ hostname: host, port: Number(port) })),
    resolveKeyText: (text: string) => {
      const parse = parseInstanceKey(text, 3306);
      if (parse.kind === 'refused') return refused('bad-key', parse.reason);
      return parse.key.hostname === 'unresolvable'
        ? refused('unresolved', `lookup ${text}: no such host`)
        : ok(complete(parse.key));
    },
    rawKey: (host: string, port: string) => ok({ hostname: host, port: Number(port) }),
    clusterByHint: () => refused('not-used', 'the command line has an order of its own'),
    clusterByAlias: (hint: string) => {
      const byAlias = [...names].find(([, alias]) => alias === hint)?.[0];
      return isCluster(hint) ? clusterName(hint) : byAlias === undefined ? null : clusterName(byAlias);
    },
  } satisfies Partial<OrchestratorCalls>;
}

function topologyCalls({ views, names, downtimes }: World) {
  const clusterViews = (name: string) => views.filter(({ instance }) => instance.clusterName === name);
  const infoOf = (name: ClusterName) => ({
    clusterName: name,
    clusterAlias: names.get(name) ?? '',
    clusterDomain: '',
    countInstances: clusterViews(name).length,
    hasAutomatedPrimaryRecovery: false,
    hasAutomatedIntermediatePrimaryRecovery: false,
  });
  const clusterNames = () => [...new Set(views.map(({ instance }) => instance.clusterName))];
  const text = {
    now: SAMPLE_NOW,
    settings: SAMPLE_SETTINGS,
    downtimes: new Map(downtimes.map((downtime) => [keyId(downtime.key), downtime])),
  };
  return {
    now: () => SAMPLE_NOW,
    automatedRecovery: () => ({ hasAutomatedPrimaryRecovery: false, hasAutomatedIntermediatePrimaryRecovery: false }),
    instance: (key: InstanceKey) => views.find(({ instance }) => sameKey(instance.key, key)) ?? null,
    allInstances: () => views,
    cluster: clusterViews,
    search: (pattern: string) => views.filter(({ instance }) => instanceKeyText(instance.key).includes(pattern.trim())),
    replicasOf: (key: InstanceKey) =>
      views
        .filter(({ instance }) => sameKey(instance.sourceKey, key))
        .sort((a, b) => compareKeys(a.instance.key, b.instance.key)),
    primaryOf: (name: ClusterName) =>
      clusterViews(name).find(({ instance }) => instance.replicationDepth === 0) ?? null,
    writablePrimaries: () => views.filter(({ instance }) => instance.replicationDepth === 0 && !instance.readOnly),
    problems: () => [],
    downtimed: (name?: ClusterName) =>
      views.filter(
        ({ instance, downtime }) => downtime !== null && (name === undefined || instance.clusterName === name),
      ),
    clusters: () => clusterNames().map(infoOf),
    clusterInfo: (name: ClusterName) => (clusterNames().includes(name) ? infoOf(name) : null),
    topologyText: async (name: ClusterName, form: 'plain' | 'tabulated' | 'tags') => {
      const instances = clusterViews(name).map(({ instance }) => instance);
      if (form === 'tabulated') return topologyTabulatedText(instances, text);
      return form === 'tags' ? topologyTagsText(instances, text, new Map()) : topologyText(instances, text);
    },
    replicationAnalysis: () => [],
    snapshotTimes: async () => [],
    topologyAt: async () => refused('no-snapshot', 'no snapshot in this test'),
    analysisChangelog: async () => [],
    planFailover: () => refused('no-single-primary', 'no plan in this test'),
    planTakeover: async () => refused('no-single-primary', 'no plan in this test'),
    explain: async () => refused('unknown-cluster', 'no explanation in this test'),
    preflight: async (name: ClusterName) =>
      ok({
        clusterName: name,
        clusterAlias: names.get(name) ?? name,
        at: SAMPLE_NOW,
        servers: clusterViews(name).map(({ instance }) => instance.key),
        findings: [],
      }),
  } satisfies Partial<OrchestratorCalls>;
}

function changingCalls(made: string[], { views }: World) {
  const remember =
    <Value>(name: string, value: Value) =>
    async (...words: readonly unknown[]) => {
      made.push(`${name}(${words.map(wordText).join(', ')})`);
      return value;
    };
  const refusal = { kind: 'refused', refusal: REFUSAL } as const;
  const aServer = ok(views[0]?.instance ?? sampleServer(1));
  const anId = { id: 1, key: sampleKey(1), owner: '', reason: '', begin: SAMPLE_NOW, end: SAMPLE_NOW };
  return {
    snapshotTopologies: remember('snapshotTopologies', ok(views.length)),
    discover: remember('discover', aServer),
    discoverInBackground: () => undefined,
    refresh: remember('refresh', aServer),
    forget: remember('forget', ok(sampleKey(1))),
    forgetCluster: remember('forgetCluster', refusal),
    operate: async (request: OperationRequest) => {
      made.push(`operate ${requestText(request)}`);
      return { kind: 'done' as const, report: reportWith(planWith(request)) };
    },
    planOperation: async (request: OperationRequest) => {
      made.push(`plan ${requestText(request)}`);
      return { kind: 'planned' as const, plan: planWith(request) };
    },
    shownSteps: () => [],
    beginDowntime: remember('beginDowntime', ok(anId)),
    endDowntime: remember('endDowntime', ok(false)),
    beginMaintenance: remember('beginMaintenance', ok(anId)),
    endMaintenance: remember('endMaintenance', ok(false)),
    endMaintenanceById: remember('endMaintenanceById', ok(false)),
    maintenance: async () => [],
    registerCandidate: remember('registerCandidate', ok(sampleKey(1))),
    resolvedNames: () => new Map([['vip', { hostname: 'db1', expiresInMillis: 60_000 }]]),
    clearResolvedNames: async () => undefined,
    virtualNames: () => new Map([['db1', 'vip']]),
    reach: remember('reach', ok(sampleKey(1))),
    canonicalKey: remember('canonicalKey', ok({ hostname: 'db1.example', port: 1 })),
    setVirtualName: remember('setVirtualName', ok(sampleKey(1))),
    setClusterAlias: remember('setClusterAlias', ok(clusterName('db1:3306'))),
    candidates: () => [{ key: sampleKey(1), rule: 'prefer', lastSuggested: SAMPLE_NOW }],
    tags: async () => [],
    tagged: async () => [],
    tag: remember('tag', ok(sampleKey(1))),
    untag: remember('untag', ok([])),
    submitPool: remember('submitPool', ok('readers')),
    pooledInstances: async () => [],
    heuristicPoolInstances: async () => [],
    heuristicPoolLag: async () => refusal,
    setHostAttribute: remember('setHostAttribute', refusal),
    hostAttributes: async () => [],
    domainInstance: async () => refusal,
    setDomainInstance: remember('setDomainInstance', refusal),
    gracefulTakeover: remember('gracefulTakeover', refusal),
    forceFailover: remember('forceFailover', refusal),
    recover: remember('recover', refusal),
    recoveries: async () => [],
    activeRecoveries: async () => [],
    recoverySteps: async () => [],
    detections: async () => [],
    blockedRecoveries: async () => [],
    acknowledge: remember('acknowledge', ok(2)),
    recoveriesDisabled: async () => false,
    setRecoveriesDisabled: remember('setRecoveriesDisabled', ok(true)),
  } satisfies Partial<OrchestratorCalls>;
}

/** Servers that answer every question, each in its own way. */
function inspectionCalls(made: string[]) {
  const asked =
    <Value>(name: string, value: Value) =>
    async (...words: readonly unknown[]) => {
      made.push(`${name}(${words.map(wordText).join(', ')})`);
      return ok(value);
    };
  const place = (pos: number) => ({ file: 'b.000001', pos, type: 'binary' as const });
  const errant = { gtidErrant: 'u:1,\nv:2', untold: '', transactions: 2, ranges: [], purged: '', waysOut: [] };
  return {
    canReplicateFrom: asked('canReplicateFrom', sampleKey(1)),
    restartStatements: asked('restartStatements', ['stop slave io_thread;', 'start slave io_thread;']),
    equivalentsOf: async () => [],
    candidateReplica: () => ok(sampleKey(10114)),
    errantGtid: asked('errantGtid', { key: sampleKey(10113), ...errant }),
    reprovisionStatus: asked('reprovisionStatus', {
      key: sampleKey(10113),
      record: null,
      progress: null,
      clone: null,
      untold: '',
    }),
    locateErrantGtid: asked('locateErrantGtid', ['b.000003', 'b.000004']),
    lastPseudoGtid: asked('lastPseudoGtid', { coordinates: place(4), text: 'drop view `_pgtid_`' }),
    findBinlogEntry: asked('findBinlogEntry', place(5)),
    correlateBinlogPosition: asked('correlateBinlogPosition', place(6)),
    correlateRelayLogPosition: asked('correlateRelayLogPosition', {
      own: place(7),
      correlated: place(8),
      next: place(9),
    }),
    lastExecutedRelayEntry: asked('lastExecutedRelayEntry', {
      coordinates: { file: 'relay-bin.000007', pos: 1180, type: 'relay' as const },
      endPos: 1211,
      type: 'Xid',
      serverId: 1,
      info: 'COMMIT',
    }),
    waitForPosition: asked('waitForPosition', sampleServer(1)),
  } satisfies InspectionCalls & ReprovisionCalls;
}

function nodeCalls() {
  return {
    nodeId: () => 'token',
    backendName: () => 'orchestrator.sqlite3',
    sights: async () => ok([]),
    identity: { hostname: 'local.example', token: 'token' },
    version: 'test',
    settings: () => {
      const loading = loadConfiguration({
        env: {},
        readFile: () => ({ kind: 'unreadable', code: 'ENOENT', reason: 'absent' }),
      });
      if (loading.kind === 'refused') throw new Error(loading.message);
      return loading.settings;
    },
    health: () => Promise.reject(new Error('the command line does not ask for health')),
    isLeader: () => true,
    audit: async () => [],
    subscribe: () => () => undefined,
    discoveries: () => [],
    discoveryStatistics: () => {
      throw new Error('the command line does not ask for measurements');
    },
    queueSamples: () => null,
    queueStatistics: () => null,
  } satisfies Partial<OrchestratorCalls>;
}

/** Keys as `host:port`, the rest as JSON. */
function wordText(word: unknown): string {
  const isKey = typeof word === 'object' && word !== null && 'hostname' in word && 'port' in word;
  return isKey ? `${word.hostname}:${word.port}` : (JSON.stringify(word) ?? 'undefined');
}
