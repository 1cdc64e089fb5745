import { describe, expect, it } from 'vitest';
import { changingReleases, hasAbility } from './releases.ts';

describe('releases', () => {
  it('have an ability from the release that brought it, by numbers and not by text', () => {
    const has = (...release: readonly [number, number, number]) => hasAbility(release, 'publicKey');
    expect([has(8, 0, 3), has(8, 0, 4), has(8, 0, 10), has(10, 1, 0), has(5, 7, 44)]).toEqual([
      false,
      true,
      true,
      true,
      false,
    ]);
  });

  it('that change something are named once, the newest first, from the first on and before the end', () => {
    expect(changingReleases([8, 0, 4], [8, 0, 22])).toEqual([
      [8, 0, 19],
      [8, 0, 17],
      [8, 0, 16],
      [8, 0, 14],
      [8, 0, 4],
    ]);
    expect(changingReleases([8, 0, 22], [8, 4, 0])).toEqual([
      [8, 3, 0],
      [8, 2, 0],
      [8, 0, 26],
      [8, 0, 23],
      [8, 0, 22],
    ]);
  });
});
