/**
 * From the settings of the configuration to what each stage obeys. Made anew at each use, so that a reload takes effect.
 */
import type { AnalysisPolicy } from '../analysis/policy.ts';
import { matchesAnyClusterFilter, matchesAnyHostFilter, matchesAnyPattern } from '../config/filters.ts';
import { hookMarks } from '../config/hook-marks.ts';
import { minimumSeconds } from '../config/minimum-seconds.ts';
import { compileRegularExpression, findsMatch } from '../config/regular-expression.ts';
import type { Settings } from '../config/settings.ts';
import { PROBE_QUERIES } from '../discovery/classification.ts';
import type { DiscoveryPolicy, HostnameMethod, SelfNameMethod } from '../discovery/discovery-policy.ts';
import { type ClusterName, seconds } from '../model/brand.ts';
import type { InstanceKey } from '../model/instance-key.ts';
import type { StatusSettings } from '../model/instance-status.ts';
import type { PromotionRule } from '../model/promotion-rule.ts';
import type { TlsPolicy } from '../mysql/secured-dial.ts';
import type { LinkTimeouts } from '../mysql/server-link.ts';
import type { FencingDemand } from '../planning/fencing.ts';
import type { PromotionPolicy } from '../planning/promotion-policy.ts';
import type { SemiSyncMode } from '../planning/semi-sync-topology.ts';
import type { HookLists, RecoveryPolicy } from '../recovery/recovery-policy.ts';
import type { HookEntry, HookList } from '../recovery/run-hooks.ts';
import type { TlsFiles } from './tls-files.ts';
import type { WriteProbesPolicy } from './write-probes.ts';

const MILLIS_PER_SECOND = 1000;
const SECONDS_PER_MINUTE = 60;

const byHostFilters = (filters: readonly string[]) => (key: InstanceKey) =>
  matchesAnyHostFilter(filters, key.hostname, key.port);

/** Asked for with every read; settings are replaced, and never changed. */
const discoveryPolicies = new WeakMap<Settings, DiscoveryPolicy>();

export function discoveryPolicy(settings: Settings): DiscoveryPolicy {
  const known = discoveryPolicies.get(settings);
  if (known !== undefined) return known;
  const policy = readDiscoveryPolicy(settings);
  discoveryPolicies.set(settings, policy);
  return policy;
}

function readDiscoveryPolicy(settings: Settings): DiscoveryPolicy {
  return {
    pollMillis: Math.max(1, settings.InstancePollSeconds) * MILLIS_PER_SECOND,
    connectMillis: Math.max(1, settings.MySQLConnectTimeoutSeconds) * MILLIS_PER_SECOND,
    answerMillis: Math.max(1, settings.MySQLDiscoveryReadTimeoutSeconds) * MILLIS_PER_SECOND,
    maxConcurrency: settings.DiscoveryMaxConcurrency,
    // Without a number of their own they have as many places as the living, and not the same.
    maxDeadConcurrency: settings.DeadInstanceDiscoveryMaxConcurrency || settings.DiscoveryMaxConcurrency,
    deadBackOff: {
      pollMillis: Math.max(1, settings.InstancePollSeconds) * MILLIS_PER_SECOND,
      factor: settings.DeadInstancePollSecondsMultiplyFactor,
      maxMillis: settings.DeadInstancePollSecondsMax * MILLIS_PER_SECOND,
    },
    defaultPort: settings.DefaultInstancePort,
    byRegisteredReplicas: settings.DiscoverByShowSlaveHosts,
    hostnameMethod: hostnameMethod(settings.HostnameResolveMethod),
    rejectsHostname: (resolved) =>
      settings.RejectHostnameResolvePattern !== '' && findsMatch(settings.RejectHostnameResolvePattern, resolved),
    hostnameExpiryMillis: settings.ExpiryHostnameResolvesMinutes * SECONDS_PER_MINUTE * MILLIS_PER_SECOND,
    selfNameMethod: selfNameMethod(settings.MySQLHostnameResolveMethod),
    ignores: byHostFilters(settings.DiscoveryIgnoreHostnameFilters),
    ignoresReplica: byHostFilters(settings.DiscoveryIgnoreReplicaHostnameFilters),
    ignoresSource: byHostFilters(settings.DiscoveryIgnoreMasterHostnameFilters),
    ignoresReplicationUser: (user) => matchesAnyPattern(settings.DiscoveryIgnoreReplicationUsernameFilters, user),
    placePatterns: {
      dataCenter: placeBy(settings.DataCenterPattern),
      region: placeBy(settings.RegionPattern),
      physicalEnvironment: placeBy(settings.PhysicalEnvironmentPattern),
    },
    configuredQueries: configuredQueries(settings),
  };
}

function configuredQueries(settings: Settings): DiscoveryPolicy['configuredQueries'] {
  return PROBE_QUERIES.map((name) => ({ name, sql: settings[name] })).filter(({ sql }) => sql !== '');
}

/** A pattern that is no regular expression, or has no group, says nothing. */
const placeBy = (pattern: string) => (hostname: string) => {
  if (pattern === '') return null;
  const compilation = compileRegularExpression(pattern);
  return compilation.kind === 'compiled' ? (compilation.expression.groups(hostname)?.[0] ?? null) : null;
};

/** spec/discovery.md 9.1. */
export function tlsPolicy(settings: Settings, files: TlsFiles): TlsPolicy {
  const { MySQLTopologyUseMutualTLS, MySQLTopologyUseMixedTLS, TLSCacheTTLFactor, InstancePollSeconds } = settings;
  const mixed = MySQLTopologyUseMixedTLS ? 'when-demanded' : 'never';
  return {
    mode: MySQLTopologyUseMutualTLS ? 'always' : mixed,
    settings: () => files(settings),
    rememberMillis: TLSCacheTTLFactor * InstancePollSeconds * MILLIS_PER_SECOND,
  };
}

/** Other words count as `default` (spec/configuration.md 2.8). */
function hostnameMethod(text: string): HostnameMethod {
  const word = text.toLowerCase();
  return word === 'none' || word === 'cname' || word === 'ip' ? word : 'default';
}

function selfNameMethod(text: string): SelfNameMethod {
  switch (text.toLowerCase()) {
    case 'default':
    case 'hostname':
    case '@@hostname':
      return 'hostname';
    case 'report_host':
    case '@@report_host':
      return 'report-host';
    default:
      return 'as-dialled';
  }
}

export function analysisPolicy(settings: Settings): AnalysisPolicy {
  return {
    instancePollSeconds: seconds(settings.InstancePollSeconds),
    reasonableInstanceCheckSeconds: seconds(settings.ReasonableInstanceCheckSeconds),
    reasonableReplicationLagSeconds: seconds(settings.ReasonableReplicationLagSeconds),
    reasonableLockedSemiSyncMasterSeconds: seconds(settings.ReasonableLockedSemiSyncMasterSeconds),
    enforceExactSemiSyncReplicas: settings.EnforceExactSemiSyncReplicas,
    recoverNonWriteableMaster: settings.RecoverNonWriteableMaster,
    reduceReplicationAnalysisCount: settings.ReduceReplicationAnalysisCount,
    ignoresHostname: (hostname) => matchesAnyPattern(settings.RecoveryIgnoreHostnameFilters, hostname),
    hasAutomatedMasterRecovery: (cluster) =>
      matchesAnyClusterFilter(settings.RecoverMasterClusterFilters, filterSubject(cluster)),
    hasAutomatedIntermediateMasterRecovery: (cluster) =>
      matchesAnyClusterFilter(settings.RecoverIntermediateMasterClusterFilters, filterSubject(cluster)),
  };
}

export function writeProbesPolicy(settings: Settings): WriteProbesPolicy {
  const [schema = '', table = ''] = settings.WriteProbeTable.split('.');
  return {
    table: settings.WriteProbeTable === '' ? null : { schema, table },
    everyMillis: settings.WriteProbeSeconds * MILLIS_PER_SECOND,
    patienceMillis: settings.WriteProbePatienceSeconds * MILLIS_PER_SECOND,
  };
}

/** A primary may hold a commit up; one marker at a time waits for it, so long. */
const MARKER_MILLIS = 60_000;

export const markerTimeouts = (settings: Settings): LinkTimeouts => ({
  connectMillis: discoveryPolicy(settings).connectMillis,
  answerMillis: MARKER_MILLIS,
});

export const filterSubject = (cluster: { readonly clusterName: ClusterName; readonly clusterAlias: string }) => ({
  name: cluster.clusterName,
  alias: cluster.clusterAlias,
});

export function statusSettings(settings: Settings): StatusSettings {
  return {
    instancePollSeconds: settings.InstancePollSeconds,
    reasonableReplicationLagSeconds: settings.ReasonableReplicationLagSeconds,
    reasonableMaintenanceReplicationLagSeconds: settings.ReasonableMaintenanceReplicationLagSeconds,
  };
}

/** `DelayMasterPromotionIfSQLThreadNotUpToDate`: as long as it takes, at most a day (spec/configuration.md 1.11). */
const LONG_DRAIN_SECONDS = 24 * 3600;

/** The contract's words for it are two keys that exclude each other; a third is ours. */
function drainPolicy(
  settings: Settings,
): Pick<PromotionPolicy, 'drainSeconds' | 'drainStallSeconds' | 'whenNotDrained'> {
  const { PromotionDrainSeconds: drainSeconds, InstanceBulkOperationsWaitTimeoutSeconds: bulkSeconds } = settings;
  if (settings.FailMasterPromotionIfSQLThreadNotUpToDate) {
    return { drainSeconds: Math.min(drainSeconds, bulkSeconds), drainStallSeconds: null, whenNotDrained: 'nobody' };
  }
  const accepts = settings.AcceptLossIfSQLThreadNotUpToDate;
  if (settings.DelayMasterPromotionIfSQLThreadNotUpToDate) {
    const whenNotDrained = accepts ? 'accept-loss' : 'nobody';
    return { drainSeconds: LONG_DRAIN_SECONDS, drainStallSeconds: bulkSeconds, whenNotDrained };
  }
  return { drainSeconds, drainStallSeconds: null, whenNotDrained: accepts ? 'accept-loss' : 'next' };
}

function promotionPolicy(settings: Settings, promotionRule: (key: InstanceKey) => PromotionRule): PromotionPolicy {
  return {
    promotionRule,
    isIgnored: byHostFilters(settings.PromotionIgnoreHostnameFilters),
    preventCrossDataCenter: settings.PreventCrossDataCenterMasterFailover,
    preventCrossRegion: settings.PreventCrossRegionMasterFailover,
    failOnLagMinutes: settings.FailMasterPromotionOnLagMinutes,
    ...drainPolicy(settings),
    applyPromotion: settings.ApplyMySQLPromotionAfterMasterFailover,
    pseudoGtidIsConfigured: settings.PseudoGTIDPattern !== '',
    detachLost: settings.DetachLostReplicasAfterMasterFailover,
    useSuperReadOnly: settings.UseSuperReadOnly,
    primaryVariables: settings.PrimaryVariables,
    verifyReplicationFilters: settings.VerifyReplicationFilters,
    lowerReplicaVersionAllowed: settings.LowerReplicaVersionAllowed,
    reasonableMaintenanceReplicationLagSeconds: settings.ReasonableMaintenanceReplicationLagSeconds,
  };
}

function hookLists(settings: Settings): HookLists {
  const entries = (list: HookList): readonly HookEntry[] => settings[list].map(hookEntry);
  return {
    OnFailureDetectionProcesses: entries('OnFailureDetectionProcesses'),
    PreGracefulTakeoverProcesses: entries('PreGracefulTakeoverProcesses'),
    PreFailoverProcesses: entries('PreFailoverProcesses'),
    FencingProcesses: entries('FencingProcesses'),
    PostMasterFailoverProcesses: entries('PostMasterFailoverProcesses'),
    PostIntermediateMasterFailoverProcesses: entries('PostIntermediateMasterFailoverProcesses'),
    PostFailoverProcesses: entries('PostFailoverProcesses'),
    PostUnsuccessfulFailoverProcesses: entries('PostUnsuccessfulFailoverProcesses'),
    PostGracefulTakeoverProcesses: entries('PostGracefulTakeoverProcesses'),
  };
}

export function hookEntry(entry: string): HookEntry {
  const { command, isRequired, timeoutSeconds } = hookMarks(entry);
  return {
    command,
    isRequired,
    timeoutMillis: timeoutSeconds === null ? null : timeoutSeconds * MILLIS_PER_SECOND,
  };
}

/** Other words demand the most: a typing error must not let two servers take writes. */
function fencingDemand({ FencingBeforePromotion }: Settings): FencingDemand {
  const word = FencingBeforePromotion.toLowerCase();
  if (word === '' || word === 'none') return 'none';
  return word === 'assumed' ? 'assumed' : 'proven';
}

function semiSyncMode({ EnforceExactSemiSyncReplicas, RecoverLockedSemiSyncMaster }: Settings): SemiSyncMode | null {
  if (EnforceExactSemiSyncReplicas) return 'exact';
  return RecoverLockedSemiSyncMaster ? 'enough' : null;
}

export function recoveryPolicy(
  settings: Settings,
  promotionRule: (key: InstanceKey) => PromotionRule,
  noop: boolean,
): RecoveryPolicy {
  return {
    promotion: promotionPolicy(settings, promotionRule),
    replicaVariables: settings.ReplicaVariables,
    hooks: hookLists(settings),
    recoveryBlockSeconds: seconds(settings.RecoveryPeriodBlockSeconds),
    detectionBlockSeconds: seconds(settings.FailureDetectionPeriodBlockMinutes * SECONDS_PER_MINUTE),
    reasonableMaintenanceReplicationLagSeconds: seconds(settings.ReasonableMaintenanceReplicationLagSeconds),
    minimumSeconds: (cluster, code) => seconds(minimumSeconds(settings, filterSubject(cluster), code)),
    agreement: {
      asksOtherNodes: settings.ExpectFailureAnalysisConcensus,
      agreeingNodes: Math.max(0, settings.FailureAnalysisAgreeingNodes),
    },
    recoveriesAtOnce: Math.max(1, settings.MaxConcurrentRecoveries),
    placeInOrder: (cluster) => {
      const filters = settings.RecoveryOrderClusterFilters;
      const place = filters.findIndex((filter) => matchesAnyClusterFilter([filter], filterSubject(cluster)));
      return place === -1 ? filters.length : place;
    },
    fencingDemand: fencingDemand(settings),
    rejoinsDemoted: settings.AutoRejoinDemotedPrimary,
    coPrimaryMustBeOther: settings.CoMasterRecoveryMustPromoteOtherCoMaster,
    recoversNonWriteablePrimary: settings.RecoverNonWriteableMaster,
    recoversRestartedPrimary: settings.RecoverRestartedMaster,
    semiSyncMode: semiSyncMode(settings),
    noop,
  };
}

/** First pattern on the cluster's name that gives an alias (`ClusterNameToAlias`); null when none does. */
export function aliasByPattern(
  settings: Pick<Settings, 'ClusterNameToAlias'>,
  clusterName: ClusterName,
): string | null {
  for (const [pattern, alias] of settings.ClusterNameToAlias) {
    if (pattern !== '' && findsMatch(pattern, clusterName)) return alias;
  }
  return null;
}
