/**
 * Which release of MySQL brought what we depend on (manuals of 5.6, 5.7 and 8.0, "What Is New" and the pages of the statements). Percona Server
 * has the numbers of the MySQL that it is made from.
 *
 * A server whose patch is not a number (`8.0.mysql_aurora.3.05.2`) counts as the first of its series: what that one knows, all of them know.
 */

/** Major, minor, patch. */
export type Release = readonly [number, number, number];

const SINCE = {
  /** `CHANGE MASTER TO` with the applier running; before, both threads must stand. */
  changeWhileApplying: [5, 7, 4],
  /** `WAIT_FOR_EXECUTED_GTID_SET`. */
  waitForExecutedSet: [5, 7, 5],
  /** `performance_schema.replication_connection_status` and `…_configuration`, with channels. */
  receiverTables: [5, 7, 6],
  superReadOnly: [5, 7, 8],
  /** Option `…_TLS_VERSION`. */
  tlsVersion: [5, 7, 10],
  /** `REPLICATION_SLAVE_ADMIN` and its like; before, all of it is `SUPER`. */
  dynamicPrivileges: [8, 0, 0],
  /** `QUEUEING_TRANSACTION`: tells that the relay log ends in the middle of a transaction (D15). */
  partialTransaction: [8, 0, 1],
  /** `MEMBER_ROLE` of the members of a replication group. */
  memberRole: [8, 0, 2],
  /** Options for the source's public key. */
  publicKey: [8, 0, 4],
  /** `SESSION_VARIABLES_ADMIN`, which `GTID_NEXT` takes; before, it is `SUPER`. */
  sessionVariablesAdmin: [8, 0, 14],
  /** `group_replication_consistency`: reads of a member of a group may have to wait. */
  groupConsistency: [8, 0, 14],
  /** Privilege `SYSTEM_USER`. */
  systemUser: [8, 0, 16],
  /** The plugin that provisions a server from another one over the network. */
  clone: [8, 0, 17],
  /** Option `…_TLS_CIPHERSUITES`. */
  tlsCiphersuites: [8, 0, 19],
  /** `CHANGE REPLICATION SOURCE TO`, options with `SOURCE_`. */
  changeSource: [8, 0, 23],
  /** `SOURCE_POS_WAIT`, `sql_replica_skip_counter`. */
  sourcePositionWait: [8, 0, 26],
  /** `SHOW BINARY LOG STATUS`, `RESET BINARY LOGS AND GTIDS`. */
  binaryLogStatus: [8, 2, 0],
  /** GTIDs with tags, and the privilege `TRANSACTION_GTID_TAG` for writing them. */
  taggedGtids: [8, 3, 0],
} as const satisfies Record<string, Release>;

/** Something that not every MySQL from 5.6 has. */
export type Ability = keyof typeof SINCE;

export const hasAbility = (release: Release, ability: Ability): boolean => isSince(release, SINCE[ability]);

/** The releases from `first` on, and older than `end`, that differ from the one before in some ability; newest first. */
export function changingReleases(first: Release, end: Release): readonly Release[] {
  const later = Object.values(SINCE).filter((release) => isSince(release, first) && !isSince(release, end));
  const distinct = new Map<string, Release>([first, ...later].map((release) => [release.join('.'), release]));
  return [...distinct.values()].sort((one, other) => (isSince(one, other) ? -1 : 1));
}

function isSince(release: Release, first: Release): boolean {
  const [major, minor, patch] = release;
  const difference = major - first[0] || minor - first[1] || patch - first[2];
  return difference >= 0;
}
