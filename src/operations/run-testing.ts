/** Plans of lanes that go below another server, and a world to run them in. */
import { clusterName } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import { sampleKey, sampleReplica, sampleServer } from '../model/topology-samples.ts';
import type { OperationLane, OperationPlan, OperationStep } from '../planning/operations/operation-plan.ts';
import { align, backByOwnWay, follow, freeze, inOrder, start, step } from '../planning/operations/steps.ts';
import { stepId } from '../planning/plan.ts';
import { trx } from '../planning/testing.ts';
import type { RunOptions } from './operation-run.ts';
import { runOperation } from './run-operation.ts';
import { OperationWorld, type OperationWorldOptions } from './testing.ts';

export const key = sampleKey;
export const own = { executedGtidSet: trx('1-10', 1) };
export const PRIMARY = 1;
export const BELOW = 2;
export const MOVED = [3, 4, 5, 6, 7];
export const TREE: readonly Instance[] = [
  sampleServer(PRIMARY, own),
  ...[BELOW, ...MOVED].map((port) => sampleReplica(port, PRIMARY, own)),
];

/** Its threads stop, it goes below another server, it starts. */
export function laneOf(port: number): OperationLane {
  const instance = sampleReplica(port, PRIMARY, own);
  const frozen = freeze(instance);
  const relayLog = { kind: 'executed-by', server: key(BELOW) } as const;
  const steps = [
    frozen,
    // Nothing to undo, between what has.
    align(key(BELOW), frozen, key(PRIMARY)),
    follow({
      instance,
      source: key(BELOW),
      at: { kind: 'gtid' },
      relayLog,
      back: { at: backByOwnWay(instance, frozen.id), relayLog },
    }),
    start(instance, key(BELOW)),
  ];
  return { server: key(port), steps: inOrder(steps), effect: `it replicates from ${BELOW}` };
}

export const goes = (port: number) => ({ key: key(port), from: key(PRIMARY), to: key(BELOW), method: 'gtid' }) as const;

export const readOnlyStep = (port: number, readOnly: boolean, undo: OperationStep['undo'] = []): OperationStep =>
  step({
    id: stepId(`make ${port} ${readOnly ? 'read-only' : 'writable'}`),
    server: key(port),
    commands: [{ kind: 'set-read-only', readOnly, superReadOnly: false }],
    postcondition: { kind: 'read-only', readOnly },
    undo,
    effect: 'it is so',
  });

export const before = readOnlyStep(PRIMARY, true, [{ kind: 'set-read-only', readOnly: false, superReadOnly: false }]);
export const after = { ...readOnlyStep(PRIMARY, false), onFailure: 'note' } as const;

export function aPlan(parts: Partial<OperationPlan> = {}): OperationPlan {
  return {
    request: { kind: 'relocate-replicas', key: key(PRIMARY), below: key(BELOW), pattern: '' },
    clusterName: clusterName('demo:3306'),
    method: 'gtid',
    because: '',
    rejected: [],
    locks: [],
    before: [],
    lanes: MOVED.map(laneOf),
    after: [],
    lanesAtOnce: 2,
    moves: [],
    leftOut: [],
    warnings: [],
    audits: [],
    promoted: null,
    hooks: [],
    next: null,
    ...parts,
  };
}

/** Nobody calls it off, everybody can be held, and nobody listens, but for what is said. */
export const goingOn = (wishes: Partial<RunOptions> = {}): RunOptions => ({
  mayGoOn: () => true,
  mayUndo: () => true,
  isMeantToStand: () => false,
  hold: async () => null,
  putBackLater: () => {},
  progress: () => {},
  ...wishes,
});

export async function run(plan: OperationPlan, options: OperationWorldOptions = {}, wishes: Partial<RunOptions> = {}) {
  const world = new OperationWorld(TREE, options);
  const progress: string[] = [];
  const later: number[] = [];
  const end = await runOperation(
    plan,
    world.ports,
    goingOn({
      mayGoOn: () => !world.isCalledOff,
      putBackLater: ({ port }) => void later.push(port),
      progress: (text) => progress.push(text),
      ...wishes,
    }),
  );
  const kinds = Object.fromEntries(end.lanes.map(({ lane, kind }) => [lane.server.port, kind]));
  const sources = Object.fromEntries(MOVED.map((port) => [port, world.at(port).sourceKey?.port]));
  return { world, end, kinds, sources, progress, later, toldOf: (port: number) => commandsOf(world, port) };
}

export const commandsOf = ({ told }: OperationWorld, port: number): readonly string[] =>
  told.filter((line) => line.startsWith(`${port} `)).map((line) => line.slice(`${port} `.length));

export const runs = ({ receiverState, applierState }: Instance): boolean =>
  receiverState === 'running' && applierState === 'running';
