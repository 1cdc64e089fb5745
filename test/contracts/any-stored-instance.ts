/**
 * Any instance that the columns of the contract can hold as it is.
 */
import fc from 'fast-check';
import { blankInstance } from '../../src/model/blank-instance.ts';
import { clusterName, serverUuid, unixMillis } from '../../src/model/brand.ts';
import type { Instance } from '../../src/model/instance.ts';
import { compareKeys } from '../../src/model/instance-key.ts';
import { key } from '../../src/store/temporary-backend.ts';

/** Of any characters; as long as the shortest column of the contract takes. */
const word = fc.string({ unit: 'binary', maxLength: 16 });
const count = fc.nat();
const position = fc.maxSafeNat();
const anyKey = fc.record({
  hostname: fc.string({ minLength: 1, unit: fc.constantFrom('a', 'b', ':', '/', '_') }),
  port: fc.nat(65535),
});
const keys = fc
  .uniqueArray(anyKey, { maxLength: 4, comparator: (a, b) => compareKeys(a, b) === 0 })
  .map((list) => list.sort(compareKeys));
/** From after "never" to the end of a TIMESTAMP. */
const moment = fc.option(
  fc.integer({ min: 31_536_001, max: 2_147_483_647 }).map((second) => unixMillis(second * 1000)),
);
const thread = fc.constantFrom('none', 'stopped', 'running', 'other');
const lag = fc.option(count);
const logPosition = fc.record({ file: word, pos: position, type: fc.constant('binary' as const) });

const server = fc.record({
  instanceAlias: word,
  uptimeSeconds: count,
  serverId: count,
  serverUuid: word.map(serverUuid),
  version: word,
  versionComment: word,
  isBinlogServer: fc.boolean(),
  readOnly: fc.boolean(),
  binlogFormat: word,
  binlogRowImage: word,
  logBinEnabled: fc.boolean(),
  logReplicaUpdatesEnabled: fc.boolean(),
  selfCoordinates: logPosition,
  lastChecked: moment,
  lastAttemptedCheck: moment,
  lastSeen: moment,
  lastCheckPartialSuccess: fc.boolean(),
  lastDiscoveryLatencyNanos: position,
  replicas: keys,
  clusterName: word.map(clusterName),
  suggestedClusterAlias: word,
  dataCenter: word,
  region: word,
  physicalEnvironment: word,
  replicationDepth: fc.nat(255),
  isCoPrimary: fc.boolean(),
});

const replication = fc.record({
  sourceKey: fc.option(anyKey),
  sourceUuid: word,
  ancestryUuid: word,
  receiverRunning: fc.boolean(),
  applierRunning: fc.boolean(),
  receiverState: thread,
  applierState: thread,
  hasReplicationFilters: fc.boolean(),
  hasReplicationCredentials: fc.boolean(),
  replicationCredentialsAvailable: fc.boolean(),
  allowTls: fc.boolean(),
  readCoordinates: logPosition,
  execCoordinates: logPosition,
  relayLogCoordinates: fc.record({ file: word, pos: position, type: fc.constant('relay' as const) }),
  lastSqlError: word,
  lastIoError: word,
  secondsBehindSource: lag,
  replicationLagSeconds: lag,
  sqlDelaySeconds: count,
  gtidMode: word,
  supportsOracleGtid: fc.boolean(),
  usingOracleGtid: fc.boolean(),
  usingMariadbGtid: fc.boolean(),
  usingPseudoGtid: fc.boolean(),
  executedGtidSet: word,
  gtidPurged: word,
  gtidErrant: word,
});

const semiSync = fc.record({
  available: fc.boolean(),
  priority: fc.nat(255),
  sourcePluginModern: fc.constant(false),
  replicaPluginModern: fc.constant(false),
  sourceEnabled: fc.boolean(),
  replicaEnabled: fc.boolean(),
  sourceTimeoutMillis: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
  sourceWaitForReplicaCount: count,
  sourceStatus: fc.boolean(),
  sourceClients: count,
  replicaStatus: fc.boolean(),
});

const group = fc.record({
  name: word,
  isSinglePrimary: fc.boolean(),
  memberState: word,
  memberRole: word,
  members: keys,
  primaryKey: fc.option(anyKey),
});

/** Everything that is stored is arbitrary, everything that is not stays blank. */
export const anyStoredInstance: fc.Arbitrary<Instance> = fc
  .tuple(server, replication, semiSync, group)
  .map(([ofServer, ofReplication, ofSemiSync, ofGroup]) => ({
    ...blankInstance(key('host')),
    ...ofServer,
    ...ofReplication,
    semiSync: ofSemiSync,
    group: ofGroup,
  }));
