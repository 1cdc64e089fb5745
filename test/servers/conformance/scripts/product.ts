/** The statements that the product itself sends, word for word: `src/mysql`'s lists of statements name them. */
import { parseServerVersion } from '../../../../src/model/server-version.ts';
import {
  WANTED_VARIABLES as MARIADB_VARIABLES,
  probeSections as mariadbSections,
} from '../../../../src/mysql/mariadb/statements.ts';
import {
  STATEMENTS as MYSQL_STATEMENTS,
  WANTED_VARIABLES as MYSQL_VARIABLES,
  probeSections as mysqlSections,
} from '../../../../src/mysql/mysql-84/statements.ts';
import { CREDENTIALS_SQL } from '../../../../src/mysql/oracle/statements.ts';
import { COMMAND_SESSION_SQL } from '../../../../src/mysql/sql-text.ts';
import {
  answer,
  ask,
  type Role,
  replicates,
  type Script,
  type Step,
  send,
  shutDown,
  start,
  waits,
} from '../support/script.ts';

/** Plugins that the sandbox does not load have variables of their own. */
const ABSENT = /^(?:group_replication_|rpl_semi_sync_(?:master|slave)_)/;

const MYSQL_CAPABILITIES = new Set<string>(MYSQL_VARIABLES.filter((name) => !ABSENT.test(name)));

/** One by one: a packet would tell only its last. */
const probe = (role: Role): readonly Step[] => {
  const mysql = mysqlSections(MYSQL_CAPABILITIES, parseServerVersion('9.7.4')).map(({ sql }) =>
    ask(role, { mysql: sql, mariadb: null }),
  );
  const mariadb = mariadbSections(new Set<string>(MARIADB_VARIABLES)).map(({ sql }) =>
    ask(role, { mysql: null, mariadb: sql }),
  );
  return [...mysql, ...mariadb];
};

const variables = [...new Set<string>([...MYSQL_VARIABLES, ...MARIADB_VARIABLES])]
  .map((name) => `'${name}'`)
  .join(', ');

const mysqlSql = (wanted: string): string => MYSQL_STATEMENTS.find(({ name }) => name === wanted)?.sql ?? '';

const find = (session: string) => `SELECT ID, HOST FROM information_schema.processlist WHERE ID = {session:${session}}`;

export const PRODUCT: readonly Script[] = [
  {
    name: 'the greeting, and a probe of each server',
    steps: [
      ask('primary/app', 'INSERT INTO demo.numbers VALUES (1)'),
      ...replicates('replica', '{gtid:primary:1-2}'),
      ask('primary', `SHOW GLOBAL VARIABLES WHERE Variable_name IN (${variables})`),
      ask('replica', `SHOW GLOBAL VARIABLES WHERE Variable_name IN (${variables})`),
      ...probe('primary'),
      ...probe('replica'),
      ...probe('other'),
      ask('primary', { mysql: mysqlSql('group'), mariadb: null }),
      ask('primary/app', { mysql: mysqlSql('group-session'), mariadb: null }),
      ask('primary/app', { mysql: 'SELECT @@session.group_replication_consistency AS value', mariadb: null }),
      ask('primary', { mysql: 'SELECT @@session.group_replication_consistency AS value', mariadb: null }),
    ],
  },
  {
    name: 'the account that a replica keeps',
    family: 'mysql',
    steps: [
      ask('replica', CREDENTIALS_SQL),
      ask('primary', CREDENTIALS_SQL),
      ask('replica/app', CREDENTIALS_SQL),
      ask('replica', 'STOP REPLICA'),
      ask('replica', 'RESET REPLICA'),
      ask('replica', CREDENTIALS_SQL),
      ask('replica', 'RESET REPLICA ALL'),
      ask('replica', CREDENTIALS_SQL),
    ],
  },
  {
    name: 'a session for commands, and its end by another',
    replicas: 0,
    steps: [
      ask('primary/app', 'LOCK TABLES demo.numbers WRITE'),
      ask('primary', COMMAND_SESSION_SQL),
      ask('primary', 'SELECT @@session.lock_wait_timeout'),
      send('primary', { mysql: 'SET GLOBAL super_read_only = 1', mariadb: 'SET GLOBAL read_only = 1' }),
      waits('primary'),
      ask('primary/orc/second', find('primary')),
      ask('primary/orc/second', 'KILL {session:primary}'),
      answer('primary'),
      ask('primary/orc/second', find('primary')),
    ],
  },
  {
    name: 'probes by accounts that may not',
    steps: probe('replica').map((step) => (step.kind === 'ask' ? { ...step, session: 'replica/app' } : step)),
  },
  {
    name: 'accounts that nobody has made',
    replicas: 0,
    steps: [ask('primary/nobody', 'SELECT 1')],
  },
  {
    name: 'variables of a role',
    steps: [
      // The MySQL servers of tests run without an event scheduler, which nobody can switch on then.
      ...["'ON'", "'off'", '1', '0', "'DISABLED'", '2', 'DEFAULT'].flatMap((value) => [
        ask('primary', { mysql: null, mariadb: `SET GLOBAL event_scheduler = ${value}` }),
        ask('primary', { mysql: null, mariadb: 'SELECT @@global.event_scheduler' }),
      ]),
      ask('primary', { mysql: null, mariadb: "SHOW GLOBAL VARIABLES LIKE 'event_scheduler'" }),
      ...['innodb_flush_log_at_trx_commit', 'sync_binlog', 'binlog_expire_logs_seconds'].flatMap((name) => [
        ask('replica', `SET GLOBAL ${name} = 1`),
        ask('replica', `SELECT @@global.${name}`),
        ask('replica', `SET GLOBAL ${name} = '0'`),
        ask('replica', `SET GLOBAL ${name} = 'x'`),
        ask('replica', `SET SESSION ${name} = 0`),
        ask('replica/app', `SET GLOBAL ${name} = 0`),
        ask('replica', `SELECT @@global.${name}`),
      ]),
      ask('replica', 'SET GLOBAL expire_logs_days = 7'),
      ask('replica', { mysql: null, mariadb: 'SELECT @@global.binlog_expire_logs_seconds' }),
      ask('replica', 'SET GLOBAL nonsense = 1'),
      shutDown('replica'),
      start('replica'),
      ask('replica', 'SELECT @@global.binlog_expire_logs_seconds'),
    ],
  },
  {
    name: 'values and columns as a client gets them',
    replicas: 0,
    steps: [
      ask('primary', 'SELECT 1'),
      ask('primary', "SELECT 1 AS one, 'two' AS two, NULL AS three"),
      ask(
        'primary',
        'SELECT @@global.read_only, @@read_only AS it, @@global.server_id, @@version_comment IS NULL AS is_null',
      ),
      ask('primary', "SET @a = 'x'"),
      ask('primary', 'SELECT @a, @b'),
      ask('primary', 'SELECT COUNT(*) FROM information_schema.processlist WHERE ID = CONNECTION_ID()'),
      ask('primary', "SHOW VARIABLES LIKE 'read_only'"),
      ask('primary', "SHOW GLOBAL VARIABLES LIKE 'no_such_variable'"),
      ask('primary', "SHOW GLOBAL STATUS LIKE 'Uptime'"),
      ask('primary', 'SELECT CURRENT_USER()'),
    ],
  },
];
