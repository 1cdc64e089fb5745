import { expect, it } from 'vitest';
import { unixMillis } from '../../model/brand.ts';
import { markerText } from './marker-text.ts';

it('O50: time, server and chance, each with all its digits', () => {
  const parts = { at: unixMillis(1_700_000_000_999), serverId: 17, random: '0123456789ABCDEF' };
  expect(markerText(parts)).toBe('_asc:6553f100:00000011:0123456789abcdef');
});

it('O50: later markers are greater as texts', () => {
  const later = (seconds: number) =>
    markerText({ at: unixMillis(seconds * 1_000), serverId: 1, random: 'f'.repeat(16) });
  expect(later(15) < later(16)).toBe(true);
  expect(later(255) < later(256)).toBe(true);
});
