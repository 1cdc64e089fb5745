/**
 * Server version: family and numbers out of `@@version` and `@@version_comment`.
 *
 * Rules: spec/topology-operations.md 1.5, spec/discovery.md 10. Compared as numbers: as text, `10.11` would be older than `9.7`.
 */

/** The contract's `FlavorName`. 'unknown' is a server whose version was never read. */
export type Flavor = 'MySQL' | 'MariaDB' | 'Percona' | 'MaxScale' | 'unknown';

export interface ServerVersion {
  readonly flavor: Flavor;
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  /** As the server said it. */
  readonly text: string;
}

/** Replication clients see `5.5.5-10.4.1-MariaDB`: the front is there for old replicas only and is not the version. */
const MARIADB_HANDSHAKE_PREFIX = /^5\.5\.5-(?=[0-9]+\.[0-9]+.*MariaDB)/;

/** Never refuses: a number that is missing or no number is 0. `comment` matters for Percona only. */
export function parseServerVersion(text: string, comment = ''): ServerVersion {
  const [major, minor, patch] = text.replace(MARIADB_HANDSHAKE_PREFIX, '').split('.').map(leadingNumber);
  const flavor = flavorOf(text, comment);
  // One token is no version: the contract has `0.0` for it.
  if (minor === undefined) return { flavor, major: 0, minor: 0, patch: 0, text };
  return { flavor, major: major ?? 0, minor, patch: patch ?? 0, text };
}

/** MariaDB first, then Percona, MaxScale, and all the rest is MySQL, clouds included. */
function flavorOf(text: string, comment: string): Flavor {
  if (text === '') return 'unknown';
  if (text.includes('MariaDB')) return 'MariaDB';
  if (comment.includes('Percona')) return 'Percona';
  return text.includes('maxscale') ? 'MaxScale' : 'MySQL';
}

/** Not older than the numbers given, whatever the flavor: ask for the flavor first where it matters. */
export function atLeast(version: ServerVersion, major: number, minor = 0, patch = 0): boolean {
  const difference = version.major - major || version.minor - minor || version.patch - patch;
  return difference >= 0;
}

/** `8.0`, `10.11`: column `major_version` and the unit of replication compatibility. */
export function majorVersionText(version: ServerVersion): string {
  return `${version.major}.${version.minor}`;
}

/** First two numbers only: 5.5.1 is not smaller than 5.5.17. There is no rule between flavors. */
export function isSmallerMajor(one: ServerVersion, other: ServerVersion): boolean {
  return one.major < other.major || (one.major === other.major && one.minor < other.minor);
}

export function isMariaDb(version: ServerVersion): boolean {
  return version.flavor === 'MariaDB';
}

/** MySQL and Percona: Oracle GTIDs, `performance_schema` of replication, the same statements. */
export function isMysqlFamily(version: ServerVersion): boolean {
  return version.flavor === 'MySQL' || version.flavor === 'Percona';
}

/** A binlog server: it relays logs and holds no data, so it is never promoted. */
export function isMaxScale(version: ServerVersion): boolean {
  return version.flavor === 'MaxScale';
}

/** NDB Cluster: its replicas are found by `ndbinfo` too. */
export function isNdb(version: ServerVersion): boolean {
  return version.text.includes('-ndb-');
}

function leadingNumber(token: string): number {
  return Number(/^[0-9]*/.exec(token)?.[0] ?? '');
}
