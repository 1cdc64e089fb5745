/**
 * What listings of detections and of recoveries may both be asked for.
 */
import type { AnalysisDigest } from '../../model/recovery-record.ts';
import type { RecoveryQuery } from '../../ports/decision-store.ts';

export interface Listed {
  readonly id: number;
  readonly digest: AnalysisDigest;
}

/** Meets every given condition on id and cluster. */
export function isListed({ id, digest }: Listed, query: RecoveryQuery): boolean {
  if (query.id !== undefined && id !== query.id) return false;
  if (query.clusterName !== undefined && digest.clusterName !== query.clusterName) return false;
  return query.clusterAlias === undefined || digest.clusterAlias === query.clusterAlias;
}
