// A core that chooses and promotes while the receivers go on must be caught.

import { expect, it, vi } from 'vitest';
import { firstCaught } from '../support/first-caught.ts';

vi.mock('../../../src/planning/freeze-plan.ts', async (importOriginal) => {
  const original = await importOriginal<typeof import('../../../src/planning/freeze-plan.ts')>();
  const freezePlan: typeof original.freezePlan = (clusterName, failed, replicas) => {
    const plan = original.freezePlan(clusterName, failed, replicas);
    const postcondition = { kind: 'replicates-from', source: failed, running: false } as const;
    return { ...plan, steps: plan.steps.map((step) => ({ ...step, commands: [], postcondition, undo: [] })) };
  };
  return { ...original, freezePlan };
});

it('D11: a core that does not stop the receivers is caught', async () => {
  const caught = await firstCaught({ profile: 'crash' });
  expect(caught?.violations).not.toHaveLength(0);
});
