/** Who may write where, and what the others are told. */
import { ask, type Script } from '../support/script.ts';

const INSERT = 'INSERT INTO demo.numbers VALUES (1)';
const READ_ONLY_NOW = {
  mysql: 'SELECT @@global.read_only, @@global.super_read_only',
  mariadb: 'SELECT @@global.read_only',
};

export const READ_ONLY: readonly Script[] = [
  {
    name: 'writes on a replica',
    steps: [
      ask('replica', READ_ONLY_NOW),
      ask('replica/app', INSERT),
      ask('replica/app', 'INSERT INTO demo.nowhere VALUES (1)'),
      ask('replica/app', 'DELETE FROM demo.numbers'),
      ask('replica/app', 'UPDATE demo.numbers SET n = 2'),
      ask('replica/app', 'REPLACE INTO demo.numbers VALUES (1)'),
      ask('replica/app', 'CREATE TABLE demo.other (n INT PRIMARY KEY)'),
      ask('replica/app', 'DROP TABLE demo.numbers'),
      ask('replica/app', 'TRUNCATE demo.numbers'),
      ask('replica/app', 'LOCK TABLES demo.numbers WRITE'),
      ask('replica/app', 'LOCK TABLES demo.numbers READ'),
      ask('replica/app', 'UNLOCK TABLES'),
    ],
  },
  {
    name: 'writes of root at each level',
    replicas: 0,
    steps: [
      ask('primary/root', { mysql: 'SET GLOBAL super_read_only = 1', mariadb: 'SET GLOBAL read_only = 1' }),
      ask('primary', READ_ONLY_NOW),
      ask('primary/root', INSERT),
      ask('primary/app', INSERT),
      ask('primary/root', { mysql: 'SET GLOBAL super_read_only = 0', mariadb: null }),
      ask('primary', READ_ONLY_NOW),
      ask('primary/root', 'INSERT INTO demo.numbers VALUES (2)'),
      ask('primary/app', 'INSERT INTO demo.numbers VALUES (3)'),
      ask('primary/root', 'SET GLOBAL read_only = 0'),
      ask('primary', READ_ONLY_NOW),
      ask('primary/app', 'INSERT INTO demo.numbers VALUES (3)'),
      ask('primary/app', 'SELECT n FROM demo.numbers ORDER BY n'),
    ],
  },
  {
    name: 'read_only and super_read_only move each other',
    family: 'mysql',
    replicas: 0,
    steps: [
      ask('primary', 'SET GLOBAL super_read_only = 1'),
      ask('primary', READ_ONLY_NOW),
      ask('primary', 'SET GLOBAL read_only = 1'),
      ask('primary', READ_ONLY_NOW),
      ask('primary', 'SET GLOBAL read_only = 0'),
      ask('primary', READ_ONLY_NOW),
      ask('primary', 'SET GLOBAL read_only = ON'),
      ask('primary', READ_ONLY_NOW),
      ask('primary', 'SET GLOBAL super_read_only = 0, GLOBAL read_only = 0'),
      ask('primary', READ_ONLY_NOW),
      ask('primary/app', INSERT),
    ],
  },
  {
    name: 'setting global variables by accounts that may not, and to what they do not take',
    replicas: 0,
    steps: [
      ask('primary/app', 'SET GLOBAL read_only = 1'),
      ask('primary/app', { mysql: 'SET GLOBAL super_read_only = 1', mariadb: null }),
      ask('primary/app', 'SET SESSION sql_log_bin = 0'),
      ask('primary', 'SET read_only = 1'),
      ask('primary', 'SET GLOBAL read_only = 7'),
      ask('primary', "SET GLOBAL read_only = 'maybe'"),
      ask('primary', 'SET GLOBAL nothing_of_the_kind = 1'),
      ask('primary', 'SET GLOBAL port = 1'),
      ask('primary', 'SELECT @@global.nothing_of_the_kind'),
    ],
  },
];
