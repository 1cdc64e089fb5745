/** Keys of noticing failures (spec 2.11). */
import { implemented } from '../key-declaration.ts';

export const failureDetectionKeys = {
  ReduceReplicationAnalysisCount: implemented('bool', true, {
    reload: 'dynamic',
    meaning: 'Analyse only servers that have replicas or show a problem.',
  }),
  FailureDetectionPeriodBlockMinutes: implemented('int', 60, {
    unit: 'minutes',
    reload: 'dynamic',
    meaning: 'How long a detection on a server keeps detections of the same kind from being registered again.',
  }),
  ExpectFailureAnalysisConcensus: implemented('bool', true, {
    reload: 'dynamic',
    meaning:
      'Ask the other nodes what they see of a server before its death is acted on, where there are others (FailureAnalysisPeers).',
  }),
};
