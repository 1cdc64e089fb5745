import { describe, expect, it } from 'vitest';
import { isOfRelease, serverFamilies, serverRelease, serverReleases } from './server-releases.ts';

describe('a release of a server', () => {
  it('is the usual one of its family unless another is named', () => {
    for (const family of serverFamilies) expect(serverRelease({ family }).name).toBe(family);
    expect(serverRelease({ family: 'mariadb', release: '11.8' }).name).toBe('mariadb-11.8');
  });

  it('that nobody fetches is refused', () => {
    expect(() => serverRelease({ family: 'mysql', release: '11.8' })).toThrow('no release 11.8 of mysql');
  });

  it('has a name of its own, which is its folder', () => {
    expect(new Set(serverReleases.map(({ name }) => name)).size).toBe(serverReleases.length);
  });

  it.each([
    ['11.8.9', '11.8', true],
    ['11.80.1', '11.8', false],
    ['12.3.1', '11.8', false],
    ['10.11.18', undefined, true],
  ])('%s may stand for release %s: %s', (version, release, may) => {
    const wanted = { name: 'x', family: 'mariadb', release, suite: 'x', package: 'x' } as const;
    expect(isOfRelease(version, wanted)).toBe(may);
  });
});
