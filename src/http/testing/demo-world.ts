/**
 * The topology of the recorded answers: a primary at 127.0.0.1:10111 and its replicas 10112 to 10114, and what was decided about them.
 */
import { blankInstance } from '../../model/blank-instance.ts';
import { type ClusterName, clusterName, serverUuid, type UnixMillis, unixMillis } from '../../model/brand.ts';
import type { Instance } from '../../model/instance.ts';
import type { InstanceKey } from '../../model/instance-key.ts';
import type { ClusterInfo, InstanceView } from '../../service/calls.ts';

export const HOST = '127.0.0.1';
export const DEMO: ClusterName = clusterName(`${HOST}:10111`);
export const at = (time: string): UnixMillis => unixMillis(Date.parse(`2026-11-23T${time}Z`));
export const NOW = at('04:37:07');

export const key = (port: number): InstanceKey => ({ hostname: HOST, port });

const UUID_OF: Readonly<Record<number, string>> = {
  10111: '00010111-1111-1111-1111-111111111111',
  10112: '00010112-2222-2222-2222-222222222222',
  10113: '00010113-3333-3333-3333-333333333333',
  10114: '00010114-4444-4444-4444-444444444444',
};
const PRIMARY_UUID = UUID_OF[10111] ?? '';

function server(port: number): Instance {
  const uuid = UUID_OF[port] ?? '';
  return {
    ...blankInstance(key(port)),
    uptimeSeconds: 17,
    serverId: port,
    serverUuid: serverUuid(uuid),
    version: '9.7.4-2',
    versionComment: '(Debian)',
    binlogFormat: 'ROW',
    binlogRowImage: 'FULL',
    logBinEnabled: true,
    logReplicaUpdatesEnabled: true,
    selfCoordinates: { file: 'binlog.000001', pos: 464, type: 'binary' },
    ancestryUuid: uuid,
    gtidMode: 'ON',
    supportsOracleGtid: true,
    executedGtidSet: `${PRIMARY_UUID}:1`,
    clusterName: DEMO,
    suggestedClusterAlias: 'demo',
    dataCenter: port < 10113 ? 'east' : 'west',
    region: 'r1',
    physicalEnvironment: 'test',
    lastChecked: at('04:37:06'),
    lastAttemptedCheck: at('04:37:06'),
    lastSeen: at('04:37:06'),
    lastDiscoveryLatencyNanos: 26_287_864,
  };
}

export function primary(): Instance {
  return {
    ...server(10111),
    selfCoordinates: { file: 'binlog.000001', pos: 458, type: 'binary' },
    replicas: [key(10114), key(10112), key(10113)],
  };
}

export function replica(port: number): Instance {
  const position = { file: 'binlog.000001', pos: 458, type: 'binary' } as const;
  return {
    ...server(port),
    readOnly: true,
    sourceKey: key(10111),
    sourceUuid: PRIMARY_UUID,
    ancestryUuid: `${PRIMARY_UUID},${UUID_OF[port] ?? ''}`,
    receiverRunning: true,
    applierRunning: true,
    receiverState: 'running',
    applierState: 'running',
    usingOracleGtid: true,
    readCoordinates: position,
    execCoordinates: position,
    relayLogCoordinates: { file: 'relay.000002', pos: 669, type: 'relay' },
    secondsBehindSource: 0,
    replicationLagSeconds: 0,
    replicationDepth: 1,
    hasReplicationCredentials: true,
    replicationCredentialsAvailable: true,
    allowTls: true,
  };
}

/** 10112 is preferred; 10114 is in downtime. */
export function demoViews(): readonly InstanceView[] {
  return [
    { instance: primary(), downtime: null, candidate: null },
    {
      instance: replica(10112),
      downtime: null,
      candidate: { key: key(10112), rule: 'prefer', lastSuggested: at('04:37:00') },
    },
    { instance: replica(10113), downtime: null, candidate: null },
    {
      instance: replica(10114),
      downtime: { key: key(10114), owner: 'ops', reason: 'testing', begin: at('04:37:03'), end: at('04:47:02') },
      candidate: null,
    },
  ];
}

export const DEMO_INFO: ClusterInfo = {
  clusterName: DEMO,
  clusterAlias: 'demo',
  clusterDomain: 'demo.local',
  countInstances: 4,
  hasAutomatedPrimaryRecovery: true,
  hasAutomatedIntermediatePrimaryRecovery: true,
};

export const DEMO_TEXT = {
  plain: `${HOST}:10111   [0s,ok,9.7.4-2,rw,ROW,>>,GTID]\n+ ${HOST}:10112 [0s,ok,9.7.4-2,ro,ROW,>>,GTID]\n+ ${HOST}:10113 [0s,ok,9.7.4-2,ro,ROW,>>,GTID]\n+ ${HOST}:10114 [0s,ok,9.7.4-2,ro,ROW,>>,GTID,downtimed]`,
  tabulated: `${HOST}:10111  |0s|ok|9.7.4-2|rw|ROW|>>,GTID          \n+ ${HOST}:10112|0s|ok|9.7.4-2|ro|ROW|>>,GTID          \n+ ${HOST}:10113|0s|ok|9.7.4-2|ro|ROW|>>,GTID          \n+ ${HOST}:10114|0s|ok|9.7.4-2|ro|ROW|>>,GTID,downtimed`,
  tags: `${HOST}:10111   [0s,ok,9.7.4-2,rw,ROW,>>,GTID] []\n+ ${HOST}:10112 [0s,ok,9.7.4-2,ro,ROW,>>,GTID] [role=backup]\n+ ${HOST}:10113 [0s,ok,9.7.4-2,ro,ROW,>>,GTID] []\n+ ${HOST}:10114 [0s,ok,9.7.4-2,ro,ROW,>>,GTID,downtimed] []`,
};
