/**
 * What a preflight looks at: the servers of one cluster with all that was learned about each, and who plays which part.
 */
import type { Instance } from '../model/instance.ts';
import { instanceKeyText, sameKey } from '../model/instance-key.ts';
import { isReplica } from '../model/instance-status.ts';
import type { PromotionRule } from '../model/promotion-rule.ts';
import type { NeededPrivilege, ServerSettings } from '../model/server-settings.ts';
import { parseServerVersion, type ServerVersion } from '../model/server-version.ts';

/** What came of reading a server's settings. */
export type SettingsRead =
  | {
      readonly kind: 'read';
      readonly settings: ServerSettings;
      /** Privileges that our account needs on a server of this dialect. */
      readonly needed: readonly NeededPrivilege[];
      /** Parts of the read that the server refused, with its words. */
      readonly refused: readonly { readonly name: string; readonly text: string }[];
    }
  | { readonly kind: 'unanswered'; readonly text: string }
  /** The dialect of the server has no such read. */
  | { readonly kind: 'not-known' };

export interface CheckedServer {
  readonly instance: Instance;
  readonly read: SettingsRead;
  readonly rule: PromotionRule;
  /** The configuration forbids its promotion. */
  readonly isIgnored: boolean;
  /** People have taken it out for a while. */
  readonly isDowntimed: boolean;
  /** Whether a demoted primary could get credentials from it. Null: not tried, or no answer. */
  readonly givesCredentials: boolean | null;
}

export interface CheckedCluster {
  readonly servers: readonly CheckedServer[];
  /** Null: the cluster has none. */
  readonly primary: CheckedServer | null;
  readonly lowerReplicaVersionAllowed: boolean;
}

export const settingsOf = ({ read }: CheckedServer): ServerSettings | null =>
  read.kind === 'read' ? read.settings : null;

export const nameOf = ({ instance }: CheckedServer): string => instanceKeyText(instance.key);

export const versionOf = ({ instance }: CheckedServer): ServerVersion =>
  parseServerVersion(instance.version, instance.versionComment);

export const isMariadb = (server: CheckedServer): boolean => versionOf(server).flavor === 'MariaDB';

/** All that replicate, at any depth; a co-primary is one. */
export const replicasIn = ({ servers }: CheckedCluster): readonly CheckedServer[] =>
  servers.filter(({ instance }) => isReplica(instance));

/** Those below the primary. */
export function directReplicas({ servers, primary }: CheckedCluster): readonly CheckedServer[] {
  if (primary === null) return [];
  const isOther = ({ instance }: CheckedServer) => !sameKey(instance.key, primary.instance.key);
  return servers.filter((server) => isOther(server) && sameKey(server.instance.sourceKey, primary.instance.key));
}

/** Direct replicas that nobody has ruled out: those that people count on in an incident. */
export const wouldBeCandidates = (cluster: CheckedCluster): readonly CheckedServer[] =>
  directReplicas(cluster).filter(
    ({ instance, rule, isIgnored }) => rule !== 'must_not' && !isIgnored && !instance.isBinlogServer,
  );

export const sourceOf = ({ servers }: CheckedCluster, { instance }: CheckedServer): CheckedServer | null =>
  servers.find((other) => sameKey(other.instance.key, instance.sourceKey)) ?? null;

/** `db1:3306, db2:3306`; more than a few are counted. */
export function namesText(servers: readonly CheckedServer[]): string {
  const names = servers.slice(0, NAMES_MAX).map(nameOf);
  const more = servers.length - names.length;
  return names.join(', ') + (more > 0 ? ` and ${more} more` : '');
}

const NAMES_MAX = 3;
