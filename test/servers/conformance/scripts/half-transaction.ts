/** A source that dies in the middle of sending a transaction (D15). */
import { endApplierSql } from '../../../../src/mysql/oracle/statements.ts';
import {
  answer,
  ask,
  history,
  type Script,
  send,
  status,
  THREADS,
  untilHistory,
  untilStatus,
  waits,
} from '../support/script.ts';

const PARTIAL = 'SELECT QUEUEING_TRANSACTION AS partial FROM performance_schema.replication_connection_status';

export const HALF_TRANSACTION: readonly Script[] = [
  {
    name: 'STOP waits for the rest of a transaction, until somebody kills the applier',
    family: 'mysql',
    steps: [
      ask('primary/app', 'CREATE TABLE demo.large (id INT PRIMARY KEY, pad VARCHAR(2000) NOT NULL)'),
      untilHistory('replica', '{gtid:primary:1-2}'),
      { kind: 'die-in-a-transaction' },
      untilStatus('replica', 'Last_IO_Errno', '2003'),
      ask('replica', PARTIAL),
      status('replica', ...THREADS),
      send('replica', 'STOP REPLICA'),
      waits('replica'),
      ...endApplierSql().map((sql) => ask('replica/root', sql)),
      answer('replica'),
      status('replica', ...THREADS),
      history('replica'),
    ],
  },
];
