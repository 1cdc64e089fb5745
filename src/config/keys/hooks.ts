/** Keys that list the commands run around failures and switchovers (spec 2.14). */
import { implemented } from '../key-declaration.ts';

export const hooksKeys = {
  OnFailureDetectionProcesses: implemented('string[]', [], {
    reload: 'dynamic',
    meaning: 'Commands run when a failure is registered, before any decision about a recovery.',
  }),
  PreGracefulTakeoverProcesses: implemented('string[]', [], {
    reload: 'dynamic',
    meaning: 'Commands run in a planned switchover just before the old primary is made read-only.',
  }),
  PreFailoverProcesses: implemented('string[]', [], {
    reload: 'dynamic',
    meaning: 'Commands run when a recovery begins, before anything is changed; a failing one stops it.',
  }),
  PostMasterFailoverProcesses: implemented('string[]', [], {
    reload: 'dynamic',
    meaning: 'Commands run after a dead primary was replaced.',
  }),
  PostIntermediateMasterFailoverProcesses: implemented('string[]', [], {
    reload: 'dynamic',
    meaning: 'Commands run after a dead intermediate primary was recovered.',
  }),
  PostFailoverProcesses: implemented('string[]', [], {
    reload: 'dynamic',
    meaning: 'Commands run after any successful recovery.',
  }),
  PostUnsuccessfulFailoverProcesses: implemented('string[]', [], {
    reload: 'dynamic',
    meaning: 'Commands run after a recovery that promoted nobody.',
  }),
  PostGracefulTakeoverProcesses: implemented('string[]', [], {
    reload: 'dynamic',
    meaning: 'Commands run at the end of a planned switchover.',
  }),
  PostTakeMasterProcesses: implemented('string[]', [], {
    reload: 'dynamic',
    meaning: 'Commands run after a replica took the place of its source, with both as arguments.',
  }),
};
