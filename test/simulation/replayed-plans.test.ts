// Invariant 12: a plan follows from what it was made from, and from nothing else: whoever replays the inputs of a recovery gets the same plan.

import { inspect } from 'node:util';
import { expect, it, vi } from 'vitest';
import type * as FailoverPlan from '../../src/planning/failover-plan.ts';
import type { PromotionPolicy } from '../../src/planning/promotion-policy.ts';
import type * as SwitchoverPlan from '../../src/planning/switchover-plan.ts';
import { simulate } from './support/simulate.ts';

interface Planned {
  readonly what: string;
  /** As it was then, in words: nothing that happens later can change it. */
  readonly plan: string;
  /** Made anew from copies of the inputs. */
  readonly replay: () => string;
}

const { planned } = vi.hoisted(() => ({ planned: [] as Planned[] }));

const inWords = (result: unknown): string =>
  inspect(result, { depth: null, maxArrayLength: null, maxStringLength: null });

/** What people decided may change after the plan: the answers that it was made from are part of its inputs. */
function rememberingPolicy(policy: PromotionPolicy): {
  readonly live: PromotionPolicy;
  readonly then: PromotionPolicy;
} {
  const rules = new Map<string, ReturnType<PromotionPolicy['promotionRule']>>();
  const ignored = new Map<string, boolean>();
  const live: PromotionPolicy = {
    ...policy,
    promotionRule: (key) => {
      const rule = policy.promotionRule(key);
      rules.set(inWords(key), rule);
      return rule;
    },
    isIgnored: (key) => {
      const isIgnored = policy.isIgnored(key);
      ignored.set(inWords(key), isIgnored);
      return isIgnored;
    },
  };
  const then: PromotionPolicy = {
    ...policy,
    promotionRule: (key) => rules.get(inWords(key)) ?? 'must_not',
    isIgnored: (key) => ignored.get(inWords(key)) ?? true,
  };
  return { live, then };
}

vi.mock('../../src/planning/failover-plan.ts', async (importOriginal) => {
  const original = await importOriginal<typeof FailoverPlan>();
  const planFailover: typeof original.planFailover = (request, policy) => {
    const given = structuredClone(request);
    const { live, then } = rememberingPolicy(policy);
    const result = original.planFailover(request, live);
    const replay = (): string => inWords(original.planFailover(structuredClone(given), then));
    planned.push({ what: 'failover', plan: inWords(result), replay });
    return result;
  };
  return { ...original, planFailover };
});

vi.mock('../../src/planning/switchover-plan.ts', async (importOriginal) => {
  const original = await importOriginal<typeof SwitchoverPlan>();
  const planTakeover: typeof original.planTakeover = (facts) => {
    const given = structuredClone(facts);
    const result = original.planTakeover(facts);
    const replay = (): string => inWords(original.planTakeover(structuredClone(given)));
    planned.push({ what: 'takeover', plan: inWords(result), replay });
    return result;
  };
  return { ...original, planTakeover };
});

it.each(['crash', 'double', 'switchover'] as const)('the plans of %s, replayed after the run', async (profile) => {
  planned.length = 0;
  for (let seed = 1; seed <= 10; seed++) await simulate({ seed, profile });
  expect(planned.map(({ what, replay }) => ({ what, plan: replay() }))).toEqual(
    planned.map(({ what, plan }) => ({ what, plan })),
  );
  expect(planned.length).toBeGreaterThan(5);
});
