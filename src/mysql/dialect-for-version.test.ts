import { describe, expect, it } from 'vitest';
import { parseServerVersion } from '../model/server-version.ts';
import { dialectForVersion, unsupportedText, wantedVariables } from './dialect-for-version.ts';

describe('the dialect of a server', () => {
  it.each([
    ['5.6.0', '', 'mysql-57'],
    ['5.6.51-log', '', 'mysql-57'],
    ['5.7.44', '', 'mysql-57'],
    ['5.7.44-48-log', 'Percona Server (GPL), Release 48', 'mysql-57'],
    ['5.7.mysql_aurora.2.11.2', 'MySQL Community Server (GPL)', 'mysql-57'],
    ['8.0.4-rc-log', '', 'mysql-57'],
    ['8.0.9', '', 'mysql-57'],
    ['8.0.13', '', 'mysql-57'],
    ['8.0.21', '', 'mysql-57'],
    ['8.0.mysql_aurora.3.05.2', 'Source distribution', 'mysql-57'],
    ['8.0.22', '', 'mysql-80'],
    ['8.0.35-azure', '', 'mysql-80'],
    ['8.0.36', '', 'mysql-80'],
    ['8.0.36-28', 'Percona Server (GPL), Release 28', 'mysql-80'],
    ['8.0.36-0ubuntu0.22.04.1', '(Ubuntu)', 'mysql-80'],
    ['8.3.0', '', 'mysql-80'],
    ['8.4.0', '', 'mysql-84'],
    ['9.7.4-2', '(Debian)', 'mysql-84'],
    ['9.7.0', '', 'mysql-84'],
    ['10.1.0', 'MySQL Community Server', 'mysql-84'],
    ['8.4.2-2', 'Percona Server (GPL)', 'mysql-84'],
    ['10.5.0-MariaDB', '', 'mariadb'],
    ['5.5.5-10.11.14-MariaDB-log', '', 'mariadb'],
    ['12.1.2-MariaDB', '', 'mariadb'],
    ['2.5.0-maxscale', '', 'maxscale'],
  ])('of %s %s is %s, by numbers and not by text', (version, comment, name) => {
    expect(dialectForVersion(parseServerVersion(version, comment))?.name).toBe(name);
  });

  it.each(['5.5.62', '5.1.73', '10.4.34-MariaDB', '8', ''])('of %s is none', (version) => {
    expect(dialectForVersion(parseServerVersion(version))).toBeNull();
  });

  it('that is none is explained', () => {
    expect(unsupportedText(parseServerVersion('5.5.62-log'))).toBe(
      'version 5.5.62-log is not supported: MySQL must be 5.6 or later',
    );
  });

  it('is the same object for servers of the same words', () => {
    const of = (version: string) => dialectForVersion(parseServerVersion(version));
    expect(of('5.7.44')).toBe(of('5.7.10'));
    expect(of('8.0.36-28')).toBe(of('8.1.0'));
    expect(of('8.0.22')).not.toBe(of('8.0.23'));
    expect(of('8.0.25')).not.toBe(of('8.0.26'));
    expect(of('8.1.0')).not.toBe(of('8.2.0'));
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
