import { describe, expect, it } from 'vitest';
import { unixMillis } from './brand.ts';
import { momentText, parsePastMoment } from './moment.ts';

const NOW = unixMillis(Date.UTC(2026, 2, 10, 12, 0, 0));

/** The moment as text, or why there is none. */
function read(text: string): string {
  const parse = parsePastMoment(text, NOW);
  return parse.kind === 'ok' ? momentText(parse.at) : parse.reason;
}

describe('a moment of the past', () => {
  it.each([
    ['2026-03-01', '2026-03-01 00:00:00 UTC'],
    ['2026-03-01 08:30', '2026-03-01 08:30:00 UTC'],
    ['2026-03-01 08:30:59', '2026-03-01 08:30:59 UTC'],
    ['2026-03-01 08:30:59 UTC', '2026-03-01 08:30:59 UTC'],
    ['2026-03-01T08:30:59Z', '2026-03-01 08:30:59 UTC'],
    ['2026-03-01T08:30:59+02:00', '2026-03-01 06:30:59 UTC'],
    ['1772352000', '2026-03-01 08:00:00 UTC'],
    ['90s', '2026-03-10 11:58:30 UTC'],
    ['2h', '2026-03-10 10:00:00 UTC'],
    ['1w', '2026-03-03 12:00:00 UTC'],
    ['2026-03-10 12:00', '2026-03-10 12:00:00 UTC'],
  ])('%s is %s', (text, moment) => expect(read(text)).toBe(moment));

  it.each([
    'yesterday',
    '2026-02-30',
    '2026-03-01 25:00',
    '2026-3-1',
    '20260301',
    '1772352000000',
    '-1h',
    '1h30m',
    ' ',
  ])('is not %s, and the answer says what one looks like', (text) =>
    expect(read(text)).toMatch(/^Cannot read the time .*: give YYYY-MM-DD HH:MM:SS/),
  );

  it('is not before 1970, however long ago somebody says', () => {
    expect(read('999999999w')).toMatch(/^Cannot read the time/);
  });

  it('must be said', () => expect(read('')).toMatch(/^No time was said: give/));

  it('is not in the future: a slip of the year must not show the present', () => {
    expect(read('2062-03-01')).toBe('The time 2062-03-01 is in the future: it is 2026-03-10 12:00:00 UTC');
  });
});
