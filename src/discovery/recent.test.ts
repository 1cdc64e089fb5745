import { expect, it } from 'vitest';
import { Recent } from './recent.ts';
import { ManualClock } from './testing.ts';

const KEEP_MILLIS = 1_000;

it('what happened is recent for its time, counted from the last time', async () => {
  const clock = new ManualClock();
  const recent = new Recent<string>(clock, () => KEEP_MILLIS);
  recent.note('a');
  await clock.advance(KEEP_MILLIS - 1);
  expect([recent.has('a'), recent.has('b')]).toEqual([true, false]);
  recent.note('a');
  await clock.advance(KEEP_MILLIS - 1);
  expect(recent.has('a')).toBe(true);
  await clock.advance(1);
  expect(recent.has('a')).toBe(false);
});

it('what is not recent takes no room', async () => {
  const clock = new ManualClock();
  const recent = new Recent<number>(clock, () => KEEP_MILLIS);
  for (let number = 0; number < 10_000; number++) {
    recent.note(number);
    await clock.advance(100);
  }
  expect(recent.size).toBeLessThanOrEqual(10);
});
