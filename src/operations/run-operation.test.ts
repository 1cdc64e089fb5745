/** Plans run: what comes first, the lanes beside each other, what comes last; each lane undone by itself. */
import { describe, expect, it } from 'vitest';
import { runOperation } from './run-operation.ts';
import {
  after,
  aPlan,
  BELOW,
  before,
  goingOn,
  key,
  laneOf,
  MOVED,
  PRIMARY,
  readOnlyStep,
  run,
  runs,
  TREE,
} from './run-testing.ts';
import { OperationWorld, type OperationWorldOptions } from './testing.ts';

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

  it('one that was refused before anything was sent is untouched', async () => {
    const world = new OperationWorld(TREE);
    world.silent.add(4);
    const options = goingOn();
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
    let isCalledOff = false;
    const hold = async (): Promise<string> => {
      isCalledOff = true;
      return 'held';
    };
    const options = goingOn({ mayGoOn: () => !isCalledOff, hold });
    const end = await runOperation(aPlan({ before: [before], after: [after] }), world.ports, options);
    expect([world.at(PRIMARY).readOnly, end.problems]).toEqual([false, []]);
  });

  it('that fails is told, and changes nothing of what became of the lanes', async () => {
    const refuses: OperationWorldOptions['refuses'] = (_, command) =>
      command.kind === 'set-read-only' && !command.readOnly;
    const { kinds, end } = await run(aPlan({ before: [before], lanes: [laneOf(3)], after: [after] }), { refuses });
    expect([kinds, end.problems]).toEqual([{ 3: 'done' }, [expect.stringContaining('make 1 writable: Error 1227')]]);
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
