// How orchestrator is configured for a sandbox fleet: what a user with such servers would write.

import { applicationAccount, applicationSchema, orchestratorAccount, replicationAccount } from './accounts.ts';
import type { Fleet } from './fleet.ts';

/** The cluster's alias, by which pages and commands may call it. */
export const demoAlias = 'demo';

const credentialsTable = `${applicationSchema}.replication_account`;

/**
 * The configuration, and whatever it needs on the servers.
 *
 * MariaDB keeps the password of a replica in a file, where orchestrator cannot read it: a small table gives it instead, so that
 * a demoted primary can be made a replica.
 */
export async function configureFor(fleet: Fleet): Promise<Record<string, unknown>> {
  const { user, password } = orchestratorAccount;
  const keys: Record<string, unknown> = {
    MySQLTopologyUser: user,
    MySQLTopologyPassword: password,
    InstancePollSeconds: 1,
    // The servers are known by address and port, as one types them.
    HostnameResolveMethod: 'none',
    MySQLHostnameResolveMethod: 'none',
    DiscoverByShowSlaveHosts: true,
    DiscoverySeeds: [`${fleet.primary.host}:${fleet.primary.port}`],
    DetectClusterAliasQuery: `select '${demoAlias}'`,
    RecoverMasterClusterFilters: ['*'],
    // Whoever plays with the demo kills the next primary soon after the first.
    RecoveryPeriodBlockSeconds: 5,
  };
  if (fleet.family === 'mysql') return keys;
  const { user: replicationUser, password: replicationPassword } = replicationAccount;
  for (const statement of [
    `CREATE TABLE ${credentialsTable} (user VARCHAR(80) NOT NULL, password VARCHAR(80) NOT NULL)`,
    `INSERT INTO ${credentialsTable} VALUES ('${replicationUser}', '${replicationPassword}')`,
  ])
    await fleet.primary.query(statement, applicationAccount);
  return { ...keys, ReplicationCredentialsQuery: `select user, password from ${credentialsTable}` };
}
