/** Keys that the contract does not have. */
import { implemented, NO_LIST, NO_MAP } from '../key-declaration.ts';

export const ownKeys = {
  MinimumSecondsBeforeRecovery: implemented('map', NO_MAP, {
    unit: 'seconds',
    reload: 'dynamic',
    meaning:
      'How long a problem must have lasted before it is recovered, by its code ("DeadMaster") or for some clusters only, by a cluster filter and the code ("alias=pay DeadMaster"); the longest that fits counts, and without one nothing is waited for.',
  }),
  WriteProbeTable: implemented('string', '', {
    reload: 'dynamic',
    meaning:
      'A table ("schema.table") in which one row is written now and then on every primary that takes writes, to see whether it can commit; empty: nothing is written. It has the columns id (primary key) and written_at (DATETIME(6)) and one row, whose id is 1.',
  }),
  WriteProbeSeconds: implemented('int', 5, {
    unit: 'seconds',
    reload: 'dynamic',
    meaning: 'How often a row of WriteProbeTable is written on each primary.',
  }),
  WriteProbePatienceSeconds: implemented('int', 10, {
    unit: 'seconds',
    reload: 'dynamic',
    meaning:
      'For how long such a write may wait for its commit before the primary counts as one that cannot commit. A backup that holds commits back for longer is told as an incident too.',
  }),
  PromotionDrainSeconds: implemented('uint', 60, {
    unit: 'seconds',
    reload: 'dynamic',
    meaning:
      'How long a server that is to be promoted may take to apply what it has received; past this somebody else is promoted, and what that one lacks is named. FailMasterPromotionIfSQLThreadNotUpToDate shortens it, DelayMasterPromotionIfSQLThreadNotUpToDate makes it a day.',
  }),
  AcceptLossIfSQLThreadNotUpToDate: implemented('bool', false, {
    reload: 'dynamic',
    meaning:
      'Where no server that may be promoted applies in time all that was received, the one that has applied most is promoted, and what is left is dropped, by name. By GTID alone. Excludes FailMasterPromotionIfSQLThreadNotUpToDate.',
  }),
  MaxConcurrentRecoveries: implemented('int', 8, {
    unit: 'recoveries',
    reload: 'dynamic',
    meaning:
      'How many recoveries run at once, of different clusters; the others wait for their turn, the most important first. What a person asks for does not wait.',
  }),
  RecoveryOrderClusterFilters: implemented('string[]', NO_LIST, {
    reload: 'dynamic',
    patterns: 'cluster-filters',
    meaning:
      'Cluster filters, the most important first: where more recoveries are due than run at once, clusters that an earlier one has are recovered first. Then those whose primary is dead with most replicas.',
  }),
  FencingProcesses: implemented('string[]', NO_LIST, {
    reload: 'dynamic',
    meaning:
      'Commands that make sure that a primary which is being replaced takes no writes any more: switch its power or its port off. They run once its replicas receive nothing more, before another server takes writes, and again when a recovery begins anew; a failing one that is required means that nobody is promoted.',
  }),
  FencingBeforePromotion: implemented('string', 'none', {
    reload: 'dynamic',
    meaning:
      'How sure it must be that a primary which is being replaced takes no writes any more before another server takes them: none; assumed (nobody listens at its address); or proven (it was made read-only, it waits for acknowledgements that nobody gives it, or FencingProcesses have succeeded).',
  }),
  RecoverRestartedMaster: implemented('bool', true, {
    reload: 'dynamic',
    meaning:
      'Of clusters in RecoverMasterClusterFilters: a primary that took writes, has been started anew and is read-only by its own configuration is made writable.',
  }),
  AutoRejoinDemotedPrimary: implemented('bool', false, {
    reload: 'dynamic',
    meaning:
      'A primary that was replaced and comes back with no transactions of its own is attached below its successor, and replicates. One that has some is left alone, and told of.',
  }),
  PrimaryVariables: implemented('map', NO_MAP, {
    reload: 'dynamic',
    meaning:
      'Global variables that a server is given when it becomes a primary, and when a read-only primary is made writable again, before it takes writes: {"event_scheduler": "ON"}. One that it refuses is told of, and keeps it from nothing. What orchestrator itself decides (read_only, rpl_semi_sync_*…) cannot be named. Events that it has replicated stay switched off one by one (SLAVESIDE_DISABLED, REPLICA_SIDE_DISABLED), whatever the scheduler does.',
  }),
  ReplicaVariables: implemented('map', NO_MAP, {
    reload: 'dynamic',
    meaning:
      'Likewise, global variables that a former primary is given when it has become a replica of its successor: {"event_scheduler": "OFF"}.',
  }),
  ReprovisionProcesses: implemented('string[]', NO_LIST, {
    reload: 'dynamic',
    meaning:
      'Commands that provision a server anew from a donor where the CLONE plugin of MySQL cannot be had, as with MariaDB; they are told of {recipientHost}, {recipientPort}, {donorHost}, {donorPort}, {primaryHost} and {primaryPort}, have to leave the server running with the GTID position of its new data, and are waited for.',
  }),
  FailureAnalysisPeers: implemented('string[]', NO_LIST, {
    reload: 'dynamic',
    meaning:
      'Where other nodes that watch the same servers answer ("http://orc2:3000", with their URLPrefix); they are asked what they see of a server before its death is acted on. All nodes may have the same list: each leaves itself out.',
  }),
  FailureAnalysisAgreeingNodes: implemented('int', 0, {
    unit: 'nodes',
    reload: 'dynamic',
    meaning:
      'How many nodes must miss a server before its death is acted on, the acting one included; 0: most of those that can tell.',
  }),
};
