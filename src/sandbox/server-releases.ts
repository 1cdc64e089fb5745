// Which database servers can be had: a family in its usual release, and further releases by number.

export type ServerFamily = 'mysql' | 'mariadb';

export const serverFamilies: readonly ServerFamily[] = ['mysql', 'mariadb'];

/** Which server is wanted. Without a release it is the family's usual one. */
export interface ServerChoice {
  readonly family: ServerFamily;
  /** One of `serverReleases`, e.g. `11.8`. */
  readonly release?: string | undefined;
}

/** A server that `script/servers` fetches, and where Debian has it. */
export interface ServerRelease extends ServerChoice {
  /** What people call it and its folder is called: `mariadb`, `mariadb-11.8`. */
  readonly name: string;
  readonly suite: string;
  readonly package: string;
}

/**
 * All of them; tests that concern the dialect run with each. MySQL is only in Debian's unstable. A release with a number comes from the
 * stable suite that has it, for unstable moves on to the next one: MariaDB 10.11 is bookworm's, 11.8 is trixie's.
 */
export const serverReleases: readonly ServerRelease[] = [
  { name: 'mysql', family: 'mysql', suite: 'unstable', package: 'mysql-server-core' },
  { name: 'mariadb', family: 'mariadb', suite: 'bookworm', package: 'mariadb-server-core' },
  { name: 'mariadb-11.8', family: 'mariadb', release: '11.8', suite: 'trixie', package: 'mariadb-server-core' },
];

/** Throws when there is no such release: a slip in the code that asks. */
export function serverRelease({ family, release }: ServerChoice): ServerRelease {
  const found = serverReleases.find((known) => known.family === family && known.release === release);
  if (found === undefined) throw new Error(`no release ${release} of ${family} can be fetched`);
  return found;
}

/** A server that calls itself `version` may stand for this release. */
export function isOfRelease(version: string, { release }: ServerRelease): boolean {
  return release === undefined || version.startsWith(`${release}.`);
}
