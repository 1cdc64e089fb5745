/** Semi-synchronous replication: who waits for whom, and until when. */
import { END_CLIENT_SESSIONS } from '../../../../src/mysql/client-sessions.ts';
import { setSemiSyncSource } from '../../../../src/mysql/semi-sync-source.ts';
import {
  answer,
  ask,
  crash,
  history,
  type Script,
  type Step,
  send,
  start,
  type Text,
  until,
  untilHistory,
  waits,
} from '../support/script.ts';

const variable = (name: string, value: number): Text => ({
  mysql: `SET GLOBAL rpl_semi_sync_source_${name} = ${value}`,
  mariadb: `SET GLOBAL rpl_semi_sync_master_${name} = ${value}`,
});

const statusSql: Text = {
  mysql:
    "SELECT VARIABLE_NAME AS name, VARIABLE_VALUE AS value FROM performance_schema.global_status WHERE VARIABLE_NAME IN ('Rpl_semi_sync_source_status', 'Rpl_semi_sync_source_clients', 'Rpl_semi_sync_replica_status', 'Rpl_semi_sync_source_wait_sessions')",
  mariadb:
    "SELECT VARIABLE_NAME AS name, VARIABLE_VALUE AS value FROM information_schema.global_status WHERE VARIABLE_NAME IN ('RPL_SEMI_SYNC_MASTER_STATUS', 'RPL_SEMI_SYNC_MASTER_CLIENTS', 'RPL_SEMI_SYNC_SLAVE_STATUS', 'RPL_SEMI_SYNC_MASTER_WAIT_SESSIONS')",
};

const showOf = (name: string): Text => ({
  mysql: `SHOW GLOBAL STATUS LIKE 'Rpl_semi_sync_source_${name}'`,
  mariadb: `SHOW GLOBAL STATUS LIKE 'Rpl_semi_sync_master_${name}'`,
});

const enableReplica = ask('replica', {
  mysql: 'SET GLOBAL rpl_semi_sync_replica_enabled = 1',
  mariadb: 'SET GLOBAL rpl_semi_sync_slave_enabled = 1',
});

const untilClients = (count: number): Step => until('primary', showOf('clients'), 'Value', String(count));
const stopReceiver = ask('replica', 'STOP {replica} IO_THREAD');
const startReceiver = ask('replica', 'START {replica} IO_THREAD');
const insert = (n: number): string => `INSERT INTO demo.numbers VALUES (${n})`;

/** The primary waits for its replica, which acknowledges. */
const semiSync: readonly Step[] = [
  enableReplica,
  ask('primary', variable('enabled', 1)),
  stopReceiver,
  startReceiver,
  untilClients(1),
];

/** The application's insert waits for an acknowledgement, and nobody gives one. */
const commitThatWaits: readonly Step[] = [
  ask('primary', variable('timeout', 100_000)),
  ask('primary', variable('enabled', 1)),
  send('primary/app', insert(1)),
  waits('primary/app'),
];

const NUMBERS = ask('primary/app/reader', 'SELECT n FROM demo.numbers');

export const SEMI_SYNC: readonly Script[] = [
  {
    name: 'a replica acknowledges',
    steps: [
      ask('primary', statusSql),
      ask('replica', statusSql),
      ...semiSync,
      ask('primary', statusSql),
      ask('replica', statusSql),
      ask('primary/app', insert(1)),
      ask('primary', statusSql),
      untilHistory('replica', '{gtid:primary:1-2}'),
    ],
  },
  {
    name: 'a replica that is switched on acknowledges only when its receiver begins anew',
    steps: [
      ask('primary', variable('enabled', 1)),
      enableReplica,
      ask('replica', statusSql),
      ask('primary', statusSql),
      stopReceiver,
      startReceiver,
      untilClients(1),
      ask('replica', statusSql),
      ask('primary', statusSql),
    ],
  },
  {
    name: 'a wait that takes too long switches it off until the replica has caught up',
    steps: [
      ...semiSync,
      ask('primary/app', insert(1)),
      stopReceiver,
      ask('primary', variable('timeout', 300)),
      ask('primary/app', insert(2)),
      ask('primary', showOf('status')),
      ask('primary/app', insert(3)),
      startReceiver,
      until('primary', showOf('status'), 'Value', 'ON'),
      untilHistory('replica', '{gtid:primary:1-4}'),
      ask('primary', statusSql),
    ],
  },
  {
    name: 'what others see of a commit that waits, and its end by an acknowledgement',
    steps: [
      ...semiSync,
      ask('primary/app', insert(1)),
      stopReceiver,
      ask('primary', variable('timeout', 100_000)),
      send('primary/app', insert(2)),
      waits('primary/app'),
      NUMBERS,
      history('primary'),
      ask('primary', showOf('wait_sessions')),
      ask('primary', showOf('status')),
      startReceiver,
      answer('primary/app'),
      NUMBERS,
      history('primary'),
    ],
  },
  {
    name: 'switching it off answers who waits',
    replicas: 0,
    steps: [
      ask('primary', variable('timeout', 100_000)),
      ask('primary', variable('enabled', 1)),
      ask('primary', statusSql),
      send('primary/app', insert(1)),
      waits('primary/app'),
      ask('primary', variable('enabled', 0)),
      answer('primary/app'),
      ask('primary', statusSql),
      history('primary'),
    ],
  },
  {
    name: 'killing a session whose commit waits',
    replicas: 0,
    steps: [
      ...commitThatWaits,
      ask('primary', 'KILL {session:primary/app}'),
      NUMBERS,
      ask('primary', variable('enabled', 0)),
      answer('primary/app'),
      // Nobody is told when it ends.
      untilHistory('primary', '{gtid:primary:1-2}'),
      NUMBERS,
    ],
  },
  {
    name: 'read-only waits for a commit that waits',
    family: 'mysql',
    replicas: 0,
    steps: [
      ...commitThatWaits,
      send('primary', 'SET GLOBAL super_read_only = 1'),
      waits('primary'),
      ask('primary/root', variable('enabled', 0)),
      answer('primary/app'),
      answer('primary'),
    ],
  },
  {
    name: 'read-only past a commit that waits, whose session is ended before it is let go',
    family: 'mysql',
    replicas: 0,
    steps: [
      ...commitThatWaits,
      send('primary', 'SET GLOBAL super_read_only = 1'),
      waits('primary'),
      send('primary/app/second', insert(3)),
      waits('primary/app/second'),
      ask('primary/root', `${END_CLIENT_SESSIONS.reads} WHERE ID = {session:primary/app}`),
      ask('primary/root', 'KILL {session:primary/app}'),
      ask('primary/root', `${END_CLIENT_SESSIONS.reads} WHERE ID = {session:primary/app}`),
      ask('primary/root', setSemiSyncSource(false).reads),
      ask('primary/root', variable('enabled', 0)),
      answer('primary/app'),
      answer('primary'),
      answer('primary/app/second'),
      NUMBERS,
    ],
  },
  {
    name: 'ending the session of a commit that waits lets it go',
    family: 'mariadb',
    replicas: 0,
    steps: [
      ...commitThatWaits,
      ask('primary/root', `${END_CLIENT_SESSIONS.reads} WHERE ID = {session:primary/app}`),
      ask('primary/root', 'KILL {session:primary/app}'),
      answer('primary/app'),
      ask('primary/root', setSemiSyncSource(false).reads),
      NUMBERS,
    ],
  },
  {
    name: 'read-only does not wait for a commit that waits, since it is committed',
    family: 'mariadb',
    replicas: 0,
    steps: [
      ...commitThatWaits,
      ask('primary', 'SET SESSION lock_wait_timeout = 2'),
      ask('primary', 'SET GLOBAL read_only = 1'),
      ask('primary', 'SELECT @@global.read_only'),
      ask('primary/root', variable('enabled', 0)),
      answer('primary/app'),
    ],
  },
  {
    name: 'a source that dies while a commit waits has it when it comes back',
    replicas: 0,
    steps: [
      ...commitThatWaits,
      crash('primary'),
      start('primary'),
      NUMBERS,
      history('primary'),
      ask('primary', statusSql),
    ],
  },
  {
    name: 'waiting for two replicas',
    family: 'mysql',
    steps: [
      ...semiSync,
      ask('primary', 'SET GLOBAL rpl_semi_sync_source_wait_for_replica_count = 2'),
      ask('primary', variable('timeout', 100_000)),
      send('primary/app', insert(1)),
      waits('primary/app'),
      ask('primary', 'SET GLOBAL rpl_semi_sync_source_wait_for_replica_count = 1'),
      answer('primary/app'),
    ],
  },
];
