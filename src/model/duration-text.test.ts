import { expect, it } from 'vitest';
import { millis } from './brand.ts';
import { durationText } from './duration-text.ts';

it.each([
  [0, '0s'],
  [0.000412, '412ns'],
  [0.0825, '82.5µs'],
  [3.53607, '3.53607ms'],
  [999.999999, '999.999999ms'],
  [1_000, '1s'],
  [1_500.25, '1.50025s'],
  [60_000, '1m0s'],
  [62_500, '1m2.5s'],
  [3_600_000, '1h0m0s'],
  [7_384_001, '2h3m4.001s'],
])('%d ms reads %s', (duration, text) => expect(durationText(millis(duration))).toBe(text));
