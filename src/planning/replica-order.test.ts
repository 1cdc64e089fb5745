import { describe, expect, it } from 'vitest';
import { blankInstance } from '../model/blank-instance.ts';
import type { Instance } from '../model/instance.ts';
import type { PromotionRule } from '../model/promotion-rule.ts';
import { SAMPLE_NOW, sampleKey } from '../model/topology-samples.ts';
import {
  chooseReplica,
  isBanned,
  isValidBelowBinlogServer,
  isValidCandidate,
  isValidSource,
  orderReplicas,
  priorityFormat,
  priorityVersion,
} from './replica-order.ts';
import { rules, TEST_POLICY } from './testing.ts';

/** The fixture of spec/topology-operations.md 5.5: at `mysql.00000<file>`:<pos>, version 5.6.7, STATEMENT, server id as number. */
function at(number: number, changes: Partial<Instance> = {}): Instance {
  const [file, pos] = [Math.floor(number / 100), number % 100];
  return {
    ...blankInstance({ ...sampleKey(3306), hostname: `i${number}` }),
    serverId: number,
    version: '5.6.7',
    binlogFormat: 'STATEMENT',
    execCoordinates: { file: `mysql.00000${file}`, pos, type: 'binary' },
    ...changes,
  };
}

const GOOD = { logBinEnabled: true, logReplicaUpdatesEnabled: true, lastChecked: SAMPLE_NOW, lastSeen: SAMPLE_NOW };
const NUMBERS = [710, 720, 730, 810, 820, 830];
const fixture = (changes: Readonly<Record<number, Partial<Instance>>> = {}, all: Partial<Instance> = {}) =>
  NUMBERS.map((number) => at(number, { ...all, ...changes[number] }));
const names = (replicas: readonly Instance[]) => replicas.map(({ key }) => key.hostname);
const EQUAL = { execCoordinates: { file: 'mysql.000007', pos: 10, type: 'binary' } } as const;
const order = (replicas: readonly Instance[], dataCenter = '', policy = TEST_POLICY) =>
  names(orderReplicas(replicas, dataCenter, policy));
const ends = (list: readonly string[]) => [list[0], list.at(-1)];

describe('2.3: replicas from the most to the least attractive', () => {
  it('5.5: by what they have applied', () => {
    expect(order(fixture())).toEqual(['i830', 'i820', 'i810', 'i730', 'i720', 'i710']);
  });

  it('O54: what is received and being applied counts; where the applier is stopped or delayed it does not', () => {
    const received = { readCoordinates: { file: 'mysql.000009', pos: 1, type: 'binary' } } as const;
    const running = { ...received, applierRunning: true };
    expect(order(fixture({ 710: running, 720: received, 730: { ...running, sqlDelaySeconds: 60 } }))).toEqual([
      'i710',
      'i830',
      'i820',
      'i810',
      'i730',
      'i720',
    ]);
  });

  it('5.5: then by the smaller binlog format', () => {
    const formats = fixture(
      { 810: { binlogFormat: 'STATEMENT' }, 720: { binlogFormat: 'ROW' } },
      { ...EQUAL, binlogFormat: 'MIXED' },
    );
    expect(ends(order(formats))).toEqual(['i810', 'i720']);
  });

  it('5.5: by the lower version', () => {
    expect(ends(order(fixture({ 810: { version: '5.5.1' }, 720: { version: '5.7.8' } }, EQUAL)))).toEqual([
      'i810',
      'i720',
    ]);
  });

  it('5.5: by the data center of the source; without one it decides nothing', () => {
    const places = fixture({ 810: { dataCenter: 'ny' } }, { ...EQUAL, dataCenter: 'sf' });
    expect(order(places, 'ny')[0]).toBe('i810');
    expect(order(fixture({ 810: { dataCenter: 'ny' } }, EQUAL))[0]).toBe('i710');
  });

  it('5.5: by having nothing errant', () => {
    const errant = fixture({ 810: { gtidErrant: '' } }, { ...EQUAL, gtidErrant: 'uuid:1' });
    expect(order(errant)[0]).toBe('i810');
  });

  it('C16: what is equal in everything is ordered by its key, whatever order it came in', () => {
    expect(order([...fixture({}, EQUAL)].reverse())).toEqual(NUMBERS.map((number) => `i${number}`));
  });
});

describe('2.5: the version and the format that most have', () => {
  const versions = (...list: readonly string[]) =>
    priorityVersion(list.map((version, index) => at(index, { version })));

  it.each([
    ['5.6', ['5.6.7', '5.6.7', '5.6.7']],
    ['5.6', ['5.6.7', '5.6.7', '5.6.7', '5.6.7', '5.5.1', '5.7.8']],
    ['5.7', ['5.7.8', '5.7.8', '5.7.8', '5.7.8', '5.6.7', '5.6.7']],
    ['5.6', ['5.7.8', '5.7.8', '5.7.8', '5.6.7', '5.6.7', '5.6.7']],
    // As numbers: 10.x is above 5.x.
    ['5.7', ['10.11.1', '5.7.8']],
  ])('C2, C3: %s of %j', (wanted, list) => {
    expect(versions(...list)).toBe(wanted);
  });

  it('C4: of formats likewise; of nobody none', () => {
    const formats = (...list: readonly string[]) =>
      priorityFormat(list.map((binlogFormat, index) => at(index, { binlogFormat })));
    expect(formats('STATEMENT', 'STATEMENT')).toBe('STATEMENT');
    expect(formats('STATEMENT', 'STATEMENT', 'MIXED')).toBe('STATEMENT');
    expect(formats('ROW', 'ROW', 'STATEMENT')).toBe('ROW');
    expect(formats('ROW', 'STATEMENT')).toBe('STATEMENT');
    expect([priorityVersion([]), priorityFormat([])]).toEqual([null, null]);
  });
});

describe('2.4: who is fit', () => {
  it('5.5: a source logs what it replicates, and answers', () => {
    expect(isValidSource(at(710))).toBe(false);
    expect(isValidCandidate(at(710, { ...GOOD, logReplicaUpdatesEnabled: false }))).toBe(false);
    expect(isValidCandidate(at(710, GOOD))).toBe(true);
    expect(isValidCandidate(at(710, { ...GOOD, isBinlogServer: true }))).toBe(false);
  });

  it('O57: who may stand above a binlog server writes a log of its own, and not of what it replicates', () => {
    const own = { ...GOOD, logReplicaUpdatesEnabled: false };
    expect(isValidBelowBinlogServer(at(710, own))).toBe(true);
    expect(isValidBelowBinlogServer(at(710, GOOD))).toBe(false);
    expect(isValidBelowBinlogServer(at(710, { ...own, logBinEnabled: false }))).toBe(false);
    expect(isValidBelowBinlogServer(at(710, { ...own, isBinlogServer: true }))).toBe(false);
    expect(isValidBelowBinlogServer(at(710, { ...own, lastSeen: null }))).toBe(false);
  });

  it('C6: must_not and ignored host names ban', () => {
    expect(isBanned(at(710), TEST_POLICY)).toBe(false);
    expect(isBanned(at(710), { ...TEST_POLICY, promotionRule: () => 'must_not' })).toBe(true);
    expect(isBanned(at(710), { ...TEST_POLICY, isIgnored: ({ hostname }) => hostname.startsWith('i7') })).toBe(true);
  });
});

describe('2.6, O51: the candidate among replicas', () => {
  const chosen = (replicas: readonly Instance[], policy = TEST_POLICY) => {
    const result = chooseReplica(replicas, '', policy);
    if (result.kind === 'none') return { none: result.lastResort?.key.hostname ?? null };
    const { choice } = result;
    return [
      choice.chosen.key.hostname,
      ...[choice.ahead, choice.equal, choice.later, choice.cannotReplicate].map((list) => list.length),
    ];
  };

  it('5.5: of good ones the furthest, the others later', () => {
    expect(chosen(fixture({}, GOOD))).toEqual(['i830', 0, 0, 5, 0]);
  });

  it('5.5: nobody where nobody logs what it replicates; the first that is not banned is the last resort', () => {
    expect(chosen(fixture({}, { ...GOOD, logReplicaUpdatesEnabled: false }))).toEqual({ none: 'i830' });
  });

  it('5.5: who must not is passed over, and is ahead', () => {
    const policy = {
      ...TEST_POLICY,
      promotionRule: ({ hostname }: { hostname: string }): PromotionRule =>
        hostname === 'i830' ? 'must_not' : 'neutral',
    };
    expect(chosen(fixture({}, GOOD), policy)).toEqual(['i820', 1, 0, 4, 0]);
  });

  it('C2: newer than most is passed over', () => {
    expect(chosen(fixture({ 830: { version: '5.7.8' } }, GOOD))).toEqual(['i820', 1, 0, 4, 0]);
  });

  it('who cannot replicate from the chosen one is told apart', () => {
    expect(chosen(fixture({ 710: { version: '5.5.1' } }, GOOD))).toEqual(['i830', 0, 0, 4, 1]);
  });

  it('all banned, or nobody there: nobody at all', () => {
    expect(chosen(fixture({}, GOOD), { ...TEST_POLICY, promotionRule: rules({ 3306: 'must_not' }) })).toEqual({
      none: null,
    });
    expect(chosen([])).toEqual({ none: null });
  });
});
