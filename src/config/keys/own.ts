/** Keys that the contract does not have. */
import { implemented, NO_MAP } from '../key-declaration.ts';

export const ownKeys = {
  MinimumSecondsBeforeRecovery: implemented('map', NO_MAP, {
    unit: 'seconds',
    reload: 'dynamic',
    meaning:
      'How long a problem must have lasted before it is recovered, by its code ("DeadMaster") or for some clusters only, by a cluster filter and the code ("alias=pay DeadMaster"); the longest that fits counts, and without one nothing is waited for.',
  }),
};
