/** Servers that were moved in vain, or stopped for nothing: put back at once or later, or left where it is right to leave them. */
import { describe, expect, it } from 'vitest';
import type { Instance } from '../model/instance.ts';
import { sampleReplica, sampleServer } from '../model/topology-samples.ts';
import { gtidLane } from '../planning/operations/gtid-lane.ts';
import { byPosition, factsOf, log, planned, withoutGtid } from '../planning/operations/move-testing.ts';
import { atPosition, holding, trx } from '../planning/testing.ts';
import { runOperation } from './run-operation.ts';
import { aPlan, BELOW, goes, goingOn, key, laneOf, own, PRIMARY, runs, TREE } from './run-testing.ts';
import { OperationWorld } from './testing.ts';

describe('O2: a nice stop that comes to no end', () => {
  it('O2: is waited for as long as was asked, not as often as a stop may be repeated, and leaves the threads as they were', async () => {
    const behind = [sampleServer(PRIMARY, own), sampleReplica(3, PRIMARY, holding(trx('1-10', 1), trx('1-4', 1)))];
    const world = new OperationWorld(behind);
    const plan = planned({ kind: 'stop-replication-nicely', key: key(3), timeoutSeconds: 2 }, factsOf(behind));
    const began = world.clock.monotonic();
    const end = await runOperation(plan, world.ports, goingOn());
    expect(end.lanes[0]?.text).toContain('has not applied all that it has received');
    expect(world.clock.monotonic() - began).toBeLessThan(3_000);
    expect(runs(world.at(3))).toBe(true);
  });
});

describe('putting back', () => {
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
      goingOn(),
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
    await runOperation(
      aPlan({ lanes: [laneOf(3)] }),
      world.ports,
      goingOn({ putBackLater: (_, attempt) => void attempts.push(attempt) }),
    );
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
    await runOperation(
      aPlan({ lanes: [laneOf(3)], moves: [goes(3)] }),
      world.ports,
      goingOn({ putBackLater: (_, attempt) => void attempts.push(attempt) }),
    );
    isDenied = false;
    world.silent.add(PRIMARY);
    expect(await attempts[0]?.()).toBe('given-up');
    expect([world.at(3).sourceKey, runs(world.at(3))]).toEqual([key(BELOW), true]);
  });

  it('D12, A5: one that a recovery has moved meanwhile, and that a late stop of ours has stopped there, runs again where it is', async () => {
    const SUCCESSOR = 5;
    let mayUndo = true;
    const world = new OperationWorld(TREE, {
      refuses: ({ port }, { kind }) =>
        port === 3 && kind === 'start-replication' && world.at(3).sourceKey?.port === BELOW,
      disobeys: ({ port }, { kind }) => {
        if (port !== 3 || kind !== 'stop-replication' || !mayUndo) return undefined;
        mayUndo = false;
        return { sourceKey: key(SUCCESSOR), receiverState: 'stopped', applierState: 'stopped', applierRunning: false };
      },
    });
    const attempts: (() => Promise<string>)[] = [];
    await runOperation(
      aPlan({ lanes: [laneOf(3)], moves: [goes(3)] }),
      world.ports,
      goingOn({ mayUndo: () => mayUndo, putBackLater: (_, attempt) => void attempts.push(attempt) }),
    );
    expect(runs(world.at(3))).toBe(false);
    expect(await attempts[0]?.()).toBe('given-up');
    expect([world.at(3).sourceKey, runs(world.at(3))]).toEqual([key(SUCCESSOR), true]);
  });

  it('O26, I6: two that changed places are not put back so that each replicates from the other', async () => {
    const [upper, lower] = [sampleReplica(BELOW, PRIMARY, own), sampleReplica(3, BELOW, own)];
    const servers = [sampleServer(PRIMARY, own), upper, lower];
    let isDenied = true;
    const world: OperationWorld = new OperationWorld(servers, {
      // The start at the top fails, and for a while the one that went down does not go up again.
      refuses: ({ port }, { kind }) => {
        if (!isDenied) return false;
        if (port === BELOW && kind === 'follow') return world.at(BELOW).sourceKey?.port === 3;
        return port === 3 && kind === 'start-replication' && world.at(3).sourceKey?.port === PRIMARY;
      },
    });
    const attempts = new Map<number, () => Promise<string>>();
    const plan = planned({ kind: 'take-master', key: key(3) }, factsOf(servers));
    await runOperation(
      plan,
      world.ports,
      goingOn({ putBackLater: ({ port }, attempt) => void attempts.set(port, attempt) }),
    );
    const sources = () => [world.at(BELOW).sourceKey?.port, world.at(3).sourceKey?.port];
    expect([sources(), [...attempts.keys()].sort()]).toEqual([
      [3, PRIMARY],
      [BELOW, 3],
    ]);
    isDenied = false;
    expect([await attempts.get(3)?.(), sources()]).toEqual(['again', [3, PRIMARY]]);
    expect([await attempts.get(BELOW)?.(), sources()]).toEqual(['done', [PRIMARY, PRIMARY]]);
    expect([await attempts.get(3)?.(), sources()]).toEqual(['done', [PRIMARY, BELOW]]);
    expect([world.at(BELOW), world.at(3)].map(runs)).toEqual([true, true]);
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
      goingOn({ putBackLater: (_, attempt) => void attempts.push(attempt) }),
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
    const plan = planned({ kind: 'take-master', key: key(3) }, factsOf([sampleServer(PRIMARY, own), upper, lower]));
    await runOperation(plan, world.ports, goingOn({ putBackLater: ({ port }) => void later.push(port) }));
    expect(written).toEqual([3, BELOW]);
    expect([later, [...world.standing], runs(world.at(3))]).toEqual([[BELOW], [BELOW], true]);
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
    const plan = planned({ kind: 'move-below', key: key(3), below: key(BELOW) }, factsOf([primary, below, moved]));
    const end = await runOperation(plan, world.ports, goingOn());
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
    const plan = planned(
      { kind: 'restart-replication', key: key(3) },
      factsOf([sampleServer(PRIMARY, atPosition('0-1-10')), waiting]),
    );
    const end = await runOperation(
      plan,
      world.ports,
      goingOn({ putBackLater: (_, attempt) => void attempts.push(attempt) }),
    );
    expect([world.told, end.lanes[0]?.text]).toEqual([
      ['3 stop-replication'],
      expect.stringContaining('; not put back yet: stop replication on 127.0.0.1:3'),
    ]);
    expect(await attempts[0]?.()).toBe('again');
    world.silent.delete(PRIMARY);
    expect([await attempts[0]?.(), runs(world.at(3))]).toEqual(['done', true]);
  });
});
