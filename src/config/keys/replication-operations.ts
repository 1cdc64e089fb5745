/** Keys of lag limits, replication behaviour and moving replicas (spec 2.7). */
import { accepted, implemented } from '../key-declaration.ts';

export const replicationOperationsKeys = {
  SlaveLagQuery: implemented('string', '', { reload: 'dynamic', meaning: 'Old name of ReplicationLagQuery.' }),
  ReasonableReplicationLagSeconds: implemented('int', 10, {
    unit: 'seconds',
    reload: 'dynamic',
    meaning: 'Lag above which a replica counts as a problem.',
  }),
  ReasonableMaintenanceReplicationLagSeconds: implemented('int', 20, {
    unit: 'seconds',
    reload: 'dynamic',
    meaning: 'Lag above which a replica may not be moved nor be named as successor in a planned switchover.',
  }),
  VerifyReplicationFilters: implemented('bool', false, {
    reload: 'dynamic',
    meaning: 'Refuse to place a replica without replication filters below a server that has them.',
  }),
  LowerReplicaVersionAllowed: implemented('bool', false, {
    reload: 'dynamic',
    meaning: 'Allow replication from a newer major version to an older one.',
  }),
  UseSuperReadOnly: implemented('bool', false, {
    reload: 'dynamic',
    meaning: 'Set and clear super_read_only together with read_only.',
  }),
  ReplicationCredentialsQuery: implemented('string', '', {
    reload: 'dynamic',
    meaning: 'Query that gives the replication user, its password and its TLS files where a set-up needs them.',
  }),
  MaxConcurrentReplicaOperations: accepted('int', 5, {
    unit: 'replicas at once',
    reload: 'dynamic',
    meaning: 'How many replicas are moved by GTID at the same time; below 1 counts as 1.',
  }),
  InstanceBulkOperationsWaitTimeoutSeconds: implemented('uint', 10, {
    unit: 'seconds',
    reload: 'dynamic',
    meaning: 'How long to wait for one replica to stop when several are stopped to be compared.',
  }),
  OSCIgnoreHostnameFilters: accepted('string[]', [], {
    reload: 'dynamic',
    patterns: 'host-filters',
    meaning: 'Replicas never suggested as control replicas of an online schema change.',
  }),
  ProblemIgnoreHostnameFilters: implemented('string[]', [], {
    reload: 'dynamic',
    patterns: 'host-filters',
    meaning: 'Servers left out of the list of problems.',
  }),
  SupportFuzzyPoolHostnames: implemented('bool', true, {
    reload: 'dynamic',
    meaning: 'Complete a partial host name in a pool submission when exactly one known server matches.',
  }),
  InstancePoolExpiryMinutes: implemented('uint', 60, {
    unit: 'minutes',
    reload: 'dynamic',
    meaning: 'How long a pool membership lasts without being submitted again.',
  }),
};
