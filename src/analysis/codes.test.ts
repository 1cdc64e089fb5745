import { describe, expect, it } from 'vitest';
import {
  ANALYSIS_CODES,
  actionability,
  claimsDeath,
  description,
  isHighlighted,
  recoveryRoutine,
  STRUCTURE_WARNINGS,
} from './codes.ts';

describe('codes of the contract', () => {
  it('are 31 analysis codes and 10 structure warnings, none twice', () => {
    expect(new Set(ANALYSIS_CODES).size).toBe(31);
    expect(new Set(STRUCTURE_WARNINGS).size).toBe(10);
  });

  it('all but no problem have a description', () => {
    expect(ANALYSIS_CODES.filter((code) => description(code) === '')).toEqual(['NoProblem']);
  });

  it('have the recorded wording where clients have seen it', () => {
    expect(description('DeadMaster')).toBe(
      'Master cannot be reached by orchestrator and none of its replicas is replicating',
    );
    expect(description('DeadMasterAndReplicas')).toBe(description('DeadMaster'));
    expect(description('DeadMasterWithoutReplicas')).toBe(
      'Master cannot be reached by orchestrator and has no replica',
    );
    expect(description('AllMasterReplicasNotReplicatingOrDead')).toBe(description('AllMasterReplicasNotReplicating'));
  });
});

describe('from code to action', () => {
  it('recovers exactly the codes that have a routine', () => {
    expect(ANALYSIS_CODES.filter((code) => actionability(code) === 'actionable')).toEqual([
      'DeadMaster',
      'DeadMasterAndSomeReplicas',
      'LockedSemiSyncMaster',
      'MasterWithTooManySemiSyncReplicas',
      'DeadCoMaster',
      'DeadCoMasterAndSomeReplicas',
      'DeadIntermediateMaster',
      'DeadIntermediateMasterWithSingleReplicaFailingToConnect',
      'DeadIntermediateMasterAndSomeReplicas',
      'AllIntermediateMasterReplicasFailingToConnectOrDead',
      'DeadReplicationGroupMemberWithReplicas',
    ]);
    expect(actionability('NoWriteableMasterStructureWarning')).toBe('actionable');
    expect(recoveryRoutine('NoWriteableMasterStructureWarning')).toBe('non-writeable-primary');
  });

  it('registers some without recovering', () => {
    const registered = ANALYSIS_CODES.filter((code) => actionability(code) === 'registered-only');
    expect(registered).toEqual([
      'DeadMasterAndReplicas',
      'UnreachableMasterWithLaggingReplicas',
      'UnreachableMaster',
      'AllMasterReplicasNotReplicating',
      'AllMasterReplicasNotReplicatingOrDead',
      'DeadIntermediateMasterAndReplicas',
      'UnreachableIntermediateMasterWithLaggingReplicas',
    ]);
    expect(registered.map(recoveryRoutine)).toEqual(registered.map(() => null));
  });

  it('waits in the grace period with what an emergency restart of receivers can itself provoke, and with nothing else', () => {
    const waiting = ANALYSIS_CODES.filter((code) => actionability(code, true) !== actionability(code, false));
    expect(waiting).toEqual(
      expect.arrayContaining(['DeadMaster', 'DeadMasterAndSomeReplicas', 'LockedSemiSyncMaster']),
    );
    expect(waiting.filter((code) => !claimsDeath(code))).toEqual(['LockedSemiSyncMaster']);
    expect(waiting.map((code) => actionability(code, true))).toEqual(waiting.map(() => 'registered-only'));
  });

  it('takes a death to be claimed by what is called dead, not by a living primary with a dead replica', () => {
    expect(ANALYSIS_CODES.filter((code) => code.startsWith('Dead') !== claimsDeath(code))).toEqual([]);
  });

  it('highlights what the pages for failures show', () => {
    expect(ANALYSIS_CODES.filter((code) => !isHighlighted(code))).toEqual([
      'NoProblem',
      'MasterSingleReplicaNotReplicating',
      'MasterSingleReplicaDead',
      'LockedSemiSyncMasterHypothesis',
      'MasterWithTooManySemiSyncReplicas',
      'MasterWithoutReplicas',
      'UnreachableCoMaster',
      'AllCoMasterReplicasNotReplicating',
      'FirstTierReplicaFailingToConnectToMaster',
      'DeadReplicationGroupMemberWithReplicas',
    ]);
  });
});
