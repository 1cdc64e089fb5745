/** What status statements show, every column. */
import { FAILED_TRANSACTION_SQL } from '../../../../src/mysql/mysql-84/statements.ts';
import { ask, replicates, type Script, status, type Text, untilStatus } from '../support/script.ts';

const FAILED_TRANSACTION: Text = { mysql: FAILED_TRANSACTION_SQL, mariadb: null };

export const STATUS: readonly Script[] = [
  {
    name: 'of a replica that replicates',
    replicas: 2,
    steps: [
      ask('primary/app', 'INSERT INTO demo.numbers VALUES (1)'),
      ...replicates('replica', '{gtid:primary:1-2}'),
      ...replicates('other', '{gtid:primary:1-2}'),
      ask('replica', 'SHOW {replica} STATUS'),
      ask('replica', { mysql: null, mariadb: 'SHOW ALL SLAVES STATUS' }),
      ask('replica', { mysql: 'SHOW BINARY LOG STATUS', mariadb: 'SHOW MASTER STATUS' }),
      ask('primary', { mysql: 'SHOW BINARY LOG STATUS', mariadb: 'SHOW MASTER STATUS' }),
      ask('primary', { mysql: 'SHOW REPLICAS', mariadb: 'SHOW SLAVE HOSTS' }),
      ask('replica', { mysql: 'SHOW REPLICAS', mariadb: 'SHOW SLAVE HOSTS' }),
    ],
  },
  {
    name: 'of a replica whose applier has stopped at a transaction',
    family: 'mysql',
    steps: [
      ask('replica', FAILED_TRANSACTION),
      ask('replica', 'SET GLOBAL read_only = 0'),
      ask('replica/app', 'INSERT INTO demo.numbers VALUES (1)'),
      ask('primary/app', 'INSERT INTO demo.numbers VALUES (1)'),
      untilStatus('replica', 'Last_SQL_Errno', '1062'),
      status('replica', 'Replica_IO_Running', 'Replica_SQL_Running', 'Last_SQL_Errno'),
      ask('replica', FAILED_TRANSACTION),
    ],
  },
];
