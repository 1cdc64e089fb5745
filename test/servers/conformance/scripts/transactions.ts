/** Writes and what they are refused for, and the histories of GTIDs that they leave. */
import { answer, ask, history, replicates, type Script, send, untilHistory, waits } from '../support/script.ts';

const positions = {
  mysql: 'SELECT @@global.gtid_executed, @@global.gtid_purged',
  mariadb: 'SELECT @@global.gtid_binlog_pos, @@global.gtid_slave_pos, @@global.gtid_current_pos',
};

const wait = (gtid: string, seconds: string) => ({
  mysql: `SELECT WAIT_FOR_EXECUTED_GTID_SET('${gtid}', ${seconds}) AS waited`,
  mariadb: `SELECT MASTER_GTID_WAIT('${gtid}', ${seconds}) AS waited`,
});

const FAR = '4000000000.000000';
const PAST = '1000000000.000000';
const writeBy = (until: string) =>
  `UPDATE \`demo\`.\`write_probe\` SET written_at = NOW(6) WHERE id = 1 AND UNIX_TIMESTAMP(NOW(6)) < ${until} AND CONCAT(@@global.read_only) IN ('0', 'OFF')`;
const writtenBy = (until: string) => `SELECT ROW_COUNT() AS written, UNIX_TIMESTAMP(NOW(6)) < ${until} AS in_time`;

export const TRANSACTIONS: readonly Script[] = [
  {
    name: 'D12, G1: a write that says until when it means anything, and that it wants a writable server',
    replicas: 0,
    steps: [
      ask(
        'primary/app',
        'CREATE TABLE demo.write_probe (id INT NOT NULL PRIMARY KEY, written_at DATETIME(6) NOT NULL)',
      ),
      ask('primary/app', 'INSERT INTO demo.write_probe VALUES (1, NOW(6))'),
      ask(
        'primary/root',
        "SET SESSION autocommit = 1, time_zone = '+00:00', lock_wait_timeout = 1, innodb_lock_wait_timeout = 1",
      ),
      ask(
        'primary/root',
        'SELECT UNIX_TIMESTAMP(NOW(6)) AS now, @@global.read_only AS read_only, @@session.binlog_format AS log_format',
      ),
      ask('primary/root', writeBy(FAR)),
      ask('primary/root', writtenBy(FAR)),
      history('primary'),
      ask('primary/root', writeBy(PAST)),
      ask('primary/root', writtenBy(PAST)),
      ask('primary/root', 'SET GLOBAL read_only = 1'),
      ask('primary/root', writeBy(FAR)),
      ask('primary/root', writtenBy(FAR)),
      history('primary'),
      ask('primary/root', 'SET GLOBAL read_only = 0'),
    ],
  },
  {
    name: 'every statement that writes is a transaction, and nothing else is',
    steps: [
      ask('primary', positions),
      ask('primary/app', 'INSERT INTO demo.numbers VALUES (1)'),
      ask('primary', positions),
      ask('primary/app', 'INSERT INTO demo.numbers (n) VALUES (2), (3)'),
      ask('primary', positions),
      ask('primary/app', 'CREATE TABLE demo.more (id INT PRIMARY KEY, word VARCHAR(10))'),
      ask('primary/app', 'CREATE TABLE IF NOT EXISTS demo.more (id INT PRIMARY KEY)'),
      ask('primary', positions),
      ask('primary/app', "INSERT INTO demo.more VALUES (1, 'a')"),
      ask('primary/app', 'TRUNCATE TABLE demo.more'),
      ask('primary', positions),
      ask('primary/app', 'DROP TABLE demo.more'),
      ask('primary', positions),
      ask('primary/app', 'SELECT n FROM demo.numbers'),
      ask('primary', 'FLUSH LOCAL RELAY LOGS'),
      ask('primary', positions),
      ...replicates('replica'),
      ask('replica', { mysql: wait('{gtid:primary:1-8}', '5').mysql, mariadb: wait('{gtid:primary:7}', '5').mariadb }),
      ask('replica', positions),
      ask('replica/app', 'SELECT n FROM demo.numbers'),
    ],
  },
  {
    name: 'writes that are refused leave no transaction',
    replicas: 0,
    steps: [
      ask('primary/app', 'INSERT INTO demo.numbers VALUES (1)'),
      ask('primary/app', 'INSERT INTO demo.numbers VALUES (1)'),
      ask('primary/app', 'INSERT INTO demo.numbers VALUES (2), (1)'),
      ask('primary/app', 'INSERT INTO demo.numbers (n) VALUES (3, 4)'),
      ask('primary/app', 'INSERT INTO demo.numbers (n) VALUES (3), (4, 5)'),
      ask('primary/app', 'INSERT INTO demo.nowhere VALUES (1)'),
      ask('primary/app', 'DELETE FROM demo.nowhere'),
      ask('primary/app', 'UPDATE demo.nowhere SET n = 1'),
      ask('primary/app', 'TRUNCATE demo.nowhere'),
      ask('primary/app', 'INSERT INTO numbers VALUES (1)'),
      ask('primary/app', 'CREATE TABLE demo.numbers (n INT PRIMARY KEY)'),
      ask('primary/app', 'DROP TABLE demo.nowhere'),
      ask('primary/app', 'DROP TABLE IF EXISTS demo.nowhere_either'),
      ask('primary/app', 'SELECT n FROM demo.nowhere'),
      ask('primary/app', 'SELECT nothing FROM demo.numbers'),
      history('primary'),
      ask('primary/app', 'SELECT n FROM demo.numbers'),
    ],
  },
  {
    name: 'texts that are no statements',
    replicas: 0,
    steps: [
      ask('primary', 'SELEC 1'),
      ask('primary', 'SELECT'),
      ask('primary', 'SELECT 1 FROM'),
      ask('primary', 'INSERT INTO'),
      ask('primary', 'INSERT INTO demo.numbers'),
      ask('primary', 'STOP'),
      ask('primary', 'STOP {replica} NO_THREAD'),
      ask('primary', 'SHOW {replica}'),
      ask('primary', '{change} HOST = 1'),
      ask('primary', "{change} {S}_HOST 'x'"),
      ask('primary', 'SET GLOBAL'),
      ask('primary', 'KILL'),
      ask('primary', 'LOCK TABLES demo.numbers'),
      ask('primary', "SELECT 'unfinished"),
      ask('primary', 'SELECT NO_SUCH_FUNCTION(1)'),
      ask('primary', { mysql: 'SHOW SLAVE STATUS', mariadb: 'SHOW REPLICA STATUS' }),
      ask('primary', { mysql: 'SHOW MASTER STATUS', mariadb: 'SHOW BINLOG STATUS' }),
      ask('primary', {
        mysql: 'CHANGE MASTER TO MASTER_PORT = 1',
        mariadb: 'CHANGE REPLICATION SOURCE TO SOURCE_PORT = 1',
      }),
      ask('primary', { mysql: 'SET GLOBAL super_read_only = 2', mariadb: 'SET GLOBAL super_read_only = 1' }),
    ],
  },
  {
    name: 'waiting for transactions',
    steps: [
      ask('replica', wait('', '1')),
      ask('replica', wait('{gtid:primary:1}', '1')),
      ask('replica', wait('{gtid:primary:1-7}', '0.2')),
      ask('replica', wait('no gtid', '1')),
      ask('replica', wait('nonsense:1-3', '1')),
      // MariaDB waits for ever.
      ask('replica', { mysql: wait('{gtid:primary:7}', '-1').mysql, mariadb: null }),
      ask('replica', { mysql: null, mariadb: wait('{gtid:primary:7}', '0').mariadb }),
      ask('replica', 'STOP {replica} SQL_THREAD'),
      ask('primary/app', 'INSERT INTO demo.numbers VALUES (1)'),
      send('replica/orc/waiter', wait('{gtid:primary:1-2}', '20')),
      waits('replica/orc/waiter'),
      ask('replica', 'START {replica} SQL_THREAD'),
      answer('replica/orc/waiter'),
      send('replica/orc/waiter', wait('{gtid:primary:1-9}', '20')),
      waits('replica/orc/waiter'),
      ask('replica', 'KILL QUERY {session:replica/orc/waiter}'),
      answer('replica/orc/waiter'),
      ask('replica/orc/waiter', 'SELECT 1'),
    ],
  },
  {
    name: 'a transaction of a replica alone',
    steps: [
      ask('replica/root', { mysql: 'SET GLOBAL super_read_only = 0', mariadb: null }),
      ask('replica/root', 'INSERT INTO demo.numbers VALUES (100)'),
      ask('replica', positions),
      ask('replica/root', 'SET SESSION sql_log_bin = 0'),
      ask('replica/root', 'INSERT INTO demo.numbers VALUES (101)'),
      ask('replica', positions),
      ask('replica/app', 'SELECT n FROM demo.numbers'),
      history('primary'),
    ],
  },
  {
    name: 'a promoted replica writes on, and the old primary follows it',
    steps: [
      ask('primary/app', 'INSERT INTO demo.numbers VALUES (1)'),
      untilHistory('replica', '{gtid:primary:1-2}'),
      ask('replica', 'STOP {replica}'),
      ask('replica', 'RESET {replica} ALL'),
      ask('replica', {
        mysql: 'SET GLOBAL super_read_only = 0, GLOBAL read_only = 0',
        mariadb: 'SET GLOBAL read_only = 0',
      }),
      ask('replica', positions),
      ask('replica/app', 'INSERT INTO demo.numbers VALUES (2)'),
      ask('replica', positions),
      ask('primary', { mysql: 'SET GLOBAL super_read_only = 1', mariadb: 'SET GLOBAL read_only = 1' }),
      ask('primary', {
        mysql:
          "{change} SOURCE_HOST = '{replica.host}', SOURCE_PORT = {replica.port}, SOURCE_AUTO_POSITION = 1, SOURCE_USER = 'repl', SOURCE_PASSWORD = 'repl_pw', GET_SOURCE_PUBLIC_KEY = 1",
        mariadb:
          "{change} MASTER_HOST = '{replica.host}', MASTER_PORT = {replica.port}, MASTER_USE_GTID = current_pos, MASTER_USER = 'repl', MASTER_PASSWORD = 'repl_pw'",
      }),
      ask('primary', 'START {replica}'),
      ...replicates('primary', { mysql: '{gtid:primary:1-2},{gtid:replica:1}', mariadb: '{gtid:replica:3}' }),
      ask('primary/app', 'SELECT n FROM demo.numbers'),
      ask('primary', 'SHOW {replica} STATUS'),
    ],
  },
];
