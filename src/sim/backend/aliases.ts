/**
 * Aliases of clusters.
 */
import type { ObservationStore } from '../../ports/observation-store.ts';
import type { MemoryEngine } from './engine.ts';
import { deleteWhere } from './rows.ts';
import { storedTime } from './timestamp.ts';

type AliasStore = Pick<
  ObservationStore,
  'saveClusterAlias' | 'loadClusterAliases' | 'loadClusterAliasOverrides' | 'saveClusterAliasOverride'
>;

export const aliasStore = (engine: MemoryEngine): AliasStore => ({
  /** Replaces by either unique key: the alias leaves the cluster that had it (schema trap 3.2.1). */
  saveClusterAlias: (name, alias, at) =>
    engine.write(({ clusterAliases }) => {
      deleteWhere(clusterAliases, (taken) => taken.name === alias);
      clusterAliases.delete(name);
      clusterAliases.set(name, { name: alias, at: storedTime(at) });
    }),

  loadClusterAliases: () =>
    engine.read(
      ({ clusterAliases }) =>
        new Map([...clusterAliases].map(([cluster, { name }]) => [cluster, name] as const).sort()),
    ),

  saveClusterAliasOverride: (name, alias) =>
    engine.write(({ clusterAliasOverrides }) => {
      if (alias === '') clusterAliasOverrides.delete(name);
      else clusterAliasOverrides.set(name, alias);
    }),

  loadClusterAliasOverrides: () =>
    engine.read(({ clusterAliasOverrides }) => new Map([...clusterAliasOverrides].sort())),
});
