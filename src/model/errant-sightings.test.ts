import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { serverUuid, type UnixMillis, unixMillis } from './brand.ts';
import {
  type ErrantSighting,
  errantRanges,
  errantRangeText,
  mergeSightings,
  sameSightings,
  TOUCHING_RANGES_MAX,
} from './errant-sightings.ts';
import { EMPTY_GTID_SET, equals, type GtidSet, gtidSetOf } from './gtid-set.ts';
import { explode, parseGtidSet } from './gtid-set-text.ts';

const A = serverUuid('00010111-1111-1111-1111-111111111111');
const B = serverUuid('00010112-2222-2222-2222-222222222222');

const set = (text: string): GtidSet => {
  const parsed = parseGtidSet(text);
  if (parsed.kind === 'refused') throw new Error(parsed.reason);
  return parsed.set;
};

const at = (moment: number): UnixMillis => unixMillis(moment);

/** What is remembered after each of these sets was seen, a second apart, the first one at 1000. */
function seen(...texts: readonly string[]): readonly ErrantSighting[] {
  return texts.reduce<readonly ErrantSighting[]>(
    (remembered, text, i) => mergeSightings(remembered, set(text), at((i + 1) * 1_000)),
    [],
  );
}

const told = (sightings: readonly ErrantSighting[]) =>
  sightings.map((sighting) => [errantRangeText(sighting).replace(A, 'a').replace(B, 'b'), sighting.firstSeen]);

describe('O33: errant transactions', () => {
  it('are first seen when they appear, and keep that time', () => {
    expect(told(seen(`${A}:1-3`, `${A}:1-3`))).toEqual([['a:1-3', 1000]]);
  });

  it('that join others make a range of their own, whatever side they join', () => {
    expect(told(seen(`${A}:4-6`, `${A}:2-9`))).toEqual([
      ['a:2-3', 2000],
      ['a:4-6', 1000],
      ['a:7-9', 2000],
    ]);
  });

  it('that come together between two ranges are one, and what they join stays apart', () => {
    expect(told(seen(`${A}:1-3:7-9`, `${A}:1-9`))).toEqual([
      ['a:1-3', 1000],
      ['a:4-6', 2000],
      ['a:7-9', 1000],
    ]);
  });

  it('that are errant no more are forgotten, out of the middle of a range too', () => {
    expect(told(seen(`${A}:1-9`, `${A}:1-3:7-9`))).toEqual([
      ['a:1-3', 1000],
      ['a:7-9', 1000],
    ]);
    expect(told(seen(`${A}:1-9`, '', `${A}:1-9`))).toEqual([['a:1-9', 3000]]);
  });

  it('with a tag are not those without, nor those of another server', () => {
    expect(told(seen(`${A}:1-3`, `${A}:1-3:blue:1-3,${B}:1-3`))).toEqual([
      ['a:1-3', 1000],
      ['a:blue:1-3', 2000],
      ['b:1-3', 2000],
    ]);
  });

  it('are one range again where both halves were first seen at the same time', () => {
    const halves = [
      { uuid: A, tag: '', first: 1, last: 3, firstSeen: at(5) },
      { uuid: A, tag: '', first: 4, last: 6, firstSeen: at(5) },
    ];
    expect(told(mergeSightings(halves, set(`${A}:1-6`), at(9)))).toEqual([['a:1-6', 5]]);
  });

  it('keep their time where the clock has gone back, and new ones have the time of the clock', () => {
    const remembered = mergeSightings([], set(`${A}:1`), at(9_000));
    expect(told(mergeSightings(remembered, set(`${A}:1:5`), at(2_000)))).toEqual([
      ['a:1', 9000],
      ['a:5', 2000],
    ]);
  });

  it('written to a replica all the time stay few ranges, none of which becomes younger', () => {
    const looks = 20 * TOUCHING_RANGES_MAX;
    let remembered: readonly ErrantSighting[] = [];
    for (let look = 1; look <= looks; look += 1) {
      remembered = mergeSightings(remembered, set(`${A}:1-${look * 10}`), at(look * 5_000));
    }
    expect(remembered).toHaveLength(TOUCHING_RANGES_MAX);
    for (const { last, firstSeen } of remembered) expect(firstSeen).toBeLessThanOrEqual((last / 10) * 5_000);
    expect(remembered[0]).toMatchObject({ first: 1, firstSeen: 5_000 });
  });

  it('in more ranges than are kept apart stay apart where nothing joins them', () => {
    const many = Array.from({ length: 2 * TOUCHING_RANGES_MAX }, (_, i) => `:${2 * i + 1}`).join('');
    const remembered = mergeSightings([], set(`${A}${many}`), at(1));
    expect(remembered).toHaveLength(2 * TOUCHING_RANGES_MAX);
  });

  it('that nobody has looked at yet are told without a time, those that somebody has with theirs', () => {
    const ranges = errantRanges(seen(`${A}:4-6`), set(`${A}:5-8,${B}:1`));
    expect(ranges.map((range) => [range.first, range.last, range.firstSeen])).toEqual([
      [5, 6, 1000],
      [7, 8, null],
      [1, 1, null],
    ]);
  });
});

/** Small numbers, few originators: overlaps and neighbours are frequent. */
const anySet = fc
  .array(
    fc.record({
      uuid: fc.constantFrom(A, B),
      tag: fc.constantFrom('', 'blue'),
      bounds: fc.array(fc.tuple(fc.integer({ min: 1, max: 40 }), fc.nat(8)), { maxLength: 6 }),
    }),
    { maxLength: 4 },
  )
  .map((entries) =>
    gtidSetOf(
      entries.map((entry) => ({ ...entry, bounds: entry.bounds.flatMap(([first, more]) => [first, first + more]) })),
    ),
  );

const anyLooks = fc.array(fc.record({ errant: anySet, pauseMillis: fc.integer({ min: -2, max: 5 }) }), {
  maxLength: 12,
});

const setOf = (sightings: readonly ErrantSighting[]): GtidSet =>
  gtidSetOf(sightings.map(({ uuid, tag, first, last }) => ({ uuid, tag, bounds: [first, last] })));

/** The slow, obvious way: transactions one by one. */
const times = (sightings: readonly ErrantSighting[]): Map<string, number> =>
  new Map(sightings.flatMap((sighting) => [...explode(setOf([sighting]))].map((gtid) => [gtid, sighting.firstSeen])));

describe('laws of what is remembered of errant transactions', () => {
  it('is exactly what is errant, each transaction once', () => {
    fc.assert(
      fc.property(anyLooks, (looks) => {
        let remembered: readonly ErrantSighting[] = [];
        let now = 0;
        for (const { errant, pauseMillis } of looks) {
          now += pauseMillis;
          remembered = mergeSightings(remembered, errant, at(now));
          expect(equals(setOf(remembered), errant)).toBe(true);
          expect(remembered.reduce((sum, { first, last }) => sum + last - first + 1, 0)).toBe(
            [...explode(errant)].length,
          );
        }
      }),
    );
  });

  it('never moves a time forward while a transaction stays errant, and gives new ones the present', () => {
    fc.assert(
      fc.property(anyLooks, (looks) => {
        let remembered: readonly ErrantSighting[] = [];
        let now = 0;
        for (const { errant, pauseMillis } of looks) {
          now += pauseMillis;
          const before = times(remembered);
          remembered = mergeSightings(remembered, errant, at(now));
          const wanted = [...explode(errant)].map((gtid) => [gtid, before.get(gtid) ?? now]);
          expect(times(remembered)).toEqual(new Map(wanted.map(([gtid, time]) => [String(gtid), Number(time)])));
        }
      }),
    );
  });

  it('is the same when the same is seen again, and has as few ranges as can be', () => {
    fc.assert(
      fc.property(anySet, anySet, (first, second) => {
        const once = mergeSightings(mergeSightings([], first, at(1)), second, at(2));
        expect(sameSightings(mergeSightings(once, second, at(3)), once)).toBe(true);
        for (const [i, range] of once.entries()) {
          const before = once[i - 1];
          const isNeedless =
            before !== undefined &&
            before.uuid === range.uuid &&
            before.tag === range.tag &&
            before.last + 1 === range.first &&
            before.firstSeen === range.firstSeen;
          expect(isNeedless).toBe(false);
        }
      }),
    );
  });

  it('counts the earlier time where rows overlap, as somebody may have written them by hand', () => {
    const anyRow = fc.record({
      uuid: fc.constantFrom(A, B),
      tag: fc.constantFrom('', 'blue'),
      first: fc.integer({ min: -3, max: 40 }),
      last: fc.integer({ min: -3, max: 40 }),
      firstSeen: fc.integer({ min: 0, max: 5 }).map(at),
    });
    fc.assert(
      fc.property(fc.array(anyRow), anySet, (rows, errant) => {
        const earliest = new Map<string, number>();
        for (const row of rows.filter(({ first, last }) => first <= last)) {
          for (const [gtid, time] of times([row])) earliest.set(gtid, Math.min(time, earliest.get(gtid) ?? time));
        }
        const wanted = [...explode(errant)].map((gtid) => [gtid, earliest.get(gtid) ?? 9] as const);
        expect(times(mergeSightings(rows, errant, at(9)))).toEqual(new Map(wanted));
      }),
    );
  });

  it('differs as soon as one range, one number or one time does', () => {
    const one = mergeSightings([], set(`${A}:1-3:7`), at(1));
    expect(sameSightings(one, one)).toBe(true);
    for (const other of [
      mergeSightings([], set(`${A}:1-3:7`), at(2)),
      mergeSightings([], set(`${A}:1-4:7`), at(1)),
      mergeSightings([], set(`${A}:1-3:blue:7`), at(1)),
      mergeSightings([], set(`${A}:1-3`), at(1)),
      mergeSightings([], EMPTY_GTID_SET, at(1)),
    ]) {
      expect(sameSightings(one, other)).toBe(false);
    }
  });
});
