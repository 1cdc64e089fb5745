/**
 * Promotion rule: what people decided about promoting a server. Rules: spec/topology-operations.md 1.7.
 */

/** Best first. `must` is known to the order and the tables, but nobody can register it. */
export const PROMOTION_RULES = ['must', 'prefer', 'neutral', 'prefer_not', 'must_not'] as const;

export type PromotionRule = (typeof PROMOTION_RULES)[number];

/** `reason` is the contract's text (spec/http-api.md, `register-candidate`). */
export type PromotionRuleParse =
  | { readonly kind: 'ok'; readonly rule: PromotionRule }
  | { readonly kind: 'refused'; readonly reason: string };

/** What a user or `DetectPromotionRuleQuery` asks for; exact words, no trimming. `must` is refused. */
export function parsePromotionRule(text: string): PromotionRuleParse {
  if (text === 'must') return { kind: 'refused', reason: 'CandidatePromotionRule: must not supported yet' };
  const rule = PROMOTION_RULES.find((known) => known === text);
  return rule === undefined
    ? { kind: 'refused', reason: `Invalid CandidatePromotionRule: ${text}` }
    : { kind: 'ok', rule };
}

/**
 * What a backend row says, `must` included. No registration is `neutral`; so is an unknown word, which in the contract's order would
 * beat everything but `must`: a typing error in the table must not elect a primary.
 */
export function storedPromotionRule(text: string | null): PromotionRule {
  return PROMOTION_RULES.find((known) => known === text) ?? 'neutral';
}

/** `one` is strictly the better rule. */
export function isBetterRule(one: PromotionRule, other: PromotionRule): boolean {
  return comparePromotionRules(one, other) < 0;
}

/** For sorting, best first. */
export function comparePromotionRules(one: PromotionRule, other: PromotionRule): number {
  return PROMOTION_RULES.indexOf(one) - PROMOTION_RULES.indexOf(other);
}

/** Marked as a candidate: somebody wants it promoted. */
export function isCandidateRule(rule: PromotionRule): boolean {
  return rule === 'must' || rule === 'prefer';
}
