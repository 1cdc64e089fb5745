/**
 * The backend as the memory of names: what host names resolved to, which virtual names people gave, which domains clusters have
 * (spec/discovery.md 11, 15.5; spec/backend-schema.md).
 */
import type { ClusterName, UnixMillis } from '../model/brand.ts';

export interface NameStore {
  /** By the name that was used. */
  loadHostnameResolves(): Promise<ReadonlyMap<string, string>>;
  saveHostnameResolve(hostname: string, resolved: string, at: UnixMillis): Promise<void>;
  /** Their history stays. */
  clearHostnameResolves(): Promise<void>;

  /** Virtual names, by the host names they stand for. */
  loadHostnameUnresolves(): Promise<ReadonlyMap<string, string>>;
  saveHostnameUnresolve(hostname: string, virtualName: string, at: UnixMillis): Promise<void>;
  deleteHostnameUnresolve(hostname: string): Promise<void>;

  loadClusterDomains(): Promise<ReadonlyMap<ClusterName, string>>;
  saveClusterDomain(clusterName: ClusterName, domain: string, at: UnixMillis): Promise<void>;

  /** Names that nobody has seen or registered since. */
  expireNames(limits: NameLimits): Promise<void>;
}

export interface NameLimits {
  readonly resolvesOlderThan: UnixMillis;
  readonly unresolvesOlderThan: UnixMillis;
  readonly domainsOlderThan: UnixMillis;
  readonly aliasesOlderThan: UnixMillis;
}
