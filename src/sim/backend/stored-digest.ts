/**
 * What detections and recoveries remember of the analysis, as it comes back from a row.
 */
import type { AnalysisDigest } from '../../model/recovery-record.ts';
import { storedKey, storedKeys } from './stored-keys.ts';

export const storedDigest = ({ key, code, clusterName, clusterAlias, countReplicas, replicas }: AnalysisDigest) => ({
  key: storedKey(key),
  code,
  clusterName,
  clusterAlias,
  countReplicas,
  replicas: storedKeys(replicas),
});
