/**
 * What is known, as the doors ask for it: from the picture in memory, with what was decided about each server.
 */
import type { AnalysisEntry } from '../analysis/entry.ts';
import { REPORT_HINTS } from '../analysis/filters.ts';
import { matchesAnyClusterFilter, matchesAnyHostFilter } from '../config/filters.ts';
import type { Settings } from '../config/settings.ts';
import { type ClusterName, clusterName } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import { sameKey } from '../model/instance-key.ts';
import { hasListedProblem } from '../model/instance-status-problems.ts';
import { tagsByServer } from '../model/tag.ts';
import { topologyTabulatedText, topologyTagsText, topologyText } from '../model/text-topology.ts';
import { compareByClusterAndDepth, compareByKey, compareByPosition } from '../model/topology-order.ts';
import { clusterPrimary, searchInstances, writablePrimaries } from '../model/topology-queries.ts';
import type { Clock } from '../ports/clock.ts';
import type { TagStore } from '../ports/decision-store.ts';
import type { Analyst } from './analyst.ts';
import type { AutomatedRecovery, ClusterInfo, InstanceView, TopologyCalls } from './calls.ts';
import type { Names } from './names.ts';
import { aliasOf, type NamingParts } from './naming.ts';
import { filterSubject, statusSettings } from './policies.ts';

export interface TopologyParts extends NamingParts {
  readonly analyst: Analyst;
  readonly names: Pick<Names, 'domains' | 'unresolves'>;
  readonly tags: Pick<TagStore, 'loadTags'>;
  readonly clock: Clock;
  readonly settings: () => Settings;
}

export function topologyCalls(parts: TopologyParts): TopologyCalls {
  const { topology, decisions, settings, clock } = parts;
  const view = (instance: Instance): InstanceView => ({
    instance,
    downtime: decisions.downtimeOf(instance.key, clock.now()),
    candidate: decisions.candidateOf(instance.key),
    virtualName: parts.names.unresolves.get(instance.key.hostname) ?? '',
  });
  const views = (instances: Iterable<Instance>): readonly InstanceView[] => [...instances].map(view);
  const orNull = (instance: Instance | undefined): InstanceView | null =>
    instance === undefined ? null : view(instance);
  const automatedRecovery = (cluster: Parameters<TopologyCalls['automatedRecovery']>[0]): AutomatedRecovery => {
    const { RecoverMasterClusterFilters, RecoverIntermediateMasterClusterFilters } = settings();
    const subject = filterSubject(cluster);
    return {
      hasAutomatedPrimaryRecovery: matchesAnyClusterFilter(RecoverMasterClusterFilters, subject),
      hasAutomatedIntermediatePrimaryRecovery: matchesAnyClusterFilter(
        RecoverIntermediateMasterClusterFilters,
        subject,
      ),
    };
  };
  const clusterInfo = (name: ClusterName): ClusterInfo | null => {
    const countInstances = topology.cluster(name).length;
    if (countInstances === 0) return null;
    const clusterAlias = aliasOf(parts, name);
    return {
      clusterName: name,
      clusterAlias,
      clusterDomain: parts.names.domains.get(name) ?? '',
      countInstances,
      ...automatedRecovery({ clusterName: name, clusterAlias }),
    };
  };
  const isProblem = (instance: Instance): boolean =>
    hasListedProblem(instance, clock.now(), statusSettings(settings())) &&
    decisions.downtimeOf(instance.key, clock.now()) === null &&
    !matchesAnyHostFilter(settings().ProblemIgnoreHostnameFilters, instance.key.hostname, instance.key.port);

  return {
    now: () => clock.now(),
    automatedRecovery,
    instance: (key) => orNull(topology.get(key)),
    allInstances: () => views([...topology.all()].sort(compareByPosition)),
    cluster: (name) => views(topology.cluster(name)),
    search: (text) => views(searchInstances(topology.all(), text)),
    replicasOf: (key) => views(topology.replicasOf(key)),
    primaryOf: (name) => orNull(clusterPrimary(topology, name)),
    writablePrimaries: () => views(writablePrimaries(topology)),
    problems: (name) =>
      views(
        [...topology.all()]
          .filter((instance) => (name === undefined || instance.clusterName === name) && isProblem(instance))
          .sort(compareByKey),
      ),
    downtimed: (name) =>
      views([...topology.all()].sort(compareByClusterAndDepth)).filter(
        ({ instance, downtime }) => downtime !== null && (name === undefined || instance.clusterName === name),
      ),
    clusters: () => topology.clusterNames().flatMap((name) => clusterInfo(name) ?? []),
    clusterInfo,
    topologyText: (name, form) => drawn(parts, name, form),
    replicationAnalysis: (options) => analysis(parts, options),
  };
}

async function drawn(parts: TopologyParts, name: ClusterName, form: 'plain' | 'tabulated' | 'tags'): Promise<string> {
  const { topology, decisions, settings, clock } = parts;
  const instances = topology.cluster(name);
  const context = { now: clock.now(), settings: statusSettings(settings()), downtimes: decisions.downtimes };
  switch (form) {
    case 'plain':
      return topologyText(instances, context);
    case 'tabulated':
      return topologyTabulatedText(instances, context);
    case 'tags':
      return topologyTagsText(instances, context, await tagsOf(instances, parts));
  }
}

async function tagsOf(instances: readonly Instance[], { tags }: TopologyParts) {
  const found = await Promise.all(instances.map(({ key }) => tags.loadTags({ key })));
  return tagsByServer(found.flat());
}

/** An unknown cluster has no entries; alias or name will do (spec/http-api.md 2.11 rows 114 to 116). */
function analysis(
  parts: TopologyParts,
  options: Parameters<TopologyCalls['replicationAnalysis']>[0],
): readonly AnalysisEntry[] {
  const hints = options.includeDowntimed ? REPORT_HINTS.api : REPORT_HINTS.commandLine;
  const wanted = options.clusterName;
  const name =
    wanted === undefined
      ? null
      : (parts.topology.clusterNames().find((known) => known === wanted || aliasOf(parts, known) === wanted) ??
        clusterName(wanted));
  const entries = parts.analyst.listed(name, hints);
  return options.key === undefined ? entries : entries.filter((entry) => sameKey(entry.key, options.key));
}
