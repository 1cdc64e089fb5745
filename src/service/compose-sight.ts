/**
 * What a node sees with: the picture, what was decided about servers and what they are called, the links to them, and discovery, which keeps the picture
 * fresh.
 */
import type { Settings } from '../config/settings.ts';
import { Discovery } from '../discovery/discovery.ts';
import { HostnameResolver } from '../discovery/hostname-resolver.ts';
import { DiscoveryMetrics } from '../discovery/metrics/discovery-metrics.ts';
import { Picture } from '../discovery/picture.ts';
import type { LookedAfter } from '../discovery/urgent-looks.ts';
import type { ClusterName } from '../model/brand.ts';
import { instanceKeyText } from '../model/instance-key.ts';
import type { Log } from '../ports/log.ts';
import { Classifications } from './classifications.ts';
import { Decisions } from './decisions.ts';
import type { NodeEvent } from './events.ts';
import { Names } from './names.ts';
import type { NodeSurroundings } from './node-surroundings.ts';
import { discoveryPolicy, tlsPolicy } from './policies.ts';
import { PseudoGtidClusters } from './pseudo-gtid-clusters.ts';
import { ServerLinks } from './server-links.ts';

export interface SightOptions {
  readonly settings: () => Settings;
  readonly log: Log;
  readonly emit: (event: NodeEvent) => void;
  readonly surroundings: Pick<NodeSurroundings, 'backend' | 'clock' | 'dial' | 'nameService' | 'random' | 'tlsFiles'>;
  readonly onStoreError: (error: unknown) => void;
  /** Whom of this cluster a recovery reads itself. */
  readonly lookedAfter: (name: ClusterName) => LookedAfter;
}

export interface Sight {
  readonly picture: Picture;
  readonly decisions: Decisions;
  readonly names: Names;
  readonly resolver: HostnameResolver;
  readonly links: ServerLinks;
  readonly discovery: Discovery;
  readonly metrics: DiscoveryMetrics;
  readonly markedClusters: PseudoGtidClusters;
}

export function composeSight({ settings, log, emit, surroundings, onStoreError, lookedAfter }: SightOptions): Sight {
  const { backend, clock } = surroundings;
  const picture = new Picture(backend);
  const decisions = new Decisions(backend);
  const names = new Names(backend);
  const resolver = new HostnameResolver({
    method: () => discoveryPolicy(settings()).hostnameMethod,
    rejects: (resolved) => discoveryPolicy(settings()).rejectsHostname(resolved),
    expiryMillis: () => discoveryPolicy(settings()).hostnameExpiryMillis,
    nameService: surroundings.nameService,
    isVirtual: (name) => names.hostsBehind(name).length > 0,
    store: backend,
    clock,
    onStoreError,
  });
  const classifications = new Classifications({
    decisions,
    names,
    store: backend,
    clock,
    candidateExpireMinutes: () => settings().CandidateInstanceExpireMinutes,
    onProblem: (line) => log.debug(line),
    onStoreError,
  });
  const links = new ServerLinks({
    dial: surroundings.dial,
    clock,
    credentials: () => ({ user: settings().MySQLTopologyUser, password: settings().MySQLTopologyPassword }),
    configuredQueries: () => discoveryPolicy(settings()).configuredQueries,
    tls: {
      policy: () => tlsPolicy(settings(), surroundings.tlsFiles),
      onDemanded: (key) => {
        backend.saveTlsDemand(key, true).catch(onStoreError);
      },
    },
    checksMaxScale: () => !settings().SkipMaxScaleCheck,
    onBroken: (key, failure) => discovery.wireBroken(key, failure),
  });
  const metrics = new DiscoveryMetrics({
    clock,
    queue: () => discovery.queue,
    keptSeconds: () => settings().DiscoveryCollectionRetentionSeconds,
    keptSamples: () => settings().DiscoveryQueueMaxStatisticsSize,
  });
  const markedClusters = new PseudoGtidClusters({ store: backend, clock, log });
  const discovery = new Discovery({
    picture,
    links,
    resolver,
    store: backend,
    policy: () => discoveryPolicy(settings()),
    clock,
    log,
    random: surroundings.random,
    onWireBroken: (key, failure) => emit({ kind: 'wire-broken', at: clock.now(), key, reason: failure.text }),
    onClassified: (instance, classified) => classifications.take(instance, classified),
    onPlanted: (key, type) => {
      const planted = { at: clock.now(), type, key, clusterName: '', message: instanceKeyText(key) };
      backend.appendAudit(planted).catch(onStoreError);
    },
    hostsBehind: (name) => names.hostsBehind(name),
    clusterIsMarked: (name) => (settings().AutoPseudoGTID ? name !== null && markedClusters.has(name) : null),
    lookedAfter,
    onDiscovered: metrics.discovered,
  });
  return { picture, decisions, names, resolver, links, discovery, metrics, markedClusters };
}
