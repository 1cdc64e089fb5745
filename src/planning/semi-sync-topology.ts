/**
 * Which replicas of a source acknowledge what they receive, and which should (spec/topology-operations.md 3.9 "Semi-sync analysis" and 5.6; spec/recovery.md 3.6). Used when
 * a replica is started, and by whoever frees a source that waits for acknowledgements in vain.
 */
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText, sameKey } from '../model/instance-key.ts';
import { isLastCheckValid, isReplicaRunning } from '../model/instance-status.ts';
import { comparePromotionRules, type PromotionRule } from '../model/promotion-rule.ts';

export interface SemiSyncReplicas {
  /** Those with a priority, the preferred first. */
  readonly possible: readonly Instance[];
  /** Without a priority: they never acknowledge. */
  readonly asynchronous: readonly Instance[];
  /** Not seen well, or not replicating: they acknowledge nothing whatever is set. */
  readonly excluded: readonly Instance[];
}

export interface SemiSyncAction {
  readonly replica: Instance;
  readonly enabled: boolean;
}

/** `exact`: as many as the source waits for, and no others. `enough`: as many more as it lacks; nobody is switched off. */
export type SemiSyncMode = 'exact' | 'enough';

export type RuleOf = (key: InstanceKey) => PromotionRule;

/** `counted`: a replica that counts as replicating although it does not yet; null for none. */
export function semiSyncReplicas(
  replicas: readonly Instance[],
  ruleOf: RuleOf,
  counted: InstanceKey | null = null,
): SemiSyncReplicas {
  const counts = (replica: Instance): boolean =>
    isLastCheckValid(replica) && (isReplicaRunning(replica) || sameKey(replica.key, counted));
  const included = replicas.filter(counts);
  return {
    possible: included.filter(({ semiSync }) => semiSync.priority > 0).sort(preferredFirst(ruleOf)),
    asynchronous: included.filter(({ semiSync }) => semiSync.priority === 0),
    excluded: replicas.filter((replica) => !counts(replica)),
  };
}

const preferredFirst =
  (ruleOf: RuleOf) =>
  (one: Instance, other: Instance): number =>
    other.semiSync.priority - one.semiSync.priority ||
    comparePromotionRules(ruleOf(one.key), ruleOf(other.key)) ||
    (instanceKeyText(one.key) < instanceKeyText(other.key) ? -1 : 1);

/** What to switch on and off, the preferred first; those to switch on come before those to switch off, so that the source is never left without any. */
export function semiSyncActions(
  source: Instance,
  replicas: SemiSyncReplicas,
  mode: SemiSyncMode,
  ruleOf: RuleOf,
): readonly SemiSyncAction[] {
  // E3: who acknowledges may hold the only copy of a transaction, and then has to be promoted.
  const ackers = replicas.possible.filter(({ key }) => ruleOf(key) !== 'must_not');
  if (mode === 'enough') return enoughActions(source, ackers);
  const needed = source.semiSync.sourceWaitForReplicaCount;
  const wanted = ackers.slice(0, needed);
  const unwanted = [...replicas.possible, ...replicas.asynchronous].filter((replica) => !wanted.includes(replica));
  const acknowledging = unwanted.filter(({ semiSync }) => semiSync.replicaEnabled);
  // The reference switches off whoever has no priority, and with the last one every commit waits for ever: so many as the source lacks go on.
  const superfluous = acknowledging.slice(needed - wanted.length);
  return [
    ...wanted.filter(({ semiSync }) => !semiSync.replicaEnabled).map((replica) => ({ replica, enabled: true })),
    ...superfluous.map((replica) => ({ replica, enabled: false })),
  ];
}

function enoughActions({ semiSync }: Instance, ackers: readonly Instance[]): readonly SemiSyncAction[] {
  // The reference counts down below zero, and then enables everybody.
  const need = Math.max(0, semiSync.sourceWaitForReplicaCount - semiSync.sourceClients);
  return ackers
    .filter((replica) => !replica.semiSync.replicaEnabled)
    .slice(0, need)
    .map((replica) => ({ replica, enabled: true }));
}
