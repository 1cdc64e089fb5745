// How orchestrator is configured for a pretended fleet: what a user with such servers would write.

import { orchestratorAccount, replicationAccount } from '../accounts.ts';
import { aliasQuery, fleetHost } from './cluster-servers.ts';
import type { ClusterShape } from './fleet-shape.ts';

export function fleetConfiguration(
  clusters: readonly ClusterShape[],
  pollSeconds: number,
): Readonly<Record<string, unknown>> {
  return {
    MySQLTopologyUser: orchestratorAccount.user,
    MySQLTopologyPassword: orchestratorAccount.password,
    InstancePollSeconds: pollSeconds,
    // The servers are known by address and port: they all have the same name.
    HostnameResolveMethod: 'none',
    MySQLHostnameResolveMethod: 'none',
    DiscoverByShowSlaveHosts: true,
    // Replicas are found through their primaries.
    DiscoverySeeds: clusters.map(({ ports }) => `${fleetHost}:${ports[0]}`),
    DetectClusterAliasQuery: aliasQuery,
    // MariaDB shows nobody the password of a replica.
    ReplicationCredentialsQuery: `select '${replicationAccount.user}', '${replicationAccount.password}'`,
    RecoverMasterClusterFilters: ['*'],
    // Whoever plays with the fleet kills the next primary soon after the first.
    RecoveryPeriodBlockSeconds: 5,
  };
}
