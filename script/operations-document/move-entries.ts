/** O20 to O32: moves by place and by GTID. */
import type { OperationEntry } from './entry.ts';
import {
  at,
  BINLOG_SERVER,
  BY_POSITION,
  CHAIN,
  CLASSIC,
  GTID_CHAIN,
  primary,
  replica,
  USUAL,
  uuidOf,
  type World,
  withServer,
} from './sample-world.ts';

const [DB1, DB2, DB3] = [at('db1'), at('db2'), at('db3')];

/** Three of one source: by GTID, by file and position, and one that cannot be moved. */
const THREE: World = { servers: [...USUAL.servers, replica('db4', 'db1')] };

const WITH_BINLOG_SERVER: World = {
  servers: [...CLASSIC.servers.slice(0, 2), replica('db5', 'db1', { ...BINLOG_SERVER, execCoordinates: before() })],
};

function before() {
  return { file: 'binlog.000007', pos: 100, type: 'binary' } as const;
}

const KNOWN_PLACE: World = {
  ...CLASSIC,
  equivalences: [{ source: DB2, coordinates: { file: 'binlog.000012', pos: 900, type: 'binary' } }],
};

const CREDENTIALS = { user: 'repl', password: 'secret' };

const CO_PRIMARIES: World = {
  servers: [
    primary('db1', {
      sourceKey: DB2,
      receiverState: 'running',
      applierState: 'running',
      receiverRunning: true,
      applierRunning: true,
      usingOracleGtid: true,
      secondsBehindSource: 0,
      replicationLagSeconds: 0,
      readCoordinates: before(),
      execCoordinates: before(),
    }),
    replica('db2', 'db1'),
    replica('db3', 'db1'),
  ],
};

const writableReplica = withServer(USUAL, replica('db3', 'db1', { readOnly: false }));

const DELAYED = withServer(
  CLASSIC,
  replica('db2', 'db1', {
    ...BY_POSITION,
    sqlDelaySeconds: 600,
    secondsBehindSource: 600,
    replicationLagSeconds: 600,
  }),
);

const COUSINS: World = { servers: [...CHAIN.servers, replica('db4', 'db1', BY_POSITION)] };

/** db1 does not have any more what db3 lacks. */
const PURGED = withServer(
  USUAL,
  primary('db2', {
    sourceKey: DB1,
    gtidPurged: `${uuidOf('db1')}:1-950`,
    executedGtidSet: `${uuidOf('db1')}:1-990`,
    receiverState: 'running',
    applierState: 'running',
    usingOracleGtid: true,
    readCoordinates: before(),
    execCoordinates: before(),
  }),
);

export const MOVES: readonly OperationEntry[] = [
  {
    number: 20,
    title: 'Repoint',
    text: [
      'Another source at the same place: by GTID where both use it, else at the same coordinates. By file and position nobody but you knows that the two binary logs are the same: a replacement of the source from its disk, or a binlog server of the same family. Without a destination (command) the connection to the present source is made anew. A destination that nobody knows may only be the present source; one that does not answer is judged by what was last seen of it.',
      'The server must be a replica, and able to replicate from the destination; a binlog server must be at least as far.',
    ],
    client: ['repoint'],
    examples: [{ request: { kind: 'repoint', key: DB3, below: DB2 }, world: CLASSIC }],
    refusals: [
      [{ kind: 'repoint', key: DB1, below: DB2 }, USUAL],
      [
        { kind: 'repoint', key: DB2, below: at('db5') },
        withServer(WITH_BINLOG_SERVER, replica('db5', 'db1', { ...BINLOG_SERVER, selfCoordinates: before() })),
      ],
    ],
  },
  {
    number: 21,
    title: 'Repoint replicas',
    text: [
      'O20 for the replicas of a server, those whose `host:port` fits `pattern`; without a destination they stay where they are, and connect anew. Those that cannot are left out by name.',
    ],
    client: ['repoint-replicas'],
    examples: [{ request: { kind: 'repoint-replicas', key: DB1, below: null, pattern: 'db3' }, world: USUAL }],
  },
  {
    number: 22,
    title: 'Move by equivalent coordinates',
    text: [
      'Goes to a place that is known from a former move by place to equal where the server stands. It must still stand there when its source is changed; else nothing is. `master-equivalent` lists the places that are known to equal one. Only moves by place are remembered: after a move by GTID two coordinates say nothing about each other.',
    ],
    client: ['move-equivalent'],
    examples: [{ request: { kind: 'move-equivalent', key: DB3, below: DB2 }, world: KNOWN_PLACE }],
    refusals: [
      [{ kind: 'move-equivalent', key: DB3, below: DB2 }, CLASSIC],
      [{ kind: 'move-equivalent', key: DB3, below: DB3 }, KNOWN_PLACE],
    ],
  },
  {
    number: 23,
    title: 'Move up',
    text: [
      'The server becomes a sibling of its source. Where GTID is in use it stays in use (the original switches it off without a word); else its source stands still while the server applies all of its binary log, which ends at a place that the source knows in the terms of its own source. Below a binlog server it goes on at the same coordinates.',
      'The source must be a replica itself. By place both must replicate well (see "What every move asks"), and the source must not be a writable co-primary.',
    ],
    client: ['move-up'],
    examples: [{ request: { kind: 'move-up', key: DB3 }, world: CHAIN }],
    refusals: [
      [{ kind: 'move-up', key: DB3 }, CLASSIC],
      [{ kind: 'move-up', key: DB3 }, { servers: [replica('db3', 'db9', BY_POSITION)] }],
    ],
  },
  {
    number: 24,
    title: 'Move up replicas',
    text: [
      'O23 for the replicas of a server, which stands still once for all of them. Each must be able to replicate from the new source too. Those that cannot are left out by name.',
    ],
    client: ['move-up-replicas'],
    examples: [{ request: { kind: 'move-up-replicas', key: DB2, pattern: '' }, world: GTID_CHAIN }],
    refusals: [
      [
        { kind: 'move-up-replicas', key: DB2, pattern: '' },
        withServer(CHAIN, replica('db3', 'db2', { ...BY_POSITION, receiverState: 'stopped' })),
      ],
    ],
  },
  {
    number: 25,
    title: 'Move below a sibling',
    text: [
      'By GTID where both use it; else both are brought to stand at the same place, and the one goes on where the binary log of the other ends. Below a binlog server it goes on at the same coordinates.',
      'They must be siblings. By place both must replicate well, and neither may be delayed.',
    ],
    client: ['move-below'],
    examples: [{ request: { kind: 'move-below', key: DB3, below: DB2 }, world: CLASSIC }],
    refusals: [
      [{ kind: 'move-below', key: DB3, below: at('db4') }, COUSINS],
      [{ kind: 'move-below', key: DB3, below: DB2 }, DELAYED],
    ],
  },
  {
    number: 26,
    title: 'Take the source',
    text: [
      'The server changes places with its source, which must be a replica itself: an intermediate primary. What replicates from either stays where it is. Afterwards `PostTakeMasterProcesses` are run. To change places with the primary of a cluster, use a takeover (`graceful-master-takeover`).',
    ],
    client: ['take-master'],
    examples: [{ request: { kind: 'take-master', key: DB3 }, world: GTID_CHAIN }],
    refusals: [
      [{ kind: 'take-master', key: DB3 }, USUAL],
      [{ kind: 'take-master', key: DB3 }, CO_PRIMARIES],
    ],
  },
  {
    number: 27,
    title: 'Make a co-primary',
    text: [
      'The primary replicates from this replica of it: a pair. The replica stays read-only. A primary that never replicated gets the account of `ReplicationCredentialsQuery`, else that of the replica, and the TLS options of the replica.',
      'The replica must replicate well and be read-only. A partner that the primary has already must not be alive and writable.',
    ],
    client: ['make-co-master'],
    examples: [
      {
        request: { kind: 'make-co-master', key: DB2 },
        world: { servers: USUAL.servers.slice(0, 2), credentials: CREDENTIALS },
      },
    ],
    refusals: [
      [{ kind: 'make-co-master', key: DB2 }, CO_PRIMARIES],
      [{ kind: 'make-co-master', key: DB3 }, writableReplica],
      [
        { kind: 'make-co-master', key: DB3 },
        { ...GTID_CHAIN, credentials: CREDENTIALS },
      ],
      [
        { kind: 'make-co-master', key: DB3 },
        { ...withServer(CO_PRIMARIES, replica('db2', 'db1', { readOnly: false })), credentials: CREDENTIALS },
      ],
      [{ kind: 'make-co-master', key: DB3 }, USUAL],
    ],
  },
  {
    number: 28,
    title: 'Take the siblings',
    text: ['All replicas of the source of this server go below it, each by whichever method fits (O59).'],
    client: ['take-siblings'],
    examples: [{ request: { kind: 'take-siblings', key: DB2 }, world: USUAL }],
    refusals: [[{ kind: 'take-siblings', key: DB1 }, USUAL]],
  },
  {
    number: 29,
    title: 'Move below by GTID',
    text: [
      'By GTID and by nothing else. How far the server is behind does not matter, nor whether it runs: its new source must have all that it has received before the old one is left, and must not have purged what it lacks.',
    ],
    client: ['move-gtid'],
    examples: [{ request: { kind: 'move-below-gtid', key: DB3, below: DB2 }, world: USUAL }],
    refusals: [
      [{ kind: 'move-below-gtid', key: DB3, below: DB2 }, CLASSIC],
      [{ kind: 'move-below-gtid', key: DB3, below: DB2 }, PURGED],
    ],
  },
  {
    number: 30,
    title: 'Move replicas by GTID',
    text: [
      'O29 for the replicas of a server and of the binlog servers below it, those whose `host:port` fits `pattern`. Partial success counts as an error by the contract; the answer names who was moved and who was not, and why.',
    ],
    client: ['move-replicas-gtid'],
    examples: [
      {
        request: { kind: 'move-replicas-gtid', key: DB1, below: DB2, pattern: '' },
        world: withServer(THREE, replica('db4', 'db1', BY_POSITION)),
      },
    ],
    refusals: [[{ kind: 'move-replicas-gtid', key: DB1, below: DB2, pattern: '' }, CLASSIC]],
  },
  {
    number: 31,
    title: 'Enable GTID',
    text: [
      'The same source, found by GTID from now on. The source must use GTID of the same family, and must not have purged what the server lacks.',
    ],
    examples: [
      {
        request: { kind: 'enable-gtid', key: DB3 },
        world: withServer(USUAL, replica('db3', 'db1', { usingOracleGtid: false })),
      },
    ],
    refusals: [
      [{ kind: 'enable-gtid', key: DB3 }, USUAL],
      [{ kind: 'enable-gtid', key: DB3 }, CLASSIC],
    ],
  },
  {
    number: 32,
    title: 'Disable GTID',
    text: ['The same source, found by file and position from now on: at the place where the server stands.'],
    examples: [{ request: { kind: 'disable-gtid', key: DB3 }, world: USUAL }],
    refusals: [[{ kind: 'disable-gtid', key: DB3 }, CLASSIC]],
  },
];
