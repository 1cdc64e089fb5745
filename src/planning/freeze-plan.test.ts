import { describe, expect, it } from 'vitest';
import { unixMillis } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import { sampleReplica } from '../model/topology-samples.ts';
import { SILENT_REPLICA_MILLIS } from './deadlines.ts';
import { afterTriedMoves, freezePlan } from './freeze-plan.ts';
import { applierBroken, at, atPosition, stepOf, TEST_CLUSTER } from './testing.ts';

const failed = at(22293);
const planFor = (...replicas: Parameters<typeof freezePlan>[2][number][]) => freezePlan(TEST_CLUSTER, failed, replicas);

describe('freezing replicas', () => {
  it('D11: stops every receiver at the same time, also one that is merely connecting, and no applier', () => {
    const connecting = sampleReplica(22295, 22293, { receiverRunning: false, receiverState: 'other' });
    const plan = planFor(sampleReplica(22294, 22293), connecting);
    expect(plan.steps.map(({ server, commands, dependsOn }) => [server.port, commands, dependsOn])).toEqual([
      [22294, [{ kind: 'stop-receiver' }], []],
      [22295, [{ kind: 'stop-receiver' }], []],
    ]);
  });

  it('touches nobody who follows somebody else by now, and believes in a stop only when it sees one', () => {
    const step = stepOf(planFor(sampleReplica(22294, 22293)), 'stop receiver of 127.0.0.1:22294');
    expect(step.precondition).toEqual({ kind: 'replicates-from', source: failed });
    expect(step.postcondition).toEqual({ kind: 'receiver-stopped' });
    expect(step.onFailure).toBe('lose-server');
  });

  it('A10, J3: waits little for one that is known to be silent, unless it gave acknowledgements', () => {
    const silent = { lastChecked: unixMillis(2_000), lastSeen: unixMillis(1_000) };
    const acker = sampleReplica(22296, 22293, silent);
    const plan = planFor(sampleReplica(22294, 22293), sampleReplica(22295, 22293, silent), {
      ...acker,
      semiSync: { ...acker.semiSync, replicaEnabled: true },
    });
    expect(plan.steps.map(({ answerMillis }) => answerMillis)).toEqual([undefined, SILENT_REPLICA_MILLIS, undefined]);
  });

  it('D16: has a replica that waits as a semi-sync source apply what it has; never one that takes writes, whose sessions wait too (G4)', () => {
    const waiting = sampleReplica(22294, 22293, { readOnly: true });
    const semiSync = { ...waiting.semiSync, sourceEnabled: true };
    const plan = planFor({ ...waiting, semiSync }, sampleReplica(22295, 22293, { readOnly: false, semiSync }));
    expect(plan.steps.map(({ commands, undo }) => [commands.map(({ kind }) => kind), undo])).toEqual([
      [['stop-receiver', 'set-semi-sync-source'], [{ kind: 'start-receiver' }]],
      [['stop-receiver'], [{ kind: 'start-receiver' }]],
    ]);
  });

  describe('on MariaDB, where a thread that is started while both are stopped drops the relay log', () => {
    const stoppedApplier = { ...atPosition('0-1-9', '0-1-5'), applierRunning: false, applierState: 'stopped' } as const;
    const planned = (changes: Partial<Instance>) => {
      const [step] = planFor(sampleReplica(22294, 22293, changes)).steps;
      return { commands: step?.commands.map(({ kind }) => kind), undo: step?.undo.map(({ kind }) => kind) };
    };

    it('D3: starts a stopped applier while the receiver still runs', () => {
      expect(planned(stoppedApplier)).toEqual({
        commands: ['start-applier', 'stop-receiver'],
        undo: ['start-receiver'],
      });
    });

    it('D4: leaves a broken applier alone, and then does not start the receiver again', () => {
      expect(planned(applierBroken(stoppedApplier))).toEqual({ commands: ['stop-receiver'], undo: [] });
    });

    it('starts nothing where both are stopped already, and nothing on MySQL', () => {
      expect(planned({ ...stoppedApplier, receiverState: 'stopped' })).toEqual({
        commands: ['stop-receiver'],
        undo: [],
      });
      expect(planned({ applierRunning: false, applierState: 'stopped' })).toEqual({
        commands: ['stop-receiver'],
        undo: ['start-receiver'],
      });
    });
  });

  it('C14: is undone by starting the receivers again, but not one that somebody had stopped', () => {
    const stopped = sampleReplica(22295, 22293, { receiverRunning: false, receiverState: 'stopped' });
    const plan = planFor(sampleReplica(22294, 22293), stopped);
    expect(plan.steps.map(({ undo }) => undo)).toEqual([[{ kind: 'start-receiver' }], []]);
  });

  it('is undone after a CHANGE was tried by starting what had been running: it may have stopped both threads', () => {
    const found = [
      sampleReplica(22294, 22293),
      sampleReplica(22295, 22293, { receiverState: 'stopped' }),
      sampleReplica(22296, 22293, { applierState: 'stopped' }),
      sampleReplica(22297, 22293),
    ];
    const { steps } = afterTriedMoves(planFor(...found), found.slice(0, 3));
    expect(steps.map(({ undo }) => undo.map(({ kind }) => kind))).toEqual([
      ['start-replication'],
      ['start-applier'],
      ['start-receiver'],
      ['start-receiver'],
    ]);
  });
});
