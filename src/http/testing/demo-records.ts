/**
 * What the recorded run remembers: two recoveries (a takeover, a failover), their detections and steps, a present problem.
 */
import type { AnalysisEntry } from '../../analysis/entry.ts';
import { clusterName, seconds } from '../../model/brand.ts';
import type {
  AnalysisDigest,
  FailureDetection,
  NodeIdentity,
  RecoveryRecord,
  RecoveryStep,
  RecoveryUid,
} from '../../model/recovery-record.ts';
import type { ExecutedRecovery } from '../../service/calls.ts';
import { BLANK_ANALYSIS } from '../v1/json/blank-analysis.ts';
import { at, DEMO, HOST, key } from './demo-world.ts';

export const NODE: NodeIdentity = {
  hostname: 'orchestrator-host',
  token: '3b21b77789af4eac6eb81b859c9fe5e45e66bb0b2f68e4f08029b71baffd0a75',
};

export const FAILOVER_UID =
  '1795408652939435816:996cf12b99047e6540821cd44d6c872679af0ccc68c05e8c5657bb75247acc40' as RecoveryUid;
const TAKEOVER_UID =
  '1795408636750481149:75ec3768d61d90d9dd3bd8649d88e808e888402fb670f04f5dfc5334c55aa28c' as RecoveryUid;

const failoverDigest: AnalysisDigest = {
  key: key(10112),
  code: 'DeadMaster',
  clusterName: clusterName(`${HOST}:10112`),
  clusterAlias: 'demo',
  countReplicas: 3,
  replicas: [key(10114), key(10111), key(10113)],
};
const takeoverDigest: AnalysisDigest = {
  key: key(10111),
  code: 'DeadMaster',
  clusterName: DEMO,
  clusterAlias: 'demo',
  countReplicas: 1,
  replicas: [key(10112)],
};

export const failover: RecoveryRecord = {
  id: 2,
  uid: FAILOVER_UID,
  digest: failoverDigest,
  inActivePeriod: false,
  start: at('04:37:32'),
  end: at('04:37:33'),
  node: NODE,
  isSuccessful: true,
  successorKey: key(10111),
  successorAlias: '',
  lostReplicas: [],
  participants: [],
  errors: [],
  acknowledgement: { at: at('04:37:43'), by: NODE.hostname, comment: 'seen' },
  lastDetectionId: 2,
};

export const takeover: RecoveryRecord = {
  ...failover,
  id: 1,
  uid: TAKEOVER_UID,
  digest: takeoverDigest,
  start: at('04:37:16'),
  end: at('04:37:16'),
  successorKey: key(10112),
  acknowledgement: { at: at('04:37:25'), by: NODE.hostname, comment: 'ok' },
  lastDetectionId: 1,
};

export const detections: readonly FailureDetection[] = [
  {
    id: 2,
    digest: failoverDigest,
    isActionable: true,
    inActivePeriod: false,
    start: at('04:37:32'),
    endUnixSeconds: 1,
    node: NODE,
    relatedRecoveryId: 2,
  },
  {
    id: 1,
    digest: takeoverDigest,
    isActionable: true,
    inActivePeriod: false,
    start: at('04:37:16'),
    endUnixSeconds: 1,
    node: NODE,
    relatedRecoveryId: 1,
  },
];

export const steps: readonly RecoveryStep[] = [
  { id: 42, uid: FAILOVER_UID, at: at('04:37:32'), message: `will handle DeadMaster event on ${HOST}:10112` },
];

export const executedTakeover: ExecutedRecovery = {
  record: { ...takeover, acknowledgement: null },
  entry: {
    ...BLANK_ANALYSIS,
    key: key(10111),
    cluster: {
      clusterName: DEMO,
      clusterAlias: 'demo',
      clusterDomain: 'demo.local',
      hasAutomatedMasterRecovery: true,
      hasAutomatedIntermediateMasterRecovery: true,
    },
    dataCenter: 'east',
    region: 'r1',
    physicalEnvironment: 'test',
    selfCoordinates: { file: 'binlog.000001', pos: 458, type: 'binary' },
    isPrimary: true,
    lastCheckValid: true,
    lastCheckPartialSuccess: true,
    countReplicas: 1,
    countValid: 1,
    countValidReplicating: 1,
    replicas: [key(10112)],
    code: 'DeadMaster',
    isAllOracleGtid: true,
    countLogging: 1,
    countRowLogging: 1,
    countDistinctMajorVersionsLogging: 1,
    isActionableRecovery: true,
    processingNode: NODE,
    gtidMode: 'ON',
    minGtidMode: 'ON',
    maxGtidMode: 'ON',
    commandHint: 'graceful-master-takeover',
  },
  successorCoordinates: { file: 'binlog.000001', pos: 464, type: 'binary' },
};

/** The old primary, dead, without replicas and in downtime. */
export const deadPrimary: AnalysisEntry = {
  ...BLANK_ANALYSIS,
  key: key(10112),
  cluster: {
    clusterName: clusterName(`${HOST}:10112`),
    clusterAlias: `${HOST}:10112`,
    clusterDomain: 'demo.local',
    hasAutomatedMasterRecovery: true,
    hasAutomatedIntermediateMasterRecovery: true,
  },
  dataCenter: 'east',
  region: 'r1',
  physicalEnvironment: 'test',
  selfCoordinates: { file: 'binlog.000001', pos: 464, type: 'binary' },
  isPrimary: true,
  code: 'DeadMasterWithoutReplicas',
  description: 'Master cannot be reached by orchestrator and has no replica',
  isDowntimed: true,
  isSkippableDueToDowntime: true,
  downtimeEnd: at('05:37:42'),
  downtimeRemaining: seconds(31_535_999),
  processingNode: NODE,
  gtidMode: 'ON',
};
