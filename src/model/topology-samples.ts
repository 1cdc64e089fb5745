/**
 * Small worlds for tests: servers on one host, told apart by their port, in the shape of the recorded examples.
 */
import { blankInstance } from './blank-instance.ts';
import { serverUuid, type UnixMillis, unixMillis } from './brand.ts';
import type { GroupReplication, Instance } from './instance.ts';
import type { InstanceKey } from './instance-key.ts';
import type { StatusSettings } from './instance-status.ts';

/** The moment at which every sample server was last checked. */
export const SAMPLE_NOW: UnixMillis = unixMillis(1_790_000_000_000);

export const SAMPLE_SETTINGS: StatusSettings = {
  instancePollSeconds: 5,
  reasonableReplicationLagSeconds: 10,
  reasonableMaintenanceReplicationLagSeconds: 20,
};

export const sampleKey = (port: number, hostname = '127.0.0.1'): InstanceKey => ({ hostname, port });

export const sampleUuid = (port: number) => serverUuid(`000${port}-0000-0000-0000-000000000000`);

/** A writable MySQL server with GTID and binary log that replicates from nobody, just checked. */
export function sampleServer(port: number, changes: Partial<Instance> = {}): Instance {
  return {
    ...blankInstance(sampleKey(port)),
    serverId: port,
    serverUuid: sampleUuid(port),
    version: '9.7.4-2',
    versionComment: '(Debian)',
    binlogFormat: 'ROW',
    logBinEnabled: true,
    logReplicaUpdatesEnabled: true,
    gtidMode: 'ON',
    supportsOracleGtid: true,
    lastChecked: SAMPLE_NOW,
    lastAttemptedCheck: SAMPLE_NOW,
    lastSeen: SAMPLE_NOW,
    ...changes,
  };
}

/** A running read-only replica of the server at `sourcePort`. */
export function sampleReplica(port: number, sourcePort: number, changes: Partial<Instance> = {}): Instance {
  return sampleServer(port, {
    readOnly: true,
    sourceKey: sampleKey(sourcePort),
    sourceUuid: sampleUuid(sourcePort),
    receiverRunning: true,
    applierRunning: true,
    receiverState: 'running',
    applierState: 'running',
    usingOracleGtid: true,
    secondsBehindSource: 0,
    replicationLagSeconds: 0,
    ...changes,
  });
}

/** Membership in a sample group whose primary is at `primaryPort`. */
export function sampleGroup(primaryPort: number, memberPort: number): GroupReplication {
  return {
    name: 'group-uuid',
    isSinglePrimary: true,
    memberState: 'ONLINE',
    memberRole: memberPort === primaryPort ? 'PRIMARY' : 'SECONDARY',
    members: [],
    primaryKey: sampleKey(primaryPort),
  };
}
