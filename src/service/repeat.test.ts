/** Work that is done again and again. */
import { describe, expect, it } from 'vitest';
import { ManualClock, settled } from '../discovery/testing.ts';
import { millis } from '../model/brand.ts';
import { repeat } from './repeat.ts';

function repeating(work: () => void | Promise<void>) {
  const clock = new ManualClock();
  const errors: string[] = [];
  const log = { error: (text: string) => void errors.push(text) };
  const end = repeat({ clock, log, period: millis(1_000), what: 'counting' }, work);
  return { errors, end, pass: (delayMillis: number) => clock.advance(delayMillis) };
}

describe('what is repeated', () => {
  it('is done after each period, until it is ended', async () => {
    let count = 0;
    const { end, pass } = repeating(() => {
      count += 1;
    });
    await pass(999);
    expect(count).toBe(0);
    await pass(1);
    await pass(1_000);
    expect(count).toBe(2);
    end();
    await pass(5_000);
    expect(count).toBe(2);
  });

  it('waits for its own end, and begins no more when it is ended meanwhile', async () => {
    let count = 0;
    const work = Promise.withResolvers<undefined>();
    const { end, pass } = repeating(async () => {
      count += 1;
      await work.promise;
    });
    await pass(1_000);
    await pass(5_000);
    expect(count).toBe(1);
    end();
    work.resolve(undefined);
    await settled();
    await pass(5_000);
    expect(count).toBe(1);
  });

  it.each([
    [
      'at once',
      () => {
        throw new Error('no paper');
      },
    ],
    ['later', () => Promise.reject(new Error('no paper'))],
  ])('goes on where it failed %s, and that is told', async (_when, work) => {
    const { errors, pass } = repeating(work);
    await pass(1_000);
    await pass(1_000);
    expect(errors).toEqual(['counting: no paper', 'counting: no paper']);
  });
});
