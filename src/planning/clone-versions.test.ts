/** Between which versions a clone goes. */
import { describe, expect, it } from 'vitest';
import { parseServerVersion } from '../model/server-version.ts';
import { cloneVersionRefusal, hasClonePlugin } from './clone-versions.ts';

const version = (text: string, comment = '') => parseServerVersion(text, comment);
const goes = (recipient: string, donor: string) => cloneVersionRefusal(version(recipient), version(donor)) === null;

describe('the CLONE plugin', () => {
  it('is there from 8.0.17 on, in MySQL and Percona Server', () => {
    expect(['8.0.16', '8.0.17', '9.7.4-2', '5.7.44'].map((text) => hasClonePlugin(version(text)))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect(hasClonePlugin(version('8.0.36-28', 'Percona Server (GPL)'))).toBe(true);
    expect(hasClonePlugin(version('11.8.3-MariaDB'))).toBe(false);
  });

  it.each([
    ['8.0.36', '8.0.36', true],
    ['8.0.36', '8.0.35', false],
    ['8.0.37', '8.0.36', false],
    ['8.0.42', '8.0.37', true],
    ['8.1.0', '8.1.1', false],
    ['8.4.2', '8.4.6', true],
    ['9.7.4-2', '9.7.1', true],
    ['8.4.6', '8.0.42', false],
    ['9.1.0', '9.0.1', false],
  ])('goes to %s from %s: %s', (recipient, donor, expected) => {
    expect(goes(recipient, donor)).toBe(expected);
  });

  it('goes between servers of one maker alone', () => {
    expect(cloneVersionRefusal(version('8.4.6'), version('8.4.6-6', 'Percona Server (GPL)'))).toContain('Percona');
  });
});
