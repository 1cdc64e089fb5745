/**
 * Domain names of clusters.
 */
import type { ClusterDomainStore } from '../../ports/decision-store.ts';
import type { MemoryEngine } from './engine.ts';

export const clusterDomainStore = (engine: MemoryEngine): ClusterDomainStore => ({
  loadClusterDomains: () => engine.read(({ clusterDomains }) => new Map(clusterDomains)),
});
