/** Fetching what a former primary alone has. Ours, beside the contract. */
import { NO_GROUP } from '../../src/model/blank-instance.ts';
import type { Instance } from '../../src/model/instance.ts';
import type { OperationRequest } from '../../src/planning/operations/operation-request.ts';
import type { OperationEntry } from './entry.ts';
import { RESCUE } from './numbers.ts';
import { at, MARIADB, primary, replica, uuidOf, type World } from './sample-world.ts';

const OWN = `${uuidOf('db3')}:1-2`;

/** A primary that was replaced by db1: read-only, without a source, with something of its own. */
const former = (changes: Partial<Instance> = {}): Instance =>
  primary('db3', {
    readOnly: true,
    superReadOnly: true,
    executedGtidSet: `${uuidOf('db1')}:1-880,${OWN}`,
    gtidPurged: `${uuidOf('db1')}:1-100`,
    ...changes,
  });

const known = { replication: { user: 'repl', password: 'secret' }, successor: at('db1') };
const of = (one: Instance, reprovision: World['reprovision'] = known): World => ({
  servers: [primary('db1'), replica('db2', 'db1'), one],
  reprovision,
});

const request: OperationRequest = { kind: 'rescue-transactions', key: at('db3') };

const MEMBER = { group: { ...NO_GROUP, name: 'aaaa', memberState: 'ONLINE', memberRole: 'SECONDARY' } };

const REFUSALS: readonly (readonly [OperationRequest, World])[] = [
  [request, of(former({ executedGtidSet: `${uuidOf('db1')}:1-880` }))],
  [request, of(former({ gtidPurged: `${uuidOf('db1')}:1-100,${uuidOf('db3')}:1` }))],
  [request, of(former({ readOnly: false }))],
  [request, of(former(), { ...known, successor: null })],
  [request, of(former(), { ...known, replication: null })],
  [request, of(former(MARIADB))],
  [request, of(former({ supportsOracleGtid: false }))],
  [request, of(former({ logBinEnabled: false }))],
  [request, of(former(MEMBER))],
];

export const RESCUES: readonly OperationEntry[] = [
  {
    number: RESCUE,
    title: 'Rescue transactions',
    text: [
      'Not in the contract. What a server alone has, such as a former primary that is back after a failover which may have lost something, is fetched by the primary that has taken its place: nothing of it is lost then, and the server can be brought below that one.',
      'The primary replicates from it for as long as that takes, by a channel that is called `orchestrator_rescue` and stops at these GTIDs; the channel is gone afterwards, whatever comes of it. Nothing else of how the primary replicates changes, and it takes writes all the time. Replicas get the transactions as they get any other.',
      'A person orders it, having seen what it is (`/api/v2/errant-gtids`, the steps of the recovery, the dry run): what the primary has taken since may contradict it. A row that is there already (1062), or is not there (1032), ends it with the words of the server: transactions before that one stay applied, and nothing is skipped. What contradicts nothing and is wrong all the same, such as a counter that was read before, no server can see.',
      'The server must be read-only, and have these transactions in its binary logs still. MariaDB is refused: its numbers would be given twice, once by each primary. There `mariadb-binlog` shows what is to be applied by hand.',
    ],
    audits: ['rescue-transactions'],
    examples: [{ request, world: of(former()) }],
    refusals: REFUSALS,
  },
];
