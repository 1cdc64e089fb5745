/** What is wanted of a promotion, and what comes of it. */
import type { InstanceKey } from '../model/instance-key.ts';
import type { Promoted } from './execute-promotion.ts';

export type PromotionResult =
  | Promoted
  | { readonly kind: 'nobody'; readonly reason: string }
  /** It came back to life while the others were prepared; nobody was promoted. */
  | { readonly kind: 'alive'; readonly reason: string };

export interface PromotionWish {
  /** This one or nobody; null: the best. */
  readonly designated: InstanceKey | null;
  /** The other one of two that replicate from each other: promoted, it goes on being the replica of a dead server. */
  readonly keepsSource: InstanceKey | null;
  /** It is replaced although it may answer: a person wants it so. */
  readonly mayLive: boolean;
  /** It answered, and was made read-only already. */
  readonly madeReadOnly: boolean;
}
