/**
 * A node that does nothing: answers from the demo world and notes what it was asked to do. Only the boundary of the calls is pretended.
 */
import { declarationOf, type Settings, settingsFrom } from '../../config/settings.ts';
import type { Downtime, Maintenance } from '../../model/decisions.ts';
import type { Instance } from '../../model/instance.ts';
import {
  type InstanceKey,
  instanceKeyFrom,
  instanceKeyText,
  parseInstanceKey,
  sameKey,
} from '../../model/instance-key.ts';
import { parsePromotionRule } from '../../model/promotion-rule.ts';
import { type InstanceTag, selectByTags } from '../../model/tag.ts';
import type { OperationRequest } from '../../planning/operations/operation-request.ts';
import type {
  InspectionCalls,
  InstanceView,
  OperationOutcome,
  OrchestratorCalls,
  Outcome,
  ReprovisionCalls,
} from '../../service/calls.ts';
import { ok, refused } from '../../service/calls.ts';
import type { NodeEvent } from '../../service/events.ts';
import { metricsCalls } from '../../service/metrics-calls.ts';
import { planWith, reportWith } from '../../service/operation-samples.ts';
import { requestText } from '../../service/operation-words.ts';
import { demoDiscoveries, demoQueueSamples, NO_DISCOVERIES } from './demo-measurements.ts';
import { executedTakeover, NODE } from './demo-records.ts';
import { DEMO, DEMO_INFO, DEMO_TEXT, demoViews, HOST, key, NOW, primary, replica } from './demo-world.ts';

export interface FakeCalls extends OrchestratorCalls {
  /** What was asked for, in order, as `verb argument …`. */
  readonly asked: string[];
  readonly listeners: Set<(event: NodeEvent) => void>;
  emit(event: NodeEvent): void;
}

/** The defaults of the configuration, but for what a test says. */
export function settingsWith(some: Partial<Settings> = {}): Settings {
  return { ...settingsFrom((name) => declarationOf(name).default), ...some };
}

/** `overrides` replace single calls: that is how a test makes something refuse. */
export function fakeCalls(overrides: Partial<OrchestratorCalls> = {}): FakeCalls {
  const asked: string[] = [];
  const note = (...words: readonly string[]): void => {
    asked.push(words.join(' '));
  };
  return {
    ...naming,
    ...topology,
    ...operations(note),
    ...inspections,
    ...decisions(note),
    ...hostNames(note),
    ...tags(note),
    ...pools(note),
    ...attributes(note),
    ...recoveries(note),
    ...node(),
    ...measured,
    asked,
    ...overrides,
  };
}

const find = (wanted: InstanceKey): InstanceView | null =>
  demoViews().find((view) => sameKey(view.instance.key, wanted)) ?? null;

function keyOutcome(parsed: ReturnType<typeof instanceKeyFrom>): Outcome<InstanceKey> {
  return parsed.kind === 'ok' ? ok(parsed.key) : refused('invalid-key', parsed.reason);
}

const naming = {
  resolveKey: (host, port) => keyOutcome(instanceKeyFrom(host, port)),
  resolveKeyText: (text) => keyOutcome(parseInstanceKey(text, 3306)),
  rawKey: (host, port) => keyOutcome(instanceKeyFrom(host, port)),
  clusterByHint: (hint) => {
    if (['demo', ...demoViews().map((view) => instanceKeyText(view.instance.key))].includes(hint)) return ok(DEMO);
    return refused(
      'unknown-cluster',
      hint === ''
        ? 'Unable to determine cluster name by empty hint'
        : `Unable to determine cluster name. clusterHint=${hint}`,
    );
  },
  clusterByAlias: (alias) => (alias === 'demo' || alias === DEMO ? DEMO : null),
} satisfies Partial<OrchestratorCalls>;

const topology = {
  now: () => NOW,
  automatedRecovery: () => ({ hasAutomatedPrimaryRecovery: true, hasAutomatedIntermediatePrimaryRecovery: true }),
  instance: find,
  allInstances: demoViews,
  cluster: (name) => (name === DEMO ? demoViews() : []),
  search: (text) => demoViews().filter((view) => instanceKeyText(view.instance.key).includes(text)),
  replicasOf: (source) => demoViews().filter((view) => sameKey(view.instance.sourceKey, source)),
  primaryOf: () => find(key(10111)),
  writablePrimaries: () => demoViews().filter((view) => !view.instance.readOnly),
  problems: () => [],
  downtimed: () => demoViews().filter((view) => view.downtime !== null),
  clusters: () => [DEMO_INFO],
  clusterInfo: (name) => (name === DEMO ? DEMO_INFO : null),
  topologyText: async (_name, form) => DEMO_TEXT[form],
  snapshotTopologies: async () => ok(3),
  snapshotTimes: async () => [NOW],
  topologyAt: async (hint, at) =>
    ['demo', ...demoViews().map((view) => instanceKeyText(view.instance.key))].includes(hint)
      ? ok({ clusterName: DEMO, takenAt: at, text: DEMO_TEXT.plain })
      : refused('not-in-snapshot', `No cluster ${hint} in the snapshot`),
  replicationAnalysis: () => [],
  analysisChangelog: async () => [],
  planFailover: () => refused('no-single-primary', 'no plan in this test'),
  planTakeover: async () => refused('no-single-primary', 'no plan in this test'),
  explain: async () => refused('unknown-cluster', 'no explanation in this test'),
  preflight: async (name) =>
    ok({
      clusterName: name,
      clusterAlias: 'demo',
      at: NOW,
      servers: demoViews().map(({ instance }) => instance.key),
      findings: [],
    }),
} satisfies Partial<OrchestratorCalls>;

const PLACE = { file: 'binlog.000001', pos: 458, type: 'binary' } as const;

type Note = (...words: readonly string[]) => void;

function read(wanted: InstanceKey): Outcome<Instance> {
  return find(wanted) === null
    ? refused('connection', `dial tcp ${instanceKeyText(wanted)}: connect: connection refused`)
    : ok(wanted.port === 10111 ? primary() : replica(wanted.port));
}

function operations(note: Note) {
  const operation = (verb: string) => async (wanted: InstanceKey) => {
    note(verb, instanceKeyText(wanted));
    return read(wanted);
  };
  return {
    discover: operation('discover'),
    discoverInBackground: (wanted) => note('discover-in-background', instanceKeyText(wanted)),
    refresh: operation('refresh'),
    forget: async (wanted) => {
      note('forget', instanceKeyText(wanted));
      return find(wanted) === null
        ? refused('unknown-instance', `ForgetInstance(): instance ${instanceKeyText(wanted)} not found`)
        : ok(wanted);
    },
    forgetCluster: async (name) => {
      note('forget-cluster', name);
      return ok(name);
    },
    operate: async (request) => {
      note(requestText(request));
      return operated(request);
    },
    planOperation: async (request) => {
      note('plan', requestText(request));
      return { kind: 'planned', plan: planWith(request) };
    },
    shownSteps: () => [],
  } satisfies Partial<OrchestratorCalls>;
}

/** Nothing happens to the server, and all went well; but not on one that nobody knows, nor on replication that the primary does not have. */
function operated(request: OperationRequest): OperationOutcome {
  const report = reportWith(planWith(request));
  if (request.kind === 'panic-stop') return { kind: 'done', report };
  const server = read(request.key);
  if (server.kind === 'refused') return { kind: 'failed', report, refusal: server.refusal };
  if (request.kind === 'stop-replication' && request.key.port === 10111) {
    const refusal = { code: 'not-a-replica', message: `instance is not a replica: ${HOST}:10111` };
    return { kind: 'refused', refusal, rejected: [] };
  }
  return { kind: 'done', report: { ...report, instance: server.value } };
}

/** Of servers that answer to every question as little as they can. */
const inspections = {
  canReplicateFrom: async (_wanted, other) => ok(other),
  restartStatements: async (_wanted, statement) =>
    ok(['stop slave io_thread;', ...(statement === '' ? [] : [`${statement};`]), 'start slave io_thread;']),
  equivalentsOf: async () => [],
  candidateReplica: () => ok(key(10112)),
  errantGtid: async (wanted) =>
    ok({ key: wanted, gtidErrant: '', untold: '', transactions: 0, ranges: [], purged: '', waysOut: [] }),
  reprovisionStatus: async (wanted) => ok({ key: wanted, record: null, progress: null, clone: null, untold: '' }),
  locateErrantGtid: async () => ok(['binlog.000001']),
  lastPseudoGtid: async () => ok({ coordinates: PLACE, text: 'drop view if exists `_pseudo_gtid_`' }),
  findBinlogEntry: async () => ok(PLACE),
  correlateBinlogPosition: async () => ok(PLACE),
  correlateRelayLogPosition: async () => ok({ own: PLACE, correlated: PLACE, next: PLACE }),
  lastExecutedRelayEntry: async () => ok({ coordinates: PLACE, endPos: 4, type: 'Xid', serverId: 1, info: 'COMMIT' }),
  waitForPosition: async (wanted) => read(wanted),
} satisfies InspectionCalls & ReprovisionCalls;

function decisions(note: Note) {
  const locks: Maintenance[] = [];
  return {
    beginDowntime: async (wanted, owner, reason, duration) => {
      note('begin-downtime', instanceKeyText(wanted), owner, reason, String(duration));
      const downtime: Downtime = { key: wanted, owner, reason, begin: NOW, end: NOW };
      return ok(downtime);
    },
    endDowntime: async (wanted) => {
      note('end-downtime', instanceKeyText(wanted));
      return ok(true);
    },
    beginMaintenance: async (wanted, owner, reason, duration) => {
      note('begin-maintenance', instanceKeyText(wanted), owner, reason, String(duration));
      if (locks.some((lock) => sameKey(lock.key, wanted))) {
        return refused(
          'locked',
          `Cannot begin maintenance for instance: ${instanceKeyText(wanted)}; maintenance reason: ${reason}`,
        );
      }
      const lock: Maintenance = { id: locks.length + 1, key: wanted, owner, reason, begin: NOW, end: NOW };
      locks.push(lock);
      return ok(lock);
    },
    endMaintenance: async (wanted) => {
      note('end-maintenance', instanceKeyText(wanted));
      return ok(true);
    },
    endMaintenanceById: async (id) => {
      note('end-maintenance-by-id', String(id));
      return ok(true);
    },
    maintenance: async () => locks,
    registerCandidate: async (wanted, rule) => {
      note('register-candidate', instanceKeyText(wanted), rule);
      const parsed = parsePromotionRule(rule);
      return parsed.kind === 'ok' ? ok(wanted) : refused('promotion-rule', parsed.reason);
    },
  } satisfies Partial<OrchestratorCalls>;
}

function hostNames(note: Note) {
  return {
    resolvedNames: () => new Map([['vip', { hostname: HOST, expiresInMillis: 60_000 }]]),
    clearResolvedNames: async () => note('clear-resolved-names'),
    virtualNames: () => new Map([[HOST, 'vip']]),
    reach: async (wanted) => ok(wanted),
    canonicalKey: async (wanted) => ok(wanted),
    setVirtualName: async (wanted, virtualName) => {
      note('set-virtual-name', instanceKeyText(wanted), virtualName);
      return ok(wanted);
    },
    setClusterAlias: async (name, alias) => {
      note('set-cluster-alias', name, alias);
      return ok(name);
    },
    candidates: () => [{ key: key(10112), rule: 'prefer', lastSuggested: NOW }],
  } satisfies Partial<OrchestratorCalls>;
}

/** Of the recording: one replica has one tag. */
function tags(note: Note) {
  const role: InstanceTag = { key: key(10112), name: 'role', value: 'backup' };
  return {
    tags: async (wanted) => (sameKey(wanted, role.key) ? [role] : []),
    tagged: async (selector) => selectByTags(selector, [role]),
    tag: async (wanted, tag) => {
      note('tag', instanceKeyText(wanted), JSON.stringify(tag));
      return ok(wanted);
    },
    untag: async (tag, wanted) => {
      note('untag', wanted === null ? 'all' : instanceKeyText(wanted), JSON.stringify(tag));
      return ok([key(10113), key(10112)]);
    },
  } satisfies Partial<OrchestratorCalls>;
}

function pools(note: Note) {
  return {
    submitPool: async (pool, instances) => {
      note('submit-pool', pool, instances);
      return ok(pool);
    },
    pooledInstances: async () => [],
    heuristicPoolInstances: async () => [],
    heuristicPoolLag: async () => refused('no-pool-instances', 'No instances found in GetInstancesMaxLag'),
  } satisfies Partial<OrchestratorCalls>;
}

function attributes(note: Note) {
  return {
    setHostAttribute: async ({ hostname, name, value }) => {
      note('host-attribute', hostname, name, value);
      return ok(true);
    },
    hostAttributes: async () => [],
    domainInstance: async () => refused('no-domain', 'Cannot find domain name for cluster'),
    setDomainInstance: async () => refused('no-domain', 'Cannot find domain name for cluster'),
  } satisfies Partial<OrchestratorCalls>;
}

function recoveries(note: Note) {
  return {
    gracefulTakeover: async ({ clusterName, designated, auto }) => {
      note(
        'takeover',
        clusterName,
        designated === null ? 'nobody' : instanceKeyText(designated),
        auto ? 'auto' : 'manual',
      );
      return ok(executedTakeover);
    },
    forceFailover: async ({ clusterName, designated }) => {
      note('force', clusterName, designated === null ? 'nobody' : instanceKeyText(designated));
      return ok(executedTakeover);
    },
    recover: async (wanted, { candidate, skipProcesses }) => {
      note(
        'recover',
        instanceKeyText(wanted),
        candidate === null ? 'nobody' : instanceKeyText(candidate),
        skipProcesses ? 'lite' : 'full',
      );
      return refused('nothing-to-recover', 'Recovery not attempted');
    },
    recoveries: async (query) => {
      note('recoveries', JSON.stringify(query));
      return [];
    },
    activeRecoveries: async () => [],
    recoverySteps: async () => [],
    detections: async (query) => {
      note('detections', JSON.stringify(query));
      return [];
    },
    blockedRecoveries: async () => [],
    acknowledge: async (what, by, comment) => {
      note('acknowledge', JSON.stringify(what), by, comment);
      return ok(1);
    },
    recoveriesDisabled: async () => false,
    setRecoveriesDisabled: async (disabled) => {
      note('recoveries-disabled', String(disabled));
      return ok(true);
    },
  } satisfies Partial<OrchestratorCalls>;
}

const measured = metricsCalls({
  discoveries: (lastSeconds) => (lastSeconds > 0 ? demoDiscoveries() : NO_DISCOVERIES),
  queueSamples: (lastSeconds) => (lastSeconds > 0 ? demoQueueSamples() : []),
});

function node() {
  const listeners = new Set<(event: NodeEvent) => void>();
  const settings = settingsWith({ RecoverMasterClusterFilters: ['*'], RecoverIntermediateMasterClusterFilters: ['*'] });
  const row = {
    identity: NODE,
    firstSeenActive: NOW,
    lastSeenActive: NOW,
    extraInfo: '',
    command: '',
    appVersion: '0.1.0',
    dbBackend: '/var/lib/orchestrator/orchestrator.db',
  };
  return {
    nodeId: () => 'cafe0123',
    backendName: () => '/srv/orchestrator.sqlite3',
    sights: async () => ok([]),
    identity: NODE,
    version: '0.1.0',
    settings: () => settings,
    health: async () => ({
      healthy: true,
      identity: NODE,
      isActiveNode: true,
      activeNode: row,
      availableNodes: [row],
      error: null,
    }),
    isLeader: () => true,
    audit: async () => [],
    subscribe: (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    listeners,
    emit: (event: NodeEvent) => {
      for (const listener of listeners) listener(event);
    },
  } satisfies Partial<FakeCalls>;
}
