import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { serverUuid } from './brand.ts';
import {
  contains,
  count,
  EMPTY_GTID_SET,
  equals,
  type GtidSet,
  gtidSetOf,
  intersect,
  isEmpty,
  ofServers,
  sharedUuids,
  subtract,
  union,
  uuidsOf,
  withoutServers,
} from './gtid-set.ts';
import { explode, gtidSetText, parseGtidSet } from './gtid-set-text.ts';

const A = serverUuid('00010111-1111-1111-1111-111111111111');
const B = serverUuid('00010112-2222-2222-2222-222222222222');
const C = serverUuid('00010113-3333-3333-3333-333333333333');

const set = (text: string): GtidSet => {
  const result = parseGtidSet(text);
  if (result.kind === 'refused') throw new Error(result.reason);
  return result.set;
};

/** Small numbers, few originators: overlaps and neighbours are frequent. */
const anySet = fc
  .array(
    fc.record({
      uuid: fc.constantFrom(A, B, C),
      tag: fc.constantFrom('', 'blue', '_x'),
      bounds: fc.array(fc.tuple(fc.integer({ min: 1, max: 25 }), fc.nat(6)), { maxLength: 8 }),
    }),
    { maxLength: 6 },
  )
  .map((entries) =>
    gtidSetOf(
      entries.map((entry) => ({ ...entry, bounds: entry.bounds.flatMap(([first, more]) => [first, first + more]) })),
    ),
  );

/** The slow, obvious way: transactions one by one. */
const members = (gtids: GtidSet): Set<string> => new Set(explode(gtids));
const sortedMembers = (gtids: Iterable<string>): string[] => [...gtids].sort();

describe('arithmetic of GTID sets', () => {
  it('subtracts a part of an interval', () => {
    expect(gtidSetText(subtract(set(`${A}:1-5`), set(`${A}:1-3`)))).toBe(`${A}:4-5`);
  });

  it('subtracts one server and leaves the other', () => {
    expect(gtidSetText(subtract(set(`${A}:1-5,${B}:1`), set(`${A}:1-5`)))).toBe(`${B}:1`);
  });

  it('subtracts holes out of the middle, one cut reaching over two intervals', () => {
    const rest = subtract(set(`${A}:1-10:20-30:40-50`), set(`${A}:3:5-6:8-25:45-60`));
    expect(gtidSetText(rest)).toBe(`${A}:1-2:4:7:26-30:40-44`);
  });

  it('merges neighbours and overlaps in a union', () => {
    expect(gtidSetText(union(set(`${A}:1-3:10`), set(`${A}:4-5:9-12,${B}:1`)))).toBe(`${A}:1-5:9-12,${B}:1`);
  });

  it('never mixes a tag with another or with none', () => {
    const untagged = set(`${A}:1-5`);
    const tagged = set(`${A}:blue:1-5`);
    expect(contains(untagged, tagged)).toBe(false);
    expect(contains(tagged, untagged)).toBe(false);
    expect(isEmpty(intersect(untagged, tagged))).toBe(true);
    expect(equals(subtract(untagged, tagged), untagged)).toBe(true);
    expect(isEmpty(intersect(tagged, set(`${A}:green:1-5`)))).toBe(true);
  });

  it('contains the empty set and is contained in nothing smaller', () => {
    expect(contains(EMPTY_GTID_SET, EMPTY_GTID_SET)).toBe(true);
    expect(contains(set(`${A}:1`), EMPTY_GTID_SET)).toBe(true);
    expect(contains(EMPTY_GTID_SET, set(`${A}:1`))).toBe(false);
    expect(contains(set(`${A}:1-4:6-9`), set(`${A}:3-6`))).toBe(false);
  });

  it('compares UUIDs without case', () => {
    const upper = set(`${B.toUpperCase()}:1-3`);
    expect(equals(upper, set(`${B}:1-3`))).toBe(true);
  });

  it('counts the transactions', () => {
    expect(count(set(`${A}:1-3:7,${B}:blue:1-10`))).toBe(14);
    expect(count(EMPTY_GTID_SET)).toBe(0);
  });
});

describe('laws of GTID sets', () => {
  it('union is commutative, associative and idempotent', () => {
    fc.assert(
      fc.property(anySet, anySet, anySet, (a, b, c) => {
        expect(union(a, b)).toEqual(union(b, a));
        expect(union(union(a, b), c)).toEqual(union(a, union(b, c)));
        expect(union(a, a)).toEqual(a);
      }),
    );
  });

  it('intersection is commutative, and a set with itself', () => {
    fc.assert(
      fc.property(anySet, anySet, (a, b) => {
        expect(intersect(a, b)).toEqual(intersect(b, a));
        expect(intersect(a, a)).toEqual(a);
      }),
    );
  });

  it('a difference has nothing of what was subtracted, and with the common part it is whole again', () => {
    fc.assert(
      fc.property(anySet, anySet, (a, b) => {
        const rest = subtract(a, b);
        expect(isEmpty(intersect(rest, b))).toBe(true);
        expect(equals(union(rest, intersect(a, b)), a)).toBe(true);
      }),
    );
  });

  it('containing means that nothing is left after subtraction', () => {
    fc.assert(
      fc.property(anySet, anySet, (a, b) => {
        expect(contains(a, b)).toBe(isEmpty(subtract(b, a)));
        expect(contains(union(a, b), b)).toBe(true);
        expect(contains(a, intersect(a, b))).toBe(true);
      }),
    );
  });

  it('everything agrees with arithmetic done transaction by transaction', () => {
    fc.assert(
      fc.property(anySet, anySet, (a, b) => {
        const [left, right] = [members(a), members(b)];
        const [onlyLeft, common] = [
          [...left].filter((gtid) => !right.has(gtid)),
          [...left].filter((gtid) => right.has(gtid)),
        ];
        expect(sortedMembers(explode(union(a, b)))).toEqual(sortedMembers(new Set([...left, ...right])));
        expect(sortedMembers(explode(subtract(a, b)))).toEqual(sortedMembers(onlyLeft));
        expect(sortedMembers(explode(intersect(a, b)))).toEqual(sortedMembers(common));
        expect(contains(a, b)).toBe(common.length === right.size);
        expect(equals(a, b)).toBe(common.length === right.size && onlyLeft.length === 0);
        expect(count(a)).toBe(left.size);
      }),
      { numRuns: 500 },
    );
  });
});

describe('choosing by server', () => {
  const three = set(`${A}:1-3,${B}:1-6:blue:4,${C}:9`);

  it('removes a server with its tagged transactions', () => {
    expect(gtidSetText(withoutServers(three, B))).toBe(`${A}:1-3,${C}:9`);
    expect(isEmpty(withoutServers(three, A, B, C))).toBe(true);
  });

  it('gives the same object when the server is not in it', () => {
    const only = set(`${A}:1-3`);
    expect(withoutServers(only, B)).toBe(only);
    expect(ofServers(only, A)).toBe(only);
  });

  it('retains servers with their tagged transactions, an unknown one leaves nothing', () => {
    expect(gtidSetText(ofServers(three, A, B))).toBe(`${A}:1-3,${B}:1-6:blue:4`);
    expect(isEmpty(ofServers(three, serverUuid('nobody')))).toBe(true);
  });

  it('lists each UUID once', () => {
    expect(uuidsOf(three)).toEqual([A, B, C]);
  });

  it.each([
    [`${A}:1,${B}:1`, `${B}:7,${C}:1`, [B]],
    [`${A}:1`, `${B}:7,${C}:1`, []],
    [`${A}:1:blue:1,${B}:1`, `${A}:8,${B}:7:blue:1,${C}:1`, [A, B]],
  ])('finds the UUIDs that %s shares with %s', (one, other, shared) => {
    expect(sharedUuids(set(one), set(other))).toEqual(shared);
    expect(sharedUuids(set(other), set(one))).toEqual(shared);
  });
});
