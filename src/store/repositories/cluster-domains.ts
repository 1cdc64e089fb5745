/**
 * Domain names of clusters (`cluster_domain_name`).
 */
import { clusterName } from '../../model/brand.ts';
import type { ClusterDomainStore } from '../../ports/decision-store.ts';
import type { Engine } from '../engine.ts';

export const clusterDomainStore = ({ db }: Engine): ClusterDomainStore => ({
  async loadClusterDomains() {
    const rows = await db.selectFrom('cluster_domain_name').select(['cluster_name', 'domain_name']).execute();
    return new Map(rows.map((row) => [clusterName(row.cluster_name), row.domain_name]));
  },
});
