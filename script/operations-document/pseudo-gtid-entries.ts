/** O38 to O57: pseudo-GTID, what is found in logs, and gathering replicas. */

import { NO_EVIDENCE } from '../../src/model/blank-instance.ts';
import type { SearchRefusalCode } from '../../src/operations/log-search/search-refusal.ts';
import { candidateOf } from './answers.ts';
import type { OperationEntry } from './entry.ts';
import {
  at,
  BINLOG_SERVER,
  BY_POSITION,
  CHAIN,
  CLASSIC,
  primary,
  replica,
  USUAL,
  uuidOf,
  type World,
  withServer,
} from './sample-world.ts';

const [DB1, DB2, DB3] = [at('db1'), at('db2'), at('db3')];

const MARKED = { pseudoGtidIsConfigured: true } as const;
const marked = (world: World): World => ({ ...world, rules: MARKED });
const matching = { kind: 'match-below', key: DB3, below: DB2 } as const;

const place = (pos: number) => ({ file: 'binlog.000007', pos, type: 'binary' }) as const;
const standingAt = (pos: number) => ({ ...BY_POSITION, readCoordinates: place(pos), execCoordinates: place(pos) });

/** The primary is dead; db2 has got furthest. */
const BEHEADED: World = {
  ...marked(withServer(CLASSIC, replica('db3', 'db1', standingAt(3_900)))),
  silent: ['db1'],
};

const DEAD_BY_GTID: World = {
  servers: [
    primary('db1'),
    replica('db2', 'db1', { evidence: { ...NO_EVIDENCE, receivedGtid: `${uuidOf('db1')}:1-905` } }),
    replica('db3', 'db1'),
  ],
  silent: ['db1'],
};

const BINLOG_SERVERS: World = {
  servers: [
    primary('db1', BY_POSITION),
    replica('db5', 'db1', { ...BINLOG_SERVER, selfCoordinates: place(4_200) }),
    replica('db6', 'db1', { ...BINLOG_SERVER, execCoordinates: place(4_000), selfCoordinates: place(4_000) }),
  ],
  silent: ['db1'],
};

const ALL_UNFIT: World = {
  servers: USUAL.servers.map((server) => ({ ...server, logReplicaUpdatesEnabled: false })),
  silent: ['db1'],
};

const FURTHER = marked(withServer(CLASSIC, replica('db3', 'db1', standingAt(3_900))));

/** How a search in logs ends without finding. */
const SEARCHES: Readonly<Record<SearchRefusalCode, string>> = {
  'no-pattern': 'no pattern of markers is configured',
  'no-pseudo-gtid': 'the logs of the server have no marker',
  'entry-not-found': 'the text that was searched for is not in the logs',
  mismatch: 'the two logs differ where they have to be the same; both events are named',
  'more-advanced': 'the server has more than its intended source: try it the other way round',
  'nothing-matched': 'nothing of the two logs could be compared',
  'no-such-place': 'a place that was given is none of an event, or the logs do not reach it',
  'log-incomplete': 'a log ends before the place where its server says it stands, or in the middle of a transaction',
  'no-logs': 'a server has no logs that could be searched: none are written, or it is a binlog server',
  'not-siblings': 'relay logs of servers with different sources cannot be compared (O48)',
  'nothing-errant': 'there is nothing to look for (O34)',
  'gtid-unknown': 'a GTID set that has to be known is not (O34)',
  'gtid-purged': 'part of it is in no log any more (O34)',
  'other-lags': 'the destination stays behind for too long',
  'too-long': 'a limit of the search was reached',
  'called-off': 'this node may not go on',
  unreadable: 'a server did not answer, or not in a way that makes sense',
};

const withoutMarkers = 'PseudoGTIDPattern not configured; cannot use Pseudo-GTID';

export const PSEUDO_GTID: readonly OperationEntry[] = [
  {
    number: 38,
    title: 'Match below',
    text: [
      'The server applies all that it has received and stops. The last marker of pseudo-GTID that it has is searched for in the binary logs of the destination; from there both logs are compared event by event, up to where the server stands: there it goes on. Where they differ, or the destination has less, nothing is changed, and the answer says where and why.',
      'Markers must be configured (`PseudoGTIDPattern`, or `AutoPseudoGTID`), and the destination must not be a binlog server. The search takes 10 minutes at most, and is broken off when this node may act no more.',
    ],
    client: ['match'],
    examples: [{ request: matching, world: marked(CLASSIC) }],
    refusals: [
      [matching, CLASSIC],
      [{ ...matching, below: DB3 }, marked(CLASSIC)],
      [matching, marked(withServer(CLASSIC, replica('db2', 'db1', { ...BINLOG_SERVER })))],
    ],
    codes: SEARCHES,
  },
  {
    number: 39,
    title: 'Match up',
    text: ['O38 onto the source of its source. The present source need not answer.'],
    client: ['match-up'],
    examples: [{ request: { kind: 'match-up', key: DB3 }, world: marked(CHAIN) }],
    refusals: [[{ kind: 'match-up', key: DB3 }, marked(CLASSIC)]],
  },
  {
    number: 40,
    title: 'Rematch',
    text: [
      'O38 onto its present source: for a server whose place there is in doubt, such as after its source was restored.',
    ],
    examples: [{ request: { kind: 'rematch', key: DB3 }, world: marked(CLASSIC) }],
    refusals: [[{ kind: 'rematch', key: DB1 }, marked(CLASSIC)]],
  },
  {
    number: 41,
    title: 'Match replicas',
    text: [
      'O38 for the replicas of a server and of the binlog servers below it, those whose `host:port` fits `pattern`; among binlog servers of one family at the same coordinates instead. Partial success is an error by the contract, and names both.',
    ],
    examples: [{ request: { kind: 'match-replicas', key: DB1, below: DB2, pattern: '' }, world: marked(CLASSIC) }],
    refusals: [[{ kind: 'match-replicas', key: DB1, below: DB2, pattern: '' }, CLASSIC]],
  },
  {
    number: 42,
    title: 'Match up replicas',
    text: ['O41 onto the source of the server.'],
    client: ['match-up-replicas'],
    examples: [{ request: { kind: 'match-up-replicas', key: DB2, pattern: '' }, world: marked(CHAIN) }],
  },
  {
    number: 43,
    title: 'Make a primary',
    text: [
      'For a dead source: the siblings go below this server, by GTID or pseudo-GTID, which then forgets its source and becomes writable. Refused while the source answers, and while a sibling has got further. A recovery does more, and more safely (`recover`): this is for those who insist. In the original it cannot succeed.',
    ],
    examples: [{ request: { kind: 'make-master', key: DB2 }, world: { ...USUAL, silent: ['db1'] } }],
    refusals: [
      [{ kind: 'make-master', key: DB2 }, USUAL],
      [{ kind: 'make-master', key: DB3 }, BEHEADED],
    ],
  },
  {
    number: 44,
    title: 'Make a local primary',
    text: [
      'The server goes below the source of its source, by whichever method fits, and then its siblings below it: it takes the place of an intermediate primary.',
    ],
    examples: [
      {
        request: { kind: 'make-local-master', key: DB3 },
        world: { servers: [primary('db1'), replica('db2', 'db1'), replica('db3', 'db2'), replica('db4', 'db2')] },
      },
    ],
    refusals: [[{ kind: 'make-local-master', key: DB3 }, USUAL]],
  },
  {
    number: 45,
    title: 'The last marker',
    text: [
      'The last entry of pseudo-GTID in the logs of a server. The command reads the server first, and with `--strict` searches all its logs; API v1 searches the newest alone.',
    ],
    client: ['last-pseudo-gtid'],
    printed: [
      {
        command: 'orchestrator -c last-pseudo-gtid -i db3:3306 --strict',
        prints: ['binlog.000007:3900:drop view if exists `_pseudo_gtid_`.`_asc:6ab13c80:00000001:9f02d6a1c4b7e835`'],
      },
    ],
    codes: {
      'no-pattern': withoutMarkers,
      'no-pseudo-gtid': 'Cannot find pseudo GTID entry in binlogs of db3:3306',
      'no-logs': 'the server has no logs that could be searched',
    },
  },
  {
    number: 46,
    title: 'Find an entry',
    text: ['Where an entry with exactly this text begins, searched backwards from the newest binary log.'],
    printed: [
      {
        command: 'orchestrator -c find-binlog-entry -i db2:3306 --pattern "drop view if exists …"',
        prints: ['binlog.000012:900'],
      },
    ],
    codes: { 'entry-not-found': 'Cannot match pseudo GTID entry in binlogs of db2:3306; err: …' },
  },
  {
    number: 47,
    title: 'Correlate a position of binary logs',
    text: [
      'The same place in the binary logs of another server, found as in O38. Without `--binlog FILE:POS`: where the server is now.',
    ],
    printed: [
      {
        command: 'orchestrator -c correlate-binlog-pos -i db3:3306 -d db2:3306 --binlog binlog.000007:4200',
        prints: ['binlog.000012:1200'],
      },
    ],
    codes: { 'no-binary-log': 'Instance does not have binary logs: db3:3306' },
  },
  {
    number: 48,
    title: 'Correlate a position of relay logs',
    text: [
      'The same event in the relay logs of a sibling: own place, place there, and where the next event begins there. Without `--binlog`: the last event of its relay logs.',
    ],
    printed: [
      {
        command: 'orchestrator -c correlate-relaylog-pos -i db3:3306 -d db2:3306',
        prints: ['relay.000031:700;relay.000044:2100;relay.000044:2350'],
      },
    ],
    codes: { 'not-siblings': 'the two do not replicate from the same source' },
  },
  {
    number: 49,
    title: 'The last executed entry of the relay logs',
    text: [
      'Reads the relay logs of a server backwards from the present one. Names of files are counted down: no server lists them.',
    ],
    printed: [
      {
        command: 'orchestrator -c last-executed-relay-entry -i db3:3306',
        prints: ['{Coordinates:relay.000031:700 NextEventPos:731 EventType:Xid Info:COMMIT /* xid=92 */}:731'],
      },
    ],
  },
  {
    number: 50,
    title: 'Inject markers of pseudo-GTID',
    text: [
      'Nobody asks for it: with `AutoPseudoGTID`, every 5 seconds, the leading node writes one marker on the writable primary of each cluster (a `DROP VIEW IF EXISTS` of a name that ascends). It needs `DROP` on the schema `_pseudo_gtid_`, directly or through a role; a primary where that is missing is left out, and the log says so. Never audited, by the contract.',
    ],
  },
  {
    number: 51,
    title: 'Name the candidate',
    text: [
      'Which replica would be chosen among those of a server, by what is known; nothing is stopped. By progress first, then by version, format of the binary log, data center, errant transactions, promotion rule, and name.',
    ],
    printed: [
      { command: 'orchestrator -c get-candidate-replica -i db1:3306', prints: candidateOf('db1', DEAD_BY_GTID) },
    ],
    codes: { 'no-candidate': 'chooseCandidateReplica: no candidate replica found' },
  },
  {
    number: 52,
    title: 'Regroup replicas',
    text: [
      'The replicas of a server gather below the best of them. Their source may be dead, and is not asked. By GTID if all use it (O53), at the same coordinates if all are binlog servers (O56), else by pseudo-GTID (O54). A single one is the answer as it is. Who has got further than the chosen one is not lost: it feeds the chosen one first. Nobody is left behind stopped.',
    ],
    examples: [{ request: { kind: 'regroup-replicas', key: DB1, method: 'any' }, world: DEAD_BY_GTID }],
    refusals: [
      [{ kind: 'regroup-replicas', key: DB3, method: 'any' }, USUAL],
      [{ kind: 'regroup-replicas', key: DB1, method: 'any' }, ALL_UNFIT],
      [{ kind: 'regroup-replicas', key: at('db9'), method: 'any' }, USUAL],
    ],
  },
  {
    number: 53,
    title: 'Regroup by GTID',
    text: ['O52 by GTID alone. Received transactions count, not applied ones.'],
    examples: [
      {
        title: 'The one that has received most (db4) must not be promoted, and feeds the chosen one first:',
        request: { kind: 'regroup-replicas', key: DB1, method: 'gtid' },
        world: {
          servers: [
            primary('db1'),
            replica('db2', 'db1'),
            replica('db4', 'db1', { evidence: { ...NO_EVIDENCE, receivedGtid: `${uuidOf('db1')}:1-905` } }),
          ],
          silent: ['db1'],
          mustNot: ['db4'],
        },
      },
    ],
  },
  {
    number: 54,
    title: 'Regroup by pseudo-GTID',
    text: [
      'O52 by pseudo-GTID alone. The chosen one gets at least as far as each of the others before the place of that one is searched for; who stands exactly where it stands goes on at the end of its log.',
    ],
    examples: [{ request: { kind: 'regroup-replicas', key: DB1, method: 'pseudo-gtid' }, world: FURTHER }],
    refusals: [[{ kind: 'regroup-replicas', key: DB1, method: 'pseudo-gtid' }, CLASSIC]],
  },
  {
    number: 55,
    title: 'Regroup with replicas behind binlog servers',
    text: [
      'A part of O54: what replicates from a binlog server of the same source comes along. In the audit it is `regroup-replicas-including-bls`.',
    ],
    audits: ['regroup-replicas-including-bls'],
  },
  {
    number: 56,
    title: 'Regroup binlog servers',
    text: ['The binlog servers of a source go below the one of them that has got furthest, at the same coordinates.'],
    examples: [{ request: { kind: 'regroup-replicas', key: DB1, method: 'binlog-servers' }, world: BINLOG_SERVERS }],
    refusals: [[{ kind: 'regroup-replicas', key: DB1, method: 'binlog-servers' }, USUAL]],
  },
  {
    number: 57,
    title: 'Who may stand above a binlog server',
    text: [
      'A rule, never asked for alone: one that answers, writes a binary log, not of what it replicates, and is no binlog server itself. It belongs to the recovery of a dead primary below which there are binlog servers, as O15 does; nothing chooses by it in this version.',
    ],
  },
];
