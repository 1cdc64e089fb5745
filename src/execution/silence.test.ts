/** A23: how long a primary that was found dead is given to show that it is back. */
import { describe, expect, it } from 'vitest';
import { millis, unixMillis } from '../model/brand.ts';
import type { ServerFailure } from '../model/server-failure.ts';
import { sampleKey, sampleServer } from '../model/topology-samples.ts';
import type { Clock } from '../ports/clock.ts';
import type { ObserveResult } from '../ports/topology-servers.ts';
import { Silences } from './silence.ts';

const failed = (kind: 'refused' | 'timeout'): ObserveResult => {
  const failure: ServerFailure = { kind, phase: 'connect', text: kind };
  return { kind: 'failed', failure };
};
const REFUSED = failed('refused');
const TIMED_OUT = failed('timeout');
const BACK: ObserveResult = { kind: 'observed', instance: sampleServer(1) };

/** One look after another, so many milliseconds after the one before; `seen`: what each time the server is asked comes to. */
async function looks(passed: readonly number[], ...seen: readonly ObserveResult[]) {
  let now = 0;
  const clock: Clock = {
    now: () => unixMillis(now),
    monotonic: () => millis(now),
    after: () => ({ cancel: () => {} }),
    sleep: async () => {},
  };
  const deadlines: number[] = [];
  const silences = new Silences({
    clock,
    servers: { observe: async (_key, deadline) => seen[deadlines.push(deadline) - 1] ?? TIMED_OUT },
  });
  const answers: boolean[] = [];
  for (const more of passed) {
    now += more;
    answers.push(await silences.answersNow(sampleKey(1)));
  }
  return { answers, deadlines };
}

describe('A23: a primary that was found dead', () => {
  it('is asked again all the same, for a moment', async () => {
    expect(await looks([0], BACK)).toEqual({ answers: [true], deadlines: [50] });
    expect(await looks([499], TIMED_OUT)).toEqual({ answers: [false], deadlines: [50] });
  });

  it('is given more time half a second after it was silent', async () => {
    expect(await looks([500], BACK)).toEqual({ answers: [true], deadlines: [250] });
    expect((await looks([0, 499, 500], TIMED_OUT, TIMED_OUT, TIMED_OUT)).deadlines).toEqual([50, 50, 250]);
  });

  it('is not waited for where it refuses connections as before, and where it hangs as before', async () => {
    expect((await looks([0, 100, 600], REFUSED, REFUSED, REFUSED)).deadlines).toEqual([50, 50, 250]);
    expect((await looks([0, 100, 600], TIMED_OUT, TIMED_OUT, TIMED_OUT)).deadlines).toEqual([50, 50, 250]);
  });

  it('is waited for where it refused connections and does so no more: somebody starts there', async () => {
    expect(await looks([0, 100], REFUSED, TIMED_OUT, BACK)).toEqual({
      answers: [false, true],
      deadlines: [50, 50, 2000],
    });
    expect((await looks([0, 600], REFUSED, TIMED_OUT, TIMED_OUT)).answers).toEqual([false, false]);
  });
});
