// A core that promotes the replica that has received the least must be caught.

import { expect, it, vi } from 'vitest';
import { firstCaught } from '../support/first-caught.ts';

vi.mock('../../../src/planning/candidates.ts', async (importOriginal) => {
  const original = await importOriginal<typeof import('../../../src/planning/candidates.ts')>();
  const { compareAmounts } = await import('../../../src/planning/replica-progress.ts');
  const chooseCandidate: typeof original.chooseCandidate = (request, policy) => {
    const result = original.chooseCandidate(request, policy);
    if (result.kind === 'none' || request.designated !== null) return result;
    const { chosen, others, refused } = result.choice;
    const [least = chosen, ...more] = [chosen, ...others].sort((one, other) =>
      compareAmounts(one.progress, other.progress),
    );
    return { kind: 'chosen', choice: { ...result.choice, chosen: least, others: more, refused, donor: null } };
  };
  return { ...original, chooseCandidate };
});

it('C1: a core that promotes the least advanced replica is caught', async () => {
  const caught = await firstCaught({ profile: 'crash' });
  expect(caught?.violations).not.toHaveLength(0);
});
