/** O1 to O18: threads, delay, skipping, sources forgotten and found again, accounts. */
import { NO_EVIDENCE } from '../../src/model/blank-instance.ts';
import { restartStatements } from '../../src/planning/operations/restart-statements.ts';
import type { OperationEntry } from './entry.ts';
import {
  at,
  BINLOG_SERVER,
  CLASSIC,
  MARIADB,
  replica,
  STOPPED,
  USUAL,
  uuidOf,
  type World,
  withServer,
} from './sample-world.ts';

const DB1 = at('db1');
const DB3 = at('db3');

const SEVERAL = withServer(
  USUAL,
  replica('db3', 'db1', {
    otherChannels: [
      {
        name: 'billing',
        sourceKey: at('db9'),
        receiverState: 'running',
        applierState: 'running',
        usingGtid: true,
        receivedGtid: '',
      },
    ],
  }),
);

const STANDING = withServer(USUAL, replica('db3', 'db1', STOPPED));

/** It has received up to 905, and has stopped at 901. */
const BROKEN = withServer(
  USUAL,
  replica('db3', 'db1', {
    applierRunning: false,
    applierState: 'stopped',
    lastSqlError: "Could not execute Write_rows event on table shop.orders; Duplicate entry '17' for key 'PRIMARY'",
    evidence: { ...NO_EVIDENCE, lastSqlErrorNumber: 1062, receivedGtid: `${uuidOf('db1')}:1-905` },
  }),
);

const BROKEN_MARIADB = withServer(
  USUAL,
  replica('db3', 'db1', {
    ...MARIADB,
    applierRunning: false,
    applierState: 'stopped',
    lastSqlError: "Duplicate entry '17' for key 'PRIMARY'",
  }),
);

/** Its source is gone, and so is what it has received and not applied, if somebody drops it. */
const UNAPPLIED: World = {
  ...withServer(
    USUAL,
    replica('db3', 'db1', { ...STOPPED, evidence: { ...NO_EVIDENCE, receivedGtid: `${uuidOf('db1')}:1-905` } }),
  ),
  silent: ['db1'],
};

const DETACHED = withServer(USUAL, replica('db3', 'db1', { sourceKey: at('//db1'), receiverState: 'other' }));

const OF_THE_LOG_BEFORE = { file: 'binlog.000006', pos: 8_800, type: 'binary' } as const;

const BEHIND_A_LOG = withServer(
  CLASSIC,
  replica('db3', 'db1', {
    ...BINLOG_SERVER,
    selfCoordinates: OF_THE_LOG_BEFORE,
    readCoordinates: OF_THE_LOG_BEFORE,
    execCoordinates: OF_THE_LOG_BEFORE,
  }),
);

const ACCOUNT = { user: 'repl', password: 'secret' };

export const THREADS: readonly OperationEntry[] = [
  {
    number: 1,
    title: 'Stop replication',
    text: [
      'Stops both threads, of a server with several sources those of every channel, and waits until they are seen to stand. The server must be a replica.',
    ],
    client: ['stop-replica'],
    examples: [{ request: { kind: 'stop-replication', key: DB3 }, world: USUAL }],
    refusals: [[{ kind: 'stop-replication', key: DB1 }, USUAL]],
  },
  {
    number: 2,
    title: 'Stop replication nicely',
    text: [
      'Stops the receiver, lets the applier apply all that was received, then stops it. How long it may take is `timeoutSeconds`, at most a day; without it, with 0, and by API v1 it is a day. Where that is not enough, both threads are as they were found: nothing stays half stopped. A delayed replica is stopped where it is: nobody waits for its delay.',
      'Must have threads, and one source: whether all is applied shows of one channel alone.',
    ],
    client: ['stop-replica-nice'],
    examples: [{ request: { kind: 'stop-replication-nicely', key: DB3, timeoutSeconds: 60 }, world: USUAL }],
    refusals: [
      [{ kind: 'stop-replication-nicely', key: DB3, timeoutSeconds: 60 }, SEVERAL],
      [{ kind: 'stop-replication-nicely', key: DB3, timeoutSeconds: -1 }, USUAL],
    ],
  },
  {
    number: 3,
    title: 'Start replication',
    text: [
      "Puts semi-sync of the server as it should be before it counts as an acknowledging replica (with a priority: the source side off, the replica side on unless its promotion rule is `must_not`; with `EnforceExactSemiSyncReplicas` or `RecoverLockedSemiSyncMaster` as the wait count of its source says), then starts both threads. It is done once both run; if one does not within some seconds, the answer is the contract's `Replication not running`, and the threads go on trying.",
      'MariaDB by GTID drops its relay log when it starts from standing still: this is refused where its source cannot send again what was in it.',
    ],
    client: ['start-replica'],
    examples: [{ request: { kind: 'start-replication', key: DB3 }, world: STANDING }],
    refusals: [[{ kind: 'start-replication', key: DB1 }, USUAL]],
  },
  {
    number: 4,
    title: 'Restart replication',
    text: ['Stops, then starts (O1, O3). What stopped and cannot be started is left as it was found.'],
    client: ['restart-replica'],
    examples: [{ request: { kind: 'restart-replication', key: DB3 }, world: USUAL }],
    refusals: [[{ kind: 'restart-replication', key: DB3 }, SEVERAL]],
  },
  {
    number: 5,
    title: 'Quick restart of the receiver',
    text: [
      'Nobody asks for it: it is done by itself when a primary is not reached and its replicas may hold on to dead connections. The receiver of each replica is stopped and started, so that it connects anew or says that it cannot. At most every 30 seconds; not while recoveries are disabled; not on MariaDB, which could drop its relay log.',
    ],
    audits: ['emergently-restart-replication-topology-instance'],
  },
  {
    number: 6,
    title: 'Start until a place',
    text: [
      'A step of plans by file and position, never asked for alone: a server that stands still applies exactly as much as another one has. Bounded in time, unlike the original, and the server is put back where it is not reached. See the step `START REPLICA UNTIL` of O23.',
    ],
  },
  {
    number: 7,
    title: 'Wait for a place',
    text: [
      '`master-pos-wait` waits until a replica has applied up to `--binlog FILE:POS`, and prints it. It looks at the server again and again instead of holding a connection that waits in the server; it ends when the applier stops, and after a day at the latest. Plans wait in the same way for what was received to be applied, each with the time that its step tells.',
    ],
    printed: [
      { command: 'orchestrator -c master-pos-wait -i db3:3306 --binlog binlog.000007:4200', prints: ['db3:3306'] },
    ],
    codes: {
      'applier-stopped': 'db3:3306 stands at binlog.000007:4000, and its applier does not run',
      timeout: 'db3:3306 stands at binlog.000007:4000 after 86400 seconds, and not at binlog.000007:4200',
    },
  },
  {
    number: 8,
    title: 'Stop or start many at once',
    text: [
      'A part of other plans: each server stops and starts within its own lane, `MaxConcurrentReplicaOperations` of them beside each other (see "Many servers"). To stop every delayed replica of a cluster at once, see "Panic stop" at the end.',
    ],
  },
  {
    number: 9,
    title: 'Statements around a change',
    text: [
      'Prints the statements that stop what runs, the one that is given (`--statement`, by API v1 `?q=`), and those that start again what ran. Nothing is sent: a person or a program sends them.',
    ],
    client: ['restart-replica-statements'],
    printed: [
      {
        command: `orchestrator -c restart-replica-statements -i db3:3306 --statement "SET GLOBAL replica_parallel_workers = 4"`,
        prints: restartStatements(replica('db3', 'db1'), 'SET GLOBAL replica_parallel_workers = 4'),
      },
    ],
  },
  {
    number: 10,
    title: 'Delay replication',
    text: [
      'Sets for how many seconds the applier stays behind on purpose; 0 ends it. Only the applier stops for it, and starts again if it ran. At most 2147483647 seconds; MySQL from 5.6, MariaDB from 10.2.3.',
    ],
    client: ['delay-replication'],
    examples: [{ request: { kind: 'delay-replication', key: DB3, delaySeconds: 3600 }, world: USUAL }],
    refusals: [[{ kind: 'delay-replication', key: DB3, delaySeconds: -1 }, USUAL]],
  },
  {
    number: 11,
    title: 'Skip the query on which replication stopped',
    text: [
      'By GTID an empty transaction takes the place of the one at which the applier stands: the one that the server names, else the only one that can be the next. Where more than one can be, it is refused, since an empty transaction under a wrong GTID would keep a transaction away for ever. By file and position one event is passed over. Then replication starts.',
      'The server must be a replica with one source, its applier stopped by an error. MariaDB by GTID cannot skip: switch GTID off, skip, switch it on.',
    ],
    client: ['skip-query'],
    examples: [{ request: { kind: 'skip-query', key: DB3 }, world: BROKEN }],
    refusals: [
      [{ kind: 'skip-query', key: DB3 }, USUAL],
      [{ kind: 'skip-query', key: DB3 }, withServer(USUAL, replica('db3', 'db1', STOPPED))],
      [{ kind: 'skip-query', key: DB3 }, BROKEN_MARIADB],
      [
        { kind: 'skip-query', key: DB3 },
        withServer(USUAL, replica('db3', 'db1', { ...STOPPED, lastSqlError: 'Duplicate entry' })),
      ],
    ],
  },
  {
    number: 12,
    title: 'Reset replication',
    text: [
      'The server forgets its source, account and place, and is the top of a cluster of its own. What it has received is applied before, or its source still has it; else this is refused. There is no way back but to tell it a source again.',
    ],
    client: ['reset-replica'],
    examples: [{ request: { kind: 'reset-replication', key: DB3 }, world: USUAL }],
    refusals: [[{ kind: 'reset-replication', key: DB3 }, UNAPPLIED]],
  },
  {
    number: 13,
    title: 'Detach from the source',
    text: [
      'Puts `//` in front of the name of its source: an address that nobody can reach, and that tells where to go back to. Replication does not connect until it is attached again; place and account stay. In the audit it is a `repoint`, as in the contract.',
    ],
    client: ['detach-replica', 'detach-replica-master-host'],
    examples: [{ request: { kind: 'detach-source', key: DB3 }, world: CLASSIC }],
    refusals: [[{ kind: 'detach-source', key: DB3 }, DETACHED]],
  },
  {
    number: 14,
    title: 'Attach again',
    text: [
      'Takes the `//` away, and starts replication. A source that is not there yet leaves the server attached and trying. The alias of a cluster that bore the name of the server, from a time when it was a primary, becomes that of the cluster of its source.',
    ],
    client: ['reattach-replica', 'reattach-replica-master-host'],
    examples: [{ request: { kind: 'reattach-source', key: DB3 }, world: DETACHED }],
    refusals: [[{ kind: 'reattach-source', key: DB3 }, USUAL]],
  },
  {
    number: 15,
    title: 'Skip to the next binary log',
    text: [
      'A binlog server goes on at the beginning of the next binary log of its source, which a person has brought to where the former source ended. Refused while the source still writes the log that the binlog server has: everything to come in it would be passed over. In the contract it is a step of the recovery of a dead primary below which there are binlog servers; that recovery leaves binlog servers where they are in this version.',
    ],
    examples: [{ request: { kind: 'skip-to-next-log', key: DB3 }, world: BEHIND_A_LOG }],
    refusals: [
      [{ kind: 'skip-to-next-log', key: DB3 }, CLASSIC],
      [{ kind: 'skip-to-next-log', key: DB3 }, withServer(CLASSIC, replica('db3', 'db1', BINLOG_SERVER))],
    ],
  },
  {
    number: 16,
    title: 'Change the account of a replica',
    text: [
      'Tells the replica the account to log in with at its source: that of `ReplicationCredentialsQuery`, else the one that the server shows. TLS options stay as they are, but for files that come with the account. Passwords are never shown. Its threads must stand still.',
    ],
    client: ['change-master-credentials'],
    examples: [{ request: { kind: 'change-credentials', key: DB3 }, world: { ...STANDING, credentials: ACCOUNT } }],
    refusals: [
      [{ kind: 'change-credentials', key: DB3 }, STANDING],
      [
        { kind: 'change-credentials', key: DB3 },
        { ...USUAL, credentials: ACCOUNT },
      ],
    ],
  },
  {
    number: 17,
    title: 'Read the account of a replica',
    text: [
      'A part of O16 and O27: `ReplicationCredentialsQuery` is asked on the server; without it, or if that names no user, `mysql.slave_master_info` (MySQL only: MariaDB shows it to nobody).',
    ],
  },
  {
    number: 18,
    title: 'Ask the source for its public key',
    text: [
      'A step of O27: without TLS, an account with `caching_sha2_password` cannot log in unless the replica asks for the key (`GET_SOURCE_PUBLIC_KEY = 1`). MariaDB has none of it, and is told nothing.',
    ],
  },
  {
    number: 19,
    title: 'Change the source',
    text: [
      'The core of every move, never asked for alone. The statement states again what naming a host makes the server forget, and what the contract wants to be seen in it: the heartbeat period, TLS, the public key, the channel; with an account also how often and how long to try. All else the server keeps by itself. A step with it is only taken while a witness holds that nothing received and unapplied is dropped: all is applied, or the new source has it.',
    ],
  },
];
