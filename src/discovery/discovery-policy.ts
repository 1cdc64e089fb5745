/** The settings that discovery obeys, already read and checked; asked at each use, so that a reload takes effect. */
import type { InstanceKey } from '../model/instance-key.ts';
import type { ConfiguredQuery } from '../mysql/dialect.ts';
import type { PlacePatterns } from './classification.ts';
import type { BackOff } from './dead-hosts.ts';

export interface DiscoveryPolicy {
  readonly pollMillis: number;
  readonly connectMillis: number;
  /** The longest a probe may take to answer (`MySQLDiscoveryReadTimeoutSeconds`). */
  readonly answerMillis: number;
  readonly maxConcurrency: number;
  /** Likewise for servers to which no connection could be made. */
  readonly maxDeadConcurrency: number;
  readonly deadBackOff: BackOff;
  readonly defaultPort: number;
  /** Ask sources for registered replicas before looking at their connections (`DiscoverByShowSlaveHosts`). */
  readonly byRegisteredReplicas: boolean;
  readonly hostnameMethod: HostnameMethod;
  readonly rejectsHostname: (resolved: string) => boolean;
  readonly hostnameExpiryMillis: number;
  readonly selfNameMethod: SelfNameMethod;
  readonly ignores: (key: InstanceKey) => boolean;
  readonly ignoresReplica: (key: InstanceKey) => boolean;
  readonly ignoresSource: (key: InstanceKey) => boolean;
  /** Asked with the account of a replica (`DiscoveryIgnoreReplicationUsernameFilters`). */
  readonly ignoresReplicationUser: (user: string) => boolean;
  readonly placePatterns: PlacePatterns;
  readonly configuredQueries: readonly ConfiguredQuery[];
}

/** How names are resolved before use (`HostnameResolveMethod`). */
export type HostnameMethod = 'none' | 'default' | 'cname' | 'ip';

/** What a server says about itself becomes its name (`MySQLHostnameResolveMethod`). */
export type SelfNameMethod = 'as-dialled' | 'hostname' | 'report-host';
