/**
 * The whole backend schema: the 47 tables of the contract, ours, and the type the query builder works with.
 */
import * as agents from './agent-tables.ts';
import * as audits from './audit-tables.ts';
import * as clusters from './cluster-tables.ts';
import * as hostnames from './hostname-tables.ts';
import * as instances from './instance-tables.ts';
import * as leftOvers from './left-over-tables.ts';
import * as nodes from './node-tables.ts';
import { orcErrantGtid, orcRecoveryJournal, orcReprovision, orcStandingStill } from './own-tables.ts';
import * as recoveries from './recovery-tables.ts';
import type { RowOf, Table } from './table.ts';

const tables = {
  database_instance: instances.databaseInstance,
  database_instance_tls: instances.databaseInstanceTls,
  database_instance_tags: instances.databaseInstanceTags,
  candidate_database_instance: instances.candidateDatabaseInstance,
  database_instance_downtime: instances.databaseInstanceDowntime,
  database_instance_maintenance: instances.databaseInstanceMaintenance,
  database_instance_pool: instances.databaseInstancePool,
  database_instance_coordinates_history: instances.databaseInstanceCoordinatesHistory,
  database_instance_stale_binlog_coordinates: instances.databaseInstanceStaleBinlogCoordinates,
  database_instance_topology_history: instances.databaseInstanceTopologyHistory,
  database_instance_last_analysis: instances.databaseInstanceLastAnalysis,
  database_instance_analysis_changelog: instances.databaseInstanceAnalysisChangelog,
  database_instance_peer_analysis: instances.databaseInstancePeerAnalysis,
  database_instance_long_running_queries: instances.databaseInstanceLongRunningQueries,
  database_instance_binlog_files_history: instances.databaseInstanceBinlogFilesHistory,
  database_instance_recent_relaylog_history: instances.databaseInstanceRecentRelaylogHistory,
  cluster_alias: clusters.clusterAlias,
  cluster_alias_override: clusters.clusterAliasOverride,
  cluster_domain_name: clusters.clusterDomainName,
  cluster_injected_pseudo_gtid: clusters.clusterInjectedPseudoGtid,
  master_position_equivalence: clusters.masterPositionEquivalence,
  hostname_resolve: hostnames.hostnameResolve,
  hostname_resolve_history: hostnames.hostnameResolveHistory,
  hostname_unresolve: hostnames.hostnameUnresolve,
  hostname_unresolve_history: hostnames.hostnameUnresolveHistory,
  hostname_ips: hostnames.hostnameIps,
  topology_failure_detection: recoveries.topologyFailureDetection,
  topology_recovery: recoveries.topologyRecovery,
  topology_recovery_steps: recoveries.topologyRecoverySteps,
  blocked_topology_recovery: recoveries.blockedTopologyRecovery,
  global_recovery_disable: recoveries.globalRecoveryDisable,
  audit: audits.audit,
  access_token: audits.accessToken,
  kv_store: audits.kvStore,
  host_attributes: audits.hostAttributes,
  host_agent: agents.hostAgent,
  agent_seed: agents.agentSeed,
  agent_seed_state: agents.agentSeedState,
  active_node: nodes.activeNode,
  node_health: nodes.nodeHealth,
  node_health_history: nodes.nodeHealthHistory,
  orchestrator_db_deployments: nodes.orchestratorDbDeployments,
  orchestrator_metadata: nodes.orchestratorMetadata,
  async_request: leftOvers.asyncRequest,
  raft_log: leftOvers.raftLog,
  raft_store: leftOvers.raftStore,
  raft_snapshot: leftOvers.raftSnapshot,
  orc_recovery_journal: orcRecoveryJournal,
  orc_errant_gtid: orcErrantGtid,
  orc_standing_still: orcStandingStill,
  orc_reprovision: orcReprovision,
};

export type TableName = keyof typeof tables;

/** Row types by table, for Kysely. */
export type Database = { [T in TableName]: RowOf<(typeof tables)[T]> };

export const OWN_TABLE_PREFIX = 'orc_';

/** Every table, in order of declaration. */
export const ALL_TABLES: readonly Table[] = Object.values(tables);

/** The 47 tables other programs may expect. */
export const CONTRACT_TABLES: readonly Table[] = ALL_TABLES.filter((t) => !t.name.startsWith(OWN_TABLE_PREFIX));

export const tableNamed = (name: TableName): Table => tables[name];

export const isTableName = (name: string): name is TableName => Object.hasOwn(tables, name);
