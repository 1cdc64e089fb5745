import { expect, it } from 'vitest';
import { roughDuration } from './rough-duration.ts';

it.each([
  [0, '0.0 s'],
  [-5, '0.0 s'],
  [340, '0.3 s'],
  [9_949, '9.9 s'],
  [42_000, '42 s'],
  [119_000, '119 s'],
  [120_000, '2 min'],
  [3_600_000, '60 min'],
  [7_200_000, '2 h'],
  [172_800_000, '2 days'],
  [309_732_865_000, '3585 days'],
])('%i ms is %s', (millis, text) => {
  expect(roughDuration(millis)).toBe(text);
});
