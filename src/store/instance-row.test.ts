import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blankInstance, NO_EVIDENCE } from '../model/blank-instance.ts';
import { clusterName, serverUuid, unixMillis } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import { compareKeys } from '../model/instance-key.ts';
import { INSTANCE_COLUMNS, instanceToRow, majorVersion } from './instance-row.ts';
import { key, newBackend, noon } from './temporary-backend.ts';

const word = fc.string({ unit: 'grapheme', maxLength: 12 });
const count = fc.nat();
const position = fc.maxSafeNat();
const anyKey = fc.record({
  hostname: fc.string({ minLength: 1, unit: fc.constantFrom('a', 'b', ':', '/', '_') }),
  port: fc.nat(65535),
});
const keys = fc
  .uniqueArray(anyKey, { maxLength: 4, comparator: (a, b) => compareKeys(a, b) === 0 })
  .map((list) => list.sort(compareKeys));
const moment = fc.option(
  fc.integer({ min: 31_536_001, max: 253_402_300_799 }).map((second) => unixMillis(second * 1000)),
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
const anyInstance: fc.Arbitrary<Instance> = fc
  .tuple(server, replication, semiSync, group)
  .map(([ofServer, ofReplication, ofSemiSync, ofGroup]) => ({
    ...blankInstance(key('host')),
    ...ofServer,
    ...ofReplication,
    semiSync: ofSemiSync,
    group: ofGroup,
  }));

describe('an instance as a row', () => {
  it('fills every column', () => {
    expect(Object.keys(instanceToRow(blankInstance(key('a')))).sort()).toEqual([...INSTANCE_COLUMNS].sort());
    expect(INSTANCE_COLUMNS).toHaveLength(78);
  });

  it('comes back from a real file as it went in', async () => {
    const { backend } = await newBackend();
    await fc.assert(
      fc.asyncProperty(anyInstance, async (instance) => {
        backend.queue(instance, 'facts');
        await backend.flush();
        expect(await backend.loadInstances()).toEqual([instance]);
      }),
      { numRuns: 200 },
    );
  });

  it('stores a semi-sync timeout beyond the signed range as the greatest that fits', () => {
    const blank = blankInstance(key('a'));
    const forEver = { ...blank, semiSync: { ...blank.semiSync, sourceTimeoutMillis: 2n ** 64n - 1n } };
    expect(instanceToRow(forEver).semi_sync_master_timeout).toBe(2n ** 63n - 1n);
  });

  it.each([
    ['8.4.3-log', '8.4'],
    ['10.11.6-MariaDB', '10.11'],
    ['Unknown', '0.0'],
    ['', '0.0'],
  ])('has of version %s the major version %s', (version, major) => {
    expect(majorVersion(version)).toBe(major);
  });

  it('loses what is worth something only fresh', async () => {
    const { backend } = await newBackend();
    const evidence = {
      ...NO_EVIDENCE,
      lastErrorNumber: 2003,
      heartbeatsReceived: 1,
    };
    backend.queue({ ...blankInstance(key('a')), evidence, superReadOnly: true, lastSeen: noon() }, 'facts');
    await backend.flush();
    const [loaded] = await backend.loadInstances();
    expect(loaded).toMatchObject({ evidence: null, superReadOnly: false });
  });
});
