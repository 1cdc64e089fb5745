/** Keys that say what a server is: cluster, place, semi-sync, fitness for promotion (spec 2.9). */
import { implemented } from '../key-declaration.ts';

export const classificationKeys = {
  ClusterNameToAlias: implemented('map', new Map<string, string>(), {
    reload: 'dynamic',
    patterns: 'map-keys',
    meaning: 'Pattern on the name of a cluster, and the alias such a cluster gets.',
  }),
  DetectClusterAliasQuery: implemented('string', '', {
    reload: 'dynamic',
    meaning: 'Query for the alias of the cluster.',
  }),
  DetectClusterDomainQuery: implemented('string', '', {
    reload: 'dynamic',
    meaning: "Query, run on the primary, for the domain name of the cluster's primary.",
  }),
  DetectInstanceAliasQuery: implemented('string', '', {
    reload: 'dynamic',
    meaning: 'Query for the name under which a server is displayed.',
  }),
  DetectPromotionRuleQuery: implemented('string', '', {
    reload: 'dynamic',
    meaning: 'Query for the promotion rule of a server: prefer, neutral, prefer_not or must_not.',
  }),
  CandidateInstanceExpireMinutes: implemented('uint', 60, {
    unit: 'minutes',
    reload: 'dynamic',
    meaning: 'How long a promotion rule lasts without being registered again.',
  }),
  PromotionIgnoreHostnameFilters: implemented('string[]', [], {
    reload: 'dynamic',
    patterns: 'host-filters',
    meaning: 'Servers that are never promoted.',
  }),
  DataCenterPattern: implemented('string', '', {
    reload: 'dynamic',
    patterns: 'pattern',
    meaning: 'Pattern on the host name whose first group is the data centre.',
  }),
  DetectDataCenterQuery: implemented('string', '', {
    reload: 'dynamic',
    meaning: 'Query for the data centre of a server; wins over the pattern.',
  }),
  RegionPattern: implemented('string', '', {
    reload: 'dynamic',
    patterns: 'pattern',
    meaning: 'Pattern on the host name whose first group is the region.',
  }),
  DetectRegionQuery: implemented('string', '', {
    reload: 'dynamic',
    meaning: 'Query for the region of a server; wins over the pattern.',
  }),
  PhysicalEnvironmentPattern: implemented('string', '', {
    reload: 'dynamic',
    patterns: 'pattern',
    meaning: 'Pattern on the host name whose first group is the environment.',
  }),
  DetectPhysicalEnvironmentQuery: implemented('string', '', {
    reload: 'dynamic',
    meaning: 'Query for the environment of a server; wins over the pattern.',
  }),
  DetectSemiSyncEnforcedQuery: implemented('string', '', {
    reload: 'dynamic',
    meaning: 'Query for the semi-sync priority of a server: 0 for asynchronous, higher means preferred.',
  }),
  EnforceExactSemiSyncReplicas: implemented('bool', false, {
    reload: 'dynamic',
    meaning: 'Keep exactly as many semi-sync replicas on as the primary waits for.',
  }),
  RecoverLockedSemiSyncMaster: implemented('bool', false, {
    reload: 'dynamic',
    meaning: 'Free a primary stuck waiting for acknowledgements by switching semi-sync on at replicas.',
  }),
  ReasonableLockedSemiSyncMasterSeconds: implemented('uint', 0, {
    unit: 'seconds',
    reload: 'dynamic',
    meaning: 'How long a primary must be stuck before it counts as locked; 0 takes ReasonableReplicationLagSeconds.',
  }),
};
