import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareKeys } from '../model/instance-key.ts';
import { keysToCommaText, keysToJson, parseKeyList } from './key-list.ts';

const anyKey = fc.record({
  hostname: fc.constantFrom('a', 'b.example.com', '::1', 'fe80::2', '10.0.0.1'),
  port: fc.integer({ min: 0, max: 65535 }),
});

describe('lists of keys in columns', () => {
  it('come back sorted from either form', () => {
    fc.assert(
      fc.property(fc.array(anyKey), (keys) => {
        const expected = [...keys].sort(compareKeys);
        expect(parseKeyList(keysToJson(keys))).toEqual(expected);
        expect(parseKeyList(keysToCommaText(keys))).toEqual(expected);
      }),
    );
  });

  it('are written as the contract has them', () => {
    const keys = [
      { hostname: 'b', port: 2 },
      { hostname: 'a', port: 1 },
    ];
    expect(keysToJson(keys)).toBe('[{"Hostname":"a","Port":1},{"Hostname":"b","Port":2}]');
    expect(keysToCommaText(keys)).toBe('a:1,b:2');
    expect(keysToJson([])).toBe('[]');
    expect(keysToCommaText([])).toBe('');
  });

  it('leave out what cannot be read and keep the rest', () => {
    expect(parseKeyList('[{"Hostname":"a","Port":1},{"Hostname":2},null,"x"]')).toEqual([{ hostname: 'a', port: 1 }]);
    expect(parseKeyList('a:1, nonsense ,b:x')).toEqual([{ hostname: 'a', port: 1 }]);
    expect(parseKeyList('{"Hostname":"a"}')).toEqual([]);
    expect(parseKeyList('')).toEqual([]);
  });
});
