// The accounts every sandbox server is born with, on all servers alike and outside the binary log.

import type { ServerFamily } from './server-releases.ts';

export interface Account {
  user: string;
  password: string;
}

/** What orchestrator logs in with. */
export const orchestratorAccount: Account = { user: 'orc', password: 'orc_pw' };

/** What replicas log in with at their source. */
export const replicationAccount: Account = { user: 'repl', password: 'repl_pw' };

/** A program's account: may do anything within the schema `demo`, and cannot write to a read-only server. */
export const applicationAccount: Account = { user: 'app', password: 'app_pw' };

/** The schema that `applicationAccount` owns. */
export const applicationSchema = 'demo';

const orchestratorPrivileges: Record<ServerFamily, readonly string[]> = {
  mysql: [
    'SELECT, RELOAD, PROCESS, REPLICATION SLAVE, REPLICATION CLIENT',
    'SYSTEM_VARIABLES_ADMIN, SESSION_VARIABLES_ADMIN, REPLICATION_SLAVE_ADMIN, CONNECTION_ADMIN, BINLOG_ADMIN',
    'SYSTEM_USER, TRANSACTION_GTID_TAG',
    // To provision a server anew.
    'CLONE_ADMIN, BACKUP_ADMIN',
  ],
  mariadb: [
    'SELECT, RELOAD, PROCESS, SUPER, REPLICATION SLAVE, REPLICATION CLIENT, SLAVE MONITOR',
    'REPLICATION SLAVE ADMIN, REPLICATION MASTER ADMIN, CONNECTION ADMIN, BINLOG ADMIN, READ_ONLY ADMIN',
  ],
};

/** The statements that make accounts and schema; one a line, as `--init-file` and `--bootstrap` want them. */
export function accountStatements(family: ServerFamily): string[] {
  const create = ({ user, password }: Account) => `CREATE USER '${user}'@'%' IDENTIFIED BY '${password}';`;
  return [
    `CREATE DATABASE ${applicationSchema};`,
    ...[orchestratorAccount, replicationAccount, applicationAccount].map(create),
    ...orchestratorPrivileges[family].map((list) => `GRANT ${list} ON *.* TO '${orchestratorAccount.user}'@'%';`),
    // For pseudo-GTIDs; the schema does not exist.
    `GRANT DROP ON \`_pseudo_gtid_\`.* TO '${orchestratorAccount.user}'@'%';`,
    // For the CLONE plugin.
    ...(family === 'mysql' ? [`GRANT INSERT ON mysql.plugin TO '${orchestratorAccount.user}'@'%';`] : []),
    `GRANT REPLICATION SLAVE ON *.* TO '${replicationAccount.user}'@'%';`,
    `GRANT ALL ON ${applicationSchema}.* TO '${applicationAccount.user}'@'%';`,
  ];
}
