import { describe, expect, it } from 'vitest';
import { sampleReplica } from '../model/topology-samples.ts';
import { freezePlan } from './freeze-plan.ts';
import { at, stepOf, TEST_CLUSTER } from './testing.ts';

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

  it('C14: is undone by starting the receivers again, but not one that somebody had stopped', () => {
    const stopped = sampleReplica(22295, 22293, { receiverRunning: false, receiverState: 'stopped' });
    const plan = planFor(sampleReplica(22294, 22293), stopped);
    expect(plan.steps.map(({ undo }) => undo)).toEqual([[{ kind: 'start-receiver' }], []]);
  });
});
