import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AcknowledgedRow, WriterLog } from './writer-log.ts';

const row = (sequence: number, atMillis: number, port = 1): AcknowledgedRow => ({ sequence, atMillis, port, gtid: '' });

function logOf(times: readonly number[], rowsKept?: number): WriterLog {
  const log = new WriterLog(rowsKept);
  times.forEach((atMillis, index) => void log.add(row(index + 1, atMillis)));
  return log;
}

describe('WriterLog', () => {
  it('finds the silence around an event, not an older and longer one', () => {
    const gap = logOf([0, 900, 1000, 1005, 1300, 1305]).longestGap(1001, 1306);
    expect(gap).toEqual({ millis: 295, before: row(4, 1005), after: row(5, 1300) });
  });

  it('counts from the last write before the event: that is when a client was last served', () => {
    expect(logOf([100, 105, 400]).longestGap(110, 400).millis).toBe(295);
  });

  it('tells a gap that still lasts, and that it grows', () => {
    const log = logOf([100, 105]);
    expect(log.longestGap(106, 1000)).toEqual({ millis: 895, before: row(2, 105), after: null });
    expect(log.longestGap(106, 2000).millis).toBe(1895);
  });

  it('has a gap from the question on when nothing was ever written', () => {
    expect(new WriterLog().longestGap(50, 80)).toEqual({ millis: 30, before: null, after: null });
  });

  it('forgets the oldest rows and still counts them', () => {
    const log = logOf(
      Array.from({ length: 1000 }, (_, index) => index),
      10,
    );
    expect(log.count).toBe(1000);
    expect(log.last).toEqual(row(1000, 999));
    expect(log.rows().length).toBeLessThan(20);
    expect(log.rows().at(-10)).toEqual(row(991, 990));
  });

  it('gives the longest of all gaps when asked since the beginning', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { minLength: 2, maxLength: 50 }), (steps) => {
        let at = 0;
        const times = steps.map((step) => (at += step));
        expect(logOf(times).longestGap(0, at).millis).toBe(Math.max(...steps.slice(1)));
      }),
    );
  });
});
