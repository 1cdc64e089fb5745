// A core that leaves a primary that comes back as it is must be caught, although nothing happens in the moment in which it comes back.

import { expect, it, vi } from 'vitest';
import { firstCaught } from '../support/first-caught.ts';

vi.mock('../../../src/service/after-failovers.ts', async (importOriginal) => {
  const original = await importOriginal<typeof import('../../../src/service/after-failovers.ts')>();
  class AfterFailovers extends original.AfterFailovers {
    override start(): void {}
  }
  return { ...original, AfterFailovers };
});

it('G3: a core that does not make a returned primary read-only is caught', async () => {
  const caught = await firstCaught({ invariant: 2 });
  expect(caught?.violations.map(({ invariant }) => invariant)).toContain(2);
});
