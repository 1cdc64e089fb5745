/**
 * Worlds for tests of operations: a few sample servers, everything read just before, and the rules as they are by default.
 */
import type { Instance } from '../../model/instance.ts';
import { type InstanceKey, instanceKeyText, type KeyId, keyId } from '../../model/instance-key.ts';
import type { ReplicationCredentials } from '../../model/server-command.ts';
import { Topology } from '../../model/topology.ts';
import { SAMPLE_NOW, SAMPLE_SETTINGS, sampleKey, sampleReplica, sampleServer } from '../../model/topology-samples.ts';
import { stepCommandText } from '../step-command-text.ts';
import { TEST_POLICY } from '../testing.ts';
import type { OperationFacts, OperationRules } from './operation-facts.ts';
import type { OperationPlan, OperationPlanResult, OperationStep } from './operation-plan.ts';

export const at = sampleKey;

/** Ports of the usual world: a primary with replicas. */
export const PRIMARY = 3301;
export const REPLICA = 3302;
export const OTHER = 3303;

export const TEST_RULES: OperationRules = {
  ...SAMPLE_SETTINGS,
  promotion: TEST_POLICY,
  lanesAtOnce: 5,
  useSuperReadOnly: false,
  bulkWaitSeconds: 10,
  pseudoGtidIsConfigured: false,
  enforceExactSemiSyncReplicas: false,
  recoverLockedSemiSyncMaster: false,
  matches: (pattern, key) => instanceKeyText(key).includes(pattern),
};

export interface WorldChanges {
  readonly rules?: Partial<OperationRules>;
  /** Ports of servers that do not answer. */
  readonly silent?: readonly number[];
  readonly credentials?: ReplicationCredentials | null;
  readonly failedTransaction?: string;
}

export function aWorld(servers: readonly Instance[], changes: WorldChanges = {}): OperationFacts {
  const topology = new Topology();
  topology.putAll(servers);
  const silent = new Set<KeyId>((changes.silent ?? []).map((port) => keyId(at(port))));
  return {
    topology,
    now: SAMPLE_NOW,
    rules: { ...TEST_RULES, ...changes.rules },
    read: (key: InstanceKey) => (silent.has(keyId(key)) ? { failure: 'connection refused' } : 'read'),
    underWay: [],
    equivalences: [],
    credentials: changes.credentials ?? null,
    failedTransaction: changes.failedTransaction ?? '',
  };
}

/** A primary, and a replica that differs from a running one by GTID in what is said. */
export const aReplicaWith = (changes: Partial<Instance>, world: WorldChanges = {}): OperationFacts =>
  aWorld([sampleServer(PRIMARY), sampleReplica(REPLICA, PRIMARY, changes)], world);

/** Replicates by file and position, and has applied all but the bytes between. */
export const byPosition = (execPos: number, readPos = execPos, file = 'bin.000007'): Partial<Instance> => ({
  usingOracleGtid: false,
  readCoordinates: { file, pos: readPos, type: 'binary' },
  execCoordinates: { file, pos: execPos, type: 'binary' },
});

export const bothStopped: Partial<Instance> = {
  receiverRunning: false,
  applierRunning: false,
  receiverState: 'stopped',
  applierState: 'stopped',
};

export function planOf(result: OperationPlanResult): OperationPlan {
  if (result.kind === 'refused') throw new Error(`refused: ${result.text}`);
  return result.plan;
}

/** `code: text`; '' where it is planned. */
export const refusalOf = (result: OperationPlanResult): string =>
  result.kind === 'refused' ? `${result.code}: ${result.text}` : '';

export const stepsOf = (result: OperationPlanResult): readonly OperationStep[] =>
  planOf(result).lanes.flatMap(({ steps }) => steps);

/** What is sent in the lanes, in words, step by step. */
export const sentBy = (result: OperationPlanResult): readonly string[] =>
  stepsOf(result).flatMap(({ commands }) => commands.map(stepCommandText));

/** What undoes the lanes, the last step first. */
export const undoneBy = (result: OperationPlanResult): readonly string[] =>
  [...stepsOf(result)].reverse().flatMap(({ undo }) => undo.map(stepCommandText));

/** What each step waits to see. */
export const seenBy = (result: OperationPlanResult): readonly string[] =>
  stepsOf(result).map(({ postcondition }) => postcondition.kind);
