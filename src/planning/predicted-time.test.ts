import { describe, expect, it } from 'vitest';
import { sampleKey } from '../model/topology-samples.ts';
import { type PlanStep, stepId } from './plan.ts';
import { predictedTime } from './predicted-time.ts';

function step(name: string, dependsOn: readonly string[], changes: Partial<PlanStep> = {}): PlanStep {
  return {
    id: stepId(name),
    server: sampleKey(1),
    commands: [{ kind: 'stop-receiver' }],
    dependsOn: dependsOn.map(stepId),
    precondition: { kind: 'none' },
    postcondition: { kind: 'receiver-stopped' },
    deadlineMillis: 1_000,
    undo: [],
    onFailure: 'abort',
    effect: '',
    ...changes,
  };
}

const PACE = { roundTripMillis: 2, backlogMillis: 300 };
const predicted = (...plans: readonly (readonly PlanStep[])[]) => predictedTime(plans, () => PACE);

describe('how long a plan will take', () => {
  it('steps that depend on nothing run beside each other; plans one after the other', () => {
    expect(predicted([step('a', []), step('b', [])])).toEqual({ expectedMillis: 4, atMostMillis: 1_000 });
    expect(predicted([step('a', [])], [step('a', [])])).toEqual({ expectedMillis: 8, atMostMillis: 2_000 });
  });

  it('a chain takes as long as all its steps', () => {
    const chain = [step('a', []), step('b', ['a'], { patienceMillis: 500 }), step('c', ['a'])];
    expect(predicted(chain)).toEqual({ expectedMillis: 8, atMostMillis: 2_500 });
  });

  it('who waits for transactions waits for what is not applied', () => {
    const drain = step('drain', [], {
      commands: [{ kind: 'wait-for-gtid', gtid: 'x:1', timeoutSeconds: 10 }],
      postcondition: { kind: 'none' },
    });
    expect(predicted([drain]).expectedMillis).toBe(302);
  });

  it('nothing takes no time', () => {
    expect(predicted([])).toEqual({ expectedMillis: 0, atMostMillis: 0 });
  });
});
