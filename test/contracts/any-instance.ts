/**
 * Any instance, also ones that a column cannot hold as they are. Every field is named, so that a new one cannot be left out of the comparison.
 */
import fc from 'fast-check';
import { NO_RECEIVER_OPTIONS, NO_REPLICATION_TLS } from '../../src/model/blank-instance.ts';
import { clusterName, epoch, type ServerUuid, unixMillis } from '../../src/model/brand.ts';
import type {
  GroupReplication,
  Instance,
  OtherChannel,
  ReceiverEvidence,
  ReceiverOptions,
  ReplicationTls,
  SemiSync,
} from '../../src/model/instance.ts';
import type { InstanceKey } from '../../src/model/instance-key.ts';

type Fields<Value> = { readonly [Field in keyof Value]-?: fc.Arbitrary<Value[Field]> };

const word = fc.string({ unit: 'grapheme', maxLength: 8 });
const odd = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
const count = fc.oneof({ weight: 20, arbitrary: fc.nat() }, { weight: 1, arbitrary: odd });
const position = fc.oneof({ weight: 20, arbitrary: fc.maxSafeNat() }, { weight: 1, arbitrary: odd });
const anyKey = fc.record({
  hostname: fc.string({ minLength: 1, maxLength: 4, unit: fc.constantFrom('a', 'b', ':', '/', '_') }),
  port: fc.nat(65535),
});
/** In no order, some more than once. */
const keys = fc.array(anyKey, { maxLength: 4 });
const source = fc.option(fc.oneof(anyKey, fc.constant({ hostname: '', port: 1 })));
const thread = fc.constantFrom('none', 'stopped', 'running', 'other');
const coordinates = fc.record({ file: word, pos: position, type: fc.constantFrom('binary', 'relay') });

/** From before "never" to the end of what a column can hold, with fractions of a second, of a millisecond too. */
const moment = fc.option(
  fc
    .oneof(
      fc.integer({ min: 0, max: 40_000_000_000 }),
      fc.integer({ min: 1_700_000_000_000, max: 1_900_000_000_000 }),
      fc.double({ min: 31_535_999_000, max: 31_536_001_000, noNaN: true }),
      fc.constantFrom(-1, 253_402_300_799_999, 253_402_300_800_000),
    )
    .map(unixMillis),
);

const semiSync: fc.Arbitrary<SemiSync> = fc.record<SemiSync>({
  available: fc.boolean(),
  priority: count,
  sourcePluginModern: fc.boolean(),
  replicaPluginModern: fc.boolean(),
  sourceEnabled: fc.boolean(),
  replicaEnabled: fc.boolean(),
  sourceTimeoutMillis: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  sourceWaitForReplicaCount: count,
  sourceStatus: fc.boolean(),
  sourceClients: count,
  replicaStatus: fc.boolean(),
});

const group: fc.Arbitrary<GroupReplication> = fc.record<GroupReplication>({
  name: word,
  isSinglePrimary: fc.boolean(),
  memberState: word,
  memberRole: word,
  members: keys,
  primaryKey: source,
});

const evidence: fc.Arbitrary<ReceiverEvidence> = fc.record<ReceiverEvidence>({
  lastErrorNumber: fc.nat(),
  lastSqlErrorNumber: fc.nat(),
  heartbeatsReceived: fc.nat(),
  heartbeatPeriodMillis: fc.nat(),
  waitsForSource: fc.boolean(),
  silentMillis: fc.option(fc.nat()),
  receivedGtid: word,
  partialTransaction: word,
  mariadbCurrentPosition: word,
  mariadbReplicatedPosition: word,
});

const otherChannel: fc.Arbitrary<OtherChannel> = fc.record<OtherChannel>({
  name: word,
  sourceKey: source,
  receiverState: thread,
  applierState: thread,
  usingGtid: fc.boolean(),
  receivedGtid: word,
});

const replicationTls: fc.Arbitrary<ReplicationTls> = word.map((caFile) => ({ ...NO_REPLICATION_TLS, caFile }));

const receiverOptions: fc.Arbitrary<ReceiverOptions> = count.map((heartbeatPeriodMillis) => ({
  ...NO_RECEIVER_OPTIONS,
  heartbeatPeriodMillis,
}));

const identity = {
  instanceAlias: word,
  uptimeSeconds: count,
  serverId: count,
  // In either case, as a careless writer might have it.
  serverUuid: fc.constantFrom('', 'ABC-1', 'abc-2').map((text) => text as ServerUuid),
  version: word,
  versionComment: word,
  isBinlogServer: fc.boolean(),
  readOnly: fc.boolean(),
  superReadOnly: fc.boolean(),
  binlogFormat: word,
  binlogRowImage: word,
  logBinEnabled: fc.boolean(),
  logReplicaUpdatesEnabled: fc.boolean(),
  selfCoordinates: coordinates,
};

const replication = {
  sourceKey: source,
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
  replicationTls,
  receiverOptions,
  readCoordinates: coordinates,
  execCoordinates: coordinates,
  relayLogCoordinates: coordinates,
  lastSqlError: word,
  lastIoError: word,
  secondsBehindSource: fc.option(count),
  replicationLagSeconds: fc.option(count),
  sqlDelaySeconds: count,
  channel: word,
  otherChannels: fc.array(otherChannel, { maxLength: 2 }),
  gtidMode: word,
  supportsOracleGtid: fc.boolean(),
  usingOracleGtid: fc.boolean(),
  usingMariadbGtid: fc.boolean(),
  usingPseudoGtid: fc.boolean(),
  executedGtidSet: word,
  gtidPurged: word,
  gtidErrant: word,
};

const surroundings = {
  replicas: keys,
  clusterName: word.map(clusterName),
  suggestedClusterAlias: word,
  dataCenter: word,
  region: word,
  physicalEnvironment: word,
  replicationDepth: count,
  isCoPrimary: fc.boolean(),
  semiSync,
  group,
  evidence: fc.option(evidence),
  lastChecked: moment,
  lastAttemptedCheck: moment,
  lastSeen: moment,
  lastCheckPartialSuccess: fc.boolean(),
  lastDiscoveryLatencyNanos: fc.oneof(position, fc.double({ min: 0, max: 1e12, noNaN: true })),
  epoch: fc.nat().map(epoch),
};

const factFields: Fields<Omit<Instance, 'key'>> = { ...identity, ...replication, ...surroundings };

export const anyInstanceOf = (key: InstanceKey): fc.Arbitrary<Instance> =>
  fc.record<Omit<Instance, 'key'>>(factFields).map((facts) => ({ ...facts, key }));
