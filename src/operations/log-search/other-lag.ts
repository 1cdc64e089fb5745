/**
 * Waiting for the server whose logs are searched, where it is a replica that lags: what is searched for may not have come to it yet. Bounded
 * (spec/topology-operations.md 4.5 step 4).
 */
import type { Instance } from '../../model/instance.ts';
import { type InstanceKey, instanceKeyText } from '../../model/instance-key.ts';
import { isReplicaRunning } from '../../model/instance-status.ts';
import type { LogSearch } from './log-search.ts';
import { refuse, type SearchRefusal } from './search-refusal.ts';

const LOOK_MILLIS = 1_000;
const MOMENT_MILLIS = 200;

export class OtherLag {
  readonly #search: LogSearch;
  readonly #key: InstanceKey;
  readonly #mayGrow: boolean;
  #waitedMillis = 0;
  #caughtUpMillis = 0;

  constructor(search: LogSearch, other: Instance) {
    this.#search = search;
    this.#key = other.key;
    this.#mayGrow = isReplicaRunning(other);
  }

  /** Null: it lags no more than it may, or does not replicate. */
  async wait(): Promise<SearchRefusal | null> {
    if (!this.#mayGrow) return null;
    const { rules, limits } = this.#search;
    for (;;) {
      const refusal = this.#search.refusal();
      if (refusal !== null) return refusal;
      const seen = await this.#search.observe(this.#key);
      const name = instanceKeyText(this.#key);
      if (seen.kind === 'failed') return refuse('unreadable', `${name} cannot be read: ${seen.failure.text}`);
      const lag = seen.instance.replicationLagSeconds ?? 0;
      if (!isReplicaRunning(seen.instance) || lag <= rules.lagSecondsMax) return null;
      if (this.#waitedMillis >= limits.lagWaitMillisMax)
        return refuse('other-lags', `${name} still lags by ${lag} seconds`);
      await this.#search.sleep(LOOK_MILLIS);
      this.#waitedMillis += LOOK_MILLIS;
    }
  }

  /** True: a moment has passed in which its log may have grown. False: it does not grow, or was waited for long enough. */
  async moment(): Promise<boolean> {
    if (!this.#mayGrow || this.#caughtUpMillis >= this.#search.limits.catchUpMillisMax) return false;
    await this.#search.sleep(MOMENT_MILLIS);
    this.#caughtUpMillis += MOMENT_MILLIS;
    return true;
  }
}
