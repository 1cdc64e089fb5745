/**
 * What configured queries say about servers and is kept apart from their records: promotion rules are registered, domains of clusters are written down.
 */
import type { Classified } from '../discovery/classification.ts';
import { type UnixMillis, unixMillis } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import { instanceKeyText, type KeyId, keyId } from '../model/instance-key.ts';
import type { Clock } from '../ports/clock.ts';
import type { AuditStore } from '../ports/decision-store.ts';
import type { Decisions } from './decisions.ts';
import type { Names } from './names.ts';

export interface ClassificationsOptions {
  readonly decisions: Pick<Decisions, 'candidateOf' | 'registerCandidate'>;
  readonly names: Pick<Names, 'domains' | 'setDomain'>;
  readonly store: AuditStore;
  readonly clock: Clock;
  readonly candidateExpireMinutes: () => number;
  readonly onProblem: (line: string) => void;
  readonly onStoreError: (error: unknown) => void;
}

const MINUTE_MILLIS = 60_000;

/** A domain is registered anew after so long, so that its row does not expire while the cluster still says so. */
const DOMAIN_IS_NEW_MILLIS = 10 * MINUTE_MILLIS;

export class Classifications {
  readonly #options: ClassificationsOptions;
  /** Under way: a poll must not write what the one before it is still writing. */
  readonly #writing = new Set<KeyId>();
  readonly #domainSavedAt = new Map<string, number>();

  constructor(options: ClassificationsOptions) {
    this.#options = options;
  }

  take(instance: Instance, { promotionRule, clusterDomain, problems }: Classified): void {
    const { onProblem, onStoreError } = this.#options;
    for (const problem of problems) onProblem(`${instanceKeyText(instance.key)}: ${problem}`);
    if (promotionRule !== null) this.#register(instance, promotionRule).catch(onStoreError);
    if (clusterDomain !== '' && instance.replicationDepth === 0) {
      this.#setDomain(instance, clusterDomain).catch(onStoreError);
    }
  }

  /** At each poll it is said again; written only when it is news, or half of its time has passed. */
  async #register({ key, clusterName }: Instance, rule: NonNullable<Classified['promotionRule']>): Promise<void> {
    const { decisions, store, clock, candidateExpireMinutes } = this.#options;
    const id = keyId(key);
    const now = clock.now();
    const registered = decisions.candidateOf(key);
    const isNews = registered?.rule !== rule;
    const isOld = isOlder(registered?.lastSuggested ?? null, now, (candidateExpireMinutes() * MINUTE_MILLIS) / 2);
    if (this.#writing.has(id) || !(isNews || isOld)) return;
    this.#writing.add(id);
    try {
      await decisions.registerCandidate({ key, rule, lastSuggested: now });
      if (isNews) await store.appendAudit({ at: now, type: 'register-candidate', key, clusterName, message: rule });
    } finally {
      this.#writing.delete(id);
    }
  }

  async #setDomain({ clusterName }: Instance, domain: string): Promise<void> {
    const { names, clock } = this.#options;
    const savedAt = this.#domainSavedAt.get(clusterName) ?? Number.NEGATIVE_INFINITY;
    const isOld = clock.monotonic() - savedAt > DOMAIN_IS_NEW_MILLIS;
    if (names.domains.get(clusterName) === domain && !isOld) return;
    this.#domainSavedAt.set(clusterName, clock.monotonic());
    await names.setDomain(clusterName, domain, unixMillis(clock.now()));
  }
}

const isOlder = (at: UnixMillis | null, now: UnixMillis, millis: number): boolean => at === null || now - at > millis;
