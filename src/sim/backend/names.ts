/**
 * Names: what host names resolved to, their virtual names, the domains of clusters.
 */

import type { UnixMillis } from '../../model/brand.ts';
import type { NameStore } from '../../ports/name-store.ts';
import type { MemoryEngine } from './engine.ts';
import { isBefore, type StoredTime, storedTime } from './timestamp.ts';

export interface NameRow {
  readonly name: string;
  readonly at: StoredTime;
}

const row = (name: string, at: UnixMillis): NameRow => ({ name, at: storedTime(at) });

/** By their keys, as the SQL backends are asked to give them. */
const inOrder = <Key extends string>(names: ReadonlyMap<Key, string>): ReadonlyMap<Key, string> =>
  new Map([...names].sort(([one], [other]) => (one < other ? -1 : 1)));

const namesOf = <Key>(rows: ReadonlyMap<Key, NameRow>): ReadonlyMap<Key, string> =>
  new Map([...rows].map(([key, { name }]) => [key, name]));

function expire<Key>(rows: Map<Key, { readonly at: StoredTime }>, olderThan: UnixMillis): void {
  for (const [key, { at }] of rows) if (isBefore(at, olderThan)) rows.delete(key);
}

export const nameStore = (engine: MemoryEngine): NameStore => ({
  loadHostnameResolves: () => engine.read(({ hostnameResolves }) => inOrder(namesOf(hostnameResolves))),
  saveHostnameResolve: (hostname, resolved, at) =>
    engine.write(({ hostnameResolves }) => void hostnameResolves.set(hostname, row(resolved, at))),
  clearHostnameResolves: () => engine.write(({ hostnameResolves }) => hostnameResolves.clear()),

  loadHostnameUnresolves: () => engine.read(({ hostnameUnresolves }) => inOrder(namesOf(hostnameUnresolves))),
  saveHostnameUnresolve: (hostname, virtualName, at) =>
    engine.write(({ hostnameUnresolves }) => void hostnameUnresolves.set(hostname, row(virtualName, at))),
  deleteHostnameUnresolve: (hostname) =>
    engine.write(({ hostnameUnresolves }) => void hostnameUnresolves.delete(hostname)),

  loadClusterDomains: () => engine.read(({ clusterDomains }) => inOrder(namesOf(clusterDomains))),
  saveClusterDomain: (name, domain, at) =>
    engine.write(({ clusterDomains }) => void clusterDomains.set(name, row(domain, at))),

  expireNames: (limits) =>
    engine.write(({ hostnameResolves, hostnameUnresolves, clusterDomains, clusterAliases }) => {
      expire(hostnameResolves, limits.resolvesOlderThan);
      expire(hostnameUnresolves, limits.unresolvesOlderThan);
      expire(clusterDomains, limits.domainsOlderThan);
      expire(clusterAliases, limits.aliasesOlderThan);
    }),
});
