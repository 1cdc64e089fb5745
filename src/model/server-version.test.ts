import { describe, expect, it } from 'vitest';
import {
  atLeast,
  isMariaDb,
  isMaxScale,
  isMysqlFamily,
  isNdb,
  isSmallerMajor,
  majorVersionText,
  parseServerVersion,
} from './server-version.ts';

describe('reading a version', () => {
  it.each([
    ['9.7.4-2', '(Debian)', 'MySQL', [9, 7, 4]],
    ['8.0.36', 'MySQL Community Server - GPL', 'MySQL', [8, 0, 36]],
    ['5.7.8-log', '', 'MySQL', [5, 7, 8]],
    ['5.5.17-debug', '', 'MySQL', [5, 5, 17]],
    ['8.4.3-3', 'Percona Server (GPL), Release 3', 'Percona', [8, 4, 3]],
    ['10.11.6-MariaDB-0+deb12u1-log', 'Debian 12', 'MariaDB', [10, 11, 6]],
    ['5.5.5-10.4.1-MariaDB-log', '', 'MariaDB', [10, 4, 1]],
    ['10.6.14-MariaDB', 'Percona', 'MariaDB', [10, 6, 14]],
    ['1.1.0-maxscale', '', 'MaxScale', [1, 1, 0]],
    ['8.0.35-ndb-8.0.35', '', 'MySQL', [8, 0, 35]],
    ['8.4', '', 'MySQL', [8, 4, 0]],
    ['8', '', 'MySQL', [0, 0, 0]],
    ['x.y.z', '', 'MySQL', [0, 0, 0]],
    ['', '', 'unknown', [0, 0, 0]],
  ] as const)('"%s" with comment "%s" is %s %j', (text, comment, flavor, [major, minor, patch]) => {
    expect(parseServerVersion(text, comment)).toEqual({ flavor, major, minor, patch, text });
  });

  it('tells the families apart', () => {
    const mariadb = parseServerVersion('10.11.6-MariaDB');
    const percona = parseServerVersion('8.0.36-28', 'Percona Server');
    const maxscale = parseServerVersion('2.5.0-maxscale');
    expect([mariadb, percona, maxscale].map(isMariaDb)).toEqual([true, false, false]);
    expect([mariadb, percona, maxscale].map(isMysqlFamily)).toEqual([false, true, false]);
    expect([mariadb, percona, maxscale].map(isMaxScale)).toEqual([false, false, true]);
    expect(isNdb(parseServerVersion('8.0.35-ndb-8.0.35'))).toBe(true);
    expect(isNdb(percona)).toBe(false);
  });
});

describe('comparing versions', () => {
  it.each([
    ['5.5', '5.5.17', false],
    ['5.6', '5.5.17', false],
    ['5.5', '5.6', true],
    ['9.7.4', '10.11.6-MariaDB', true],
    ['10.2.1-MariaDB', '10.11.6-MariaDB', true],
    ['8.0.40', '8.4.0', true],
    ['8.4.0', '8.0.40', false],
  ])('the major version of %s is smaller than that of %s: %s', (one, other, smaller) => {
    expect(isSmallerMajor(parseServerVersion(one), parseServerVersion(other))).toBe(smaller);
  });

  it.each([
    ['8.0.22', true],
    ['8.0.22-13', true],
    ['8.0.21', false],
    ['8.0.4', false],
    ['8.1.0', true],
    ['9.0.0', true],
    ['5.7.44', false],
    ['', false],
  ])('%s is at least 8.0.22: %s', (text, expected) => {
    expect(atLeast(parseServerVersion(text), 8, 0, 22)).toBe(expected);
  });

  it('takes missing numbers of a bound as 0', () => {
    expect(atLeast(parseServerVersion('8.4.0'), 8)).toBe(true);
    expect(atLeast(parseServerVersion('8.4.0'), 8, 4)).toBe(true);
    expect(atLeast(parseServerVersion('8.3.9'), 8, 4)).toBe(false);
  });

  it.each([
    ['5.5.17-debug', '5.5'],
    ['5.7.8-log', '5.7'],
    ['10.11.6-MariaDB', '10.11'],
    ['8', '0.0'],
    ['', '0.0'],
  ])('the major version of "%s" is %s', (text, major) => {
    expect(majorVersionText(parseServerVersion(text))).toBe(major);
  });
});
