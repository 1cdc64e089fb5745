import { describe, expect, it } from 'vitest';
import { parseServerVersion } from '../model/server-version.ts';
import { dialectForVersion, wantedVariables } from './dialect-for-version.ts';

describe('the dialect of a server', () => {
  it.each([
    ['8.4.0', '', 'mysql-84'],
    ['9.7.4-2', '(Debian)', 'mysql-84'],
    ['10.0.0', 'MySQL Community Server', 'mysql-84'],
    ['8.4.2-2', 'Percona Server (GPL)', 'mysql-84'],
    ['10.5.0-MariaDB', '', 'mariadb'],
    ['5.5.5-10.11.14-MariaDB-log', '', 'mariadb'],
    ['12.1.2-MariaDB', '', 'mariadb'],
    ['2.5.0-maxscale', '', 'maxscale'],
  ])('of %s %s is %s, by numbers and not by text', (version, comment, name) => {
    expect(dialectForVersion(parseServerVersion(version, comment))?.name).toBe(name);
  });

  it.each(['8.3.0', '5.7.44', '10.4.34-MariaDB', ''])('of %s is none yet', (version) => {
    expect(dialectForVersion(parseServerVersion(version))).toBeNull();
  });

  it('is not needed to know which variables to ask for', () => {
    expect(wantedVariables()).toEqual(expect.arrayContaining(['version', 'gtid_executed', 'gtid_current_pos']));
    expect(new Set(wantedVariables()).size).toBe(wantedVariables().length);
  });
});
