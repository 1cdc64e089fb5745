/** Who plans which move. */
import { planMakeCoMaster } from './co-master.ts';
import { planMoveBelowGtid, planMoveReplicasGtid } from './gtid-moves.ts';
import { planMakeLocalMaster, planMakeMaster } from './make-master.ts';
import { planMatch, planMatchReplicas } from './match.ts';
import { planMoveBelow, planMoveEquivalent } from './move-below.ts';
import { planMoveUp, planMoveUpReplicas } from './move-up.ts';
import type { OperationFacts } from './operation-facts.ts';
import type { OperationPlanResult } from './operation-plan.ts';
import type { MoveReplicasRequest, MoveRequest, OperationRequest } from './operation-request.ts';
import { planRegroup } from './regroup.ts';
import { planRelocate } from './relocate.ts';
import { planRelocateReplicas, planTakeSiblings } from './relocate-replicas.ts';
import { planGtidSwitch, planRepoint, planRepointReplicas } from './repoint.ts';
import { planSkipToNextLog } from './skip-to-next-log.ts';
import { planTakeMaster } from './take-master.ts';

/** Detaching and resetting leave a server without a source that it hears: they are planned with the threads. */
type Move = Exclude<MoveRequest, { kind: 'detach-source' | 'reattach-source' | 'reset-replication' }>;

export function planMove(request: Move, facts: OperationFacts): OperationPlanResult {
  switch (request.kind) {
    case 'relocate':
      return planRelocate(request, facts);
    case 'repoint':
      return planRepoint(request, facts);
    case 'move-equivalent':
      return planMoveEquivalent(request, facts);
    case 'move-up':
      return planMoveUp(request, facts);
    case 'move-below':
      return planMoveBelow(request, facts);
    case 'skip-to-next-log':
      return planSkipToNextLog(request, facts);
    case 'take-master':
      return planTakeMaster(request, facts);
    case 'make-co-master':
      return planMakeCoMaster(request, facts);
    case 'move-below-gtid':
      return planMoveBelowGtid(request, facts);
    case 'enable-gtid':
    case 'disable-gtid':
      return planGtidSwitch(request, facts);
    case 'match-below':
    case 'match-up':
    case 'rematch':
      return planMatch(request, facts);
    case 'make-master':
      return planMakeMaster(request, facts);
    case 'make-local-master':
      return planMakeLocalMaster(request, facts);
  }
}

export function planMoveReplicas(request: MoveReplicasRequest, facts: OperationFacts): OperationPlanResult {
  switch (request.kind) {
    case 'relocate-replicas':
      return planRelocateReplicas(request, facts);
    case 'repoint-replicas':
      return planRepointReplicas(request, facts);
    case 'move-up-replicas':
      return planMoveUpReplicas(request, facts);
    case 'take-siblings':
      return planTakeSiblings(request, facts);
    case 'move-replicas-gtid':
      return planMoveReplicasGtid(request, facts);
    case 'match-replicas':
    case 'match-up-replicas':
      return planMatchReplicas(request, facts);
    case 'regroup-replicas':
      return planRegroup(request, facts);
  }
}

const OF_REPLICAS: ReadonlySet<OperationRequest['kind']> = new Set<MoveReplicasRequest['kind']>([
  'relocate-replicas',
  'repoint-replicas',
  'move-up-replicas',
  'take-siblings',
  'move-replicas-gtid',
  'match-replicas',
  'match-up-replicas',
  'regroup-replicas',
]);

export const isMoveOfReplicas = (request: OperationRequest): request is MoveReplicasRequest =>
  OF_REPLICAS.has(request.kind);
