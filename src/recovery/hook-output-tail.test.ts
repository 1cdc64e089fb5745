import fc from 'fast-check';
import { expect, it } from 'vitest';
import { OutputTail } from './hook-output-tail.ts';

function tailOf(capBytes: number, ...chunks: readonly (string | Uint8Array)[]): string {
  const tail = new OutputTail(capBytes);
  for (const chunk of chunks) tail.add(Buffer.from(chunk));
  return tail.text();
}

it('keeps all that fits', () => expect(tailOf(6, 'abc', 'def')).toBe('abcdef'));

it('keeps the end of what does not fit and says how much is missing', () => {
  expect(tailOf(4, 'abc', 'de', 'f')).toBe('(2 bytes before this left out)\ncdef');
  expect(tailOf(4, 'abcdefgh')).toBe('(4 bytes before this left out)\nefgh');
});

it('does not begin in the middle of a character', () => {
  expect(tailOf(4, '€uro')).toBe('(3 bytes before this left out)\nuro');
});

it('is the end of the whole, however it came in', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 20 })), fc.integer({ min: 1, max: 40 }), (chunks, cap) => {
      const whole = chunks.join('');
      const text = tailOf(cap, ...chunks);
      const kept = text.startsWith('(') && whole !== text ? text.slice(text.indexOf('\n') + 1) : text;
      expect(whole.endsWith(kept)).toBe(true);
      expect(kept.length).toBe(Math.min(whole.length, cap));
    }),
  );
});
