/** O33 to O37: transactions that only one server has. */
import { NO_GROUP } from '../../src/model/blank-instance.ts';
import { INJECT_BATCH_TRANSACTIONS, INJECT_TRANSACTIONS_MAX } from '../../src/planning/operations/errant-injection.ts';
import { errantLinesOf } from './answers.ts';
import type { OperationEntry } from './entry.ts';
import { at, BY_POSITION, primary, replica, USUAL, uuidOf, type World, withServer } from './sample-world.ts';

const DB3 = at('db3');
const ERRANT_GTID = `${uuidOf('db3')}:1-2`;

const errant = { gtidErrant: ERRANT_GTID, executedGtidSet: `${uuidOf('db1')}:1-900,${ERRANT_GTID}` };

const ERRANT = withServer(USUAL, replica('db3', 'db1', errant));
const WITH_REPLICA: World = { servers: [...ERRANT.servers, replica('db4', 'db3')] };
const MEMBER = { ...NO_GROUP, name: 'aaaa', memberState: 'ONLINE', memberRole: 'SECONDARY' };
/** It is itself the writable one at the top. */
const ON_TOP = withServer(USUAL, primary('db1', { gtidErrant: ERRANT_GTID }));
const WITHOUT_WRITER = withServer(ERRANT, primary('db1', { readOnly: true }));
const WITHOUT_GTID_ABOVE = withServer(ERRANT, primary('db1', BY_POSITION));
const TOO_MANY = withServer(
  USUAL,
  replica('db3', 'db1', { gtidErrant: `${uuidOf('db3')}:1-60000`, executedGtidSet: `${uuidOf('db3')}:1-60000` }),
);

const reset = { kind: 'gtid-errant-reset-master', key: DB3 } as const;
const inject = { kind: 'gtid-errant-inject-empty', key: DB3 } as const;

export const ERRANTS: readonly OperationEntry[] = [
  {
    number: 33,
    title: 'Which GTIDs are errant',
    text: [
      '`which-gtid-errant` prints the errant set of a server that is read for it. `errant-gtid`, and `GET /api/v2/instances/:host/:port/errant-gtid`, tell of each range since when it has been seen, and what each way out would do; why one is closed it tells in the words of the refusal. Where no sets can be compared (MariaDB, GTID off, several sources, a source that nobody has read) it says that it cannot be told.',
    ],
    client: ['which-gtid-errant'],
    printed: [{ command: 'orchestrator -c errant-gtid -i db3:3306', prints: errantLinesOf('db3', ERRANT) }],
  },
  {
    number: 34,
    title: 'Locate errant transactions',
    text: [
      'Prints the binary logs of the server that have errant transactions, the oldest first, by the list of GTIDs with which each log begins. What is in no log any more is refused by name.',
    ],
    client: ['locate-gtid-errant'],
    printed: [
      { command: 'orchestrator -c locate-gtid-errant -i db3:3306', prints: ['binlog.000005', 'binlog.000006'] },
    ],
    codes: {
      'no-errant': 'locate-errant-gtid: no errant-gtid on db3:3306',
      'gtid-purged': 'part of the errant transactions is in no binary log any more; it is named',
      'gtid-unknown': 'a log does not tell with which GTIDs it begins',
    },
  },
  {
    number: 35,
    title: 'Errant GTIDs: reset the binary logs',
    text: [
      'The server stands still, deletes its binary logs, and counts as executed what it had executed without the errant transactions. What these changed stays. Nothing may replicate from it, nor be a member of its group. The errant set is read once more just before: one that grows meanwhile is refused. If nothing could be set as executed, replication is not started: the server would apply everything once more, and the answer names what to set by hand.',
    ],
    client: ['gtid-errant-reset-master'],
    examples: [{ request: reset, world: ERRANT }],
    refusals: [
      [reset, USUAL],
      [reset, WITH_REPLICA],
      [reset, withServer(ERRANT, replica('db3', 'db1', { ...errant, supportsOracleGtid: false }))],
      [reset, withServer(ERRANT, replica('db3', 'db1', { ...errant, group: MEMBER }))],
    ],
  },
  {
    number: 36,
    title: 'Errant GTIDs: inject empty transactions',
    text: [
      `Writes empty transactions with the errant GTIDs on the writable primary of the cluster, so that all others count them as executed, without their content. Nothing stops, and no log is deleted. With \`errant\` in a request of API v2 only that set is meant: if something else is errant by now, nothing is done. At most ${INJECT_TRANSACTIONS_MAX} transactions, ${INJECT_BATCH_TRANSACTIONS} a step. Tags are kept.`,
    ],
    client: ['gtid-errant-inject-empty'],
    examples: [{ request: inject, world: ERRANT }],
    refusals: [
      [inject, USUAL],
      [inject, withServer(USUAL, replica('db3', 'db1', { gtidErrant: 'nonsense' }))],
      [inject, WITHOUT_WRITER],
      [{ ...inject, key: at('db1') }, ON_TOP],
      [inject, WITHOUT_GTID_ABOVE],
      [inject, { ...ERRANT, silent: ['db1'] }],
      [inject, TOO_MANY],
      [{ ...inject, errant: `${uuidOf('db3')}:1` }, ERRANT],
      [{ ...inject, errant: 'nonsense' }, ERRANT],
    ],
  },
  {
    number: 37,
    title: 'Delete binary logs and GTIDs',
    text: [
      'A step of O35, and of nothing else: `RESET BINARY LOGS AND GTIDS` (`RESET MASTER` before MySQL 8.2). Nobody can ask for it alone.',
    ],
  },
];
