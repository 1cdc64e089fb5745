/** Sources that a replica cannot follow, or may not. */
import {
  ask,
  crash,
  hasReadAll,
  history,
  receives,
  replicates,
  type Script,
  status,
  THREADS,
  until,
  untilHistory,
  untilStatus,
} from '../support/script.ts';

const SOURCE = ['Source_Host', 'Source_Port', 'Source_UUID', 'Source_Server_Id', 'Seconds_Behind_Source'] as const;
const insert = (n: number) => `INSERT INTO demo.numbers VALUES (${n})`;

const follow = (source: string) => ({
  mysql: `{change} SOURCE_HOST = '{${source}.host}', SOURCE_PORT = {${source}.port}, SOURCE_AUTO_POSITION = 1, SOURCE_USER = 'repl', SOURCE_PASSWORD = 'repl_pw', GET_SOURCE_PUBLIC_KEY = 1`,
  mariadb: `{change} MASTER_HOST = '{${source}.host}', MASTER_PORT = {${source}.port}, MASTER_USE_GTID = slave_pos, MASTER_USER = 'repl', MASTER_PASSWORD = 'repl_pw'`,
});

/** MySQL says so some moments after its last transaction. */
const untilLagIsUnknown = untilStatus('replica', 'Seconds_Behind_Source', '');

const cannotConnect = [untilStatus('replica', 'Last_IO_Errno', '2003'), untilLagIsUnknown];

export const SOURCES: readonly Script[] = [
  {
    name: 'a dead source',
    steps: [
      crash('primary'),
      ...cannotConnect,
      status('replica', ...THREADS, ...SOURCE),
      ask('replica', 'STOP {replica} IO_THREAD'),
      status('replica', ...THREADS, ...SOURCE),
      ask('replica', 'START {replica} IO_THREAD'),
      ...cannotConnect,
      status('replica', ...THREADS, ...SOURCE),
      ask('replica', 'STOP {replica}'),
      ask('replica', 'RESET {replica}'),
      status('replica', ...THREADS, ...SOURCE),
    ],
  },
  {
    name: 'a source of which nobody knows the host',
    steps: [
      ask('replica', 'STOP {replica}'),
      ask('replica', "{change} {S}_HOST = '//{primary.host}'"),
      ask('replica', 'START {replica}'),
      untilStatus('replica', 'Last_IO_Errno', '2005'),
      hasReadAll('replica'),
      status('replica', ...THREADS, ...SOURCE),
    ],
  },
  {
    name: 'a source without any transaction',
    steps: [
      ask('replica', 'STOP {replica}'),
      ask('replica', follow('other')),
      ask('replica', 'START {replica}'),
      ...replicates('replica'),
      status('replica', ...THREADS, ...SOURCE),
    ],
  },
  {
    name: 'a source that has other transactions than the replica',
    steps: [
      ask('other/root', { mysql: 'SET GLOBAL super_read_only = 0', mariadb: null }),
      ask('other/root', 'CREATE TABLE demo.elsewhere (n INT PRIMARY KEY)'),
      ask('replica', 'STOP {replica}'),
      ask('replica', follow('other')),
      ask('replica', 'START {replica}'),
      untilStatus('replica', 'Replica_IO_State', { mysql: 'Waiting for source to send event', mariadb: '' }),
      untilStatus('replica', 'Last_IO_Errno', { mysql: '0', mariadb: '1236' }),
      untilHistory('replica', { mysql: '{gtid:primary:1},{gtid:other:1}', mariadb: '{gtid:primary:1}' }),
      hasReadAll('replica'),
      status('replica', ...THREADS, ...SOURCE),
    ],
  },
  {
    name: 'a source with the same server id',
    replicas: 0,
    sameServerId: ['replica', 'primary'],
    steps: [
      ask('replica', follow('primary')),
      ask('replica', 'START {replica}'),
      untilStatus('replica', 'Replica_IO_Running', 'No'),
      untilStatus('replica', 'Last_IO_Errno', { mysql: '13117', mariadb: '1593' }),
      hasReadAll('replica'),
      status('replica', ...THREADS),
    ],
  },
  {
    name: 'two replicas with the same server id',
    family: 'mysql',
    sameServerId: ['other', 'replica'],
    steps: [
      ask('other', follow('primary')),
      ask('other', 'START REPLICA'),
      ...replicates('other', '{gtid:primary:1}'),
      ask('primary/app', insert(1)),
      ...replicates('other', '{gtid:primary:1-2}'),
      ...replicates('replica', '{gtid:primary:1-2}'),
      ask('primary', 'SHOW REPLICAS'),
    ],
  },
  {
    name: 'a replica with a transaction of its own, whose source writes on',
    steps: [
      ask('replica/root', { mysql: 'SET GLOBAL super_read_only = 0', mariadb: null }),
      ask('replica/root', insert(100)),
      ask('primary/app', insert(1)),
      until('replica', 'SHOW SLAVE STATUS', 'Slave_SQL_Running', { mysql: null, mariadb: 'No' }),
      untilHistory('replica', { mysql: '{gtid:primary:1-2},{gtid:replica:1}', mariadb: '{gtid:replica:2}' }),
      status('replica', ...THREADS),
      ask('replica', 'STOP {replica}'),
      ask('replica', 'START {replica}'),
      receives('replica'),
      untilStatus('replica', 'Replica_SQL_Running', { mysql: 'Yes', mariadb: 'No' }),
      status('replica', ...THREADS),
      ask('replica', { mysql: null, mariadb: 'STOP SLAVE' }),
      ask('replica', { mysql: null, mariadb: 'CHANGE MASTER TO MASTER_USE_GTID = current_pos' }),
      ask('replica', { mysql: null, mariadb: 'START SLAVE' }),
      untilStatus('replica', 'Last_IO_Errno', { mysql: '0', mariadb: '1236' }),
      untilStatus('replica', 'Replica_IO_Running', { mysql: 'Yes', mariadb: 'No' }),
      hasReadAll('replica'),
      status('replica', ...THREADS),
      ask('replica/root', { mysql: null, mariadb: insert(101) }),
      ask('replica/root', { mysql: null, mariadb: insert(102) }),
      ask('replica', { mysql: null, mariadb: 'STOP SLAVE' }),
      ask('replica', { mysql: null, mariadb: 'START SLAVE' }),
      untilStatus('replica', 'Last_IO_Errno', { mysql: '0', mariadb: '1236' }),
      untilStatus('replica', 'Replica_IO_Running', { mysql: 'Yes', mariadb: 'No' }),
      hasReadAll('replica'),
      status('replica', ...THREADS),
    ],
  },
  {
    name: 'a row that the replica has already',
    steps: [
      ask('replica/root', { mysql: 'SET GLOBAL super_read_only = 0', mariadb: null }),
      ask('replica/root', 'SET SESSION sql_log_bin = 0'),
      ask('replica/root', insert(1)),
      ask('primary/app', insert(1)),
      untilStatus('replica', 'Replica_SQL_Running', 'No'),
      status('replica', ...THREADS),
      history('replica'),
      ask('replica/root', 'DELETE FROM demo.numbers WHERE n = 1'),
      ask('replica/app', 'SELECT n FROM demo.numbers'),
    ],
  },
  {
    name: 'two replicas of one source, one of which is pointed at the other',
    replicas: 2,
    steps: [
      ask('other', 'STOP {replica}'),
      ask('primary/app', insert(1)),
      ask('other', "{change} {S}_HOST = '{replica.host}', {S}_PORT = {replica.port}"),
      ask('other', 'START {replica}'),
      ...replicates('other', '{gtid:primary:1-2}'),
      status('other', ...THREADS, ...SOURCE, 'Retrieved_Gtid_Set', 'Gtid_IO_Pos'),
      ask('replica', { mysql: 'SHOW REPLICAS', mariadb: 'SHOW SLAVE HOSTS' }),
    ],
  },
];
