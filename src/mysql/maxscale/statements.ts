/**
 * MaxScale's binlog router: every statement we may send, with why. It answers a small fixed set of statements, one a packet (MaxScale
 * documentation, "Binlogrouter" and "MaxScale as a Binlog Server"; spec/discovery.md 9.2 steps 2 and 3a). Accounts are those of its source,
 * and it checks no privileges of its own.
 */
import type { ServerVersion } from '../../model/server-version.ts';
import type { Capabilities, ProbeSection, StatementFact } from '../dialect.ts';

/** The question by which a binlog server is known; any other server has no such variable. */
export const CHECK_SQL = "SHOW VARIABLES LIKE 'maxscale%'";

/** The variable that only a MaxScale has, lower case. */
export const VERSION_VARIABLE = 'maxscale_version';

const VERSION_SQL = 'SELECT VERSION()';
const SERVER_ID_SQL = 'SELECT @@global.server_id';
const SERVER_UUID_SQL = 'SELECT @@global.server_uuid';
const OLD_SERVER_ID_SQL = 'SELECT @@server_id';
const HOSTNAME_SQL = 'SELECT @@hostname';
const REPLICATION_SQL = 'SHOW SLAVE STATUS';
const BINLOG_SQL = 'SHOW MASTER STATUS';
const REGISTERED_SQL = 'SHOW SLAVE HOSTS';

/** 1.1.0 is odd: no UUID, `server_id` without `global` only, and a source host in its status that is garbage. */
export const isOddVersion = ({ major, minor, patch }: ServerVersion): boolean =>
  major === 1 && minor === 1 && patch === 0;

/** Each a packet of its own. A version that refuses one of the dispensable ones does without on that connection. */
export function probeSections(capabilities: Capabilities, version: ServerVersion): readonly ProbeSection[] {
  const identity: readonly ProbeSection[] = isOddVersion(version)
    ? [
        { name: 'server-id', sql: OLD_SERVER_ID_SQL, essential: false },
        { name: 'hostname', sql: HOSTNAME_SQL, essential: true },
      ]
    : [
        { name: 'server-id', sql: SERVER_ID_SQL, essential: false },
        { name: 'server-uuid', sql: SERVER_UUID_SQL, essential: false },
      ];
  return [
    // Known by the text of its version alone, when nobody checked for the variable.
    { name: 'version', sql: capabilities.has(VERSION_VARIABLE) ? CHECK_SQL : VERSION_SQL, essential: true },
    ...identity,
    { name: 'replication', sql: REPLICATION_SQL, essential: true, needsRow: true },
    { name: 'binlog', sql: BINLOG_SQL, essential: false },
    { name: 'registered', sql: REGISTERED_SQL, essential: false },
  ];
}

export const STATEMENTS: readonly StatementFact[] = [
  {
    name: 'maxscale',
    sql: CHECK_SQL,
    purpose:
      'whether it is a binlog server, and its version; asked of every server once a connection unless SkipMaxScaleCheck',
    privileges: [],
    changes: false,
  },
  {
    name: 'version',
    sql: VERSION_SQL,
    purpose: 'its version, where SkipMaxScaleCheck is on and the version itself says maxscale',
    privileges: [],
    changes: false,
  },
  { name: 'server-id', sql: SERVER_ID_SQL, purpose: 'who it is', privileges: [], changes: false },
  { name: 'server-uuid', sql: SERVER_UUID_SQL, purpose: 'who it is', privileges: [], changes: false },
  {
    name: 'old-server-id',
    sql: OLD_SERVER_ID_SQL,
    purpose: 'who it is, in version 1.1.0',
    privileges: [],
    changes: false,
  },
  {
    name: 'hostname',
    sql: HOSTNAME_SQL,
    purpose: 'the host of its source, which the status of version 1.1.0 garbles',
    privileges: [],
    changes: false,
  },
  { name: 'replication', sql: REPLICATION_SQL, purpose: 'its source and its receiver', privileges: [], changes: false },
  {
    name: 'binlog',
    sql: BINLOG_SQL,
    purpose: 'how far its copy of the binary log goes',
    privileges: [],
    changes: false,
  },
  { name: 'registered', sql: REGISTERED_SQL, purpose: 'its replicas', privileges: [], changes: false },
  { name: 'stop-replication', sql: 'STOP SLAVE', purpose: 'stop receiving', privileges: [], changes: true },
  { name: 'start-replication', sql: 'START SLAVE', purpose: 'receive again', privileges: [], changes: true },
  {
    name: 'follow',
    sql: 'CHANGE MASTER TO MASTER_HOST = …, MASTER_PORT = …, MASTER_LOG_FILE = …, MASTER_LOG_POS = …',
    purpose: 'receive from another server, whose binary log is the same',
    privileges: [],
    changes: true,
    forOperations: true,
  },
];
