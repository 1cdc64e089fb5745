import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  comparePositions,
  containsPosition,
  domainsOf,
  EMPTY_MARIADB_POSITION,
  furthestPosition,
  type MariadbPosition,
  mariadbPositionText,
  parseMariadbPosition,
} from './mariadb-gtid.ts';

const position = (text: string): MariadbPosition => {
  const result = parseMariadbPosition(text);
  if (result.kind === 'refused') throw new Error(result.reason);
  return result.position;
};

const OPPOSITE = { equal: 'equal', ahead: 'behind', behind: 'ahead', diverged: 'diverged' } as const;

const positionOf = (servers: fc.Arbitrary<number>) =>
  fc
    .uniqueArray(fc.record({ domain: fc.nat(3), server: servers, sequence: fc.nat(4) }), {
      selector: (gtid) => gtid.domain,
      maxLength: 4,
    })
    .map((gtids) => position(gtids.map((gtid) => `${gtid.domain}-${gtid.server}-${gtid.sequence}`).join(',')));

const anyPosition = positionOf(fc.integer({ min: 1, max: 2 }));
/** Positions of servers whose histories never parted at the same sequence. */
const ofOneHistory = positionOf(fc.constant(1));

describe('reading a position', () => {
  it.each([
    ['', ''],
    ['0-1-100', '0-1-100'],
    ['10-1-5,0-3-100,2-1-7', '0-3-100,2-1-7,10-1-5'],
    [' 0-1-100 ,\n1-1-2,', '0-1-100,1-1-2'],
    ['4294967295-4294967295-9007199254740991', '4294967295-4294967295-9007199254740991'],
  ])('"%s" is %s', (text, printed) => {
    expect(mariadbPositionText(position(text))).toBe(printed);
  });

  it.each([
    '0-1',
    '0-1-2-3',
    '0-1-x',
    '-1-2-3',
    '4294967296-1-1',
    '0-4294967296-1',
    '0-1-9007199254740992',
    '00010111-1111-1111-1111-111111111111:1-5',
  ])('refuses %s', (text) => {
    expect(parseMariadbPosition(text)).toEqual({ kind: 'refused', reason: `Cannot parse MariaDB GTID "${text}"` });
  });

  it('refuses a domain that occurs twice', () => {
    expect(parseMariadbPosition('0-1-5,1-1-1,0-2-7')).toEqual({ kind: 'refused', reason: 'Domain 0 occurs twice' });
  });

  it('lists the domains', () => {
    expect(domainsOf(position('10-1-5,0-3-100'))).toEqual([0, 10]);
  });

  it('law: reading what is printed gives the same position', () => {
    fc.assert(
      fc.property(anyPosition, (original) => {
        expect(position(mariadbPositionText(original))).toEqual(original);
      }),
    );
  });
});

describe('comparing positions', () => {
  it.each([
    ['0-1-100', '0-1-100', 'equal'],
    ['', '', 'equal'],
    ['0-1-101', '0-1-100', 'ahead'],
    ['0-1-99', '0-1-100', 'behind'],
    ['0-2-101', '0-1-100', 'ahead'],
    ['0-2-100', '0-1-100', 'diverged'],
    ['', '0-1-1', 'behind'],
    ['0-1-100', '0-1-100,1-1-1', 'behind'],
    ['0-1-101', '0-1-100,1-1-1', 'diverged'],
    ['0-1-101,1-1-1', '0-1-100,1-1-2', 'diverged'],
    ['0-1-101,1-1-1,2-1-3', '0-1-100,1-1-1,2-1-2', 'ahead'],
    ['0-1-101,1-2-1', '0-1-100,1-1-1', 'diverged'],
  ] as const)('%s to %s is %s', (one, other, order) => {
    expect(comparePositions(position(one), position(other))).toBe(order);
  });

  it('law: seen from the other side it is the opposite', () => {
    fc.assert(
      fc.property(anyPosition, anyPosition, (a, b) => {
        expect(comparePositions(b, a)).toBe(OPPOSITE[comparePositions(a, b)]);
        expect(comparePositions(a, a)).toBe('equal');
      }),
    );
  });

  it('law: containing is being equal or ahead', () => {
    fc.assert(
      fc.property(anyPosition, anyPosition, (a, b) => {
        expect(containsPosition(a, b)).toBe(['equal', 'ahead'].includes(comparePositions(a, b)));
        expect(containsPosition(a, EMPTY_MARIADB_POSITION)).toBe(true);
      }),
    );
  });
});

describe('the furthest of two positions', () => {
  it('takes the further one of each domain', () => {
    const furthest = furthestPosition(position('0-1-100,1-1-7'), position('0-2-101,1-1-6,2-1-1'));
    expect(mariadbPositionText(furthest)).toBe('0-2-101,1-1-7,2-1-1');
  });

  it('law: commutative, associative, idempotent, and the empty position changes nothing', () => {
    fc.assert(
      fc.property(anyPosition, anyPosition, anyPosition, (a, b, c) => {
        expect(furthestPosition(a, b)).toEqual(furthestPosition(b, a));
        expect(furthestPosition(furthestPosition(a, b), c)).toEqual(furthestPosition(a, furthestPosition(b, c)));
        expect(furthestPosition(a, a)).toEqual(a);
        expect(furthestPosition(a, EMPTY_MARIADB_POSITION)).toEqual(a);
      }),
    );
  });

  it('law: of one history it contains both, and is one of them when they are in order', () => {
    fc.assert(
      fc.property(ofOneHistory, ofOneHistory, (a, b) => {
        const furthest = furthestPosition(a, b);
        expect(containsPosition(furthest, a) && containsPosition(furthest, b)).toBe(true);
        if (containsPosition(a, b)) expect(furthest).toEqual(a);
      }),
    );
  });
});
