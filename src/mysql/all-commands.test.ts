/** What holds of every command in every dialect of database servers, release by release. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Dialect } from './dialect.ts';
import { mariadb } from './mariadb/mariadb.ts';
import { MYSQL_57_RELEASES, mysql57 } from './mysql-57/mysql-57.ts';
import { MYSQL_80_RELEASES, mysql80 } from './mysql-80/mysql-80.ts';
import { mysql84 } from './mysql-84/mysql-84.ts';
import { everyCommand, fitsListed, readLiterals, sentOf } from './testing.ts';

const DIALECTS: readonly (readonly [string, Dialect])[] = [
  ...MYSQL_57_RELEASES.map((release) => [`MySQL ${release.join('.')}`, mysql57(release)] as const),
  ...MYSQL_80_RELEASES.map((release) => [`MySQL ${release.join('.')}`, mysql80(release)] as const),
  ['MySQL 8.4', mysql84],
  ['MariaDB', mariadb],
];

describe.each(DIALECTS)('all commands of %s', (_, { render, statements }) => {
  const sentWith = (text: string): readonly string[] =>
    everyCommand(text).flatMap((command) => sentOf(render(command)));

  it('send nothing that is not listed', () => {
    expect(sentWith('x').filter((sql) => !statements.some((listed) => fitsListed(sql, listed.sql)))).toEqual([]);
  });

  it('keep hostile host names, passwords and GTIDs within their literals, in a session of either mode', () => {
    const plain = sentWith('x');
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("'", '\\', '"', ';', ' ', '-', '/', 'x') }),
        fc.boolean(),
        (value, escapes) => {
          // One kind of option is left out when its value is empty; with an x in front none is.
          const outsideOf = (sql: string) => readLiterals(sql, escapes).outside;
          expect(sentWith(`x${value}`).map(outsideOf)).toEqual(plain.map(outsideOf));
        },
      ),
    );
  });
});
