import { expect, it } from 'vitest';
import { ManualClock } from '../discovery/testing.ts';
import { GrowingPatience } from './growing-patience.ts';

it('tries again after a second, twice as long each time, once a minute at last, and at once when it was forgotten', async () => {
  const clock = new ManualClock();
  const patience = new GrowingPatience<string>(clock);
  for (const seconds of [1, 2, 4, 8, 16, 32, 60, 60]) {
    expect([patience.isDue('it'), patience.isDue('another')]).toEqual([true, true]);
    patience.tried('it');
    await clock.advance(seconds * 1_000 - 1);
    expect(patience.isDue('it')).toBe(false);
    await clock.advance(1);
  }
  patience.tried('it');
  expect(patience.isDue('it')).toBe(false);
  patience.forget('it');
  expect(patience.isDue('it')).toBe(true);
});
