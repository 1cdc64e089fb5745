// A core that promotes without waiting until what was received is applied must be caught.

import { expect, it, vi } from 'vitest';
import type { FailoverStep } from '../../../src/planning/failover-way.ts';
import { firstCaught } from '../support/first-caught.ts';

const withoutDrain = (step: FailoverStep): FailoverStep =>
  step.id.startsWith('drain ') ? { ...step, commands: [], postcondition: { kind: 'none' } } : step;

vi.mock('../../../src/planning/failover-plan.ts', async (importOriginal) => {
  const original = await importOriginal<typeof import('../../../src/planning/failover-plan.ts')>();
  const planFailover: typeof original.planFailover = (request, policy) => {
    const result = original.planFailover(request, policy);
    if (result.kind === 'refused') return result;
    return { ...result, plan: { ...result.plan, steps: result.plan.steps.map(withoutDrain) } };
  };
  return { ...original, planFailover };
});

it('D2: a core that skips the drain is caught', async () => {
  const caught = await firstCaught({ profile: 'strain' });
  expect(caught?.violations).not.toHaveLength(0);
});
