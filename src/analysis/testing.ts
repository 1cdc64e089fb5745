/**
 * Worlds for tests: a small topology as a value, changed step by step into the situation a test tells of.
 */
import { blankInstance } from '../model/blank-instance.ts';
import { type ClusterName, clusterName, seconds, type UnixMillis, unixMillis } from '../model/brand.ts';
import type { Downtime } from '../model/decisions.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, type KeyId, keyId } from '../model/instance-key.ts';
import { analyse } from './analyse.ts';
import type { AnalysisEntry } from './entry.ts';
import { REPORT_HINTS, type ReportHints, reported } from './filters.ts';
import type { ClusterPicture } from './picture.ts';
import type { AnalysisPolicy } from './policy.ts';
import { commandLineText } from './text.ts';

export const NOW: UnixMillis = unixMillis(1_800_000_000_000);
const HOST = 'testhost';
const PRIMARY_PORT = 22293;

/** The settings of the spec's scenario table (section 13). */
export const TEST_POLICY: AnalysisPolicy = {
  instancePollSeconds: seconds(5),
  reasonableInstanceCheckSeconds: seconds(1),
  reasonableReplicationLagSeconds: seconds(10),
  reasonableLockedSemiSyncMasterSeconds: seconds(0),
  enforceExactSemiSyncReplicas: false,
  recoverNonWriteableMaster: false,
  reduceReplicationAnalysisCount: true,
  ignoresHostname: () => false,
  hasAutomatedMasterRecovery: () => true,
  hasAutomatedIntermediateMasterRecovery: () => false,
};

export const at = (port: number): InstanceKey => ({ hostname: HOST, port });
export const secondsBefore = (time: UnixMillis, count: number): UnixMillis => unixMillis(time - count * 1000);

/** What happens to a server, as the fields it changes. */
export type Change = Partial<Instance> | ((instance: Instance) => Partial<Instance>);

export const down: Change = { lastSeen: secondsBefore(NOW, 60) };
export const neverSeen: Change = { lastSeen: null };
export const partlyAnswering: Change = { lastCheckPartialSuccess: true };
export const receiverStopped: Change = { receiverRunning: false, receiverState: 'stopped' };
export const applierStopped: Change = { applierRunning: false, applierState: 'stopped' };
export const lagging = (lagSeconds: number): Change => ({ replicationLagSeconds: lagSeconds });
export const delayed = (delaySeconds: number): Change => ({ sqlDelaySeconds: delaySeconds });
export const readOnly: Change = { readOnly: true };
/** It tries to come back, and has not been told why it cannot. */
export const reconnecting: Change = { receiverRunning: false, receiverState: 'other' };
/** As the text of a stored row has it; no live evidence. */
export const failingToConnect = (wording: 'master' | 'source'): Change => ({
  receiverRunning: false,
  receiverState: 'other',
  lastIoError: `Error connecting to ${wording} 'repl@${HOST}:${PRIMARY_PORT}'. This was attempt 1/86400.`,
});
/** The source side. */
export const semiSyncSource =
  (state: { status: boolean; wants: number; clients: number }): Change =>
  ({ semiSync }) => ({
    semiSync: {
      ...semiSync,
      sourceEnabled: true,
      sourceStatus: state.status,
      sourceWaitForReplicaCount: state.wants,
      sourceClients: state.clients,
    },
  });
export const semiSyncReplica: Change = ({ semiSync }) => ({ semiSync: { ...semiSync, replicaEnabled: true } });
export const groupMember = (memberRole: 'PRIMARY' | 'SECONDARY', memberState = 'ONLINE'): Change => ({
  group: { ...blankInstance(at(0)).group, name: 'a-group', memberRole, memberState },
});

/** Immutable: every change gives a new world. */
export class World {
  readonly picture: ClusterPicture;

  constructor(picture: ClusterPicture) {
    this.picture = picture;
  }

  get instances(): readonly Instance[] {
    return this.picture.instances;
  }

  at(port: number): Instance {
    const found = this.instances.find((instance) => instance.key.port === port);
    if (found === undefined) throw new Error(`no server at ${port} in this world`);
    return found;
  }

  with(port: number, ...changes: readonly Change[]): World {
    this.at(port);
    return this.withInstances((instance) => (instance.key.port === port ? changed(instance, changes) : instance));
  }

  withEach(ports: readonly number[], ...changes: readonly Change[]): World {
    return ports.reduce<World>((world, port) => world.with(port, ...changes), this);
  }

  withAll(...changes: readonly Change[]): World {
    return this.withInstances((instance) => changed(instance, changes));
  }

  withPicture(change: Partial<ClusterPicture>): World {
    return new World({ ...this.picture, ...change });
  }

  without(port: number): World {
    return this.withPicture({ instances: this.instances.filter((instance) => instance.key.port !== port) });
  }

  downtimed(port: number, forSeconds = 60): World {
    const key = at(port);
    const downtime: Downtime = { key, owner: 'test', reason: 'test', begin: NOW, end: secondsBefore(NOW, -forSeconds) };
    return this.withPicture({ downtimes: new Map(this.picture.downtimes).set(keyId(key), downtime) });
  }

  underMaintenance(port: number): World {
    return this.withPicture({ maintenance: new Set(this.picture.maintenance).add(keyId(at(port))) });
  }

  /** The server's present coordinates were recorded as stale that long ago. */
  staleFor(port: number, staleSeconds: number): World {
    const stale = { coordinates: this.at(port).selfCoordinates, firstSeen: secondsBefore(NOW, staleSeconds) };
    return this.withPicture({ staleCoordinates: new Map(this.picture.staleCoordinates).set(keyId(at(port)), stale) });
  }

  /** What is written to the server is not committed. */
  stuck(port: number): World {
    const stuck = { text: 'a write waits' };
    return this.withPicture({ stuckWrites: new Map(this.picture.stuckWrites).set(keyId(at(port)), stuck) });
  }

  /** All entries, problem or not. */
  entries(policy: Partial<AnalysisPolicy> = {}): readonly AnalysisEntry[] {
    return analyse(this.picture, { ...TEST_POLICY, ...policy }, NOW);
  }

  entryOf(port: number, policy: Partial<AnalysisPolicy> = {}): AnalysisEntry {
    const found = this.entries(policy).find((entry) => entry.key.port === port);
    if (found === undefined) throw new Error(`no entry for ${port}`);
    return found;
  }

  reported(hints: ReportHints, policy: Partial<AnalysisPolicy> = {}): readonly AnalysisEntry[] {
    return reported(this.entries(policy), { ...TEST_POLICY, ...policy }, hints);
  }

  /** What `orchestrator -c replication-analysis` prints. */
  lines(policy: Partial<AnalysisPolicy> = {}): readonly string[] {
    return this.reported(REPORT_HINTS.commandLine, policy).map(commandLineText);
  }

  private withInstances(change: (instance: Instance) => Instance): World {
    return this.withPicture({ instances: this.instances.map(change) });
  }
}

function changed(instance: Instance, changes: readonly Change[]): Instance {
  let result = instance;
  for (const change of changes) result = { ...result, ...(typeof change === 'function' ? change(result) : change) };
  return result;
}

/** A healthy primary at 22293 with so many healthy GTID replicas at 22294 and up. */
export function aPrimaryWith(replicaCount: number): World {
  const gtid: Change = { gtidMode: 'ON', usingOracleGtid: true, supportsOracleGtid: true };
  const replicas = Array.from({ length: replicaCount }, (_, index) =>
    aReplica(PRIMARY_PORT + 1 + index, PRIMARY_PORT, 1),
  );
  return aWorld([aServer(PRIMARY_PORT), ...replicas]).withAll(gtid, { version: '8.4.6', binlogFormat: 'ROW' });
}

/**
 * The fixture of the spec's scenario table: 22293 with the replicas 22294, 22296, 22297, and 22295 below 22294.
 * Pseudo-GTID, 5.6, STATEMENT; all log but 22296.
 */
export function specFixture(): World {
  const world = aWorld([
    aServer(22293),
    aReplica(22294, 22293, 1),
    aReplica(22295, 22294, 2),
    aReplica(22296, 22293, 1),
    aReplica(22297, 22293, 1),
  ]);
  return world
    .withAll({ version: '5.6.28-log', binlogFormat: 'STATEMENT', gtidMode: 'OFF', usingPseudoGtid: true })
    .with(22296, { logBinEnabled: false, logReplicaUpdatesEnabled: false });
}

/** Two servers that replicate from each other, 22293 and 22294, and so many plain replicas of the first. */
export function coPrimariesWith(replicaCount: number): World {
  const pair = [aReplica(22293, 22294, 0), aReplica(22294, 22293, 1)];
  const replicas = Array.from({ length: replicaCount }, (_, index) => aReplica(22295 + index, 22293, 1));
  return aWorld([...pair, ...replicas])
    .withEach([22293, 22294], { isCoPrimary: true })
    .withAll({ gtidMode: 'ON', usingOracleGtid: true });
}

export function aWorld(instances: readonly Instance[]): World {
  return new World({
    instances,
    clusterName: null,
    resolve: (hostname) => hostname,
    downtimes: new Map<KeyId, Downtime>(),
    maintenance: new Set<KeyId>(),
    stuckWrites: new Map(),
    restartedReadOnly: new Set(),
    staleCoordinates: new Map(),
    clusters: new Map<ClusterName, { alias?: string }>(),
    observer: { hostname: 'observer', token: 'token' },
  });
}

function aServer(port: number): Instance {
  return {
    ...blankInstance(at(port)),
    clusterName: clusterName(`${HOST}:${PRIMARY_PORT}`),
    logBinEnabled: true,
    logReplicaUpdatesEnabled: true,
    selfCoordinates: { file: 'mysql-bin.000167', pos: 137086726, type: 'binary' },
    lastChecked: NOW,
    lastAttemptedCheck: NOW,
    lastSeen: NOW,
  };
}

function aReplica(port: number, sourcePort: number, replicationDepth: number): Instance {
  return {
    ...aServer(port),
    sourceKey: at(sourcePort),
    replicationDepth,
    receiverRunning: true,
    applierRunning: true,
    receiverState: 'running',
    applierState: 'running',
    replicationLagSeconds: 0,
    secondsBehindSource: 0,
  };
}
