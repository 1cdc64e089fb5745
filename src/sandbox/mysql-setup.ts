// How a sandbox MySQL server (8.4 and later) is initialised, started and made a replica.

import { rmSync, writeFileSync } from 'node:fs';
import { accountStatements, replicationAccount } from './accounts.ts';
import { runToEnd, userOptions } from './run-to-end.ts';
import {
  commonOptions,
  connectRetryCount,
  connectRetrySeconds,
  type FamilySetup,
  heartbeatPeriodSeconds,
  replicaNetTimeoutSeconds,
  type SemiSync,
} from './server-setup.ts';

/** A starting server reads all of them, used or not. Default: 128 for each thread that writes. */
const doublewritePages = '--innodb-doublewrite-pages=8';

export const mysqlSetup: FamilySetup = {
  options: (traits) => [
    ...commonOptions(traits),
    '--mysqlx=OFF',
    '--gtid-mode=ON',
    '--enforce-gtid-consistency=ON',
    '--log-replica-updates=ON',
    `--replica-net-timeout=${replicaNetTimeoutSeconds}`,
    `--super-read-only=${traits.readOnly ? 'ON' : 'OFF'}`,
    '--innodb-redo-log-capacity=8M',
    '--secure-file-priv=NULL',
    // A clean shutdown waits 8 s for the scheduler's thread, which no client ever closes.
    '--event-scheduler=DISABLED',
    '--max-connections=150',
    // Whatever is reserved for statistics is touched at each start: this halves the memory, and shortens the start.
    '--performance-schema-digests-size=500',
    '--performance-schema-error-size=0',
    '--performance-schema-max-memory-classes=0',
    '--performance-schema-max-sql-text-length=0',
    '--performance-schema-max-digest-length=0',
    '--performance-schema-events-statements-history-size=0',
    '--performance-schema-accounts-size=20',
    '--performance-schema-users-size=20',
    '--performance-schema-hosts-size=20',
    doublewritePages,
    ...semiSyncOptions(traits.semiSync),
  ],

  async initialise(binaries, dataDir) {
    const statements = `${dataDir}.sql`;
    writeFileSync(statements, `${accountStatements('mysql').join('\n')}\n`);
    await runToEnd([
      ...binaries.command,
      '--no-defaults',
      ...binaries.fixedArguments,
      ...userOptions(),
      '--initialize-insecure',
      `--datadir=${dataDir}`,
      `--init-file=${statements}`,
      // With a binary log the accounts would be transactions of every server's own: errant on all replicas.
      '--skip-log-bin',
      '--innodb-redo-log-capacity=8M',
      doublewritePages,
      '--secure-file-priv=NULL',
    ]);
    rmSync(statements);
  },

  replicateFrom: ({ host, port }) => [
    [
      `CHANGE REPLICATION SOURCE TO SOURCE_HOST='${host}', SOURCE_PORT=${port}`,
      `SOURCE_USER='${replicationAccount.user}', SOURCE_PASSWORD='${replicationAccount.password}'`,
      `SOURCE_AUTO_POSITION=1, SOURCE_CONNECT_RETRY=${connectRetrySeconds}, SOURCE_RETRY_COUNT=${connectRetryCount}`,
      `SOURCE_HEARTBEAT_PERIOD=${heartbeatPeriodSeconds}`,
      // Without TLS, caching_sha2_password refuses to send a password unless it is given the source's key.
      'GET_SOURCE_PUBLIC_KEY=1',
    ].join(', '),
    'START REPLICA',
  ],

  identityFiles: ['auto.cnf'],
};

function semiSyncOptions(semiSync: SemiSync): string[] {
  if (semiSync.kind === 'off') return [];
  const loaded = '--plugin-load-add=semisync_source.so;semisync_replica.so';
  if (semiSync.kind === 'replica') return [loaded, '--rpl-semi-sync-replica-enabled=ON'];
  return [
    loaded,
    '--rpl-semi-sync-source-enabled=ON',
    `--rpl-semi-sync-source-wait-for-replica-count=${semiSync.waitForReplicas}`,
    `--rpl-semi-sync-source-timeout=${semiSync.timeoutMillis}`,
  ];
}
