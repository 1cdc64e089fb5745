/**
 * Names: what host names resolved to, their virtual names, the domains of clusters (`hostname_resolve`, `hostname_unresolve` and their histories,
 * `cluster_domain_name`).
 */
import { clusterName } from '../../model/brand.ts';
import type { NameStore } from '../../ports/name-store.ts';
import type { Engine } from '../engine.ts';
import { timestampText } from '../timestamp.ts';

export function nameStore(engine: Engine): NameStore {
  const { db } = engine;
  return {
    async loadHostnameResolves() {
      const rows = await db
        .selectFrom('hostname_resolve')
        .select(['hostname', 'resolved_hostname'])
        .orderBy('hostname')
        .execute();
      return new Map(rows.map((row) => [row.hostname, row.resolved_hostname]));
    },

    saveHostnameResolve: (hostname, resolved, at) =>
      engine.transaction(async (transaction) => {
        const row = { hostname, resolved_hostname: resolved, resolved_timestamp: timestampText(at) };
        await engine.upsert(transaction, 'hostname_resolve', row);
        if (hostname !== resolved) await engine.upsert(transaction, 'hostname_resolve_history', row);
      }),

    async clearHostnameResolves() {
      await db.deleteFrom('hostname_resolve').execute();
    },

    async loadHostnameUnresolves() {
      const rows = await db
        .selectFrom('hostname_unresolve')
        .select(['hostname', 'unresolved_hostname'])
        .orderBy('hostname')
        .execute();
      return new Map(rows.map((row) => [row.hostname, row.unresolved_hostname]));
    },

    saveHostnameUnresolve: (hostname, virtualName, at) =>
      engine.transaction(async (transaction) => {
        const row = { hostname, unresolved_hostname: virtualName, last_registered: timestampText(at) };
        await engine.upsert(transaction, 'hostname_unresolve', row);
        await engine.upsert(transaction, 'hostname_unresolve_history', row);
      }),

    async deleteHostnameUnresolve(hostname) {
      await db.deleteFrom('hostname_unresolve').where('hostname', '=', hostname).execute();
    },

    async loadClusterDomains() {
      const rows = await db
        .selectFrom('cluster_domain_name')
        .select(['cluster_name', 'domain_name'])
        .orderBy('cluster_name')
        .execute();
      return new Map(rows.map((row) => [clusterName(row.cluster_name), row.domain_name]));
    },

    saveClusterDomain: (name, domain, at) =>
      engine.transaction((transaction) =>
        engine.upsert(transaction, 'cluster_domain_name', {
          cluster_name: name,
          domain_name: domain,
          last_registered: timestampText(at),
        }),
      ),

    expireNames: ({ resolvesOlderThan, unresolvesOlderThan, domainsOlderThan, aliasesOlderThan }) =>
      engine.transaction(async (transaction) => {
        const old = (at: typeof resolvesOlderThan): string => timestampText(at);
        await transaction
          .deleteFrom('hostname_resolve')
          .where('resolved_timestamp', '<', old(resolvesOlderThan))
          .execute();
        await transaction
          .deleteFrom('hostname_unresolve')
          .where('last_registered', '<', old(unresolvesOlderThan))
          .execute();
        await transaction
          .deleteFrom('cluster_domain_name')
          .where('last_registered', '<', old(domainsOlderThan))
          .execute();
        await transaction.deleteFrom('cluster_alias').where('last_registered', '<', old(aliasesOlderThan)).execute();
      }),
  };
}
