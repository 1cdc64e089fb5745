/** Replacing all data of a server. Ours, beside the contract. */
import { NO_GROUP } from '../../src/model/blank-instance.ts';
import type { CloneFacts, CloneReading, CloneRun } from '../../src/model/clone-run.ts';
import type { OperationRequest } from '../../src/planning/operations/operation-request.ts';
import type { OperationEntry } from './entry.ts';
import { REPROVISION } from './numbers.ts';
import { at, BINLOG_SERVER, MARIADB, primary, replica, STOPPED, uuidOf, type World } from './sample-world.ts';

const OWN = `${uuidOf('db3')}:1-2`;

/** A primary that was replaced by db1: read-only, without a source, with something of its own. */
const FORMER = primary('db3', {
  readOnly: true,
  superReadOnly: true,
  executedGtidSet: `${uuidOf('db1')}:1-880,${OWN}`,
});

const facts = (changes: Partial<CloneFacts> = {}): CloneReading => ({
  kind: 'read',
  facts: {
    plugin: 'active',
    validDonors: '',
    mayClone: true,
    mayDonate: true,
    mayInstall: true,
    last: null,
    isTold: true,
    ...changes,
  },
});

const [NAMED, ACCOUNT] = [{ hasReplicationCredentials: true }, { user: 'orchestrator', password: 'secret' }];
const PEERS = [primary('db1'), replica('db2', 'db1', { ...NAMED, superReadOnly: true }), replica('db4', 'db1', NAMED)];
const of = (former = FORMER, changes: Partial<World> = {}, peers = PEERS): World => ({
  servers: [...peers, former],
  mustNot: ['db4'],
  reprovision: { account: ACCOUNT, replication: { user: 'repl', password: 'secret' }, successor: at('db1') },
  clones: { db1: facts(), db2: facts(), db3: facts(), db4: facts() },
  ...changes,
});
const withClones = (clones: World['clones']): World => of(FORMER, { clones: { ...of().clones, ...clones } });
const without = (changes: Partial<NonNullable<World['reprovision']>>): World => {
  const world = of();
  return { ...world, reprovision: { ...world.reprovision, ...changes } };
};
const peer = (changes: Parameters<typeof replica>[2]): World =>
  of(FORMER, {}, [primary('db1'), replica('db2', 'db1', { ...NAMED, ...changes })]);

const RUNNING: CloneRun = {
  state: 'running',
  donor: 'db2:3306',
  beganAt: '2026-03-01 08:30:00.123',
  errorNumber: 0,
  errorText: '',
  stages: [
    { name: 'DROP DATA', state: 'completed', estimatedBytes: 0, copiedBytes: 0 },
    { name: 'FILE COPY', state: 'in-progress', estimatedBytes: 73_600_000_000, copiedBytes: 31_700_000_000 },
  ],
};
const MEMBER = { group: { ...NO_GROUP, name: 'aaaa', memberState: 'ONLINE', memberRole: 'SECONDARY' } };
const NO_PLUGIN = { plugin: 'missing', isTold: false, mayInstall: false } as const;

const plain = { kind: 'reprovision', key: at('db3'), donor: null, discardErrant: false } as const;
const ordered = { ...plain, discardErrant: true } as const;
const fromDb2 = { ...ordered, donor: at('db2') } as const;

const MARIADB_WORLD: World = {
  servers: [primary('db1', MARIADB), replica('db2', 'db1', MARIADB), replica('db3', 'db1', { ...MARIADB, ...STOPPED })],
  reprovision: { hooks: 1, account: ACCOUNT },
};

const REFUSALS: readonly (readonly [OperationRequest, World])[] = [
  [plain, of()],
  [ordered, of(primary('db3', { executedGtidSet: OWN }))],
  [ordered, of(FORMER, {}, [...PEERS, replica('db5', 'db3')])],
  [ordered, of({ ...FORMER, ...MEMBER })],
  [ordered, of({ ...FORMER, ...BINLOG_SERVER })],
  [ordered, without({ successor: null })],
  [
    { ...ordered, key: at('db4') },
    { ...of(), servers: PEERS.map((one) => ({ ...one, readOnly: true })) },
  ],
  [{ ...ordered, key: at('db2'), donor: at('db3') }, of()],
  [ordered, of({ ...FORMER, supportsOracleGtid: false })],
  [ordered, of({ ...FORMER, ...MARIADB })],
  [ordered, withClones({ db3: facts({ mayClone: false }) })],
  [ordered, withClones({ db3: facts(NO_PLUGIN) })],
  [
    ordered,
    withClones({ db3: { kind: 'failed', failure: { kind: 'refused', phase: 'connect', text: 'connection refused' } } }),
  ],
  [{ ...fromDb2, donor: at('db4') }, withClones({ db3: facts({ last: RUNNING }) })],
  [{ ...ordered, donor: at('db1') }, without({ replication: null })],
  [ordered, withClones({ db1: facts({ mayDonate: false }), db2: facts(NO_PLUGIN), db4: facts(NO_PLUGIN) })],
  [{ ...ordered, donor: at('db3') }, of(replica('db3', 'db1', NAMED))],
  [fromDb2, peer(STOPPED)],
  [fromDb2, peer({ executedGtidSet: `${uuidOf('db1')}:1-900,${uuidOf('db2')}:1` })],
  [fromDb2, peer({ version: '8.0.36' })],
  [fromDb2, withClones({ db2: { kind: 'without' } })],
  [
    { ...fromDb2, donor: { hostname: '2001:db8::7', port: 3306 } },
    of(FORMER, {}, [primary('db1'), { ...replica('db2', 'db1', NAMED), key: { hostname: '2001:db8::7', port: 3306 } }]),
  ],
  [{ ...ordered, donor: at('db9') }, of()],
];

export const REPROVISIONS: readonly OperationEntry[] = [
  {
    number: REPROVISION,
    title: 'Reprovision',
    text: [
      'Not in the contract. All data of a server are replaced by those of another one of its cluster, and it replicates from the primary: for a former primary with transactions of its own, a replica whose data are broken, or one whose source has purged what it needs.',
      'It destroys what the server has. So it must be read-only, nobody may replicate from it, and it may have nothing that the primary has not; or the request says that this may be lost (`--discard-errant`, `"discardErrant": true`). What that is stands in the refusal, in the dry run, and in the audit before anything is done, and is looked at once more when the clone begins: what has come since is not lost, the operation is refused.',
      '**The donor** is the one that you name (`-d`), or it is refused with its reason. Else it is a replica that replicates well, of a version that fits, with no errant transactions and no delay: in the same data center first, then whom nobody loads (`must_not` before `prefer`), then who has the plugin; the primary only where nobody else can be. The plan says why.',
      '**By the CLONE plugin** (MySQL from 8.0.17 on; two servers of one series, before 8.0.37 of the very same release). Our account needs CLONE_ADMIN at the recipient and BACKUP_ADMIN at the donor, and SELECT on performance_schema.clone_status and clone_progress; where the plugin is missing it is installed, which takes INSERT on mysql.plugin. None of it is among the minimal grants. The server restarts when all is copied; without a supervisor it shuts down (3707), and somebody has to start it: it is waited for an hour. Then it is made read-only, pointed at whoever is the primary by then, and seen to replicate.',
      '**Elsewhere by hooks**: the commands in `ReprovisionProcesses` are told of recipient, donor and primary (`{recipientHost}`, `{recipientPort}`, `{donorHost}`, `{donorPort}`, `{primaryHost}`, `{primaryPort}`, `{clusterName}`, `{discarded}`; the same as `ORC_RECIPIENT_HOST` and so on; and as JSON on standard input). They have done their part when they end well: the data are there, the GTID position is that of the data (`gtid_slave_pos`, `gtid_purged`), and the server runs. MySQL takes them where the plugin cannot be had.',
      '**Progress**: `orchestrator -c reprovision-status -i db3:3306`, or `GET /api/v2/instances/:host/:port/reprovision`, ask the server itself and tell stage, percent and bytes; the event stream has `reprovision-progress`. Nobody else is kept out of the cluster meanwhile.',
      '**Asked again** it goes on with what was begun: a clone goes on in the server when this program dies. What runs or is done is not begun a second time, for seven days; name another donor to begin anew. A clone that has failed is told with its error, and begun again. Before its data are deleted, everything is undone; afterwards the server replicates from nobody until it is asked again.',
    ],
    commands: ['reprovision-status'],
    audits: ['begin-reprovision'],
    examples: [
      {
        request: ordered,
        world: withClones({ db4: facts(NO_PLUGIN), db2: facts({ ...NO_PLUGIN, mayInstall: true }) }),
      },
      { request: plain, world: MARIADB_WORLD, title: 'MariaDB, by hooks:' },
    ],
    refusals: REFUSALS,
    codes: {
      delayed: 'in the reasons of `no-donor`: it is delayed by 3600 seconds',
    },
  },
];
