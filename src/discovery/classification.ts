/**
 * What the configuration's queries and patterns say about a server, beyond what it is asked anyway: where it stands, what it is called, how it may be
 * used (spec/discovery.md 9.2 steps 11, 15, 18, 20 and 22; 15.3 and 15.5). Pure.
 */
import type { Instance } from '../model/instance.ts';
import type { InstanceKey } from '../model/instance-key.ts';
import { type PromotionRule, parsePromotionRule } from '../model/promotion-rule.ts';
import type { ConfiguredAnswers } from '../mysql/dialect.ts';

/** Keys of the configuration whose values are queries that each probe asks along. */
export const PROBE_QUERIES = [
  'DetectClusterAliasQuery',
  'DetectClusterDomainQuery',
  'DetectDataCenterQuery',
  'DetectRegionQuery',
  'DetectPhysicalEnvironmentQuery',
  'DetectInstanceAliasQuery',
  'DetectSemiSyncEnforcedQuery',
  'DetectPromotionRuleQuery',
  'DetectPseudoGTIDQuery',
  'ReplicationLagQuery',
] as const;

/** First group of a configured pattern in a host name; null where it does not match, or is not one. */
export interface PlacePatterns {
  dataCenter(hostname: string): string | null;
  region(hostname: string): string | null;
  physicalEnvironment(hostname: string): string | null;
}

export interface Classified {
  readonly fields: Partial<Instance>;
  /** Null: nobody asked, or it did not say. */
  readonly promotionRule: PromotionRule | null;
  /** '' likewise. */
  readonly clusterDomain: string;
  /** Answers that mean nothing, for the log. */
  readonly problems: readonly string[];
}

export interface Classifying {
  readonly key: InstanceKey;
  readonly observed: Instance;
  /** As it was known before. */
  readonly known: Instance | undefined;
  readonly answers: ConfiguredAnswers;
  /** Queries that the server would not answer this time. */
  readonly refused: ReadonlySet<string>;
  readonly patterns: PlacePatterns;
  /** Whether markers of pseudo-GTID are injected into its cluster; null: they come from elsewhere, and `DetectPseudoGTIDQuery` tells. */
  readonly clusterIsMarked?: boolean | null;
}

const PLACES = {
  DetectDataCenterQuery: 'dataCenter',
  DetectRegionQuery: 'region',
  DetectPhysicalEnvironmentQuery: 'physicalEnvironment',
} as const;

const NAMES = { DetectClusterAliasQuery: 'suggestedClusterAlias', DetectInstanceAliasQuery: 'instanceAlias' } as const;

export function classify(subject: Classifying): Classified {
  const { observed, answers } = subject;
  const problems: string[] = [];
  const rule = answers.get('DetectPromotionRuleQuery') ?? '';
  const parsed = rule === '' ? null : parsePromotionRule(rule);
  if (parsed?.kind === 'refused') problems.push(parsed.reason);
  const fields = {
    ...texts(subject),
    semiSync: { ...observed.semiSync, priority: semiSyncPriority(subject) },
    usingPseudoGtid: pseudoGtid(subject),
    ...lag(answers),
  };
  return {
    fields,
    promotionRule: parsed?.kind === 'ok' ? parsed.rule : null,
    clusterDomain: answers.get('DetectClusterDomainQuery') ?? '',
    problems,
  };
}

/** A query's answer counts, else the pattern; NULL and no row say nothing. */
function texts({ key, answers, refused, known, patterns }: Classifying): Partial<Instance> {
  const found: { -readonly [Field in keyof Instance]?: Instance[Field] } = {};
  for (const [name, field] of Object.entries({ ...PLACES, ...NAMES })) {
    // C9: a query that fails, as they do in an incident, must not make a server forget its data center.
    const value = refused.has(name) ? known?.[field] : answers.get(name);
    if (value !== undefined && value !== null) found[field] = value;
  }
  for (const field of Object.values(PLACES)) {
    const place = found[field] ?? patterns[field](key.hostname);
    if (place !== null) found[field] = place;
  }
  return found;
}

function semiSyncPriority({ answers, refused, known }: Classifying): number {
  if (refused.has('DetectSemiSyncEnforcedQuery')) return known?.semiSync.priority ?? 0;
  const text = (answers.get('DetectSemiSyncEnforcedQuery') ?? '').trim();
  return /^\d{1,9}$/.test(text) ? Number(text) : 0;
}

function pseudoGtid({ answers, refused, known, clusterIsMarked = null }: Classifying): boolean {
  if (clusterIsMarked !== null) return clusterIsMarked;
  if (refused.has('DetectPseudoGTIDQuery')) return known?.usingPseudoGtid ?? false;
  return answers.get('DetectPseudoGTIDQuery') === '1';
}

/** Where it fails, what the server itself says stands; NULL says that it is not known. */
function lag(answers: ConfiguredAnswers): Partial<Instance> {
  const text = answers.get('ReplicationLagQuery') ?? '';
  if (answers.get('ReplicationLagQuery') === null) return { replicationLagSeconds: null };
  return /^-?\d{1,15}$/.test(text) ? { replicationLagSeconds: Math.max(0, Number(text)) } : {};
}
