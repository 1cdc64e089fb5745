/** Plans run: what comes first, the lanes beside each other, what comes last; each lane undone by itself. */
import { describe, expect, it } from 'vitest';
import { clusterName } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import { sampleKey, sampleReplica, sampleServer } from '../model/topology-samples.ts';
import { gtidLane } from '../planning/operations/gtid-lane.ts';
import { byPosition, factsOf, log, withoutGtid } from '../planning/operations/move-testing.ts';
import type { OperationLane, OperationPlan, OperationStep } from '../planning/operations/operation-plan.ts';
import { planOperation } from '../planning/operations/plan-operation.ts';
import { align, backByOwnWay, follow, freeze, inOrder, standStill, start, step } from '../planning/operations/steps.ts';
import { stepId } from '../planning/plan.ts';
import { atPosition, trx } from '../planning/testing.ts';
import { type RunOptions, runOperation } from './run-operation.ts';
import { OperationWorld, type OperationWorldOptions } from './testing.ts';

const key = sampleKey;
const own = { executedGtidSet: trx('1-10', 1) };
const PRIMARY = 1;
const BELOW = 2;
const MOVED = [3, 4, 5, 6, 7];
const TREE: readonly Instance[] = [
  sampleServer(PRIMARY, own),
  ...[BELOW, ...MOVED].map((port) => sampleReplica(port, PRIMARY, own)),
];

/** Its threads stop, it goes below another server, it starts. */
function laneOf(port: number): OperationLane {
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

const goes = (port: number) => ({ key: key(port), from: key(PRIMARY), to: key(BELOW), method: 'gtid' }) as const;

const readOnlyStep = (port: number, readOnly: boolean, undo: OperationStep['undo'] = []): OperationStep =>
  step({
    id: stepId(`make ${port} ${readOnly ? 'read-only' : 'writable'}`),
    server: key(port),
    commands: [{ kind: 'set-read-only', readOnly, superReadOnly: false }],
    postcondition: { kind: 'read-only', readOnly },
    undo,
    effect: 'it is so',
  });

const before = readOnlyStep(PRIMARY, true, [{ kind: 'set-read-only', readOnly: false, superReadOnly: false }]);
const after = { ...readOnlyStep(PRIMARY, false), onFailure: 'note' } as const;

function aPlan(parts: Partial<OperationPlan> = {}): OperationPlan {
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

async function run(plan: OperationPlan, options: OperationWorldOptions = {}, wishes: Partial<RunOptions> = {}) {
  const world = new OperationWorld(TREE, options);
  const progress: string[] = [];
  const later: number[] = [];
  const end = await runOperation(plan, world.ports, {
    mayGoOn: () => !world.isCalledOff,
    mayUndo: () => true,
    isMeantToStand: () => false,
    hold: async () => null,
    putBackLater: ({ port }) => void later.push(port),
    progress: (text) => progress.push(text),
    ...wishes,
  });
  const kinds = Object.fromEntries(end.lanes.map(({ lane, kind }) => [lane.server.port, kind]));
  const sources = Object.fromEntries(MOVED.map((port) => [port, world.at(port).sourceKey?.port]));
  return { world, end, kinds, sources, progress, later, toldOf: (port: number) => commandsOf(world, port) };
}

const commandsOf = ({ told }: OperationWorld, port: number): readonly string[] =>
  told.filter((line) => line.startsWith(`${port} `)).map((line) => line.slice(`${port} `.length));

const runs = ({ receiverState, applierState }: Instance): boolean =>
  receiverState === 'running' && applierState === 'running';

describe('lanes', () => {
  it('all go well, and people who wait hear of each', async () => {
    const { kinds, sources, progress, toldOf } = await run(aPlan());
    expect(new Set(Object.values(kinds))).toEqual(new Set(['done']));
    expect(new Set(Object.values(sources))).toEqual(new Set([BELOW]));
    expect(progress.map((line) => line.slice(0, '1 of 5'.length))).toEqual(
      MOVED.map((_, index) => `${index + 1} of 5`),
    );
    expect(toldOf(3)).toEqual(['stop-receiver', 'follow', 'start-replication']);
  });

  it.each([1, 2, 5])(
    'MaxConcurrentReplicaOperations: %d of them run beside each other, and no more',
    async (lanesAtOnce) => {
      const running = new Set<number>();
      let most = 0;
      await run(aPlan({ lanesAtOnce }), {
        before: ({ port }, { kind }) => {
          running.add(port);
          most = Math.max(most, running.size);
          if (kind === 'start-replication') running.delete(port);
        },
      });
      expect(most).toBe(lanesAtOnce);
    },
  );

  it('one that fails is put back, and the others go on', async () => {
    const refuses: OperationWorldOptions['refuses'] = ({ port }, { kind }) => port === 4 && kind === 'follow';
    const { kinds, sources, world, end, toldOf } = await run(aPlan(), { refuses });
    expect(kinds).toEqual({ 3: 'done', 4: 'failed', 5: 'done', 6: 'done', 7: 'done' });
    expect(sources).toEqual({ 3: BELOW, 4: PRIMARY, 5: BELOW, 6: BELOW, 7: BELOW });
    expect(runs(world.at(4))).toBe(true);
    expect(toldOf(3)).toEqual(['stop-receiver', 'follow', 'start-replication']);
    expect(end.lanes[1]?.text).toContain('point 127.0.0.1:4 at 127.0.0.1:2: Error 1227');
  });

  it('a step that failed after it had been sent is undone too, and both threads run again', async () => {
    const stuck = { receiverState: 'running', applierState: 'stopped', applierRunning: false } as const;
    let starts = 0;
    const { world, kinds, toldOf } = await run(aPlan({ lanes: [laneOf(3)] }), {
      // At its new source the applier does not start.
      disobeys: ({ port }, { kind }) =>
        port === 3 && kind === 'start-replication' && ++starts === 1 ? stuck : undefined,
    });
    expect(kinds).toEqual({ 3: 'failed' });
    expect(toldOf(3).slice(3)).toEqual(['stop-replication', 'follow', 'start-replication']);
    expect([world.at(3).sourceKey, runs(world.at(3))]).toEqual([key(PRIMARY), true]);
  });

  it('one whose way back fails says what is left of it', async () => {
    const refuses: OperationWorldOptions['refuses'] = ({ port }, { kind }) =>
      port === 4 && (kind === 'follow' || kind === 'start-replication');
    const { end, later, world } = await run(aPlan({ lanes: [laneOf(4)] }), { refuses });
    expect(end.lanes[0]?.text).toContain('; not put back yet: stop receiver of 127.0.0.1:4: Error 1227');
    expect([later, [...world.standing]]).toEqual([[4], [4]]);
  });

  it('O29: one whose new source dies in the middle goes back to its former one, and replicates', async () => {
    const instance = sampleReplica(3, PRIMARY, own);
    const world = new OperationWorld(TREE, {
      before: ({ port }, { kind }) => {
        if (port === 3 && kind === 'start-replication' && world.at(3).sourceKey?.port === BELOW)
          world.silent.add(BELOW);
      },
      disobeys: ({ port }, { kind }) =>
        port === 3 && kind === 'start-replication' && world.at(3).sourceKey?.port === BELOW
          ? { receiverState: 'other', applierState: 'running', applierRunning: true }
          : undefined,
    });
    const facts = factsOf(TREE);
    const end = await runOperation(
      aPlan({ lanes: [gtidLane(instance, sampleReplica(BELOW, PRIMARY, own), facts)] }),
      world.ports,
      {
        mayGoOn: () => true,
        mayUndo: () => true,
        isMeantToStand: () => false,
        hold: async () => null,
        putBackLater: () => {},
        progress: () => {},
      },
    );
    expect(end.lanes[0]?.text).not.toContain('not put back');
    expect([world.at(3).sourceKey, runs(world.at(3))]).toEqual([key(PRIMARY), true]);
  });

  it('O29: one that finds its way back only later replicates there again', async () => {
    let isDenied = true;
    let starts = 0;
    const world = new OperationWorld(TREE, {
      // At its new source it does not start at once; and for a while it cannot go back.
      refuses: ({ port }, { kind }) => {
        const isMoved = world.at(3).sourceKey?.port === BELOW;
        if (!isDenied || port !== 3 || !isMoved) return false;
        return kind === 'follow' || (kind === 'start-replication' && ++starts === 1);
      },
    });
    const attempts: (() => Promise<string>)[] = [];
    await runOperation(aPlan({ lanes: [laneOf(3)] }), world.ports, {
      mayGoOn: () => true,
      mayUndo: () => true,
      isMeantToStand: () => false,
      hold: async () => null,
      putBackLater: (_, attempt) => void attempts.push(attempt),
      progress: () => {},
    });
    expect(await attempts[0]?.()).toBe('again');
    isDenied = false;
    expect(await attempts[0]?.()).toBe('done');
    expect([world.at(3).sourceKey, runs(world.at(3))]).toEqual([key(PRIMARY), true]);
  });

  it('A5: one that is to be put back stays below its new source where the former one has died meanwhile', async () => {
    let isDenied = true;
    const world = new OperationWorld(TREE, {
      refuses: ({ port }, { kind }) =>
        isDenied && port === 3 && world.at(3).sourceKey?.port === BELOW && kind !== 'stop-replication',
    });
    const attempts: (() => Promise<string>)[] = [];
    await runOperation(aPlan({ lanes: [laneOf(3)], moves: [goes(3)] }), world.ports, {
      mayGoOn: () => true,
      mayUndo: () => true,
      isMeantToStand: () => false,
      hold: async () => null,
      putBackLater: (_, attempt) => void attempts.push(attempt),
      progress: () => {},
    });
    isDenied = false;
    world.silent.add(PRIMARY);
    expect(await attempts[0]?.()).toBe('given-up');
    expect([world.at(3).sourceKey, runs(world.at(3))]).toEqual([key(BELOW), true]);
  });

  it('A5: nothing is put back while a recovery is under way', async () => {
    let isDenied = true;
    const world = new OperationWorld(TREE, {
      refuses: ({ port }, { kind }) => isDenied && port === 3 && kind !== 'stop-receiver',
    });
    const attempts: (() => Promise<string>)[] = [];
    let isBusy = false;
    const beside: typeof world.ports.beside = async (name, what, work) =>
      isBusy ? null : world.ports.beside(name, what, work);
    await runOperation(
      aPlan({ lanes: [laneOf(3)] }),
      { ...world.ports, beside },
      {
        mayGoOn: () => true,
        mayUndo: () => true,
        isMeantToStand: () => false,
        hold: async () => null,
        putBackLater: (_, attempt) => void attempts.push(attempt),
        progress: () => {},
      },
    );
    isDenied = false;
    isBusy = true;
    const told = world.told.length;
    expect([await attempts[0]?.(), world.told.length]).toEqual(['again', told]);
    isBusy = false;
    expect([await attempts[0]?.(), runs(world.at(3))]).toEqual(['done', true]);
  });

  it('O26: of a lane that stops two servers both are written down, and the other one is held until it is put back', async () => {
    const [upper, lower] = [sampleReplica(BELOW, PRIMARY, own), sampleReplica(3, BELOW, own)];
    const world = new OperationWorld([sampleServer(PRIMARY, own), upper, lower], {
      before: ({ port }, { kind }) => {
        if (port === 3 && kind === 'stop-receiver') {
          written.push(...world.standing);
          world.silent.add(BELOW);
        }
      },
    });
    const written: number[] = [];
    const later: number[] = [];
    const plan = planOperation(
      { kind: 'take-master', key: key(3) },
      factsOf([sampleServer(PRIMARY, own), upper, lower]),
    );
    if (plan.kind === 'refused') throw new Error(plan.text);
    await runOperation(plan.plan, world.ports, {
      mayGoOn: () => true,
      mayUndo: () => true,
      isMeantToStand: () => false,
      hold: async () => null,
      putBackLater: ({ port }) => void later.push(port),
      progress: () => {},
    });
    expect(written).toEqual([3, BELOW]);
    expect([later, [...world.standing], runs(world.at(3))]).toEqual([[BELOW], [BELOW], true]);
  });

  it('one that was refused before anything was sent is untouched', async () => {
    const world = new OperationWorld(TREE);
    world.silent.add(4);
    const options = {
      mayGoOn: () => true,
      mayUndo: () => true,
      isMeantToStand: () => false,
      hold: async () => null,
      putBackLater: () => {},
      progress: () => {},
    };
    const end = await runOperation(aPlan({ lanes: [laneOf(4)] }), world.ports, options);
    expect([end.lanes[0]?.kind, world.told]).toEqual(['untouched', []]);
  });

  it('one whose server somebody else holds is left out, by name', async () => {
    const { kinds, end, toldOf } = await run(
      aPlan(),
      {},
      { hold: async ({ port }) => (port === 5 ? 'ops has it' : null) },
    );
    expect(kinds).toEqual({ 3: 'done', 4: 'done', 5: 'untouched', 6: 'done', 7: 'done' });
    expect([end.lanes[2]?.text, toldOf(5)]).toEqual(['ops has it', []]);
  });
});

describe('what comes first', () => {
  it('when it fails is undone; neither lanes nor what comes last are begun', async () => {
    const refuses: OperationWorldOptions['refuses'] = ({ port }, { kind }) =>
      port === BELOW && kind === 'set-read-only';
    const second = { ...readOnlyStep(BELOW, false), dependsOn: [before.id] };
    const { world, end } = await run(aPlan({ before: [before, second], after: [after] }), { refuses });
    expect(world.told).toEqual(['1 set-read-only', '2 set-read-only', '1 set-read-only']);
    expect(world.at(PRIMARY).readOnly).toBe(false);
    expect([end.failure, end.lanes]).toEqual([expect.stringContaining('make 2 writable: Error 1227'), []]);
  });

  it('has ended when the lanes begin, whatever they depend on', async () => {
    const [lane] = [laneOf(3)];
    const steps = lane.steps.map((one, index) => (index === 0 ? { ...one, dependsOn: [before.id] } : one));
    const { world, kinds } = await run(aPlan({ before: [before], lanes: [{ ...lane, steps }], after: [after] }));
    expect(kinds).toEqual({ 3: 'done' });
    expect(world.told).toEqual([
      '1 set-read-only',
      '3 stop-receiver',
      '3 follow',
      '3 start-replication',
      '1 set-read-only',
    ]);
  });
});

describe('what comes last', () => {
  const fails: OperationWorldOptions['refuses'] = (_, { kind }) => kind === 'follow';

  it('is done although all lanes have failed', async () => {
    const { world, kinds } = await run(aPlan({ before: [before], after: [after] }), { refuses: fails });
    expect(new Set(Object.values(kinds))).toEqual(new Set(['failed']));
    expect(world.at(PRIMARY).readOnly).toBe(false);
  });

  it('is done although it was called off: nobody else would', async () => {
    const world = new OperationWorld(TREE);
    world.isCalledOff = true;
    const options = {
      mayGoOn: () => true,
      mayUndo: () => true,
      isMeantToStand: () => false,
      hold: async () => null,
      putBackLater: () => {},
      progress: () => {},
    };
    let isCalledOff = false;
    const end = await runOperation(aPlan({ before: [before], after: [after] }), world.ports, {
      ...options,
      mayGoOn: () => !isCalledOff,
      mayUndo: () => true,
      isMeantToStand: () => false,
      hold: async () => {
        isCalledOff = true;
        return 'held';
      },
    });
    expect([world.at(PRIMARY).readOnly, end.problems]).toEqual([false, []]);
  });

  it('that fails is told, and changes nothing of what became of the lanes', async () => {
    const refuses: OperationWorldOptions['refuses'] = (_, command) =>
      command.kind === 'set-read-only' && !command.readOnly;
    const { kinds, end } = await run(aPlan({ before: [before], lanes: [laneOf(3)], after: [after] }), { refuses });
    expect([kinds, end.problems]).toEqual([{ 3: 'done' }, [expect.stringContaining('make 1 writable: Error 1227')]]);
  });
});

describe('O43: making a server the primary', () => {
  const DEAD = [sampleServer(PRIMARY, own), ...[BELOW, 3].map((port) => sampleReplica(port, PRIMARY, own))];

  async function promote(
    options: OperationWorldOptions = {},
    calledOffAt: string | null = null,
    look: (standing: ReadonlySet<number>) => void = () => {},
  ) {
    const world: OperationWorld = new OperationWorld(DEAD, {
      ...options,
      before: ({ port }, { kind }) => {
        if (`${port} ${kind}` === calledOffAt) world.isCalledOff = true;
        look(world.standing);
      },
    });
    world.silent.add(PRIMARY);
    const plan = planOperation({ kind: 'make-master', key: key(BELOW) }, factsOf(DEAD, { silent: [PRIMARY] }));
    if (plan.kind === 'refused') throw new Error(plan.text);
    const later: number[] = [];
    const end = await runOperation(plan.plan, world.ports, {
      mayGoOn: () => !world.isCalledOff,
      mayUndo: () => true,
      isMeantToStand: () => false,
      hold: async () => null,
      putBackLater: ({ port }) => void later.push(port),
      progress: () => {},
    });
    return { world, end, later };
  }

  it('O43: called off by a recovery in the middle it takes no writes: the recovery promotes somebody', async () => {
    const { world, end } = await promote({}, '3 follow');
    expect([world.at(BELOW).readOnly, world.at(BELOW).sourceKey, runs(world.at(BELOW))]).toEqual([
      true,
      key(PRIMARY),
      true,
    ]);
    expect(end.failure).toContain('this node may not act any more');
  });

  it('O43: what fails is told as a failure, and is not tried again when somebody else may be the primary', async () => {
    const refuses: OperationWorldOptions['refuses'] = (_, { kind }) => kind === 'set-read-only';
    const { end, later } = await promote({ refuses });
    expect([end.failure, later]).toEqual([expect.stringContaining('make 127.0.0.1:2 writable: Error 1227'), []]);
  });

  it('O43: its siblings are written down while they stand still', async () => {
    const written: number[] = [];
    const { world } = await promote({}, null, (standing) => written.push(...standing));
    expect([[...new Set(written)], [...world.standing]]).toEqual([[BELOW, 3], []]);
  });
});

describe('O25: a move by place whose start is not seen', () => {
  const [primary, below, moved] = [withoutGtid(PRIMARY), byPosition(BELOW, PRIMARY), byPosition(3, PRIMARY)];

  /** `after`: what is seen of the moved server once it was started at its new source. */
  async function startedAs(after: Partial<Instance>) {
    const world: OperationWorld = new OperationWorld([primary, below, moved], {
      disobeys: ({ port }, { kind }) => {
        const isAtNew = port === 3 && kind === 'start-replication' && world.at(3).sourceKey?.port === BELOW;
        if (!isAtNew || starts++ > 0) return undefined;
        world.change(BELOW, { selfCoordinates: further });
        return after;
      },
    });
    let starts = 0;
    const plan = planOperation(
      { kind: 'move-below', key: key(3), below: key(BELOW) },
      factsOf([primary, below, moved]),
    );
    if (plan.kind === 'refused') throw new Error(plan.text);
    const end = await runOperation(plan.plan, world.ports, {
      mayGoOn: () => true,
      mayUndo: () => true,
      isMeantToStand: () => false,
      hold: async () => null,
      putBackLater: () => {},
      progress: () => {},
    });
    return { world, text: end.lanes[0]?.text };
  }

  const broken = { receiverState: 'running', applierState: 'stopped', applierRunning: false } as const;
  const further = log(`bin-${BELOW}.000001`, 5000);

  it('O25: it stays where it has applied rows: by its former place it would apply them once more', async () => {
    const { world, text } = await startedAs({ ...broken, readCoordinates: further, execCoordinates: further });
    expect([world.at(3).sourceKey, runs(world.at(3))]).toEqual([key(BELOW), true]);
    expect(text).toContain('; it stays below 127.0.0.1:2');
  });

  it('O25: it goes back where it could apply nothing of what its new source has sent', async () => {
    const { world, text } = await startedAs({ ...broken, readCoordinates: further });
    expect([world.at(3).sourceKey, runs(world.at(3)), text]).toEqual([
      key(PRIMARY),
      true,
      expect.not.stringContaining('stays'),
    ]);
  });
});

describe('O4: restarting MariaDB by GTID, with transactions in its relay log that it has not applied', () => {
  it('D4: it stands still where its source dies meanwhile: started, it would drop them', async () => {
    const waiting = sampleReplica(3, PRIMARY, atPosition('0-1-10', '0-1-4'));
    const world: OperationWorld = new OperationWorld([sampleServer(PRIMARY, atPosition('0-1-10')), waiting], {
      before: (_, { kind }) => {
        if (kind === 'stop-replication') world.silent.add(PRIMARY);
      },
    });
    const attempts: (() => Promise<string>)[] = [];
    const plan = planOperation(
      { kind: 'restart-replication', key: key(3) },
      factsOf([sampleServer(PRIMARY, atPosition('0-1-10')), waiting]),
    );
    if (plan.kind === 'refused') throw new Error(plan.text);
    const end = await runOperation(plan.plan, world.ports, {
      mayGoOn: () => true,
      mayUndo: () => true,
      isMeantToStand: () => false,
      hold: async () => null,
      putBackLater: (_, attempt) => void attempts.push(attempt),
      progress: () => {},
    });
    expect([world.told, end.lanes[0]?.text]).toEqual([
      ['3 stop-replication'],
      expect.stringContaining('; not put back yet: stop replication on 127.0.0.1:3'),
    ]);
    expect(await attempts[0]?.()).toBe('again');
    world.silent.delete(PRIMARY);
    expect([await attempts[0]?.(), runs(world.at(3))]).toEqual(['done', true]);
  });
});

describe('what is done after it', () => {
  const next = aPlan({ lanes: [laneOf(7)] });

  it('is begun once all of it has gone well; who is moved twice is told of once', async () => {
    const { kinds, toldOf } = await run(aPlan({ lanes: [laneOf(3)], next }));
    expect([kinds, toldOf(7)]).toEqual([{ 3: 'done', 7: 'done' }, ['stop-receiver', 'follow', 'start-replication']]);
  });

  it('is not begun where one of its lanes has failed, and is told as that', async () => {
    const refuses: OperationWorldOptions['refuses'] = ({ port }, { kind }) => port === 4 && kind === 'follow';
    const { kinds, toldOf, end } = await run(aPlan({ lanes: [laneOf(3), laneOf(4)], next }), { refuses });
    expect([kinds, toldOf(7)]).toEqual([{ 3: 'done', 4: 'failed', 7: 'untouched' }, []]);
    expect(end.lanes[2]?.text).toBe('not begun: what comes before it has failed');
  });

  describe('O59: replicas that are moved one after another', () => {
    const fails: OperationWorldOptions['refuses'] = ({ port }, { kind }) => port === 4 && kind === 'follow';
    const third = aPlan({ lanes: [laneOf(6)], startsAnyway: true });

    it('go on after one that has failed; the second half of that one does not', async () => {
      const secondHalf = aPlan({ lanes: [laneOf(5)], next: third });
      const { kinds, toldOf, end } = await run(aPlan({ lanes: [laneOf(4)], next: secondHalf }), { refuses: fails });
      expect([kinds, end.failure, toldOf(5)]).toEqual([{ 4: 'failed', 5: 'untouched', 6: 'done' }, null, []]);
    });

    it('go on after one that could not begin, which is told as its server', async () => {
      const refuses: OperationWorldOptions['refuses'] = ({ port }, { kind }) =>
        port === BELOW && kind === 'set-read-only';
      const first = aPlan({ before: [readOnlyStep(BELOW, false)], lanes: [laneOf(4)], next: third });
      const { kinds, end } = await run(first, { refuses });
      expect([kinds, end.failure]).toEqual([{ 4: 'untouched', 6: 'done' }, null]);
      expect(end.lanes[0]?.text).toContain('make 2 writable: Error 1227');
    });
  });
});

describe('called off in the middle', () => {
  it('A5: ends within one step, and puts back what it has begun', async () => {
    let world: OperationWorld | null = null;
    const stopAt: OperationWorldOptions['before'] = ({ port }, { kind }) => {
      if (port === 3 && kind === 'follow' && world !== null) world.isCalledOff = true;
    };
    world = new OperationWorld(TREE, { before: stopAt });
    const asked = world;
    const end = await runOperation(aPlan({ lanesAtOnce: 1 }), world.ports, {
      mayGoOn: () => !asked.isCalledOff,
      mayUndo: () => true,
      isMeantToStand: () => false,
      hold: async () => null,
      putBackLater: () => {},
      progress: () => {},
    });
    expect(end.lanes.map(({ kind }) => kind)).toEqual(['failed', ...MOVED.slice(1).map(() => 'untouched')]);
    expect(commandsOf(world, 3)).toEqual(['stop-receiver', 'start-replication']);
    expect([world.at(3).sourceKey, runs(world.at(3))]).toEqual([key(PRIMARY), true]);
    expect(MOVED.slice(1).flatMap((port) => commandsOf(asked, port))).toEqual([]);
  });

  it('K12: who may act no more puts nothing back, since another node may be at work, and leaves it written down', async () => {
    let world: OperationWorld | null = null;
    const stopAt: OperationWorldOptions['before'] = (_, { kind }) => {
      if (kind === 'follow' && world !== null) world.mayGoOn = false;
    };
    world = new OperationWorld(TREE, { before: stopAt });
    await runOperation(aPlan({ lanes: [laneOf(3)] }), world.ports, {
      mayGoOn: world.ports.mayGoOn,
      mayUndo: world.ports.mayGoOn,
      isMeantToStand: () => false,
      hold: async () => null,
      putBackLater: () => {},
      progress: () => {},
    });
    expect([world.told, [...world.standing]]).toEqual([['3 stop-receiver'], [3]]);
  });

  it('D11: once the recovery has begun nothing is put back any more: it waits for its end', async () => {
    let world: OperationWorld | null = null;
    const stopAt: OperationWorldOptions['before'] = (_, { kind }) => {
      if (kind === 'follow' && world !== null) world.isCalledOff = true;
    };
    world = new OperationWorld(TREE, { before: stopAt });
    const asked = world;
    const later: { readonly port: number; readonly attempt: () => Promise<string> }[] = [];
    const end = await runOperation(aPlan({ before: [before], lanes: [laneOf(3)], after: [after] }), world.ports, {
      mayGoOn: () => !asked.isCalledOff,
      mayUndo: () => !asked.isCalledOff,
      isMeantToStand: () => false,
      hold: async () => null,
      putBackLater: ({ port }, attempt) => void later.push({ port, attempt }),
      progress: () => {},
    });
    const told = ['1 set-read-only', '3 stop-receiver'];
    expect([world.told, end.lanes[0]?.kind, [...world.standing].sort()]).toEqual([told, 'failed', [1, 3]]);
    expect(later.map(({ port }) => port).sort()).toEqual([1, 3]);
    for (const { attempt } of later) expect(await attempt()).toBe('again');
    expect(world.told).toEqual(told);
    world.isCalledOff = false;
    for (const { attempt } of later) expect(await attempt()).toBe('done');
    expect([world.at(1).readOnly, runs(world.at(3))]).toEqual([false, true]);
  });
});

describe('equal places', () => {
  const stood = { file: 'source-bin.000001', pos: 100, type: 'binary' } as const;
  const place = { file: 'below-bin.000007', pos: 700, type: 'binary' } as const;
  const byPlace = {
    usingOracleGtid: false,
    supportsOracleGtid: false,
    gtidMode: 'OFF',
    readCoordinates: stood,
    execCoordinates: stood,
  } as const;

  async function moved(changes: Partial<Instance>, at: 'gtid' | 'place', plan: Partial<OperationPlan> = {}) {
    const instance = sampleReplica(3, PRIMARY, { ...own, ...changes });
    const world = new OperationWorld([...TREE.filter((server) => server.key.port !== 3), instance]);
    const relayLog = { kind: 'drained' } as const;
    const steps = inOrder([
      standStill(instance),
      follow({
        instance,
        source: key(BELOW),
        at: at === 'gtid' ? { kind: 'gtid' } : { kind: 'place', place: { kind: 'known', coordinates: place } },
        relayLog,
        back: null,
      }),
      start(instance, key(BELOW)),
    ]);
    await runOperation(aPlan({ ...plan, lanes: [{ server: key(3), steps, effect: '' }] }), world.ports, {
      mayGoOn: () => true,
      mayUndo: () => true,
      isMeantToStand: () => false,
      hold: async () => null,
      putBackLater: () => {},
      progress: () => {},
    });
    return world;
  }

  it('O22: are remembered of a move by place: where it stood, and where it went on', async () => {
    const { remembered, forgotten } = await moved(byPlace, 'place');
    expect(remembered).toEqual([
      [
        { source: key(PRIMARY), coordinates: stood },
        { source: key(BELOW), coordinates: place },
      ],
    ]);
    expect(forgotten).toEqual([3]);
  });

  it('O22, O27: are not of co-primaries: what each has written itself lies in both logs', async () => {
    const { remembered } = await moved(byPlace, 'place', { request: { kind: 'make-co-master', key: key(BELOW) } });
    expect(remembered).toEqual([]);
  });

  it('O22: are not of a move by GTID, in which the two places differ; what was known of its relay logs is void all the same', async () => {
    const { remembered, forgotten } = await moved({}, 'gtid');
    expect([remembered, forgotten]).toEqual([[], [3]]);
  });
});
