/** The small worlds of the examples: a primary `db1`, replicas below it, and the rules as they are by default. */
import { blankInstance } from '../../src/model/blank-instance.ts';
import { serverUuid, unixMillis } from '../../src/model/brand.ts';
import type { CloneReading } from '../../src/model/clone-run.ts';
import type { Instance } from '../../src/model/instance.ts';
import { type InstanceKey, instanceKeyText, sameKey } from '../../src/model/instance-key.ts';
import { Topology } from '../../src/model/topology.ts';
import type { Equivalence, OperationFacts, OperationRules } from '../../src/planning/operations/operation-facts.ts';
import { NOTHING_OF_REPROVISIONS, type ReprovisionFacts } from '../../src/planning/operations/reprovision-facts.ts';
import { TEST_POLICY } from '../../src/planning/testing.ts';

const PORT = 3306;
const NOW = unixMillis(1_790_000_000_000);

/** The server of that name, and a UUID that shows it. */
export const at = (hostname: string): InstanceKey => ({ hostname, port: PORT });
export const uuidOf = (name: string): string => `0000000${name.slice(-1)}-aaaa-bbbb-cccc-dddddddddddd`;

type Changes = Partial<Instance>;

/** A writable MySQL server by GTID that replicates from nobody. */
export function primary(name: string, changes: Changes = {}): Instance {
  return {
    ...blankInstance(at(name)),
    serverId: Number(name.slice(-1)),
    serverUuid: serverUuid(uuidOf(name)),
    version: '8.4.6',
    versionComment: 'MySQL Community Server - GPL',
    binlogFormat: 'ROW',
    logBinEnabled: true,
    logReplicaUpdatesEnabled: true,
    selfCoordinates: { file: 'binlog.000007', pos: 4_200, type: 'binary' },
    gtidMode: 'ON',
    supportsOracleGtid: true,
    executedGtidSet: `${uuidOf('db1')}:1-900`,
    lastChecked: NOW,
    lastAttemptedCheck: NOW,
    lastSeen: NOW,
    ...changes,
  };
}

/** A read-only replica of `source` that runs, and has applied all that it has received. */
export function replica(name: string, source: string, changes: Changes = {}): Instance {
  return primary(name, {
    readOnly: true,
    sourceKey: at(source),
    sourceUuid: uuidOf(source),
    receiverRunning: true,
    applierRunning: true,
    receiverState: 'running',
    applierState: 'running',
    usingOracleGtid: true,
    secondsBehindSource: 0,
    replicationLagSeconds: 0,
    readCoordinates: { file: 'binlog.000007', pos: 4_200, type: 'binary' },
    execCoordinates: { file: 'binlog.000007', pos: 4_200, type: 'binary' },
    ...changes,
  });
}

/** By file and position, with GTID off. */
export const BY_POSITION: Changes = {
  usingOracleGtid: false,
  supportsOracleGtid: false,
  gtidMode: 'OFF',
  executedGtidSet: '',
};

export const STOPPED: Changes = {
  receiverRunning: false,
  applierRunning: false,
  receiverState: 'stopped',
  applierState: 'stopped',
};

/** MariaDB by GTID: all that was received is applied. */
export const MARIADB: Changes = {
  version: '10.11.14-MariaDB',
  versionComment: 'Debian',
  gtidMode: '',
  supportsOracleGtid: false,
  usingOracleGtid: false,
  usingMariadbGtid: true,
  executedGtidSet: '',
};

export const BINLOG_SERVER: Changes = { ...BY_POSITION, isBinlogServer: true, version: '2.4.0-maxscale' };

export interface World {
  readonly servers: readonly Instance[];
  readonly rules?: Partial<OperationRules>;
  /** Servers that do not answer. */
  readonly silent?: readonly string[];
  /** Those with the promotion rule `must_not`. */
  readonly mustNot?: readonly string[];
  /** `VerifyReplicationFilters` */
  readonly verifiesFilters?: boolean;
  readonly equivalences?: readonly Equivalence[];
  readonly credentials?: OperationFacts['credentials'];
  /** What is known for a reprovision. */
  readonly reprovision?: Partial<ReprovisionFacts>;
  /** What servers tell of the CLONE plugin. */
  readonly clones?: Readonly<Record<string, CloneReading>>;
}

const RULES: OperationRules = {
  instancePollSeconds: 5,
  reasonableReplicationLagSeconds: 10,
  reasonableMaintenanceReplicationLagSeconds: 20,
  promotion: TEST_POLICY,
  lanesAtOnce: 5,
  useSuperReadOnly: false,
  bulkWaitSeconds: 10,
  pseudoGtidIsConfigured: false,
  enforceExactSemiSyncReplicas: false,
  recoverLockedSemiSyncMaster: false,
  matches: (pattern, key) => instanceKeyText(key).includes(pattern),
};

export function factsOf(world: World): OperationFacts {
  const { servers, rules = {}, silent = [], mustNot = [], equivalences = [], credentials = null } = world;
  const { verifiesFilters: verifyReplicationFilters = false, reprovision, clones = {} } = world;
  const topology = new Topology();
  topology.putAll(servers);
  const isSilent = (key: InstanceKey): boolean => silent.some((name) => sameKey(key, at(name)));
  const promotionRule = ({ hostname }: InstanceKey) => (mustNot.includes(hostname) ? 'must_not' : 'neutral');
  return {
    topology,
    now: NOW,
    rules: { ...RULES, promotion: { ...RULES.promotion, promotionRule, verifyReplicationFilters }, ...rules },
    read: (key) => {
      if (isSilent(key)) return { failure: 'connection refused' };
      return topology.get(key) === undefined ? null : 'read';
    },
    underWay: [],
    equivalences,
    credentials,
    failedTransaction: '',
    ...(reprovision === undefined ? {} : { reprovision: knownOf(reprovision, clones) }),
  };
}

const knownOf = (known: Partial<ReprovisionFacts>, clones: NonNullable<World['clones']>): ReprovisionFacts => ({
  ...NOTHING_OF_REPROVISIONS,
  clone: ({ hostname }) => clones[hostname] ?? null,
  ...known,
});

/** A primary with two replicas, by GTID: the world of most examples. */
export const USUAL: World = { servers: [primary('db1'), replica('db2', 'db1'), replica('db3', 'db1')] };

/** The same by file and position. */
export const CLASSIC: World = {
  servers: [primary('db1', BY_POSITION), replica('db2', 'db1', BY_POSITION), replica('db3', 'db1', BY_POSITION)],
};

/** db1, db2 below it, db3 below that one: a chain by file and position. */
export const CHAIN: World = {
  servers: [primary('db1', BY_POSITION), replica('db2', 'db1', BY_POSITION), replica('db3', 'db2', BY_POSITION)],
};

export const GTID_CHAIN: World = {
  servers: [primary('db1'), replica('db2', 'db1'), replica('db3', 'db2')],
};

/** A world in which one server differs. */
export function withServer(world: World, changed: Instance): World {
  const servers = world.servers.map((server) => (sameKey(server.key, changed.key) ? changed : server));
  return { ...world, servers };
}
