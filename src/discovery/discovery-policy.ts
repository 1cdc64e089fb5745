/** The settings that discovery obeys, already read and checked; asked at each use, so that a reload takes effect. */
import type { InstanceKey } from '../model/instance-key.ts';
import type { ConfiguredQuery } from '../mysql/dialect.ts';

export interface DiscoveryPolicy {
  readonly pollMillis: number;
  readonly connectMillis: number;
  /** The longest a probe may take to answer (`MySQLDiscoveryReadTimeoutSeconds`). */
  readonly answerMillis: number;
  readonly maxConcurrency: number;
  readonly defaultPort: number;
  /** Ask sources for registered replicas before looking at their connections (`DiscoverByShowSlaveHosts`). */
  readonly byRegisteredReplicas: boolean;
  readonly hostnameMethod: HostnameMethod;
  readonly selfNameMethod: SelfNameMethod;
  readonly ignores: (key: InstanceKey) => boolean;
  readonly ignoresReplica: (key: InstanceKey) => boolean;
  readonly ignoresSource: (key: InstanceKey) => boolean;
  readonly configuredQueries: readonly ConfiguredQuery[];
}

/** How names are resolved before use (`HostnameResolveMethod`). */
export type HostnameMethod = 'none' | 'default' | 'cname' | 'ip';

/** What a server says about itself becomes its name (`MySQLHostnameResolveMethod`). */
export type SelfNameMethod = 'as-dialled' | 'hostname' | 'report-host';
