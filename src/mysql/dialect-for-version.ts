/**
 * Which dialect a server speaks. Compared by number, never by text (spec/discovery.md 9.3 shows what text comparison misroutes).
 */
import {
  atLeast,
  type Flavor,
  isMariaDb,
  isMaxScale,
  isMysqlFamily,
  type ServerVersion,
} from '../model/server-version.ts';
import type { Dialect } from './dialect.ts';
import { mariadb } from './mariadb/mariadb.ts';
import { maxscale } from './maxscale/maxscale.ts';
import { MYSQL_57_RELEASES, mysql57 } from './mysql-57/mysql-57.ts';
import { MYSQL_80_RELEASES, mysql80 } from './mysql-80/mysql-80.ts';
import { mysql84 } from './mysql-84/mysql-84.ts';
import type { Release } from './oracle/releases.ts';

/** Each with the first release that speaks it, newest first. Made once: a fleet of ten thousand servers shares them. */
const MYSQL: readonly (readonly [Release, Dialect])[] = [
  [[8, 4, 0], mysql84],
  ...MYSQL_80_RELEASES.map((release) => [release, mysql80(release)] as const),
  ...MYSQL_57_RELEASES.map((release) => [release, mysql57(release)] as const),
];

/** Null: a server of a family or age we cannot drive; it is shown as such and never changed. */
export function dialectForVersion(version: ServerVersion): Dialect | null {
  if (isMariaDb(version)) return atLeast(version, 10, 5, 0) ? mariadb : null;
  if (isMaxScale(version)) return maxscale;
  if (!isMysqlFamily(version)) return null;
  const [, dialect] = MYSQL.find(([release]) => atLeast(version, ...release)) ?? [];
  return dialect ?? null;
}

/** The oldest release of each flavor that we can drive; for people. */
const OLDEST: Readonly<Record<Flavor, string>> = {
  MariaDB: '10.5',
  MySQL: '5.6',
  Percona: '5.6',
  MaxScale: '',
  unknown: '',
};

/** Why a server without a dialect is not watched. */
export function unsupportedText({ flavor, text }: ServerVersion): string {
  const oldest = OLDEST[flavor];
  return `version ${text} is not supported${oldest === '' ? '' : `: ${flavor} must be ${oldest} or later`}`;
}

/** Names that any dialect asks for. */
export function wantedVariables(): readonly string[] {
  const dialects = [...MYSQL.map(([, dialect]) => dialect), mariadb, maxscale];
  return [...new Set(dialects.flatMap((dialect) => dialect.wantedVariables))];
}
