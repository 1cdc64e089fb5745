import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { serverUuid } from './brand.ts';
import { type GtidSet, gtidSetOf } from './gtid-set.ts';
import { explode, gtidSetText, MAX_TRANSACTION_NUMBER, nextGtid, parseGtidSet } from './gtid-set-text.ts';

const U = '00020192-1111-1111-1111-111111111111';
const V = '00020193-2222-2222-2222-222222222222';
const W = '00020194-3333-3333-3333-333333333333';

const set = (text: string): GtidSet => {
  const result = parseGtidSet(text);
  if (result.kind === 'refused') throw new Error(result.reason);
  return result.set;
};

const refusal = (text: string): string | null => {
  const result = parseGtidSet(text);
  return result.kind === 'refused' ? result.reason : null;
};

const entriesOf = (text: string) => set(text).entries.map(({ uuid, tag, bounds }) => [uuid, tag, [...bounds]]);

describe('reading a GTID set', () => {
  it.each([
    [`${U}:1-7`, [[U, '', [1, 7]]]],
    [`${U}:1-7:10-20`, [[U, '', [1, 7, 10, 20]]]],
    [
      `${U}:1-7:10-20:tag1:1`,
      [
        [U, '', [1, 7, 10, 20]],
        [U, 'tag1', [1, 1]],
      ],
    ],
    [
      `${U}:1-7:10-20:tag1:1-56`,
      [
        [U, '', [1, 7, 10, 20]],
        [U, 'tag1', [1, 56]],
      ],
    ],
    [`${U}:domain:1:51-56`, [[U, 'domain', [1, 1, 51, 56]]]],
    [
      `${U}:domain1:1:51-56:domain2:1-78:151-256:514`,
      [
        [U, 'domain1', [1, 1, 51, 56]],
        [U, 'domain2', [1, 78, 151, 256, 514, 514]],
      ],
    ],
  ])('understands %s', (text, entries) => {
    expect(entriesOf(text)).toEqual(entries);
  });

  it('understands what a server prints: newlines behind commas, tags behind the untagged', () => {
    const printed = `${U}:1-3:tag:1-5,\n${V}:1-7:9`;
    expect(entriesOf(printed)).toEqual([
      [U, '', [1, 3]],
      [U, 'tag', [1, 5]],
      [V, '', [1, 7, 9, 9]],
    ]);
  });

  it('passes over spaces and empty pieces', () => {
    expect(gtidSetText(set(`  ,,${V}:1-6, , ${U}:7 ,,\n`))).toBe(`${U}:7,${V}:1-6`);
  });

  it.each(['', '  ,,, , ', '\n'])('reads "%s" as the empty set', (text) => {
    expect(set(text).entries).toEqual([]);
  });

  it('sorts, merges and lower-cases: one set has one form', () => {
    expect(gtidSetText(set(`${V}:5,${U.toUpperCase()}:9:4-6:1-3:2,${V}:b:1:a:7,${V}:4`))).toBe(
      `${U}:1-6:9,${V}:4-5:a:7:b:1`,
    );
  });

  it('takes an interval that runs backwards as holding nothing', () => {
    expect(set(`${U}:7-3`).entries).toEqual([]);
    expect(gtidSetText(set(`${U}:7-3:9:4-4`))).toBe(`${U}:4:9`);
  });

  it('accepts UUIDs that are not UUIDs, as older tools write them', () => {
    expect(gtidSetText(set('B:2,A:1'))).toBe('a:1,b:2');
  });
});

describe('refusing what is no GTID set', () => {
  it.each([
    [U, 'no colon'],
    [`:1-7`, 'no UUID'],
    [`${U}:`, '"" is neither an interval nor a tag'],
    [`${U}:1-7:10-20:`, '"" is neither an interval nor a tag'],
    [`${U}:1-7:10-20:123tag1:1`, '"123tag1" is neither an interval nor a tag'],
    [`${U}:1-7:10-20:domain1.com:1`, '"domain1.com" is neither an interval nor a tag'],
    [`${U}:1-7:10-20:tag1`, 'no interval for the tag tag1'],
    [`${U}:tag1:`, '"" is neither an interval nor a tag'],
    [`${U}:tag1:random`, 'no interval for the tag tag1'],
    [`${U}:tag1:random:1`, 'no interval for the tag tag1'],
    [`${U}:Tag:1`, '"Tag" is neither an interval nor a tag'],
    [`${U}:a2345678901234567890123456789012x:1`, 'neither an interval nor a tag'],
    [`${U}:1-`, '"1-" is neither an interval nor a tag'],
    [`${U}:-1`, '"-1" is neither an interval nor a tag'],
    [`${U}:1-2-3`, '"1-2-3" is neither an interval nor a tag'],
    [`${U}:1 2`, '"1 2" is neither an interval nor a tag'],
    [`${U}:0`, 'transaction numbers start at 1'],
    [`${U}:0-5`, 'transaction numbers start at 1'],
    [`${U}:1-9007199254740992`, 'beyond 9007199254740991'],
    [`${U}:9223372036854775806`, 'beyond 9007199254740991'],
  ])('refuses %s', (text, reason) => {
    expect(refusal(text)).toContain(reason);
  });

  it('names the first bad entry of many and refuses the whole', () => {
    expect(refusal(`${U}:1-7,${V}:x!,${W}:1`)).toContain(`"${V}:x!"`);
  });

  it('keeps the reason short when the text is long', () => {
    expect(refusal('x'.repeat(1_000_000))?.length).toBeLessThan(200);
  });

  it('reads the largest number and a tag of 32 characters', () => {
    const text = `${U}:1-${MAX_TRANSACTION_NUMBER}:a2345678901234567890123456789012:1`;
    expect(gtidSetText(set(text))).toBe(text);
  });
});

describe('printing a GTID set', () => {
  it('law: reading what is printed gives the same set', () => {
    const bounds = fc
      .array(fc.tuple(fc.integer({ min: 1, max: MAX_TRANSACTION_NUMBER }), fc.maxSafeNat()), { maxLength: 6 })
      .map((pairs) => pairs.flat());
    const entry = fc.record({
      uuid: fc.uuid().map(serverUuid),
      tag: fc.option(fc.stringMatching(/^[a-z_][a-z0-9_]{0,31}$/), { nil: '' }),
      bounds,
    });
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 6 }).map(gtidSetOf), (original) => {
        expect(set(gtidSetText(original))).toEqual(original);
      }),
    );
  });
});

describe('exploding a GTID set', () => {
  it.each([
    [`${U}:7`, [`${U}:7`]],
    [`${U}:1-3`, [`${U}:1`, `${U}:2`, `${U}:3`]],
    [`${U}:1-3:6-7`, [`${U}:1`, `${U}:2`, `${U}:3`, `${U}:6`, `${U}:7`]],
    [`${U}:29-30,${V}:7-8`, [`${U}:29`, `${U}:30`, `${V}:7`, `${V}:8`]],
    [`${U}:29-30:tag1:1-4`, [`${U}:29`, `${U}:30`, `${U}:tag1:1`, `${U}:tag1:2`, `${U}:tag1:3`, `${U}:tag1:4`]],
    ['', []],
  ])('gives each transaction of "%s" in order', (text, transactions) => {
    expect([...explode(set(text))]).toEqual(transactions);
  });

  it('gives the untagged of each server first', () => {
    const exploded = [...explode(set(`${U}:1-2:b:1:a:1-2,${V}:tag:7,${W}:5-6:tag:1-3`))];
    expect(exploded).toHaveLength(11);
    expect(exploded.slice(0, 6)).toEqual(
      [1, 2, 'a:1', 'a:2', 'b:1'].map((rest) => `${U}:${rest}`).concat(`${V}:tag:7`),
    );
  });

  it('gives the first of billions without waiting for the others', () => {
    expect(explode(set(`${U}:1-${MAX_TRANSACTION_NUMBER}`)).next().value).toBe(`${U}:1`);
  });
});

describe('the next GTID', () => {
  it.each([`${U}:1,${V}:1-6`, `${V}:1-6`, `${V}:6`])('after %s is the seventh of the last server', (text) => {
    expect(nextGtid(set(text))).toEqual({ kind: 'ok', gtid: `${V}:7` });
  });

  it('is that of the source when the source is named', () => {
    expect(nextGtid(set(`${U}:1-3,${V}:1-6`), serverUuid(U))).toEqual({ kind: 'ok', gtid: `${U}:4` });
  });

  it('does not count tagged transactions', () => {
    expect(nextGtid(set(`${U}:1-3:zz:1-50`))).toEqual({ kind: 'ok', gtid: `${U}:4` });
  });

  it('is refused where nothing untagged was executed', () => {
    expect(nextGtid(set('')).kind).toBe('refused');
    expect(nextGtid(set(`${U}:tag:1`)).kind).toBe('refused');
    expect(nextGtid(set(`${U}:1`), serverUuid(V)).kind).toBe('refused');
    expect(nextGtid(set(`${U}:1-${MAX_TRANSACTION_NUMBER}`)).kind).toBe('refused');
  });
});
