/** Waiting for locks of others, and being killed meanwhile. */
import { CLAIM_SQL, HOLDER_STATEMENT, RELEASE_SQL } from '../../../../src/mysql/server-claim.ts';
import {
  answer,
  ask,
  history,
  leave,
  type Script,
  type SessionName,
  type Step,
  send,
  status,
  THREADS,
  until,
  untilHistory,
  untilStatus,
  waits,
} from '../support/script.ts';

const LOCK = ask('primary/app', 'LOCK TABLES demo.numbers WRITE');
const UNLOCK = ask('primary/app', 'UNLOCK TABLES');
const SET_READ_ONLY = { mysql: 'SET GLOBAL super_read_only = 1', mariadb: 'SET GLOBAL read_only = 1' };
const sendReadOnly = send('primary', SET_READ_ONLY);
const READ_ONLY_NOW = 'SELECT @@global.read_only AS value';
const isReadOnly = ask('primary/root', READ_ONLY_NOW);
const insert = (n: number) => `INSERT INTO demo.numbers VALUES (${n})`;

const sessionsOf = (session: SessionName) =>
  `SELECT COUNT(*) AS there FROM information_schema.processlist WHERE ID = {session:${session}}`;

const sessionsThere = 'SELECT COUNT(*) AS there FROM information_schema.processlist WHERE ID = {session:primary}';

const asks = (session: SessionName, sql: string): readonly Step[] =>
  sql
    .split('; ')
    .map((statement) => ask(session, statement, statement.includes('holder') ? ['got', 'read_only'] : undefined));

const idleSeconds = ask('primary', 'SELECT @@session.wait_timeout AS value');

export const LOCKS: readonly Script[] = [
  {
    name: 'a server is claimed by one session, as often as it asks, until it gives it back as often, or ends',
    replicas: 0,
    steps: [
      ...asks('primary', CLAIM_SQL),
      idleSeconds,
      ...asks('primary', CLAIM_SQL),
      ...asks('primary/root', CLAIM_SQL),
      ask('primary/root', HOLDER_STATEMENT.replace('…', '{session:primary}'), ['USER']),
      ...asks('primary', RELEASE_SQL),
      ...asks('primary/root', CLAIM_SQL),
      ...asks('primary/root', RELEASE_SQL),
      ...asks('primary', RELEASE_SQL),
      ...asks('primary', RELEASE_SQL),
      ...asks('primary/root', CLAIM_SQL),
      ...asks('primary', CLAIM_SQL),
      leave('primary/root'),
      until('primary', sessionsOf('primary/root'), 'there', '0'),
      ...asks('primary', CLAIM_SQL),
    ],
  },
  {
    name: 'read-only waits for locks to write, and gives up',
    replicas: 0,
    steps: [
      LOCK,
      ask('primary', 'SET SESSION lock_wait_timeout = 1'),
      ask('primary', SET_READ_ONLY),
      isReadOnly,
      ask('primary/app', insert(1)),
      UNLOCK,
      ask('primary', SET_READ_ONLY),
      isReadOnly,
    ],
  },
  {
    name: 'read-only waits for locks to write, and comes when they are freed',
    replicas: 0,
    steps: [
      LOCK,
      sendReadOnly,
      waits('primary'),
      isReadOnly,
      UNLOCK,
      answer('primary'),
      isReadOnly,
      ask('primary/app', insert(1)),
    ],
  },
  {
    name: 'read-only does not wait for locks to read',
    replicas: 0,
    steps: [
      ask('primary/app', 'LOCK TABLES demo.numbers READ'),
      ask('primary', SET_READ_ONLY),
      isReadOnly,
      ask('primary/app', insert(1)),
    ],
  },
  {
    name: 'read-only by a session that has locks of its own',
    replicas: 0,
    steps: [
      ask('primary/root', 'LOCK TABLES demo.numbers WRITE'),
      ask('primary/root', SET_READ_ONLY),
      ask('primary/root', 'UNLOCK TABLES'),
      ask('primary/root', SET_READ_ONLY),
      isReadOnly,
    ],
  },
  {
    name: 'a session is killed that waits to be read-only',
    replicas: 0,
    steps: [
      LOCK,
      sendReadOnly,
      waits('primary'),
      ask('primary/root', 'KILL {session:primary}'),
      // Its client may be told before it has ended.
      until('primary/root', sessionsThere, 'there', '0'),
      answer('primary'),
      UNLOCK,
      ask('primary/app', insert(1)),
      isReadOnly,
    ],
  },
  {
    name: 'a statement is killed that waits to be read-only',
    replicas: 0,
    steps: [
      LOCK,
      sendReadOnly,
      waits('primary'),
      ask('primary/root', 'KILL QUERY {session:primary}'),
      answer('primary'),
      ask('primary', 'SELECT 1'),
      UNLOCK,
      isReadOnly,
    ],
  },
  {
    name: 'a client goes away that waits to be read-only: it becomes so all the same',
    replicas: 0,
    steps: [
      LOCK,
      sendReadOnly,
      waits('primary'),
      leave('primary'),
      isReadOnly,
      UNLOCK,
      until('primary/root', READ_ONLY_NOW, 'value', '1'),
    ],
  },
  {
    name: 'writes that wait while somebody waits to be read-only',
    replicas: 0,
    steps: [
      ask('primary/app', 'CREATE TABLE demo.more (n INT PRIMARY KEY)'),
      LOCK,
      sendReadOnly,
      waits('primary'),
      send('primary/app/writer', 'INSERT INTO demo.more VALUES (1)'),
      waits('primary/app/writer'),
      UNLOCK,
      answer('primary'),
      answer('primary/app/writer'),
      isReadOnly,
    ],
  },
  {
    name: 'a write waits for a lock of another, and gives up',
    replicas: 0,
    steps: [
      LOCK,
      ask('primary/app/writer', 'SET SESSION lock_wait_timeout = 1'),
      ask('primary/app/writer', insert(1)),
      send('primary/app/writer', insert(2)),
      answer('primary/app/writer'),
      history('primary'),
    ],
  },
  {
    name: 'a write waits for a lock of another, and is killed',
    replicas: 0,
    steps: [
      LOCK,
      send('primary/app/writer', insert(1)),
      waits('primary/app/writer'),
      ask('primary', 'KILL {session:primary/app/writer}'),
      answer('primary/app/writer'),
      UNLOCK,
      history('primary'),
    ],
  },
  {
    name: 'what a session may do under locks of its own',
    replicas: 0,
    steps: [
      ask('primary/app', 'CREATE TABLE demo.more (n INT PRIMARY KEY)'),
      ask('primary/app', 'LOCK TABLES demo.numbers READ, demo.more WRITE'),
      ask('primary/app', insert(1)),
      ask('primary/app', 'INSERT INTO demo.more VALUES (1)'),
      ask('primary/app', 'SELECT n FROM demo.numbers'),
      ask('primary/app', 'LOCK TABLES demo.numbers WRITE'),
      ask('primary/app', 'INSERT INTO demo.more VALUES (2)'),
      ask('primary/app', 'SELECT n FROM demo.more'),
      UNLOCK,
      ask('primary/app', 'LOCK TABLES demo.nowhere WRITE'),
    ],
  },
  {
    name: 'who may be killed by whom',
    replicas: 0,
    steps: [
      ask('primary/app', 'SELECT 1'),
      ask('primary/root', 'SELECT 1'),
      ask('primary/app', 'KILL {session:primary/root}'),
      ask('primary', 'KILL 999999'),
      ask('primary/app/second', 'SELECT 1'),
      ask('primary/app', 'KILL {session:primary/app/second}'),
      ask('primary/app/second', 'SELECT 1'),
      ask('primary/app', 'KILL QUERY {session:primary/app}'),
      ask('primary/app', 'SELECT 1'),
      ask('primary/app', 'KILL {session:primary/app}'),
    ],
  },
  {
    name: 'locks of a session that was killed are freed',
    replicas: 0,
    steps: [
      LOCK,
      send('primary/app/writer', insert(1)),
      waits('primary/app/writer'),
      ask('primary', 'KILL {session:primary/app}'),
      answer('primary/app/writer'),
    ],
  },
  {
    name: 'an applier waits for a lock, and STOP waits for the applier',
    steps: [
      ask('replica/app', 'LOCK TABLES demo.numbers READ'),
      ask('primary/app', insert(1)),
      untilStatus('replica', 'Retrieved_Gtid_Set', { mysql: '{gtid:primary:1-2}', mariadb: null }),
      untilStatus('replica', 'Gtid_IO_Pos', { mysql: null, mariadb: '{gtid:primary:2}' }),
      // MySQL's coordinator says nothing of its workers, but by then they wait.
      untilStatus('replica', 'Seconds_Behind_Source', { mysql: '1', mariadb: null }),
      untilStatus('replica', 'Replica_SQL_Running_State', { mysql: null, mariadb: 'Waiting for table metadata lock' }),
      status('replica', ...THREADS),
      send('replica', 'STOP {replica}'),
      waits('replica'),
      ask('replica/root', 'SHOW {replica} STATUS', THREADS),
      ask('replica/app', 'UNLOCK TABLES'),
      answer('replica'),
      status('replica', ...THREADS),
      history('replica'),
      ask('replica', 'START {replica}'),
      untilHistory('replica', '{gtid:primary:1-2}'),
    ],
  },
];
