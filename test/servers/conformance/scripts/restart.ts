/** What survives the end of a process, and what its end does to others. */
import {
  ask,
  crash,
  hasReadAll,
  history,
  RECEIVED,
  replicates,
  type Script,
  shutDown,
  start,
  status,
  THREADS,
  untilHistory,
  untilStatus,
} from '../support/script.ts';

const insert = (n: number) => ask('primary/app', `INSERT INTO demo.numbers VALUES (${n})`);
const READ_ONLY_NOW = {
  mysql: 'SELECT @@global.read_only, @@global.super_read_only',
  mariadb: 'SELECT @@global.read_only',
};
const SOURCE = [
  'Source_Host',
  'Source_Port',
  'Source_User',
  'Auto_Position',
  'Using_Gtid',
  'SQL_Delay',
  'Source_UUID',
  'Source_Server_Id',
] as const;

const ends = [
  { how: 'killed', end: crash },
  { how: 'shut down', end: shutDown },
] as const;

export const RESTART: readonly Script[] = [
  ...ends.flatMap(({ how, end }): readonly Script[] => [
    {
      name: `a replica that is ${how} replicates on when it comes back`,
      steps: [
        insert(1),
        untilHistory('replica', '{gtid:primary:1-2}'),
        ask('replica', 'STOP {replica}'),
        ask('replica', 'SET GLOBAL read_only = 0'),
        end('replica'),
        insert(2),
        start('replica'),
        ...replicates('replica', '{gtid:primary:1-3}'),
        ask('replica', READ_ONLY_NOW),
        status('replica', ...THREADS, ...SOURCE, ...RECEIVED),
        ask('replica/app', 'SELECT n FROM demo.numbers'),
      ],
    },
    {
      name: `a primary that is ${how}, as its replica sees it`,
      steps: [
        insert(1),
        untilHistory('replica', '{gtid:primary:1-2}'),
        ask('primary', 'SET GLOBAL read_only = 1'),
        end('primary'),
        untilStatus('replica', 'Last_IO_Errno', '2003'),
        untilStatus('replica', 'Seconds_Behind_Source', ''),
        status('replica', ...THREADS, ...SOURCE, 'Seconds_Behind_Source'),
        ask('primary', 'SELECT 1'),
        start('primary'),
        ask('primary', READ_ONLY_NOW),
        history('primary'),
        ...replicates('replica'),
        status('replica', ...THREADS, ...SOURCE),
        insert(2),
        untilHistory('replica', '{gtid:primary:1-3}'),
      ],
    },
  ]),
  {
    name: 'a relay log that is not applied, over a restart, with its source dead',
    steps: [
      ask('replica', 'STOP {replica} SQL_THREAD'),
      insert(1),
      untilStatus('replica', 'Retrieved_Gtid_Set', { mysql: '{gtid:primary:1-2}', mariadb: null }),
      untilStatus('replica', 'Gtid_IO_Pos', { mysql: null, mariadb: '{gtid:primary:2}' }),
      crash('primary'),
      crash('replica'),
      start('replica'),
      untilStatus('replica', 'Replica_SQL_Running', 'Yes'),
      untilStatus('replica', 'Last_IO_Errno', '2003'),
      untilHistory('replica', { mysql: '{gtid:primary:1-2}', mariadb: '{gtid:primary:1}' }),
      hasReadAll('replica'),
      status('replica', ...THREADS, ...RECEIVED, ...SOURCE),
      ask('replica/app', 'SELECT n FROM demo.numbers'),
    ],
  },
  {
    name: 'a server that was told to forget its source, over a restart',
    steps: [
      ask('replica', 'STOP {replica}'),
      ask('replica', 'RESET {replica} ALL'),
      crash('replica'),
      start('replica'),
      ask('replica', 'SHOW {replica} STATUS'),
      ask('replica', READ_ONLY_NOW),
    ],
  },
];
