/**
 * The catalogue: every route of API v1 that this version serves, in the order of spec/http-api.md section 2. `status` has its own place (meta.ts).
 */
import * as decisions from './decisions.ts';
import * as gtid from './gtid-relocation.ts';
import * as history from './history.ts';
import * as lifecycle from './lifecycle.ts';
import * as meta from './meta.ts';
import * as metrics from './metrics.ts';
import * as names from './names.ts';
import * as pools from './pools.ts';
import * as position from './position-relocation.ts';
import * as reads from './reads.ts';
import * as recovery from './recovery.ts';
import * as replication from './replication-control.ts';
import type { Handler, Route } from './request.ts';
import * as settings from './server-settings.ts';
import * as smart from './smart-relocation.ts';
import * as tags from './tags.ts';

const read = (path: string, handle: Handler, ...synonyms: string[]): Route => ({
  path,
  synonyms,
  auth: 'none',
  handle,
});
const action = (path: string, handle: Handler, ...synonyms: string[]): Route => ({
  path,
  synonyms,
  auth: 'action',
  handle,
});

const INSTANCE = ':host/:port';
const BELOW = ':belowHost/:belowPort';
const SIBLING = ':siblingHost/:siblingPort';
const CANDIDATE = ':candidateHost/:candidatePort';
const DESIGNATED = ':designatedHost/:designatedPort';

export const ROUTES: readonly Route[] = [
  // 2.1 Smart relocation
  action(`relocate/${INSTANCE}/${BELOW}`, smart.relocate),
  action(`relocate-below/${INSTANCE}/${BELOW}`, smart.relocate),
  action(`relocate-slaves/${INSTANCE}/${BELOW}`, smart.relocateReplicas, `relocate-replicas/${INSTANCE}/${BELOW}`),
  action(`regroup-slaves/${INSTANCE}`, smart.regroupReplicas, `regroup-replicas/${INSTANCE}`),

  // 2.2 File:position relocation
  action(`move-up/${INSTANCE}`, position.moveUp),
  action(`move-up-slaves/${INSTANCE}`, position.moveUpReplicas, `move-up-replicas/${INSTANCE}`),
  action(`move-below/${INSTANCE}/${SIBLING}`, position.moveBelow),
  action(`move-equivalent/${INSTANCE}/${BELOW}`, position.moveEquivalent),
  action(`repoint/${INSTANCE}/${BELOW}`, position.repoint),
  action(`repoint-slaves/${INSTANCE}`, position.repointReplicas, `repoint-replicas/${INSTANCE}`),
  action(`make-co-master/${INSTANCE}`, position.makeCoPrimary),
  action(`enslave-siblings/${INSTANCE}`, position.takeSiblings, `take-siblings/${INSTANCE}`),
  action(`enslave-master/${INSTANCE}`, position.takePrimary, `take-master/${INSTANCE}`),
  action(`master-equivalent/${INSTANCE}/:logFile/:logPos`, position.equivalents),

  // 2.3 Binlog server, GTID and Pseudo-GTID relocation
  action(`regroup-slaves-bls/${INSTANCE}`, gtid.regroupBinlogServers, `regroup-replicas-bls/${INSTANCE}`),
  // `move-gtid` is how the shell client asks (spec/cli.md 4.8); the reference has no such route.
  action(`move-below-gtid/${INSTANCE}/${BELOW}`, gtid.moveBelowByGtid, `move-gtid/${INSTANCE}/${BELOW}`),
  action(`move-slaves-gtid/${INSTANCE}/${BELOW}`, gtid.moveReplicasByGtid, `move-replicas-gtid/${INSTANCE}/${BELOW}`),
  action(`regroup-slaves-gtid/${INSTANCE}`, gtid.regroupByGtid, `regroup-replicas-gtid/${INSTANCE}`),
  action(`match/${INSTANCE}/${BELOW}`, gtid.match),
  action(`match-below/${INSTANCE}/${BELOW}`, gtid.match),
  action(`match-up/${INSTANCE}`, gtid.matchUp),
  action(`match-slaves/${INSTANCE}/${BELOW}`, gtid.matchReplicas, `match-replicas/${INSTANCE}/${BELOW}`),
  action(`match-up-slaves/${INSTANCE}`, gtid.matchUpReplicas, `match-up-replicas/${INSTANCE}`),
  action(`regroup-slaves-pgtid/${INSTANCE}`, gtid.regroupByPseudoGtid, `regroup-replicas-pgtid/${INSTANCE}`),
  action(`make-master/${INSTANCE}`, gtid.makePrimary),
  action(`make-local-master/${INSTANCE}`, gtid.makeLocalPrimary),

  // 2.4 Replication control
  action(`enable-gtid/${INSTANCE}`, replication.enableGtid),
  action(`disable-gtid/${INSTANCE}`, replication.disableGtid),
  read(`locate-gtid-errant/${INSTANCE}`, replication.locateErrant),
  action(`gtid-errant-reset-master/${INSTANCE}`, replication.errantResetBinaryLogs),
  action(`gtid-errant-inject-empty/${INSTANCE}`, replication.errantInjectEmpty),
  action(`skip-query/${INSTANCE}`, replication.skipQuery),
  action(`start-slave/${INSTANCE}`, replication.start, `start-replica/${INSTANCE}`),
  action(`restart-slave/${INSTANCE}`, replication.restart, `restart-replica/${INSTANCE}`),
  action(`stop-slave/${INSTANCE}`, replication.stop, `stop-replica/${INSTANCE}`),
  action(`stop-slave-nice/${INSTANCE}`, replication.stopNicely, `stop-replica-nice/${INSTANCE}`),
  action(`reset-slave/${INSTANCE}`, replication.reset, `reset-replica/${INSTANCE}`),
  action(`change-master-credentials/${INSTANCE}`, replication.changeCredentials),
  action(`detach-slave/${INSTANCE}`, replication.detach, `detach-replica/${INSTANCE}`),
  action(`reattach-slave/${INSTANCE}`, replication.reattach, `reattach-replica/${INSTANCE}`),
  action(`detach-slave-master-host/${INSTANCE}`, replication.detach, `detach-replica-master-host/${INSTANCE}`),
  action(`reattach-slave-master-host/${INSTANCE}`, replication.reattach, `reattach-replica-master-host/${INSTANCE}`),
  action(`flush-binary-logs/${INSTANCE}`, replication.flushBinaryLogs),
  action(`purge-binary-logs/${INSTANCE}/:logFile`, replication.purgeBinaryLogs),
  action(
    `restart-slave-statements/${INSTANCE}`,
    replication.restartStatements,
    `restart-replica-statements/${INSTANCE}`,
  ),
  action(
    `enable-semi-sync-master/${INSTANCE}`,
    replication.setSemiSyncSource(true),
    `enable-semi-sync-source/${INSTANCE}`,
  ),
  action(
    `disable-semi-sync-master/${INSTANCE}`,
    replication.setSemiSyncSource(false),
    `disable-semi-sync-source/${INSTANCE}`,
  ),
  action(`enable-semi-sync-replica/${INSTANCE}`, replication.setSemiSyncReplica(true)),
  action(`disable-semi-sync-replica/${INSTANCE}`, replication.setSemiSyncReplica(false)),
  action(`delay-replication/${INSTANCE}/:seconds`, replication.delay),
  read(`can-replicate-from/${INSTANCE}/${BELOW}`, replication.canReplicateFrom(false)),
  read(`can-replicate-from-gtid/${INSTANCE}/${BELOW}`, replication.canReplicateFrom(true)),

  // 2.5 Single-instance settings
  action(`set-read-only/${INSTANCE}`, settings.setReadOnly(true)),
  action(`set-writeable/${INSTANCE}`, settings.setReadOnly(false)),
  action(`kill-query/${INSTANCE}/:process`, settings.killQuery),
  action(`last-pseudo-gtid/${INSTANCE}`, settings.lastPseudoGtid),

  // 2.6 Pools
  action('submit-pool-instances/:pool', pools.submitPool),
  action('cluster-pool-instances/:clusterName', pools.clusterPools),
  action('cluster-pool-instances/:clusterName/:pool', pools.clusterPools),
  action('heuristic-cluster-pool-instances/:clusterName', pools.heuristicPoolInstances),
  action('heuristic-cluster-pool-instances/:clusterName/:pool', pools.heuristicPoolInstances),
  action('heuristic-cluster-pool-lag/:clusterName', pools.heuristicPoolLag),
  action('heuristic-cluster-pool-lag/:clusterName/:pool', pools.heuristicPoolLag),

  // 2.7 Reading topologies
  read('search/:searchString', reads.search),
  read('search', reads.search),
  read('cluster/:clusterHint', reads.cluster),
  read('cluster/alias/:clusterAlias', reads.clusterByAlias),
  read(`cluster/instance/${INSTANCE}`, reads.clusterOfInstance),
  read('cluster-info/:clusterHint', reads.clusterInfo),
  read('cluster-info/alias/:clusterAlias', reads.clusterInfoByAlias),
  read('clusters', reads.clusters),
  read('clusters-info', reads.clustersInfo),
  read('masters', reads.masters),
  read('master/:clusterHint', reads.master),
  read(`instance-replicas/${INSTANCE}`, reads.instanceReplicas),
  read('all-instances', reads.allInstances),
  read('downtimed', reads.downtimed),
  read('downtimed/:clusterHint', reads.downtimedOfCluster),
  read('topology/:clusterHint', reads.topology('plain')),
  read(`topology/${INSTANCE}`, reads.topology('plain')),
  read('topology-tabulated/:clusterHint', reads.topology('tabulated')),
  read(`topology-tabulated/${INSTANCE}`, reads.topology('tabulated')),
  read('topology-tags/:clusterHint', reads.topology('tags')),
  read(`topology-tags/${INSTANCE}`, reads.topology('tags')),
  // It writes: an action here, as the tags are, though the catalogue checks neither.
  action('snapshot-topologies', history.snapshotTopologies),
  // Ours, beside the catalogue.
  read('topology-history/:clusterHint', history.topologyHistory),
  read(`topology-history/${INSTANCE}`, history.topologyHistoryOfInstance),

  // 2.9 Tags
  read('tagged', tags.tagged),
  read(`tags/${INSTANCE}`, tags.tags),
  read(`tag-value/${INSTANCE}`, tags.tagValue),
  read(`tag-value/${INSTANCE}/:tagName`, tags.tagValue),
  action(`tag/${INSTANCE}`, tags.tag),
  action(`tag/${INSTANCE}/:tagName/:tagValue`, tags.tag),
  action(`untag/${INSTANCE}`, tags.untag),
  action(`untag/${INSTANCE}/:tagName`, tags.untag),
  action('untag-all', tags.untagAll),
  action('untag-all/:tagName/:tagValue', tags.untagAll),

  // 2.10 Instance lifecycle, maintenance, downtime
  read(`instance/${INSTANCE}`, reads.instance),
  action(`discover/${INSTANCE}`, lifecycle.discover),
  action(`async-discover/${INSTANCE}`, lifecycle.discoverInBackground),
  action(`refresh/${INSTANCE}`, lifecycle.refresh),
  action(`forget/${INSTANCE}`, lifecycle.forget),
  action('forget-cluster/:clusterHint', lifecycle.forgetCluster),
  action(`begin-maintenance/${INSTANCE}/:owner/:reason`, decisions.beginMaintenance),
  action(`end-maintenance/${INSTANCE}`, decisions.endMaintenance),
  read(`in-maintenance/${INSTANCE}`, decisions.inMaintenance),
  action('end-maintenance/:maintenanceKey', decisions.endMaintenanceById),
  read('maintenance', decisions.maintenance),
  action(`begin-downtime/${INSTANCE}/:owner/:reason`, decisions.beginDowntime),
  action(`begin-downtime/${INSTANCE}/:owner/:reason/:duration`, decisions.beginDowntime),
  action(`end-downtime/${INSTANCE}`, decisions.endDowntime),

  // 2.11 Analysis and recovery
  read('replication-analysis', reads.replicationAnalysis),
  read('replication-analysis/:clusterName', reads.replicationAnalysis),
  read(`replication-analysis/instance/${INSTANCE}`, reads.replicationAnalysisOfInstance),
  read('replication-analysis-changelog', reads.analysisChangelog),
  action(`recover/${INSTANCE}`, recovery.recover('full')),
  action(`recover/${INSTANCE}/${CANDIDATE}`, recovery.recover('full')),
  action(`recover-lite/${INSTANCE}`, recovery.recover('lite')),
  action(`recover-lite/${INSTANCE}/${CANDIDATE}`, recovery.recover('lite')),
  action(`force-master-failover/${INSTANCE}`, recovery.forceFailover('failover')),
  action('force-master-failover/:clusterHint', recovery.forceFailover('failover')),
  action(`force-master-takeover/${INSTANCE}/${DESIGNATED}`, recovery.forceFailover('takeover')),
  action(`force-master-takeover/:clusterHint/${DESIGNATED}`, recovery.forceFailover('takeover')),
  action(`graceful-master-takeover/${INSTANCE}`, recovery.gracefulTakeover(false)),
  action(`graceful-master-takeover/${INSTANCE}/${DESIGNATED}`, recovery.gracefulTakeover(false)),
  action('graceful-master-takeover/:clusterHint', recovery.gracefulTakeover(false)),
  action(`graceful-master-takeover/:clusterHint/${DESIGNATED}`, recovery.gracefulTakeover(false)),
  action(`graceful-master-takeover-auto/${INSTANCE}`, recovery.gracefulTakeover(true)),
  action(`graceful-master-takeover-auto/${INSTANCE}/${DESIGNATED}`, recovery.gracefulTakeover(true)),
  action('graceful-master-takeover-auto/:clusterHint', recovery.gracefulTakeover(true)),
  action(`graceful-master-takeover-auto/:clusterHint/${DESIGNATED}`, recovery.gracefulTakeover(true)),
  action(`register-candidate/${INSTANCE}/:promotionRule`, decisions.registerCandidate),
  read('automated-recovery-filters', recovery.automatedRecoveryFilters),
  read('audit-failure-detection', recovery.auditFailureDetection),
  read('audit-failure-detection/:page', recovery.auditFailureDetection),
  read('audit-failure-detection/id/:id', recovery.auditFailureDetection),
  read('audit-failure-detection/alias/:clusterAlias', recovery.auditFailureDetection),
  read('audit-failure-detection/alias/:clusterAlias/:page', recovery.auditFailureDetection),
  read('audit-recovery', recovery.auditRecovery),
  read('audit-recovery/:page', recovery.auditRecovery),
  read('audit-recovery/id/:id', recovery.auditRecovery),
  read('audit-recovery/uid/:uid', recovery.auditRecovery),
  read('audit-recovery/cluster/:clusterName', recovery.auditRecovery),
  read('audit-recovery/cluster/:clusterName/:page', recovery.auditRecovery),
  read('audit-recovery/alias/:clusterAlias', recovery.auditRecovery),
  read('audit-recovery/alias/:clusterAlias/:page', recovery.auditRecovery),
  read('audit-recovery-steps/:uid', recovery.auditRecoverySteps),
  read('active-cluster-recovery/:clusterName', recovery.activeClusterRecovery),
  action('ack-recovery/cluster/:clusterHint', recovery.ackCluster),
  action('ack-recovery/cluster/alias/:clusterAlias', recovery.ackClusterByAlias),
  action(`ack-recovery/instance/${INSTANCE}`, recovery.ackInstance),
  action('ack-recovery/:recoveryId', recovery.ackById),
  action('ack-recovery/uid/:uid', recovery.ackByUid),
  action('ack-all-recoveries', recovery.ackAll),
  read('blocked-recoveries', recovery.blockedRecoveries),
  read('blocked-recoveries/cluster/:clusterName', recovery.blockedRecoveries),
  action('disable-global-recoveries', recovery.setGlobalRecoveries('disabled')),
  action('enable-global-recoveries', recovery.setGlobalRecoveries('enabled')),
  read('check-global-recoveries', recovery.checkGlobalRecoveries),

  // 2.12 General
  read('problems', reads.problems),
  read('problems/:clusterName', reads.problems),
  read('audit', reads.audit),
  read('audit/:page', reads.audit),
  read(`audit/instance/${INSTANCE}`, reads.audit),
  read(`audit/instance/${INSTANCE}/:page`, reads.audit),

  // 2.13 Meta
  read('headers', meta.headers),
  read('health', meta.health),
  read('lb-check', meta.constantOk),
  read('_ping', meta.constantOk),
  read('leader-check', meta.leaderCheck),
  read('leader-check/:errorStatusCode', meta.leaderCheck),
  read('routed-leader-check', meta.leaderCheck),
  action('set-cluster-alias/:clusterName', names.setClusterAlias),
  read(`resolve/${INSTANCE}`, names.resolveInstance),
  read('hostname-resolve-cache', names.resolveCache),
  action('reset-hostname-resolve-cache', names.resetResolveCache),
  action(`deregister-hostname-unresolve/${INSTANCE}`, names.deregisterVirtualName),
  action(`register-hostname-unresolve/${INSTANCE}/:virtualname`, names.registerVirtualName),

  // 2.14 Lists for other programs
  action('bulk-instances', names.bulkInstances),
  action('bulk-promotion-rules', names.bulkPromotionRules),

  // 2.15 Monitoring
  read('discovery-metrics-raw/:seconds', metrics.discoveriesRaw),
  read('discovery-metrics-aggregated/:seconds', metrics.discoveriesAggregated),
  read('discovery-queue-metrics-raw/:seconds', metrics.queueRaw),
  read('discovery-queue-metrics-aggregated/:seconds', metrics.queueAggregated),
  read('discovery-queue-metrics-raw/:queue/:seconds', metrics.queueRaw),
  read('discovery-queue-metrics-aggregated/:queue/:seconds', metrics.queueAggregated),
];
