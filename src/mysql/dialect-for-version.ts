/**
 * Which dialect a server speaks. Compared by number, never by text (spec/discovery.md 9.3 shows what text comparison misroutes).
 */
import { atLeast, type Flavor, type ServerVersion } from '../model/server-version.ts';
import type { Dialect } from './dialect.ts';
import { mariadb } from './mariadb/mariadb.ts';
import { mysql84 } from './mysql-84/mysql-84.ts';

/** Null: a server of a family or age we cannot drive yet; it is shown as such and never changed. */
export function dialectForVersion(version: ServerVersion): Dialect | null {
  if (version.flavor === 'MariaDB') return atLeast(version, 10, 5, 0) ? mariadb : null;
  if (version.flavor === 'MySQL' || version.flavor === 'Percona') return atLeast(version, 8, 4, 0) ? mysql84 : null;
  return null;
}

/** The oldest release of each flavor that we can drive; for people. */
const OLDEST: Readonly<Record<Flavor, string>> = {
  MariaDB: '10.5',
  MySQL: '8.4',
  Percona: '8.4',
  MaxScale: '',
  unknown: '',
};

/** Why a server without a dialect is not watched. */
export function unsupportedText({ flavor, text }: ServerVersion): string {
  const oldest = OLDEST[flavor];
  return `version ${text} is not supported${oldest === '' ? '' : `: ${flavor} must be ${oldest} or later`}`;
}

const ALL: readonly Dialect[] = [mysql84, mariadb];

/** Names that any dialect asks for. */
export function wantedVariables(): readonly string[] {
  return [...new Set(ALL.flatMap((dialect) => dialect.wantedVariables))];
}
