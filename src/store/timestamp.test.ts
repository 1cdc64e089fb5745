import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unixMillis } from '../model/brand.ts';
import { parseMoment, parseTimestamp, timestampText, timestampTextOrNever } from './timestamp.ts';

const AT = unixMillis(Date.UTC(2017, 1, 2, 8, 29, 57));

describe('timestamps of columns', () => {
  it('are written with a blank, in UTC, without fractions', () => {
    expect(timestampText(unixMillis(AT + 999))).toBe('2017-02-02 08:29:57');
    expect(timestampTextOrNever(null)).toBe('1971-01-01 00:00:00');
  });

  it.each(['2017-02-02 08:29:57', '2017-02-02T08:29:57Z', '2017-02-02T08:29:57+00:00', '2017-02-02 08:29:57.000000'])(
    'are read from %s',
    (text) => {
      expect(parseTimestamp(text)).toBe(AT);
    },
  );

  it.each([null, '', '0001-01-01T00:00:00Z', '0000-00-00 00:00:00', '1971-01-01 00:00:00', 'last_checked', 7])(
    'mean never when %s',
    (value) => {
      expect(parseTimestamp(value)).toBeNull();
    },
  );

  it('mean never when 1971 where a column has no null for that, and 1971 where it has', () => {
    expect(parseTimestamp('1971-01-01 00:00:00')).toBeNull();
    expect(parseMoment('1971-01-01 00:00:00')).toBe(Date.UTC(1971, 0, 1));
    for (const never of [null, '', '0001-01-01T00:00:00Z', '0000-00-00 00:00:00'])
      expect(parseMoment(never)).toBeNull();
  });

  it('keep whole seconds, and sort as text as they do as time', () => {
    const moment = fc.integer({ min: Date.UTC(1971, 0, 2), max: Date.UTC(9999, 11, 31) });
    fc.assert(
      fc.property(moment, moment, (one, other) => {
        const [a, b] = [timestampText(unixMillis(one)), timestampText(unixMillis(other))];
        expect(parseTimestamp(a)).toBe(Math.floor(one / 1000) * 1000);
        expect(a < b).toBe(Math.floor(one / 1000) < Math.floor(other / 1000));
      }),
    );
  });

  it('never lose their shape, however far off the moment is', () => {
    for (const extreme of [-8.64e15, 8.64e15, -1e300, 1e300]) {
      expect(timestampText(unixMillis(extreme))).toMatch(/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/);
    }
  });
});
