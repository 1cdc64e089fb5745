/** Operations that a recovery calls off, and nodes that may act no more. */
import { describe, expect, it } from 'vitest';
import { sampleReplica, sampleServer } from '../model/topology-samples.ts';
import { factsOf, planned } from '../planning/operations/move-testing.ts';
import { runOperation } from './run-operation.ts';
import {
  after,
  aPlan,
  BELOW,
  before,
  commandsOf,
  goingOn,
  key,
  laneOf,
  MOVED,
  own,
  PRIMARY,
  runs,
  TREE,
} from './run-testing.ts';
import { OperationWorld, type OperationWorldOptions } from './testing.ts';

describe('called off in the middle', () => {
  it('A5: ends within one step, and puts back what it has begun', async () => {
    let world: OperationWorld | null = null;
    const stopAt: OperationWorldOptions['before'] = ({ port }, { kind }) => {
      if (port === 3 && kind === 'follow' && world !== null) world.isCalledOff = true;
    };
    world = new OperationWorld(TREE, { before: stopAt });
    const asked = world;
    const end = await runOperation(
      aPlan({ lanesAtOnce: 1 }),
      world.ports,
      goingOn({ mayGoOn: () => !asked.isCalledOff }),
    );
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
    await runOperation(
      aPlan({ lanes: [laneOf(3)] }),
      world.ports,
      goingOn({ mayGoOn: world.ports.mayGoOn, mayUndo: world.ports.mayGoOn }),
    );
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
    const end = await runOperation(
      aPlan({ before: [before], lanes: [laneOf(3)], after: [after] }),
      world.ports,
      goingOn({
        mayGoOn: () => !asked.isCalledOff,
        mayUndo: () => !asked.isCalledOff,
        putBackLater: ({ port }, attempt) => void later.push({ port, attempt }),
      }),
    );
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
    const plan = planned({ kind: 'make-master', key: key(BELOW) }, factsOf(DEAD, { silent: [PRIMARY] }));
    const later: number[] = [];
    const end = await runOperation(
      plan,
      world.ports,
      goingOn({ mayGoOn: () => !world.isCalledOff, putBackLater: ({ port }) => void later.push(port) }),
    );
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
