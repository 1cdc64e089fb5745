import { describe, expect, it } from 'vitest';
import { parseServerVersion } from '../model/server-version.ts';
import { dialectForVersion, unsupportedText, wantedVariables } from './dialect-for-version.ts';

describe('the dialect of a server', () => {
  it.each([
    ['8.4.0', '', 'mysql-84'],
    ['9.7.4-2', '(Debian)', 'mysql-84'],
    ['10.0.0', 'MySQL Community Server', 'mysql-84'],
    ['8.4.2-2', 'Percona Server (GPL)', 'mysql-84'],
    ['10.5.0-MariaDB', '', 'mariadb'],
    ['5.5.5-10.11.14-MariaDB-log', '', 'mariadb'],
    ['12.1.2-MariaDB', '', 'mariadb'],
  ])('of %s %s is %s, by numbers and not by text', (version, comment, name) => {
    expect(dialectForVersion(parseServerVersion(version, comment))?.name).toBe(name);
  });

  it.each(['8.3.0', '5.7.44', '10.4.34-MariaDB', '2.5.0-maxscale', ''])('of %s is none yet', (version) => {
    expect(dialectForVersion(parseServerVersion(version))).toBeNull();
  });

  it('is not needed to know which variables to ask for', () => {
    expect(wantedVariables()).toEqual(expect.arrayContaining(['version', 'gtid_executed', 'gtid_current_pos']));
    expect(new Set(wantedVariables()).size).toBe(wantedVariables().length);
  });

  describe('of the MariaDB family', () => {
    it.each([
      ['10.5.0-MariaDB', 'mariadb'],
      ['10.5.29-MariaDB-1:10.5.29+maria~ubu2004-log', 'mariadb'],
      ['5.5.5-10.6.1-MariaDB-log', 'mariadb'],
      ['10.11.18-MariaDB-0+deb12u1-log', 'mariadb'],
      ['11.4.9-MariaDB-log', 'mariadb'],
      ['11.8.3-MariaDB-1', 'mariadb'],
      ['12.0.2-MariaDB', 'mariadb'],
      ['12.3.1-MariaDB-log', 'mariadb'],
      ['10.4.34-MariaDB', undefined],
      ['5.5.5-10.4.34-MariaDB-log', undefined],
      ['10.3.39-MariaDB-0+deb10u1', undefined],
      ['5.5.68-MariaDB', undefined],
    ])('%s is %s, whatever stands around the numbers', (version, name) => {
      expect(dialectForVersion(parseServerVersion(version))?.name).toBe(name);
    });

    it('one that is too old is refused with the release it would take', () => {
      expect(unsupportedText(parseServerVersion('10.4.34-MariaDB-log'))).toBe(
        'version 10.4.34-MariaDB-log is not supported: MariaDB must be 10.5 or later',
      );
      expect(unsupportedText(parseServerVersion('2.5.0-maxscale'))).toBe('version 2.5.0-maxscale is not supported');
    });
  });
});
