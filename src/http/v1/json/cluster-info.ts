/**
 * The ClusterInfo of the contract (spec/http-api.md 3.4).
 */
import type { ClusterInfo } from '../../../service/calls.ts';
import type { JsonObject } from './json.ts';

export function clusterInfoJson(info: ClusterInfo): JsonObject {
  return {
    ClusterName: info.clusterName,
    ClusterAlias: info.clusterAlias,
    ClusterDomain: info.clusterDomain,
    CountInstances: info.countInstances,
    // Always 0 in the contract.
    HeuristicLag: 0,
    HasAutomatedMasterRecovery: info.hasAutomatedPrimaryRecovery,
    HasAutomatedIntermediateMasterRecovery: info.hasAutomatedIntermediatePrimaryRecovery,
  };
}
