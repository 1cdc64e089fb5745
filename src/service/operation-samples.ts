/** For tests of the doors: plans of operations and reports of what became of them, without anybody who plans or runs. */
import { clusterName } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import type { InstanceKey } from '../model/instance-key.ts';
import { instanceKeyText } from '../model/instance-key.ts';
import { sampleKey, sampleReplica } from '../model/topology-samples.ts';
import type { OperationLane, OperationPlan, OperationStep } from '../planning/operations/operation-plan.ts';
import type { OperationRequest } from '../planning/operations/operation-request.ts';
import { type PlanStep, stepId } from '../planning/plan.ts';
import type { OperatedServer, OperationReport, ShownStep } from './calls.ts';

/** Does nothing to anybody. */
export function planWith(request: OperationRequest, some: Partial<OperationPlan> = {}): OperationPlan {
  return {
    request,
    clusterName: clusterName('127.0.0.1:10111'),
    method: 'none',
    because: 'no server is moved',
    rejected: [],
    locks: [],
    before: [],
    lanes: [],
    after: [],
    lanesAtOnce: 5,
    moves: [],
    warnings: [],
    audits: [],
    promoted: null,
    hooks: [],
    leftOut: [],
    next: null,
    ...some,
  };
}

export function reportWith(plan: OperationPlan, some: Partial<OperationReport> = {}): OperationReport {
  return { plan, instance: null, servers: [], problems: [], found: [], millis: 40, ...some };
}

export const doneServer = (instance: Instance, text = 'it is done'): OperatedServer => ({
  key: instance.key,
  kind: 'done',
  text,
  instance,
});

export const failedServer = (key: InstanceKey, text: string): OperatedServer => ({
  key,
  kind: 'failed',
  text,
  instance: null,
});

export function stepWith(id: string, server: InstanceKey, some: Partial<OperationStep> = {}): OperationStep {
  const step: PlanStep = {
    id: stepId(id),
    server,
    commands: [],
    dependsOn: [],
    precondition: { kind: 'none' },
    postcondition: { kind: 'none' },
    deadlineMillis: 5_000,
    undo: [],
    onFailure: 'abort',
    effect: 'it is so',
  };
  return { ...step, ...some };
}

const [PRIMARY, NEW_SOURCE] = [sampleKey(10111), sampleKey(10112)];

function movingLane(port: number): OperationLane {
  const key = sampleKey(port);
  const text = instanceKeyText(key);
  return {
    server: key,
    effect: `it replicates from ${instanceKeyText(NEW_SOURCE)}`,
    steps: [
      stepWith(`stop ${text}`, key, { effect: 'it stands still while its source is changed' }),
      stepWith(`point ${text} at ${instanceKeyText(NEW_SOURCE)}`, key, {
        dependsOn: [stepId(`stop ${text}`)],
        deadlineMillis: 30_000,
        patienceMillis: 10_000,
        effect: 'it replicates from its new source',
      }),
    ],
  };
}

/** Two replicas of 10111 that move below their sibling 10112. */
export const sampleMove: OperationPlan = planWith(
  { kind: 'relocate-replicas', key: PRIMARY, below: NEW_SOURCE, pattern: '' },
  {
    method: 'gtid',
    because: 'all of them replicate by GTID, and 127.0.0.1:10112 has all that they lack',
    rejected: [{ method: 'equivalent-coordinates', reason: 'no place of 127.0.0.1:10112 is known that equals theirs' }],
    locks: [sampleKey(10113), sampleKey(10114)],
    lanes: [movingLane(10113), movingLane(10114)],
    moves: [10113, 10114].map((port) => ({
      key: sampleKey(port),
      from: PRIMARY,
      to: NEW_SOURCE,
      method: 'gtid' as const,
    })),
    warnings: ['127.0.0.1:10114 is in another data centre than its new source'],
    leftOut: [{ key: sampleKey(10115), code: 'left-out', reason: 'it is ahead of 127.0.0.1:10112' }],
  },
);

/** The statements of `sampleMove`, as a MySQL server gets them. */
export const sampleMoveSteps: readonly ShownStep[] = sampleMove.lanes.flatMap(({ steps: [stop, point] }) =>
  stop === undefined || point === undefined
    ? []
    : [
        { step: stop, statements: ['STOP REPLICA'], undo: ['START REPLICA'] },
        {
          step: point,
          statements: [
            "CHANGE REPLICATION SOURCE TO SOURCE_HOST='127.0.0.1', SOURCE_PORT=10112, SOURCE_AUTO_POSITION=1",
            'START REPLICA',
          ],
          undo: [
            'STOP REPLICA',
            "CHANGE REPLICATION SOURCE TO SOURCE_HOST='127.0.0.1', SOURCE_PORT=10111, SOURCE_AUTO_POSITION=1",
            'START REPLICA',
          ],
        },
      ],
);

/** One of the two is where it should be, the other one where it was. */
export const sampleMoveReport: OperationReport = reportWith(sampleMove, {
  servers: [
    doneServer(sampleReplica(10113, 10112), 'it replicates from 127.0.0.1:10112'),
    failedServer(
      sampleKey(10114),
      'Error 1872 (HY000): Replica failed to initialize; it replicates from 127.0.0.1:10111 again',
    ),
  ],
  millis: 1_240,
});
