/** Keys that say which clusters are recovered, and how often (spec 2.12). */
import { accepted, implemented } from '../key-declaration.ts';

export const recoveryKeys = {
  RecoverMasterClusterFilters: implemented('string[]', [], {
    reload: 'dynamic',
    patterns: 'cluster-filters',
    meaning: 'Clusters whose dead primary is replaced automatically; an empty list means none.',
  }),
  RecoverIntermediateMasterClusterFilters: implemented('string[]', [], {
    reload: 'dynamic',
    patterns: 'cluster-filters',
    meaning: 'Clusters whose dead intermediate primaries are recovered automatically.',
  }),
  RecoveryIgnoreHostnameFilters: implemented('string[]', [], {
    reload: 'dynamic',
    patterns: 'patterns',
    meaning: 'Hosts that analysis leaves out altogether; patterns on the host name without port.',
  }),
  RecoveryPeriodBlockSeconds: implemented('int', 3600, {
    unit: 'seconds',
    reload: 'dynamic',
    meaning: 'How long a recovery blocks further automatic recoveries of the cluster unless acknowledged.',
  }),
  RecoveryPeriodBlockMinutes: implemented('int', 60, {
    unit: 'minutes',
    reload: 'dynamic',
    meaning: 'Old form of RecoveryPeriodBlockSeconds; counts only when that is 0.',
  }),
  RecoverNonWriteableMaster: implemented('bool', false, {
    reload: 'dynamic',
    meaning: 'Treat a read-only primary as a failure and make it writable.',
  }),
  PostponeReplicaRecoveryOnLagMinutes: accepted('uint', 0, {
    unit: 'minutes',
    reload: 'dynamic',
    meaning: 'Replicas with a configured delay above this are moved last in a recovery; 0 means none.',
  }),
};
