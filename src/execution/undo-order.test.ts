import { describe, expect, it } from 'vitest';
import type { InstanceKey } from '../model/instance-key.ts';
import { type PlanStep, stepId } from '../planning/plan.ts';
import { undoneBefore } from './undo-order.ts';

const at = (port: number): InstanceKey => ({ hostname: 'db', port });

const step = (id: string, port: number, ...dependsOn: readonly string[]): PlanStep<never> => ({
  id: stepId(id),
  server: at(port),
  commands: [],
  dependsOn: dependsOn.map(stepId),
  precondition: { kind: 'none' },
  postcondition: { kind: 'none' },
  deadlineMillis: 1_000,
  undo: [],
  onFailure: 'abort',
  effect: '',
});

describe('undoneBefore', () => {
  const freeze = step('freeze', 2);
  const align = step('align', 1, 'freeze');
  const follow = step('follow', 2, 'align');
  const start = step('start', 2, 'follow');
  const elsewhere = step('elsewhere', 3, 'align');
  const all = [freeze, align, follow, start, elsewhere];

  it('D4: a receiver runs again only once its server is back at its source, whatever lies between', () => {
    expect(undoneBefore(freeze, all)).toEqual([align, follow, start]);
  });

  it('what depends on a step is undone before it, on whichever server', () => {
    expect(undoneBefore(align, all)).toEqual([follow, elsewhere]);
    expect(undoneBefore(start, all)).toEqual([]);
  });
});
