/** What of a classification is written down, and how often. */
import { beforeEach, expect, it } from 'vitest';
import type { Classified } from '../discovery/classification.ts';
import { ManualClock, settled } from '../discovery/testing.ts';
import { sampleKey, sampleReplica, sampleServer } from '../model/topology-samples.ts';
import { newBackend } from '../store/temporary-backend.ts';
import { Classifications } from './classifications.ts';
import { Decisions } from './decisions.ts';
import { Names } from './names.ts';

const NOTHING: Classified = { fields: {}, promotionRule: null, clusterDomain: '', problems: [] };
const EXPIRE_MINUTES = 60;

let clock: ManualClock;
let decisions: Decisions;
let names: Names;
let classifications: Classifications;
let audited: () => Promise<readonly string[]>;
const problems: string[] = [];

beforeEach(async () => {
  const { backend } = await newBackend();
  clock = new ManualClock();
  decisions = new Decisions(backend);
  names = new Names(backend);
  problems.length = 0;
  classifications = new Classifications({
    decisions,
    names,
    store: backend,
    clock,
    candidateExpireMinutes: () => EXPIRE_MINUTES,
    onProblem: (line) => problems.push(line),
    onStoreError: (error) => problems.push(String(error)),
  });
  audited = async () => (await backend.audit({ page: 0 })).map(({ type, message }) => `${type} ${message}`);
});

async function take(changes: Partial<Classified>, instance = sampleServer(10111)): Promise<void> {
  classifications.take(instance, { ...NOTHING, ...changes });
  await settled();
  await settled();
}

it('registers a promotion rule when it is news, audits that once, and registers it again before it would expire', async () => {
  await take({ promotionRule: 'prefer' });
  const first = decisions.candidateOf(sampleKey(10111));
  expect(first?.rule).toBe('prefer');
  await clock.advance(10 * 60_000);
  await take({ promotionRule: 'prefer' });
  expect(decisions.candidateOf(sampleKey(10111))).toEqual(first);
  await clock.advance(25 * 60_000);
  await take({ promotionRule: 'prefer' });
  expect(decisions.candidateOf(sampleKey(10111))?.lastSuggested).toBe(clock.now());
  await take({ promotionRule: 'must_not' });
  expect(await audited()).toEqual(['register-candidate must_not', 'register-candidate prefer']);
});

it('writes down the domain of a cluster as its head says it', async () => {
  const head = sampleServer(10111);
  await take({ clusterDomain: 'shop.example' }, head);
  expect(names.domains.get(head.clusterName)).toBe('shop.example');
  await take({ clusterDomain: 'other.example' }, { ...sampleReplica(10112, 10111), replicationDepth: 1 });
  expect([...names.domains.values()]).toEqual(['shop.example']);
});

it('tells what could not be understood', async () => {
  await take({ problems: ['Invalid CandidatePromotionRule: often'] });
  expect(problems).toEqual(['127.0.0.1:10111: Invalid CandidatePromotionRule: often']);
});
