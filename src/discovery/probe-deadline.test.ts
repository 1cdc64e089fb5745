import { describe, expect, it } from 'vitest';
import { ProbeDeadline, SUSPICION_MILLIS } from './probe-deadline.ts';

const LIMIT = 10_000;

function patienceAfter(...tookMillis: readonly number[]): number {
  const deadline = new ProbeDeadline();
  for (const took of tookMillis) deadline.answered(took);
  return deadline.answerMillis(LIMIT);
}

describe('patience with a server', () => {
  it('A10: is about a second for one that usually answers fast, or has never answered', () => {
    expect(patienceAfter()).toBe(SUSPICION_MILLIS);
    expect(patienceAfter(3, 2, 4)).toBe(SUSPICION_MILLIS);
  });

  it('is some times what it usually takes, for one that is slow', () => {
    expect(patienceAfter(500)).toBe(2_500);
    expect(patienceAfter(500, 500, 500)).toBe(2_500);
  });

  it('is not lost by one slow answer, and follows many', () => {
    expect(patienceAfter(10, 10, 10, 1_000)).toBeLessThan(1_100);
    expect(patienceAfter(10, ...Array(40).fill(1_000))).toBeGreaterThan(4_900);
  });

  it('grows with each answer that does not come in time, up to the limit, and is as before after one that does', () => {
    const deadline = new ProbeDeadline();
    const patience = [1, 2, 3, 4, 5].map(() => {
      deadline.suspected(LIMIT);
      return deadline.answerMillis(LIMIT);
    });
    expect(patience).toEqual([2_000, 4_000, 8_000, LIMIT, LIMIT]);
    deadline.answered(3);
    expect(deadline.answerMillis(LIMIT)).toBe(SUSPICION_MILLIS);
  });

  it('never goes beyond the configured limit, be it shorter than a second', () => {
    expect(patienceAfter(60_000)).toBe(LIMIT);
    expect(new ProbeDeadline().answerMillis(300)).toBe(300);
  });
});
