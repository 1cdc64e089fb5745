/** What every move asks, and what is asked of all operations: one situation for each answer. */

import { NO_EVIDENCE, NO_GROUP } from '../../src/model/blank-instance.ts';
import { lockedText } from '../../src/operations/server-locks.ts';
import type { OperationRequest } from '../../src/planning/operations/operation-request.ts';
import { misleadsText } from '../../src/planning/operations/virtual-names.ts';
import {
  at,
  BY_POSITION,
  CLASSIC,
  GTID_CHAIN,
  primary,
  replica,
  STOPPED,
  USUAL,
  uuidOf,
  type World,
  withServer,
} from './sample-world.ts';

const [DB2, DB3] = [at('db2'), at('db3')];
const move: OperationRequest = { kind: 'relocate', key: DB3, below: DB2 };
const byPlace: OperationRequest = { kind: 'move-below', key: DB3, below: DB2 };

const group = { ...NO_GROUP, name: 'aaaa', memberState: 'ONLINE', isSinglePrimary: true, primaryKey: at('db1') };
const asMember = (memberRole: string) => ({ group: { ...group, memberRole } });
const db3 = (changes: Parameters<typeof replica>[2]): World => withServer(USUAL, replica('db3', 'db1', changes));
/** Two servers that replicate from each other, both writable, and db3 below the second. */
const RING: World = {
  servers: [
    replica('db1', 'db2', { ...BY_POSITION, readOnly: false, isCoPrimary: true }),
    replica('db2', 'db1', { ...BY_POSITION, readOnly: false, isCoPrimary: true }),
    replica('db3', 'db2', BY_POSITION),
  ],
};
const db2 = (changes: Parameters<typeof replica>[2]): World => withServer(USUAL, replica('db2', 'db1', changes));
const classic3 = (changes: Parameters<typeof replica>[2]): World =>
  withServer(CLASSIC, replica('db3', 'db1', { ...BY_POSITION, ...changes }));

export const SHARED_REFUSALS: readonly (readonly [request: OperationRequest, world: World])[] = [
  [{ ...move, below: at('db9') }, USUAL],
  [{ ...move, key: at('db2'), below: DB3 }, GTID_CHAIN],
  [{ kind: 'move-below-gtid', key: at('db1'), below: DB2 }, { servers: [primary('db1'), primary('db2')] }],
  [move, db3(asMember('SECONDARY'))],
  [
    { ...move, key: at('db1') },
    { servers: [replica('db1', 'db9', asMember('PRIMARY')), replica('db2', 'db1', asMember('SECONDARY'))] },
  ],
  [move, { ...USUAL, silent: ['db3'] }],
  [move, db3({ lastSeen: null })],
  [move, db3({ lastChecked: null })],
  [byPlace, classic3(STOPPED)],
  [byPlace, classic3({ secondsBehindSource: null })],
  [byPlace, classic3({ secondsBehindSource: 90, replicationLagSeconds: 90 })],
  [
    move,
    db3({
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
  ],
  [{ kind: 'move-up', key: DB3 }, RING],
  [move, db2({ logBinEnabled: false })],
  [move, db2({ logReplicaUpdatesEnabled: false })],
  [move, db3({ version: '8.0.43' })],
  [move, db3({ binlogFormat: 'STATEMENT' })],
  [move, { ...db2({ hasReplicationFilters: true }), verifiesFilters: true }],
  [move, db3({ serverId: 2 })],
  [move, db3({ serverUuid: primary('db2').serverUuid })],
  [move, db2({ sqlDelaySeconds: 3_600 })],
  [{ kind: 'move-below-gtid', key: DB3, below: DB2 }, CLASSIC],
  [move, db2({ gtidPurged: `${uuidOf('db1')}:1-950`, executedGtidSet: `${uuidOf('db1')}:1-990` })],
  [
    { kind: 'reset-replication', key: DB3 },
    {
      ...db3({ ...STOPPED, evidence: { ...NO_EVIDENCE, receivedGtid: `${uuidOf('db1')}:1-905` } }),
      silent: ['db1'],
    },
  ],
];

/** What does not come of planning. */
export const OTHER_REFUSALS: Readonly<Record<string, string>> = {
  locked: lockedText(DB3, 'relocate db3:3306 below db2:3306', { owner: 'ops', reason: 'disk swap' }),
  busy: 'db1:3306 is busy with …: a recovery, or a takeover',
  backend: 'the backend does not answer; nothing was done: …',
  'virtual-name-misleads': misleadsText(DB2, { hostname: 'db2.example', why: 'db7:3306 answers there' }),
  'not-leader': 'this node does not lead; nothing is done',
  noop: 'noop: aborting CHANGE MASTER TO operation on db3:3306; signalling error but nothing went wrong.',
};
