/**
 * `MinimumSecondsBeforeRecovery`: texts to rules. Pure.
 */
import { type ClusterIdentity, matchesClusterFilter } from './filters.ts';
import type { Settings } from './settings.ts';
import type { ConfigurationWarning } from './warnings.ts';

const KEY = 'MinimumSecondsBeforeRecovery';

/** An hour: who wants to wait longer wants no automatic recovery. */
const SECONDS_MAX = 3_600;

interface Rule {
  /** Null: of all clusters. */
  readonly filter: string | null;
  readonly code: string;
  readonly seconds: number;
}

/** Null: the value is no number of seconds. */
function ruleOf(name: string, value: string): Rule | null {
  const seconds = /^\d+(?:\.\d+)?$/.test(value) ? Number(value) : Number.NaN;
  if (!(seconds <= SECONDS_MAX)) return null;
  const words = name.trim().split(' ');
  const code = words.pop() ?? '';
  const filter = words.join(' ').trim();
  return { filter: filter === '' ? null : filter, code, seconds };
}

/** How long a problem of a cluster must have lasted before it is recovered; 0: it is recovered at once. */
export function minimumSeconds(
  { MinimumSecondsBeforeRecovery }: Settings,
  cluster: ClusterIdentity,
  code: string,
): number {
  const rules = [...MinimumSecondsBeforeRecovery].flatMap(([name, value]) => ruleOf(name, value) ?? []);
  const fitting = rules.filter(
    (rule) => rule.code === code && (rule.filter === null || matchesClusterFilter(rule.filter, cluster)),
  );
  return Math.max(0, ...fitting.map(({ seconds }) => seconds));
}

/** One for each entry that says nothing. */
export function warnAboutMinimumSeconds({ MinimumSecondsBeforeRecovery }: Settings): readonly ConfigurationWarning[] {
  return [...MinimumSecondsBeforeRecovery]
    .filter(([name, value]) => ruleOf(name, value) === null)
    .map(([name, value]) => ({
      code: 'value-ignored',
      key: KEY,
      message: `${KEY}: ${JSON.stringify(name)} is ${JSON.stringify(value)}, which is no number of seconds up to ${SECONDS_MAX}`,
    }));
}
