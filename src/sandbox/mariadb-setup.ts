// How a sandbox MariaDB server is initialised, started and made a replica.

import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { accountStatements, replicationAccount } from './accounts.ts';
import { runToEnd, userOptions } from './run-to-end.ts';
import {
  commonOptions,
  connectRetrySeconds,
  type FamilySetup,
  heartbeatPeriodSeconds,
  replicaNetTimeoutSeconds,
  type SemiSync,
} from './server-setup.ts';

/** MariaDB's own scripts that fill an empty data directory, in the order of `mariadb-install-db`; each by its names, newest first. */
const bootstrapScripts = [
  ['mariadb_system_tables.sql', 'mysql_system_tables.sql'],
  ['mariadb_performance_tables.sql', 'mysql_performance_tables.sql'],
  ['mariadb_system_tables_data.sql', 'mysql_system_tables_data.sql'],
  ['maria_add_gis_sp_bootstrap.sql'],
  ['mariadb_sys_schema.sql', 'mysql_sys_schema.sql'],
];

export const mariadbSetup: FamilySetup = {
  options: (traits) => [
    ...commonOptions(traits),
    '--gtid-domain-id=0',
    '--gtid-strict-mode=ON',
    '--log-slave-updates=ON',
    `--slave-net-timeout=${replicaNetTimeoutSeconds}`,
    `--read-only=${traits.readOnly ? 'ON' : 'OFF'}`,
    '--innodb-log-file-size=8M',
    '--performance-schema=ON',
    ...semiSyncOptions(traits.semiSync),
  ],

  async initialise(binaries, dataDir) {
    mkdirSync(join(dataDir, 'mysql'), { recursive: true });
    const scripts = bootstrapScripts.map((names) => readFileSync(firstOf(binaries.shareDir, names), 'utf8'));
    const statements = [
      'USE mysql;',
      'SET @auth_root_socket=NULL;',
      ...scripts,
      // The grant tables exist only now; CREATE USER needs them read.
      'FLUSH PRIVILEGES;',
      ...accountStatements('mariadb'),
    ];
    // Bootstrap takes one statement a line of a name such as @current_hostname; we use no name resolution.
    const input = statements
      .join('\n')
      .split('\n')
      .filter((line) => !line.includes('@current_hostname'));
    await runToEnd(
      [
        ...binaries.command,
        '--no-defaults',
        ...binaries.fixedArguments,
        ...userOptions(),
        '--bootstrap',
        `--datadir=${dataDir}`,
        `--tmpdir=${dataDir}`,
        '--innodb-log-file-size=8M',
        '--enforce-storage-engine=',
      ],
      `${input.join('\n')}\n`,
    );
  },

  replicateFrom: ({ host, port }) => [
    [
      `CHANGE MASTER TO MASTER_HOST='${host}', MASTER_PORT=${port}`,
      `MASTER_USER='${replicationAccount.user}', MASTER_PASSWORD='${replicationAccount.password}'`,
      `MASTER_USE_GTID=slave_pos, MASTER_CONNECT_RETRY=${connectRetrySeconds}`,
      `MASTER_HEARTBEAT_PERIOD=${heartbeatPeriodSeconds}`,
    ].join(', '),
    'START SLAVE',
  ],

  identityFiles: [],
};

function firstOf(folder: string, names: readonly string[]): string {
  const found = names.map((name) => join(folder, name)).find((file) => existsSync(file));
  if (found === undefined) throw new Error(`none of ${names.join(', ')} is in ${folder}`);
  return found;
}

function semiSyncOptions(semiSync: SemiSync): string[] {
  if (semiSync.kind === 'off') return [];
  if (semiSync.kind === 'replica') return ['--rpl-semi-sync-slave-enabled=ON'];
  // MariaDB always waits for one replica; it knows no count.
  return ['--rpl-semi-sync-master-enabled=ON', `--rpl-semi-sync-master-timeout=${semiSync.timeoutMillis}`];
}
