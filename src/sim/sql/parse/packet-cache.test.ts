import { describe, expect, it } from 'vitest';
import { PacketCache } from './packet-cache.ts';

function aCache() {
  const parsed: string[] = [];
  const cache = new PacketCache((sql) => {
    parsed.push(sql);
    return [];
  });
  return { cache, parsed };
}

describe('the cache of packets', () => {
  it('parses a text once', () => {
    const { cache, parsed } = aCache();
    expect(cache.get('SELECT 1')).toBe(cache.get('SELECT 1'));
    expect(parsed).toEqual(['SELECT 1']);
  });

  it('keeps what is asked again and again, whatever else passes through it', () => {
    const { cache, parsed } = aCache();
    for (let row = 0; row < 10_000; row++) {
      cache.get(`INSERT ${row}`);
      cache.get('probe');
    }
    expect(parsed.filter((sql) => sql === 'probe')).toHaveLength(1);
  });

  it('forgets what nobody asks for', () => {
    const { cache, parsed } = aCache();
    cache.get('once');
    for (let row = 0; row < 10_000; row++) cache.get(`INSERT ${row}`);
    cache.get('once');
    expect(parsed.filter((sql) => sql === 'once')).toHaveLength(2);
  });
});
