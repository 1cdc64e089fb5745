/**
 * A whole data center is lost, and a hundred clusters with it (B7): so many recoveries run at once, and whoever matters most is next. What a person asks for waits for nobody.
 */
import type { AnalysisEntry } from '../analysis/entry.ts';
import { compareKeys } from '../model/instance-key.ts';
import type { RecoveryPolicy } from './recovery-policy.ts';

interface Waiting {
  readonly entry: AnalysisEntry;
  readonly changesPrimary: boolean;
  readonly begin: () => void;
}

type Policy = Pick<RecoveryPolicy, 'recoveriesAtOnce' | 'placeInOrder'>;

export class RecoveryQueue {
  readonly #policy: () => Policy;
  readonly #waiting: Waiting[] = [];
  #running = 0;

  constructor(policy: () => Policy) {
    this.#policy = policy;
  }

  /** Whether who asks now would have to wait. */
  get isFull(): boolean {
    return this.#running >= this.#policy().recoveriesAtOnce;
  }

  /** Resolves when it is its turn, with what is to be called at its end. */
  async take(entry: AnalysisEntry, changesPrimary: boolean): Promise<() => void> {
    if (this.isFull) {
      // Whoever begins it has counted it already: else one that comes in between would take its place.
      await new Promise<void>((begin) => void this.#waiting.push({ entry, changesPrimary, begin }));
    } else this.#running += 1;
    return () => {
      this.#running -= 1;
      this.#beginNext();
    };
  }

  #beginNext(): void {
    const policy = this.#policy();
    while (this.#running < policy.recoveriesAtOnce) {
      const [first] = this.#waiting.sort((one, other) => compareImportance(one, other, policy));
      if (first === undefined) return;
      this.#waiting.splice(this.#waiting.indexOf(first), 1);
      this.#running += 1;
      first.begin();
    }
  }
}

/** Negative: `one` is next. Where nobody can write before where reads are stale; what people have put first; then whoever has more replicas to serve; the key settles ties. */
function compareImportance(one: Waiting, other: Waiting, { placeInOrder }: Policy): number {
  return (
    Number(other.changesPrimary) - Number(one.changesPrimary) ||
    placeInOrder(one.entry.cluster) - placeInOrder(other.entry.cluster) ||
    other.entry.countReplicas - one.entry.countReplicas ||
    compareKeys(one.entry.key, other.entry.key)
  );
}
