/**
 * Aliases of clusters (`cluster_alias`, `cluster_alias_override`).
 */
import { type ClusterName, clusterName } from '../../model/brand.ts';
import type { ObservationStore } from '../../ports/observation-store.ts';
import type { Engine } from '../engine.ts';
import { timestampText } from '../timestamp.ts';

type AliasStore = Pick<
  ObservationStore,
  'saveClusterAlias' | 'loadClusterAliases' | 'loadClusterAliasOverrides' | 'saveClusterAliasOverride'
>;

const toMap = (
  rows: readonly { readonly cluster_name: string; readonly alias: string }[],
): ReadonlyMap<ClusterName, string> => new Map(rows.map((row) => [clusterName(row.cluster_name), row.alias]));

export function aliasStore(engine: Engine): AliasStore {
  const { db } = engine;
  return {
    /** Replaces by either unique key: the alias leaves the cluster that had it (schema trap 3.2.1). */
    async saveClusterAlias(name, alias, at) {
      await db
        .replaceInto('cluster_alias')
        .values({ cluster_name: name, alias, last_registered: timestampText(at) })
        .execute();
    },

    loadClusterAliases: async () =>
      toMap(await db.selectFrom('cluster_alias').select(['cluster_name', 'alias']).orderBy('cluster_name').execute()),

    async saveClusterAliasOverride(name, alias) {
      if (alias === '') await db.deleteFrom('cluster_alias_override').where('cluster_name', '=', name).execute();
      else await db.replaceInto('cluster_alias_override').values({ cluster_name: name, alias }).execute();
    },

    loadClusterAliasOverrides: async () =>
      toMap(
        await db
          .selectFrom('cluster_alias_override')
          .select(['cluster_name', 'alias'])
          .orderBy('cluster_name')
          .execute(),
      ),
  };
}
