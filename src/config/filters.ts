/**
 * The matching rules of filter lists in the configuration (spec 1.9): host filters, host-name patterns, cluster filters.
 * Pure; a pattern that does not compile matches nothing.
 */
import { isIP } from 'node:net';
import { findsMatch } from './regular-expression.ts';

/** Whether the entry is an IPv4 or IPv6 address as such, which host filters compare as text. */
export function isLiteralAddress(filter: string): boolean {
  // Zone suffixes (fe80::1%eth0) are accepted by Node but are no literal addresses for the reference.
  return !filter.includes('%') && isIP(filter) !== 0;
}

/**
 * Whether one entry of a `*HostnameFilters` list (all but `RecoveryIgnoreHostnameFilters`) matches a server. A literal
 * address matches only that host: as a pattern `10.0.0.3` would also hit `10.0.0.38`. Anything else is searched in
 * `host:port`, written without brackets for IPv6 too.
 */
export function matchesHostFilter(filter: string, host: string, port: number): boolean {
  return isLiteralAddress(filter) ? filter === host : findsMatch(filter, `${host}:${port}`);
}

export function matchesAnyHostFilter(filters: readonly string[], host: string, port: number): boolean {
  return filters.some((filter) => matchesHostFilter(filter, host, port));
}

/**
 * Whether one of `patterns` is found in `text`. This is the rule of `RecoveryIgnoreHostnameFilters`, with the host name
 * without port as the text, and of `DiscoveryIgnoreReplicationUsernameFilters`, with the account.
 */
export function matchesAnyPattern(patterns: readonly string[], text: string): boolean {
  return patterns.some((pattern) => findsMatch(pattern, text));
}

export interface ClusterIdentity {
  /** `host:port` of the primary as the cluster is known. */
  readonly name: string;
  readonly alias: string;
}

const ALIAS_EQUALS = 'alias=';
const ALIAS_MATCHES = 'alias~=';

/** Whether one entry of a `Recover*ClusterFilters` list matches a cluster: six rules, tested in the specified order. */
export function matchesClusterFilter(filter: string, { name, alias }: ClusterIdentity): boolean {
  if (filter === name || filter === alias) return true;
  if (filter.startsWith(ALIAS_EQUALS) && filter.slice(ALIAS_EQUALS.length) === alias) return true;
  if (filter.startsWith(ALIAS_MATCHES) && findsMatch(filter.slice(ALIAS_MATCHES.length), alias)) return true;
  if (filter === '*') return true;
  // Never the alias: a filter `main` must not recover a cluster that is merely called main2.
  return filter !== '' && findsMatch(filter, name);
}

export function matchesAnyClusterFilter(filters: readonly string[], cluster: ClusterIdentity): boolean {
  return filters.some((filter) => matchesClusterFilter(filter, cluster));
}

/** The regular expression inside a cluster filter, or null when the filter is a fixed text. */
export function patternOfClusterFilter(filter: string): string | null {
  if (filter === '' || filter === '*' || filter.startsWith(ALIAS_EQUALS)) return null;
  return filter.startsWith(ALIAS_MATCHES) ? filter.slice(ALIAS_MATCHES.length) : filter;
}
