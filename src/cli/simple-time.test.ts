import { describe, expect, it } from 'vitest';
import { parseSimpleTime } from './simple-time.ts';

describe('parseSimpleTime', () => {
  it.each([
    ['90s', 90],
    ['10m', 600],
    ['2h', 7200],
    ['1d', 86_400],
    ['3w', 1_814_400],
    ['0s', 0],
    ['007m', 420],
  ])('reads %s', (text, seconds) => {
    expect(parseSimpleTime(text)).toEqual({ kind: 'ok', seconds });
  });

  it.each(['', '10', 'm', '-1s', '1.5h', '1h30m', '1 h', ' 1h', '1M', '99999999999999999999w'])(
    'refuses %j',
    (text) => {
      expect(parseSimpleTime(text)).toEqual({ kind: 'refused', reason: `Cannot parse simple time: ${text}` });
    },
  );
});
