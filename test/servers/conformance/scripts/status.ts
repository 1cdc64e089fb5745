/** What status statements show, every column. */
import { ask, replicates, type Script } from '../support/script.ts';

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
];
