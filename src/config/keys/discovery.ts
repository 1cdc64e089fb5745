/** Keys of finding and probing servers (spec 2.6). */
import { accepted, implemented, NO_LIST } from '../key-declaration.ts';

export const discoveryKeys = {
  InstancePollSeconds: implemented('uint', 5, {
    unit: 'seconds',
    reload: 'partly',
    meaning: 'Time between two probes of a server, and the measure by which a server counts as recently checked.',
  }),
  ReasonableInstanceCheckSeconds: implemented('uint', 1, {
    unit: 'seconds',
    reload: 'dynamic',
    meaning: 'Grace on top of InstancePollSeconds before a server that was not seen counts as invalid.',
  }),
  DiscoverySeeds: implemented('string[]', [], {
    reload: 'start',
    meaning: 'Servers, host or host:port, from which discovery starts if they are not known yet.',
  }),
  DiscoverByShowSlaveHosts: implemented('bool', false, {
    reload: 'dynamic',
    meaning: 'Ask a server for its registered replicas first, and only then look at its process list.',
  }),
  DiscoveryMaxConcurrency: implemented('uint', 300, {
    unit: 'probes at once',
    reload: 'start',
    meaning: 'Most probes that run at the same time.',
  }),
  DiscoveryQueueCapacity: accepted('uint', 100000, {
    unit: 'servers',
    reload: 'start',
    meaning: 'Most servers that may wait in one discovery queue.',
  }),
  DiscoveryQueueMaxStatisticsSize: implemented('int', 120, {
    unit: 'samples, one a second',
    reload: 'dynamic',
    meaning: 'How many samples of the queue length are kept for the queue metrics.',
  }),
  DiscoveryCollectionRetentionSeconds: implemented('uint', 120, {
    unit: 'seconds',
    reload: 'dynamic',
    meaning: 'How long single discovery timings are kept for the discovery metrics.',
  }),
  DeadInstancePollSecondsMultiplyFactor: implemented('float', 1, {
    unit: 'factor, at least 1',
    reload: 'dynamic',
    meaning: 'How much longer the pause gets after each failed probe of an unreachable server; 1 means no longer.',
  }),
  DeadInstancePollSecondsMax: implemented('uint', 300, {
    unit: 'seconds',
    reload: 'dynamic',
    meaning: 'Longest pause between two probes of an unreachable server.',
  }),
  DeadInstanceDiscoveryMaxConcurrency: implemented('uint', 0, {
    unit: 'probes at once',
    reload: 'start',
    meaning: 'Workers kept apart for unreachable servers; 0 lets them share the main queue.',
  }),
  DeadInstanceDiscoveryLogsEnabled: accepted('bool', false, {
    reload: 'dynamic',
    meaning: 'Log at debug level when an unreachable server is registered, checked again or released.',
  }),
  DiscoveryIgnoreHostnameFilters: implemented('string[]', NO_LIST, {
    reload: 'dynamic',
    patterns: 'host-filters',
    meaning: 'Servers that are never probed.',
  }),
  DiscoveryIgnoreReplicaHostnameFilters: implemented('string[]', [], {
    reload: 'dynamic',
    patterns: 'host-filters',
    meaning: 'Replicas that are not followed from their source.',
  }),
  DiscoveryIgnoreMasterHostnameFilters: implemented('string[]', NO_LIST, {
    reload: 'dynamic',
    patterns: 'host-filters',
    meaning: 'Sources that are not followed upwards.',
  }),
  DiscoveryIgnoreReplicationUsernameFilters: implemented('string[]', [], {
    reload: 'dynamic',
    patterns: 'patterns',
    meaning: 'Replication accounts whose replicas are not followed.',
  }),
  EnableDiscoveryFiltersLogs: accepted('bool', true, {
    reload: 'dynamic',
    meaning: 'Log each server that DiscoveryIgnoreReplicationUsernameFilters skips.',
  }),
  SkipMaxScaleCheck: implemented('bool', true, {
    reload: 'dynamic',
    meaning: 'Do not test whether a server is a MaxScale binlog server; must be false where there are any.',
  }),
  UnseenInstanceForgetHours: implemented('uint', 240, {
    unit: 'hours',
    reload: 'dynamic',
    meaning: 'Servers that could not be reached for this long are forgotten.',
  }),
  SnapshotTopologiesIntervalHours: implemented('uint', 0, {
    unit: 'hours',
    reload: 'dynamic',
    meaning: 'How often the whole topology is recorded in the history; 0 means never.',
  }),
  BufferInstanceWrites: accepted('bool', false, {
    reload: 'dynamic',
    meaning: 'Collect the results of probes and write them to the backend in batches.',
  }),
  InstanceWriteBufferSize: accepted('int', 100, {
    unit: 'probe results',
    reload: 'partly',
    meaning: 'How many results are collected before a batch is written; 0 or less turns batches off.',
  }),
  InstanceFlushIntervalMilliseconds: accepted('int', 100, {
    unit: 'milliseconds',
    reload: 'start',
    meaning: 'Longest time a collected result waits to be written; 0 means no timed write.',
  }),
  ReplicationLagQuery: implemented('string', '', {
    reload: 'dynamic',
    meaning: 'Query for the lag of a server in whole seconds, used instead of the lag that replication reports.',
  }),
};
