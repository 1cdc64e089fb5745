/** What configured queries and patterns say about a server, and what they do not (C9). */
import { describe, expect, it } from 'vitest';
import type { Instance } from '../model/instance.ts';
import { sampleKey, sampleServer } from '../model/topology-samples.ts';
import { type Classifying, classify, type PROBE_QUERIES } from './classification.ts';
import { TEST_POLICY } from './testing.ts';

type Query = (typeof PROBE_QUERIES)[number];

function classified(answers: Partial<Record<Query, string | null>>, changes: Partial<Classifying> = {}) {
  return classify({
    key: sampleKey(10111),
    observed: sampleServer(10111, { replicationLagSeconds: 3 }),
    known: undefined,
    answers: new Map(Object.entries(answers)),
    refused: new Set(),
    patterns: TEST_POLICY.placePatterns,
    ...changes,
  });
}

describe('a query that the server answers', () => {
  it.each<readonly [Query, string, Partial<Instance>]>([
    ['DetectDataCenterQuery', 'ams', { dataCenter: 'ams' }],
    ['DetectRegionQuery', 'eu', { region: 'eu' }],
    ['DetectPhysicalEnvironmentQuery', 'prod', { physicalEnvironment: 'prod' }],
    ['DetectInstanceAliasQuery', 'shop-1', { instanceAlias: 'shop-1' }],
    ['DetectClusterAliasQuery', 'shop', { suggestedClusterAlias: 'shop' }],
    ['DetectPseudoGTIDQuery', '1', { usingPseudoGtid: true }],
    ['DetectPseudoGTIDQuery', '2', { usingPseudoGtid: false }],
    ['ReplicationLagQuery', '7', { replicationLagSeconds: 7 }],
    ['ReplicationLagQuery', '-7', { replicationLagSeconds: 0 }],
  ])('%s: %s', (query, answer, expected) => {
    expect(classified({ [query]: answer }).fields).toMatchObject(expected);
  });

  it('gives the priority as an acker; what is no number gives none', () => {
    expect(classified({ DetectSemiSyncEnforcedQuery: ' 3 ' }).fields.semiSync?.priority).toBe(3);
    expect(classified({ DetectSemiSyncEnforcedQuery: 'often' }).fields.semiSync?.priority).toBe(0);
  });

  it('gives promotion rule and cluster domain', () => {
    const answers = { DetectPromotionRuleQuery: 'prefer_not', DetectClusterDomainQuery: 'shop.example' };
    expect(classified(answers)).toMatchObject({
      promotionRule: 'prefer_not',
      clusterDomain: 'shop.example',
      problems: [],
    });
  });

  it.each(['must', 'sometimes'])('is told when its promotion rule means nothing: %s', (rule) => {
    const { promotionRule, problems } = classified({ DetectPromotionRuleQuery: rule });
    expect([promotionRule, problems.length]).toEqual([null, 1]);
  });
});

it('4.2: where markers are injected, the cluster tells, whatever the query says', () => {
  const answers = { DetectPseudoGTIDQuery: '1' };
  expect(classified(answers, { clusterIsMarked: false }).fields.usingPseudoGtid).toBe(false);
  expect(classified({}, { clusterIsMarked: true }).fields.usingPseudoGtid).toBe(true);
  expect(classified(answers, { clusterIsMarked: null }).fields.usingPseudoGtid).toBe(true);
});

it('a lag that is no number leaves what the server itself says', () => {
  expect(classified({ ReplicationLagQuery: 'unknown' }).fields).not.toHaveProperty('replicationLagSeconds');
});

it('a lag that its query does not know is not known', () => {
  expect(classified({ ReplicationLagQuery: null }).fields).toMatchObject({ replicationLagSeconds: null });
});

describe('the place', () => {
  const patterns = { ...TEST_POLICY.placePatterns, dataCenter: () => 'by-name', region: () => 'by-name' };

  it('comes from the name where no query says it, and from the query where one does', () => {
    const { fields } = classified({ DetectDataCenterQuery: 'by-query', DetectRegionQuery: null }, { patterns });
    expect(fields).toMatchObject({ dataCenter: 'by-query', region: 'by-name' });
  });

  it('C9: is what it was while its query fails', () => {
    const known = sampleServer(10111, { dataCenter: 'ams', usingPseudoGtid: true });
    const refused = new Set(['DetectDataCenterQuery', 'DetectPseudoGTIDQuery', 'DetectSemiSyncEnforcedQuery']);
    const { fields } = classified({}, { known: { ...known, semiSync: { ...known.semiSync, priority: 2 } }, refused });
    expect(fields).toMatchObject({ dataCenter: 'ams', usingPseudoGtid: true, semiSync: { priority: 2 } });
  });
});
