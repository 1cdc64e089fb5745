/**
 * Every line of the ladder at its boundaries: where it holds, and what becomes of a situation that misses it by one fact.
 * Notation of spec/failure-detection.md section 8.
 */
import { describe, expect, it } from 'vitest';
import type { Aggregates } from './aggregates.ts';
import { ANALYSIS_CODES, type EntryCode } from './codes.ts';
import { conclude, GROUP_MEMBER_LADDER, LADDER } from './ladder.ts';
import type { AnalysisPolicy } from './policy.ts';
import { aPrimaryWith, TEST_POLICY } from './testing.ts';

/** M: primary, Co: co-primary, V: last check valid, P: partial success; counts n, v, r, f, lag, del; W, C: semi-sync. */
interface Notation {
  M?: boolean;
  Co?: boolean;
  V?: boolean;
  P?: boolean;
  n?: number;
  v?: number;
  r?: number;
  f?: number;
  lag?: number;
  del?: number;
  semi?: { enabled?: boolean; status?: boolean; W: number; C: number };
  stale?: boolean;
  stuck?: boolean;
  restarted?: boolean;
  readOnly?: boolean;
  binlogServer?: boolean;
  failing?: boolean;
  depth?: number;
  group?: boolean;
}

const healthy = aPrimaryWith(3).entryOf(22293);

/** Unless told otherwise: replicas all valid and replicating, nothing lags, no semi-sync. */
function facts(x: Notation): Aggregates {
  const n = x.n ?? 3;
  const v = x.v ?? n;
  const lastCheckValid = x.V ?? false;
  return {
    ...healthy,
    isPrimary: x.M ?? false,
    isCoPrimary: x.Co ?? false,
    validity: lastCheckValid ? 'valid' : 'invalid',
    lastCheckValid,
    lastCheckPartialSuccess: x.P ?? false,
    countReplicas: n,
    countValid: v,
    countValidReplicating: x.r ?? v,
    countFailingToConnect: x.f ?? 0,
    countLagging: x.lag ?? 0,
    countDelayed: x.del ?? 0,
    ...semiSyncFacts(x.semi),
    hasStaleCoordinates: x.stale ?? false,
    cannotCommit: x.stuck ?? false,
    isReadOnlyByRestart: x.restarted ?? false,
    isReadOnly: x.readOnly ?? false,
    isBinlogServer: x.binlogServer ?? false,
    isFailingToConnect: x.failing ?? false,
    replicationDepth: x.depth ?? 0,
    isGroupMember: x.group ?? false,
  };
}

function semiSyncFacts(semi: Notation['semi']): Partial<Aggregates> {
  if (semi === undefined) return {};
  return {
    semiSyncEnabled: semi.enabled ?? true,
    semiSyncStatus: semi.status ?? true,
    semiSyncWaitForReplicaCount: semi.W,
    semiSyncClients: semi.C,
  };
}

type Case = readonly [situation: string, facts: Notation, code: EntryCode, policy?: Partial<AnalysisPolicy>];

const M: Notation = { M: true };
const MV: Notation = { M: true, V: true };
const Co: Notation = { Co: true };
const CoV: Notation = { Co: true, V: true };
const leafV: Notation = { V: true, n: 0 };
const V: Notation = { V: true };
const exact: Partial<AnalysisPolicy> = { enforceExactSemiSyncReplicas: true };
const writeable: Partial<AnalysisPolicy> = { recoverNonWriteableMaster: true };
const short = { W: 2, C: 1 };
const surplus = { W: 1, C: 2 };

const BOUNDARIES: Readonly<Record<string, readonly Case[]>> = {
  'line 1, no replicas': [
    ['holds without replicas', { ...M, n: 0 }, 'DeadMasterWithoutReplicas'],
    ['holds with a partial answer too', { ...M, n: 0, P: true }, 'DeadMasterWithoutReplicas'],
    ['misses with one replica', { ...M, n: 1, r: 0 }, 'DeadMaster'],
    ['misses when reachable', { ...MV, n: 0 }, 'NoProblem'],
    ['misses for a replica', { n: 0 }, 'NoProblem'],
  ],
  'line 2, A1: dead primary': [
    ['holds when all are valid and none replicates', { ...M, r: 0 }, 'DeadMaster'],
    ['holds with a partial answer', { ...M, P: true, r: 0 }, 'DeadMaster'],
    ['holds whether or not replicas fail to connect or lag', { ...M, r: 0, f: 3, lag: 3 }, 'DeadMaster'],
    ['misses with one that replicates', { ...M, r: 1 }, 'UnreachableMaster'],
    ['misses with one that is not valid', { ...M, v: 2, r: 0 }, 'DeadMasterAndSomeReplicas'],
    ['misses when reachable', { ...MV, r: 0 }, 'AllMasterReplicasNotReplicating'],
  ],
  'line 3, A4: nobody reachable': [
    ['holds when no replica is valid', { ...M, v: 0 }, 'DeadMasterAndReplicas'],
    ['holds for a single one', { ...M, n: 1, v: 0 }, 'DeadMasterAndReplicas'],
    ['misses with one valid', { ...M, v: 1, r: 0 }, 'DeadMasterAndSomeReplicas'],
  ],
  'line 4, A3: some replicas gone': [
    ['holds with one of three valid', { ...M, v: 1, r: 0 }, 'DeadMasterAndSomeReplicas'],
    ['holds with two of three valid', { ...M, v: 2, r: 0 }, 'DeadMasterAndSomeReplicas'],
    ['misses with one that replicates', { ...M, v: 2, r: 1 }, 'UnreachableMaster'],
  ],
  'line 5, A6: every replica lags': [
    ['holds when all lag', { ...M, lag: 3 }, 'UnreachableMasterWithLaggingReplicas'],
    ['holds with a partial answer', { ...M, lag: 3, P: true }, 'UnreachableMasterWithLaggingReplicas'],
    ['holds when one fewer than all is delayed', { ...M, lag: 3, del: 2 }, 'UnreachableMasterWithLaggingReplicas'],
    ['misses when all are delayed (A7)', { ...M, lag: 3, del: 3 }, 'UnreachableMaster'],
    ['misses with one that does not lag', { ...M, lag: 2 }, 'UnreachableMaster'],
    ['holds with one that replicates', { ...M, lag: 3, r: 1 }, 'UnreachableMasterWithLaggingReplicas'],
    ['misses when none replicates', { ...M, lag: 3, r: 0 }, 'DeadMaster'],
  ],
  'lines 6 and 7, A2 and A10: unreachable': [
    ['6 holds with one that replicates', { ...M, v: 1, r: 1 }, 'UnreachableMaster'],
    ['6 misses with a partial answer: nothing is reported', { ...M, P: true }, 'NoProblem'],
    ['7 holds when a replica fails to connect', { ...M, P: true, f: 1, r: 2 }, 'UnreachableMaster'],
  ],
  'line 8, A12: too few acknowledgements': [
    ['suspected first', { ...MV, semi: short }, 'LockedSemiSyncMasterHypothesis'],
    ['locked once the coordinates are stale', { ...MV, semi: short, stale: true }, 'LockedSemiSyncMaster'],
    ['misses with as many as wanted', { ...MV, semi: { W: 2, C: 2 }, stale: true }, 'NoProblem'],
    ['misses when none is wanted', { ...MV, semi: { W: 0, C: 0 }, stale: true }, 'NoProblem'],
    ['misses when fallen back', { ...MV, semi: { ...short, status: false }, stale: true }, 'NoProblem'],
    ['misses when not enabled', { ...MV, semi: { ...short, enabled: false }, stale: true }, 'NoProblem'],
    ['misses for a replica', { ...V, semi: short, stale: true }, 'NoProblem'],
    ['does not need a reachable primary', { ...M, P: true, semi: short }, 'LockedSemiSyncMasterHypothesis'],
    ['comes after unreachable', { ...M, semi: short, stale: true }, 'UnreachableMaster'],
    ['comes before read-only', { ...MV, semi: short, readOnly: true }, 'LockedSemiSyncMasterHypothesis', writeable],
    ['comes before not replicating', { ...MV, semi: short, r: 0 }, 'LockedSemiSyncMasterHypothesis'],
  ],
  'line 9, A13: too many acknowledgements': [
    ['holds with one more than wanted', { ...MV, semi: surplus }, 'MasterWithTooManySemiSyncReplicas', exact],
    ['misses unless exactness is enforced', { ...MV, semi: surplus }, 'NoProblem'],
    ['misses with as many as wanted', { ...MV, semi: { W: 2, C: 2 } }, 'NoProblem', exact],
    ['misses when none is wanted', { ...MV, semi: { W: 0, C: 2 } }, 'NoProblem', exact],
    ['misses when fallen back', { ...MV, semi: { ...surplus, status: false } }, 'NoProblem', exact],
    ['misses for a replica', { ...V, semi: surplus }, 'NoProblem', exact],
    ['does not need a reachable primary', { ...M, P: true, semi: surplus }, 'MasterWithTooManySemiSyncReplicas', exact],
  ],
  'line 10, read-only primary': [
    ['holds with one that replicates', { ...MV, readOnly: true, r: 1 }, 'NoWriteableMasterStructureWarning', writeable],
    ['misses without the setting', { ...MV, readOnly: true }, 'NoProblem'],
    ['misses when none replicates', { ...MV, readOnly: true, r: 0 }, 'AllMasterReplicasNotReplicating', writeable],
    ['misses when writable', MV, 'NoProblem', writeable],
    ['misses when unreachable', { ...M, P: true, readOnly: true }, 'NoProblem', writeable],
    [
      'A23: after a restart holds without the setting, and when none replicates',
      { ...MV, readOnly: true, restarted: true, r: 0 },
      'NoWriteableMasterStructureWarning',
    ],
    [
      'A15, A23: a co-primary too',
      { Co: true, V: true, readOnly: true, restarted: true },
      'NoWriteableMasterStructureWarning',
    ],
    ['A23: after a restart misses without replicas', { ...MV, n: 0, readOnly: true, restarted: true }, 'NoProblem'],
    ['A23: after a restart misses where it takes writes', { ...MV, restarted: true }, 'NoProblem'],
  ],
  'lines 11 to 14, A5: a living primary whose replicas do not replicate': [
    ['11: a single one', { ...MV, n: 1, r: 0 }, 'MasterSingleReplicaNotReplicating'],
    ['12: a single one, dead', { ...MV, n: 1, v: 0 }, 'MasterSingleReplicaDead'],
    ['a single one that replicates is no problem', { ...MV, n: 1 }, 'NoProblem'],
    ['13: two', { ...MV, n: 2, r: 0 }, 'AllMasterReplicasNotReplicating'],
    ['14: two, one of them dead', { ...MV, n: 2, v: 1, r: 0 }, 'AllMasterReplicasNotReplicatingOrDead'],
    ['two, both dead, match no line', { ...MV, n: 2, v: 0 }, 'NoProblem'],
    ['one that replicates is enough', { ...MV, n: 2, r: 1 }, 'NoProblem'],
    ['also beside a dead one', { ...MV, n: 2, v: 1, r: 1 }, 'NoProblem'],
  ],
  'lines 15 to 18, A15: co-primaries': [
    ['15: none replicates', { ...Co, r: 0 }, 'DeadCoMaster'],
    ['15: a single replica', { ...Co, n: 1, r: 0 }, 'DeadCoMaster'],
    ['16: some are dead', { ...Co, v: 1, r: 0 }, 'DeadCoMasterAndSomeReplicas'],
    ['none is reachable: line 23', { ...Co, v: 0 }, 'DeadIntermediateMasterAndReplicas'],
    ['without replicas no problem', { ...Co, n: 0 }, 'NoProblem'],
    ['17: one replicates', { ...Co, r: 1 }, 'UnreachableCoMaster'],
    ['17 takes those that all lag', { ...Co, lag: 3 }, 'UnreachableCoMaster'],
    [
      '… unless it answers in part: line 24',
      { ...Co, lag: 3, P: true },
      'UnreachableIntermediateMasterWithLaggingReplicas',
    ],
    ['partial answer and content replicas', { ...Co, P: true }, 'NoProblem'],
    ['18: reachable, none replicates', { ...CoV, r: 0 }, 'AllCoMasterReplicasNotReplicating'],
    ['18: reachable, none is reachable', { ...CoV, v: 0 }, 'AllCoMasterReplicasNotReplicating'],
    ['18 misses with one that replicates', { ...CoV, r: 1 }, 'NoProblem'],
    ['18 misses without replicas', { ...CoV, n: 0 }, 'NoProblem'],
    ['a co-primary without source is a primary first', { ...Co, M: true, r: 0 }, 'DeadMaster'],
    [
      '… and gets 18 where all several replicas are dead',
      { ...CoV, M: true, v: 0 },
      'AllCoMasterReplicasNotReplicating',
    ],
  ],
  'lines 19 to 25, A14: unreachable intermediate primaries': [
    [
      '19: the single replica fails to connect',
      { n: 1, r: 0, f: 1 },
      'DeadIntermediateMasterWithSingleReplicaFailingToConnect',
    ],
    ['20: it does not', { n: 1, r: 0 }, 'DeadIntermediateMasterWithSingleReplica'],
    ['21: two', { n: 2, r: 0 }, 'DeadIntermediateMaster'],
    ['21: two that fail to connect', { n: 2, r: 0, f: 2 }, 'DeadIntermediateMaster'],
    ['22: one of two dead', { n: 2, v: 1, r: 0 }, 'DeadIntermediateMasterAndSomeReplicas'],
    ['23: all dead', { n: 2, v: 0 }, 'DeadIntermediateMasterAndReplicas'],
    ['23: the single one dead', { n: 1, v: 0 }, 'DeadIntermediateMasterAndReplicas'],
    ['24: all lag', { lag: 3 }, 'UnreachableIntermediateMasterWithLaggingReplicas'],
    ['24: all lag, partial answer', { lag: 3, P: true }, 'UnreachableIntermediateMasterWithLaggingReplicas'],
    ['24 misses when all are delayed (A7)', { lag: 3, del: 3 }, 'UnreachableIntermediateMaster'],
    ['24 misses with one that does not lag', { lag: 2 }, 'UnreachableIntermediateMaster'],
    ['25: one replicates', { r: 1 }, 'UnreachableIntermediateMaster'],
    ['25 misses with a partial answer', { P: true }, 'NoProblem'],
    ['25 has no counterpart of line 7', { P: true, f: 1, r: 2 }, 'NoProblem'],
  ],
  'lines 26 and 27, A14: reachable intermediate primaries': [
    [
      '26: every reachable one fails to connect',
      { ...V, v: 2, r: 0, f: 2 },
      'AllIntermediateMasterReplicasFailingToConnectOrDead',
    ],
    ['26: all reachable', { ...V, r: 0, f: 3 }, 'AllIntermediateMasterReplicasFailingToConnectOrDead'],
    ['27: one does not fail', { ...V, r: 0, f: 2 }, 'AllIntermediateMasterReplicasNotReplicating'],
    ['27: a single one, failing', { ...V, n: 1, r: 0, f: 1 }, 'AllIntermediateMasterReplicasNotReplicating'],
    ['27: a single one', { ...V, n: 1, r: 0 }, 'AllIntermediateMasterReplicasNotReplicating'],
    ['all down is no problem', { ...V, v: 0 }, 'NoProblem'],
    ['one that replicates is enough', { ...V, r: 1 }, 'NoProblem'],
  ],
  'lines 28 and 29, A16 and A17: leaves': [
    ['28: a binlog server', { ...leafV, binlogServer: true, failing: true }, 'BinlogServerFailingToConnectToMaster'],
    ['28 before 29', { ...leafV, binlogServer: true, failing: true, depth: 1 }, 'BinlogServerFailingToConnectToMaster'],
    ['28 misses when connected', { ...leafV, binlogServer: true }, 'NoProblem'],
    ['29: first tier', { ...leafV, failing: true, depth: 1 }, 'FirstTierReplicaFailingToConnectToMaster'],
    ['29 misses in the second tier', { ...leafV, failing: true, depth: 2 }, 'NoProblem'],
    ['29 misses when connected', { ...leafV, depth: 1 }, 'NoProblem'],
    [
      '29 holds whether reachable or not',
      { n: 0, failing: true, depth: 1 },
      'FirstTierReplicaFailingToConnectToMaster',
    ],
  ],
  'group members (spec 8.2)': [
    ['unreachable, none replicates', { group: true, r: 0 }, 'DeadReplicationGroupMemberWithReplicas'],
    ['a group primary too', { ...M, group: true, r: 0 }, 'DeadReplicationGroupMemberWithReplicas'],
    ['all replicas unreachable', { group: true, v: 0 }, 'DeadReplicationGroupMemberWithReplicas'],
    ['misses when one replicates', { ...M, group: true, r: 1 }, 'NoProblem'],
    ['misses without replicas', { ...M, group: true, n: 0 }, 'NoProblem'],
    ['misses when reachable', { ...MV, group: true, r: 0 }, 'NoProblem'],
    ['no semi-sync analysis', { ...MV, group: true, semi: short }, 'NoProblem'],
  ],
};

for (const [title, cases] of Object.entries(BOUNDARIES)) {
  describe(title, () => {
    for (const [situation, notation, code, policy] of cases) {
      it(`${situation}: ${code}`, () => {
        expect(conclude(facts(notation), { ...TEST_POLICY, ...policy }).code).toBe(code);
      });
    }
  });
}

describe('the ladder as a table', () => {
  it('numbers its lines 1 to 29, line 8 twice', () => {
    const numbers = LADDER.map((line) => line.line).filter((line) => typeof line === 'number');
    expect(numbers).toEqual([1, 2, 3, 4, 5, 6, 7, 8, ...Array.from({ length: 22 }, (_, index) => index + 8)]);
  });

  it('can give every analysis code but no problem and the one that is never produced', () => {
    const given = new Set<string>([...LADDER, ...GROUP_MEMBER_LADDER].map((line) => line.code));
    expect(ANALYSIS_CODES.filter((code) => !given.has(code))).toEqual(['NoProblem', 'MasterWithoutReplicas']);
  });

  it('says which line held, and none for no problem', () => {
    expect(conclude(facts({ ...M, r: 0 }), TEST_POLICY).line).toBe(2);
    expect(conclude(facts({ group: true, r: 0 }), TEST_POLICY).line).toBe('group');
    expect(conclude(facts(MV), TEST_POLICY).line).toBeNull();
  });
});
