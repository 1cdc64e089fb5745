/** Worlds for tests of moves: a topology, everything read just now, and plans told in a line a step. */
import type { BinlogCoordinates } from '../../model/binlog-coordinates.ts';
import type { Instance } from '../../model/instance.ts';
import { type InstanceKey, keyId } from '../../model/instance-key.ts';
import { Topology } from '../../model/topology.ts';
import { SAMPLE_NOW, SAMPLE_SETTINGS, sampleKey, sampleReplica, sampleServer } from '../../model/topology-samples.ts';
import { stepCommandText } from '../step-command-text.ts';
import { TEST_POLICY } from '../testing.ts';
import type { OperationFacts, OperationRules, ReadState } from './operation-facts.ts';
import { type OperationPlan, type OperationPlanResult, type OperationStep, plansOf } from './operation-plan.ts';
import type { OperationRequest } from './operation-request.ts';
import { planOperation } from './plan-operation.ts';

export const key = sampleKey;

export const TEST_RULES: OperationRules = {
  ...SAMPLE_SETTINGS,
  promotion: TEST_POLICY,
  lanesAtOnce: 5,
  useSuperReadOnly: false,
  bulkWaitSeconds: 10,
  pseudoGtidIsConfigured: false,
  enforceExactSemiSyncReplicas: false,
  recoverLockedSemiSyncMaster: false,
  matches: (pattern, { hostname, port }) => new RegExp(pattern).test(`${hostname}:${port}`),
};

export interface FactsOptions {
  readonly rules?: Partial<OperationRules>;
  /** Ports of servers that do not answer. */
  readonly silent?: readonly number[];
  readonly equivalences?: OperationFacts['equivalences'];
  readonly underWay?: OperationFacts['underWay'];
  readonly credentials?: OperationFacts['credentials'];
}

export function factsOf(servers: readonly Instance[], options: FactsOptions = {}): OperationFacts {
  const { rules = {}, silent = [], equivalences = [], credentials = null, underWay = [] } = options;
  const topology = new Topology();
  topology.putAll(servers);
  const state = ({ port }: InstanceKey): ReadState => (silent.includes(port) ? { failure: 'no answer' } : 'read');
  const known = new Set(servers.map((server) => keyId(server.key)));
  return {
    topology,
    now: SAMPLE_NOW,
    rules: { ...TEST_RULES, ...rules },
    read: (asked) => (known.has(keyId(asked)) ? state(asked) : null),
    underWay,
    equivalences,
    credentials,
    failedTransaction: '',
  };
}

export const log = (file: string, pos: number): BinlogCoordinates => ({ file, pos, type: 'binary' });

/** Replicates by file and position, having applied all it has read. */
export function byPosition(port: number, sourcePort: number, at = 100, changes: Partial<Instance> = {}): Instance {
  return sampleReplica(port, sourcePort, {
    ...WITHOUT_GTID,
    readCoordinates: log('source-bin.000001', at),
    execCoordinates: log('source-bin.000001', at),
    selfCoordinates: log(`bin-${port}.000001`, 1000 + at),
    ...changes,
  });
}

const WITHOUT_GTID = { usingOracleGtid: false, supportsOracleGtid: false, gtidMode: 'OFF' } as const;

export const withoutGtid = (port: number, changes: Partial<Instance> = {}): Instance =>
  sampleServer(port, { ...WITHOUT_GTID, selfCoordinates: log(`bin-${port}.000001`, 5000), ...changes });

export function binlogServer(port: number, sourcePort: number, at = 100, changes: Partial<Instance> = {}): Instance {
  return byPosition(port, sourcePort, at, {
    isBinlogServer: true,
    version: '2.4.0-maxscale',
    selfCoordinates: log('source-bin.000001', at),
    ...changes,
  });
}

export function planned(request: OperationRequest, facts: OperationFacts): OperationPlan {
  const result = planOperation(request, facts);
  if (result.kind === 'refused') throw new Error(`refused: ${result.text}`);
  return result.plan;
}

/** `<code>: <text>` of a refusal; '' when it was planned. */
export function refusal(request: OperationRequest, facts: OperationFacts): string {
  const result: OperationPlanResult = planOperation(request, facts);
  return result.kind === 'refused' ? `${result.code}: ${result.text}` : '';
}

/** All steps in the order of the plan, one line each: `<port> <id>: <commands>`. */
export function story(plan: OperationPlan): readonly string[] {
  return plansOf(plan).flatMap(({ before, lanes, after }) =>
    [...before, ...lanes.flatMap(({ steps }) => steps), ...after].map(stepLine),
  );
}

function stepLine({ server, commands, postcondition }: OperationStep): string {
  const sent = commands.map(stepCommandText).join(', ');
  return `${server.port} ${sent === '' ? `waits until ${postcondition.kind}` : sent}`;
}

/** `<port>: <from> -> <to> (<method>)` */
export const moves = (plan: OperationPlan): readonly string[] =>
  plansOf(plan).flatMap((one) =>
    one.moves.map(({ key: moved, from, to, method }) => `${moved.port}: ${portOf(from)} -> ${portOf(to)} (${method})`),
  );

const portOf = (source: InstanceKey | null): string => (source === null ? 'nobody' : `${source.port}`);

export const lockedPorts = (plan: OperationPlan): readonly number[] => plan.locks.map(({ port }) => port);

export const rejectedMethods = (plan: OperationPlan): readonly string[] =>
  plan.rejected.map(({ method, reason }) => `${method}: ${reason}`);
