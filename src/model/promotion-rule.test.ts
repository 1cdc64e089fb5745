import { describe, expect, it } from 'vitest';
import {
  comparePromotionRules,
  isBetterRule,
  isCandidateRule,
  PROMOTION_RULES,
  parsePromotionRule,
  storedPromotionRule,
} from './promotion-rule.ts';

describe('asking for a promotion rule', () => {
  it.each(['prefer', 'neutral', 'prefer_not', 'must_not'])('%s is accepted', (rule) => {
    expect(parsePromotionRule(rule)).toEqual({ kind: 'ok', rule });
  });

  it('must is refused as not supported', () => {
    expect(parsePromotionRule('must')).toEqual({
      kind: 'refused',
      reason: 'CandidatePromotionRule: must not supported yet',
    });
  });

  it.each(['', 'Prefer', 'must-not', ' prefer'])('"%s" is invalid', (text) => {
    expect(parsePromotionRule(text)).toEqual({ kind: 'refused', reason: `Invalid CandidatePromotionRule: ${text}` });
  });
});

describe('a stored promotion rule', () => {
  it('is what the row says, must included', () => {
    expect(PROMOTION_RULES.map(storedPromotionRule)).toEqual([...PROMOTION_RULES]);
  });

  it.each([null, '', 'preferred'])('%s counts as neutral', (text) => {
    expect(storedPromotionRule(text)).toBe('neutral');
  });
});

describe('the order of promotion rules', () => {
  it('is must, prefer, neutral, prefer_not, must_not', () => {
    const shuffled = ['neutral', 'must_not', 'must', 'prefer_not', 'prefer'] as const;
    expect(shuffled.toSorted(comparePromotionRules)).toEqual(['must', 'prefer', 'neutral', 'prefer_not', 'must_not']);
  });

  it('no rule is better than itself', () => {
    expect(isBetterRule('prefer', 'neutral')).toBe(true);
    expect(isBetterRule('neutral', 'prefer')).toBe(false);
    expect(isBetterRule('prefer', 'prefer')).toBe(false);
  });

  it('candidates are those with must or prefer', () => {
    expect(PROMOTION_RULES.filter(isCandidateRule)).toEqual(['must', 'prefer']);
  });
});
