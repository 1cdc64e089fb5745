/** Servers, recoveries and analyses for unit tests: healthy unless told otherwise. */
import type { Analysis, Recovery, Server } from './server.ts';

/** A running replica of `db1:3306`. */
export function aServer(over: Partial<Server> = {}): Server {
  return {
    key: 'db2:3306',
    alias: '',
    clusterName: 'db1:3306',
    suggestedClusterAlias: '',
    sourceKey: 'db1:3306',
    isCoPrimary: false,
    readOnly: true,
    version: '8.4.2',
    flavor: 'MySQL',
    versionComment: '',
    serverId: 2,
    serverUuid: '',
    uptimeSeconds: 60,
    dataCenter: '',
    region: '',
    environment: '',
    receiver: 'running',
    applier: 'running',
    receiverError: '',
    applierError: '',
    lagSeconds: 0,
    delaySeconds: 0,
    usesGtid: 'oracle',
    gtidMode: 'ON',
    executedGtidSet: '',
    purgedGtidSet: '',
    errantGtidSet: '',
    binlogFormat: 'ROW',
    binlogEnabled: true,
    logsReplicaUpdates: true,
    binlogPosition: '',
    semiSync: {
      sourceEnabled: false,
      sourceStatus: false,
      sourceClients: 0,
      sourceWaitFor: 0,
      replicaEnabled: false,
      replicaStatus: false,
    },
    isLastCheckValid: true,
    isRecentlyChecked: true,
    secondsSinceLastSeen: 1,
    lastSeen: '',
    promotionRule: 'neutral',
    downtime: null,
    problems: [],
    groupName: '',
    groupRole: '',
    groupState: '',
    ...over,
  };
}

/** A writable server without a source: `db1:3306`. */
export function aPrimary(over: Partial<Server> = {}): Server {
  return aServer({
    key: 'db1:3306',
    sourceKey: null,
    readOnly: false,
    receiver: 'none',
    applier: 'none',
    lagSeconds: null,
    ...over,
  });
}

/** `db<n>:3306` below `db<source>:3306`. */
export function aReplica(n: number, source = 1, over: Partial<Server> = {}): Server {
  return aServer({ key: `db${n}:3306`, sourceKey: `db${source}:3306`, ...over });
}

export const DEAD: Partial<Server> = {
  isLastCheckValid: false,
  problems: ['last_check_invalid'],
  secondsSinceLastSeen: 14,
};

export const LOST: Partial<Server> = {
  ...DEAD,
  downtime: { reason: 'lost-in-recovery', owner: 'node1', until: '2027-01-01 00:00:00' },
};

/** The death of `db1:3306` with three replicas. */
export function anAnalysis(over: Partial<Analysis> = {}): Analysis {
  return {
    key: 'db1:3306',
    clusterName: 'db1:3306',
    clusterAlias: 'main',
    recoversPrimary: true,
    recoversIntermediate: false,
    code: 'DeadMaster',
    description: 'Master cannot be reached',
    structure: [],
    isDowntimed: false,
    countReplicas: 3,
    countReplicatingReplicas: 0,
    ...over,
  };
}

/** Nanoseconds in the UID are 939 ms after the whole second of the start. */
export const STARTED_MILLIS = Date.UTC(2026, 10, 23, 4, 37, 32, 939);

/** `db1:3306` failed over to `db2:3306`, recorded in whole seconds. */
export function aRecovery(over: Partial<Recovery> = {}): Recovery {
  return {
    id: 7,
    uid: `${STARTED_MILLIS}000000:ab`,
    code: 'DeadMaster',
    failedKey: 'db1:3306',
    clusterName: 'db1:3306',
    clusterAlias: 'main',
    successorKey: 'db2:3306',
    isSuccessful: true,
    lost: [],
    errors: [],
    start: '2026-11-23T04:37:32Z',
    end: '2026-11-23 04:37:34',
    node: 'node1',
    acknowledged: false,
    acknowledgedBy: '',
    acknowledgedComment: '',
    ...over,
  };
}
