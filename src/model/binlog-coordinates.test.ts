import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type BinlogCoordinates,
  type CoordinatesResult,
  compareCoordinates,
  coordinatesId,
  coordinatesText,
  detachCoordinates,
  extractDetached,
  fileNumber,
  fileNumberDistance,
  hasNoFile,
  isBefore,
  isBeforeOrAt,
  isInEarlierFile,
  type LogType,
  nextFile,
  noCoordinates,
  parseBinlogCoordinates,
  previousFile,
  sameCoordinates,
} from './binlog-coordinates.ts';

const at = (file: string, pos: number, type: LogType = 'binary'): BinlogCoordinates => ({ file, pos, type });
const ok = (coordinates: BinlogCoordinates): CoordinatesResult => ({ kind: 'ok', coordinates });

const anyCoordinates = fc.record({
  file: fc.oneof(
    fc
      .tuple(fc.constantFrom('bin', 'mysql.00', ''), fc.nat(30), fc.integer({ min: 1, max: 3 }))
      .map(([base, number, width]) => `${base}.${String(number).padStart(width, '0')}`),
    fc.constantFrom('', 'bin', '7', 'bin.x', '//bin.7:4'),
  ),
  pos: fc.nat(3),
  type: fc.constantFrom<LogType>('binary', 'relay'),
});

describe('parsing binlog coordinates', () => {
  it('reads file and position of a binary log', () => {
    expect(parseBinlogCoordinates('mysql-bin.000010:108')).toEqual(ok(at('mysql-bin.000010', 108)));
  });

  it.each(['mysql-bin.000010', 'a:b', 'a:1:2', 'a:', 'a:-1', '', 'a:9007199254740992'])('refuses "%s"', (text) => {
    expect(parseBinlogCoordinates(text)).toEqual({
      kind: 'refused',
      reason: `Cannot parse binlog coordinates: ${text}`,
    });
  });

  it('law: parsing what is printed gives the same coordinates', () => {
    const files = fc.stringMatching(/^[^:]*$/);
    fc.assert(
      fc.property(files, fc.maxSafeNat(), (file, pos) => {
        expect(parseBinlogCoordinates(coordinatesText(at(file, pos)))).toEqual(ok(at(file, pos)));
      }),
    );
  });
});

describe('comparing', () => {
  const here = at('.00017', 104);

  it('equals only the same file, position and type', () => {
    expect(sameCoordinates(here, at('.00017', 104))).toBe(true);
    expect(sameCoordinates(here, at('.00017', 5000))).toBe(false);
    expect(sameCoordinates(here, at('.00112', 104))).toBe(false);
    expect(sameCoordinates(here, at('.00017', 104, 'relay'))).toBe(false);
  });

  it('is before a later position and a later file, and at most all of them', () => {
    const others = [at('.00017', 104), at('.00017', 5000), at('.00112', 104)];
    expect(others.map((other) => isBefore(here, other))).toEqual([false, true, true]);
    expect(others.map((other) => isBeforeOrAt(here, other))).toEqual([true, true, true]);
    expect(others.map((other) => isInEarlierFile(here, other))).toEqual([false, false, true]);
  });

  it('does not look at the type for order', () => {
    expect(isBeforeOrAt(here, at('.00017', 104, 'relay'))).toBe(true);
    expect(isBefore(here, at('.00017', 105, 'relay'))).toBe(true);
  });

  it('puts bin.1000000 after bin.999999: the number counts, not its text', () => {
    expect(isBefore(at('bin.999999', 900), at('bin.1000000', 4))).toBe(true);
  });

  it('puts the base name before the number', () => {
    expect(isBefore(at('a-bin.000009', 4), at('b-bin.000001', 4))).toBe(true);
  });

  it('law: the order is total and agrees with equality', () => {
    fc.assert(
      fc.property(anyCoordinates, anyCoordinates, anyCoordinates, (a, b, c) => {
        expect(Math.sign(compareCoordinates(a, b))).toBe(-Math.sign(compareCoordinates(b, a)) + 0);
        expect(compareCoordinates(a, b) === 0).toBe(sameCoordinates(a, { ...b, type: a.type }));
        if (isBeforeOrAt(a, b) && isBeforeOrAt(b, c)) expect(isBeforeOrAt(a, c)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('are keys of a map by value', () => {
    const list = [here, at('.00017', 5000), at('.00112', 104), at('.00017', 104)];
    expect(new Set(list.map(coordinatesId)).size).toBe(3);
    expect(coordinatesId(here)).not.toBe(coordinatesId({ ...here, type: 'relay' }));
  });
});

describe('files', () => {
  it('steps to the previous and the next file at position 0', () => {
    expect(previousFile(at('mysql-bin.000010', 108))).toEqual(ok(at('mysql-bin.000009', 0)));
    expect(nextFile(at('mysql-bin.000010', 108))).toEqual(ok(at('mysql-bin.000011', 0)));
  });

  it('counts only the last part of the name and keeps the type', () => {
    expect(previousFile(at('.00100', 9, 'relay'))).toEqual(ok(at('.00099', 0, 'relay')));
    expect(previousFile(at('mysql.00.prod.com.00100', 9))).toEqual(ok(at('mysql.00.prod.com.00099', 0)));
    expect(previousFile(at('mysql.00.prod.com.00100', 9), 7)).toEqual(ok(at('mysql.00.prod.com.00093', 0)));
  });

  it('goes on after six nines with seven digits', () => {
    expect(nextFile(at('bin.999999', 4))).toEqual(ok(at('bin.1000000', 0)));
  });

  it('refuses a file before number 0, and a next file of a name without number', () => {
    expect(previousFile(at('mysql.00.prod.com.00000', 4)).kind).toBe('refused');
    expect(previousFile(at('bin.000002', 4), 3).kind).toBe('refused');
    expect(previousFile(at('bin', 4)).kind).toBe('refused');
    expect(nextFile(at('bin', 4)).kind).toBe('refused');
    expect(nextFile(noCoordinates('binary')).kind).toBe('refused');
  });

  it('measures the distance between files', () => {
    const [seventeen, twentyTwo] = [at('.00017', 4), at('.00022', 4)];
    expect(fileNumberDistance(seventeen, seventeen)).toBe(0);
    expect(fileNumberDistance(seventeen, twentyTwo)).toBe(5);
    expect(fileNumberDistance(twentyTwo, seventeen)).toBe(-5);
  });

  it('reads number and width', () => {
    expect(fileNumber(at('.00017', 4))).toEqual({ number: 17, digits: 5 });
    expect(fileNumber(at('bin.log', 4))).toEqual({ number: 0, digits: 0 });
    expect(fileNumber(noCoordinates('relay'))).toEqual({ number: 0, digits: 0 });
  });

  it('knows where there is no file', () => {
    expect(hasNoFile(noCoordinates('relay'))).toBe(true);
    expect(hasNoFile(at('bin.000001', 0))).toBe(false);
  });
});

describe('detached coordinates', () => {
  const plain = at('mysql-bin.000010', 108, 'relay');

  it('hide file and position in the file and keep the position', () => {
    expect(detachCoordinates(plain)).toEqual(at('//mysql-bin.000010:108', 108, 'relay'));
  });

  it('give the original back', () => {
    expect(extractDetached(detachCoordinates(plain))).toEqual(plain);
    expect(extractDetached(at('//mysql-bin.000010:108', 4))).toEqual(at('mysql-bin.000010', 108));
  });

  it('are told from plain ones', () => {
    expect(extractDetached(plain)).toBeNull();
  });
});
