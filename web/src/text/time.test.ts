import { describe, expect, it } from 'vitest';
import { ago, count, duration, elapsed, offset, parseTimestamp, startOfUid, utc } from './time.ts';

const instant = (millis: number, precise = true) => ({ millis, precise });

describe('timestamps of the contract', () => {
  it('are read in both forms as the same UTC moment', () => {
    const expected = Date.UTC(2026, 10, 23, 4, 37, 32);
    expect(parseTimestamp('2026-11-23T04:37:32Z')).toEqual(instant(expected, false));
    expect(parseTimestamp('2026-11-23 04:37:32')).toEqual(instant(expected, false));
  });

  it('keep a fraction and a zone where they have one', () => {
    expect(parseTimestamp('2026-02-03T10:11:12.345678901+02:00')).toEqual(
      instant(Date.UTC(2026, 1, 3, 8, 11, 12, 345)),
    );
  });

  it('are nothing when absent or odd', () => {
    for (const text of ['', 'yesterday', '2026-13-45 99:00:00', '<b>']) expect(parseTimestamp(text)).toBeNull();
  });

  it('of a recovery are in its UID, to the microsecond', () => {
    expect(startOfUid('1795408652939435816:996cf12b')).toEqual(instant(1795408652939.435));
    expect(startOfUid('nonsense')).toBeNull();
  });
});

describe('durations', () => {
  it.each([
    [0, '0 s'],
    [59.4, '59 s'],
    [60, '1 min'],
    [200, '3 min 20 s'],
    [7500, '2 h 5 min'],
    [90_000, '1 d 1 h'],
    [-3, '0 s'],
  ])('%d seconds read %s', (seconds, expected) => {
    expect(duration(seconds)).toBe(expected);
  });

  it('claim hundredths only when both ends are known that well', () => {
    expect(elapsed(instant(1000), instant(1342))).toBe('0.34 s');
    expect(elapsed(instant(939), instant(1000, false))).toBe('≈ 1 s');
    expect(elapsed(instant(1939), instant(1000, false))).toBe('< 1 s');
    expect(offset(instant(1000), instant(1120))).toBe('+0.12 s');
    expect(offset(instant(1939), instant(3000, false))).toBe('+2 s');
  });

  it('never run backwards when clocks disagree', () => {
    expect(offset(instant(5000), instant(4000))).toBe('+0.00 s');
    expect(ago(5000, 4000)).toBe('just now');
  });

  it('since then are in one unit', () => {
    expect(ago(0, 12_000)).toBe('12 s ago');
    expect(ago(0, 200_000)).toBe('3 min ago');
    expect(ago(0, 3 * 86_400_000)).toBe('3 d ago');
  });
});

it('tells moments in UTC and numbers with their noun', () => {
  expect(utc(Date.UTC(2026, 10, 23, 4, 37, 32))).toBe('2026-11-23 04:37:32 UTC');
  expect(count(1, 'server')).toBe('1 server');
  expect(count(3, 'server')).toBe('3 servers');
});
