/** What holds of every command in every dialect of database servers, release by release. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ServerCommand } from '../model/server-command.ts';
import type { Dialect } from './dialect.ts';
import { mariadb } from './mariadb/mariadb.ts';
import { MYSQL_57_RELEASES, mysql57 } from './mysql-57/mysql-57.ts';
import { MYSQL_80_RELEASES, mysql80 } from './mysql-80/mysql-80.ts';
import { mysql84 } from './mysql-84/mysql-84.ts';
import { everyCommand, fitsListed, onChannel, readLiterals, sentOf } from './testing.ts';

const DIALECTS: readonly (readonly [string, Dialect])[] = [
  ...MYSQL_57_RELEASES.map((release) => [`MySQL ${release.join('.')}`, mysql57(release)] as const),
  ...MYSQL_80_RELEASES.map((release) => [`MySQL ${release.join('.')}`, mysql80(release)] as const),
  ['MySQL 8.4', mysql84],
  ['MariaDB', mariadb],
];

describe.each(DIALECTS)('all commands of %s', (_, { render, statements }) => {
  /** One that a server of the family cannot carry out sends nothing. */
  const sentBy = (command: ServerCommand, channel: string): readonly string[] => {
    const rendered = render(command, onChannel(channel));
    return 'cannot' in rendered ? [] : sentOf(rendered);
  };
  const sentWith = (text: string, channel = ''): readonly string[] =>
    everyCommand(text).flatMap((command) => sentBy(command, channel));
  const isListed = (sql: string): boolean => statements.some((listed) => fitsListed(sql, listed.sql));

  it('send nothing that is not listed', () => {
    const unlisted = everyCommand('x')
      .map((command) => sentBy(command, ''))
      .filter((sent) => !sent.every(isListed) && !isListed(sent.join('; ')));
    expect(unlisted).toEqual([]);
  });

  it('keep hostile host names, passwords, files, GTIDs and channels within their quotes, in a session of either mode', () => {
    const plain = sentWith('x', 'x');
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("'", '`', '\\', '"', ';', ' ', '-', '/', 'x') }),
        fc.boolean(),
        (value, escapes) => {
          // One kind of option is left out when its value is empty; with an x in front none is.
          const outsideOf = (sql: string) => readLiterals(sql, escapes).outside;
          expect(sentWith(`x${value}`, `x${value}`).map(outsideOf)).toEqual(plain.map(outsideOf));
        },
      ),
    );
  });

  it('name the channel wherever they speak of replication, and differ in nothing else', () => {
    const unnamed = (sql: string) =>
      sql.replaceAll(
        / FOR CHANNEL 'one'|(?<=SLAVE|MASTER) 'one'|(?<=POS_WAIT\(.*), 'one'|(?<=CHANNEL_NAME = ')one/g,
        '',
      );
    const named = [...sentWith('x', 'one'), ...sentBy({ kind: 'end-half-transaction' }, 'one')];
    // MariaDB's counter of events to skip goes by the name that the session speaks to.
    const plain = named.map(unnamed).filter((sql) => !sql.includes('default_master_connection'));
    expect(plain).toEqual([...sentWith('x'), ...sentBy({ kind: 'end-half-transaction' }, '')]);
    const toAll = everyCommand('x').filter((command) => 'everyChannel' in command);
    const ofReplication = named
      .filter((sql) => /^(START|STOP|RESET) (REPLICA|SLAVE)|^CHANGE|(SOURCE|MASTER)_POS_WAIT/.test(sql))
      .filter((sql) => !toAll.flatMap((command) => sentBy(command, 'one')).includes(sql));
    expect(ofReplication.filter((sql) => !sql.includes("'one'"))).toEqual([]);
  });
});
