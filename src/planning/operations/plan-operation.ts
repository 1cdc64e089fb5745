/**
 * A request to its plan: pure, so that what would be done can be asked of any picture, and what is done can be asked again (architecture section 7).
 */
import type { OperationFacts } from './operation-facts.ts';
import { type OperationPlanResult, type OperationRefusal, refuse } from './operation-plan.ts';
import type { OperationKind, OperationRequest } from './operation-request.ts';
import { isMoveOfReplicas, planMove, planMoveReplicas } from './plan-move.ts';
import { planReprovision } from './reprovision.ts';
import { planRescue } from './rescue.ts';
import { isServerOperation, planServerOperation } from './server-operations.ts';

export function planOperation(request: OperationRequest, facts: OperationFacts): OperationPlanResult {
  const silent = silentRefusal(request, facts);
  if (silent !== null) return silent;
  if (isServerOperation(request)) return planServerOperation(request, facts);
  if (request.kind === 'reprovision') return planReprovision(request, facts);
  if (request.kind === 'rescue-transactions') return planRescue(request, facts);
  return isMoveOfReplicas(request) ? planMoveReplicas(request, facts) : planMove(request, facts);
}

/**
 * The server of the request does not answer: its own words, which clients look for (spec/http-api.md 4.1). Planned all the same, a statement that was never sent would be
 * undone once the server is back, within an hour, whatever people have made of it by then.
 */
function silentRefusal(request: OperationRequest, facts: OperationFacts): OperationRefusal | null {
  if (request.kind === 'panic-stop' || !ASKS_ITS_SERVER.has(request.kind)) return null;
  const read = facts.read(request.key);
  return read === null || read === 'read' ? null : refuse('cannot-read', read.failure);
}

/** The others are about replicas, whose source may be dead; or begin with what is recorded. */
const ASKS_ITS_SERVER: ReadonlySet<OperationKind> = new Set<OperationKind>([
  'stop-replication',
  'stop-replication-nicely',
  'start-replication',
  'restart-replication',
  'delay-replication',
  'skip-query',
  'change-credentials',
  'set-read-only',
  'set-semi-sync-source',
  'set-semi-sync-replica',
  'flush-binary-logs',
  'flush-binary-logs-until',
  'purge-binary-logs',
  'kill-query',
  'gtid-errant-reset-master',
  'gtid-errant-inject-empty',
  'rescue-transactions',
  'detach-source',
  'reattach-source',
  'reset-replication',
  'repoint',
  'move-up',
  'move-below',
  'move-below-gtid',
  'take-master',
  'make-co-master',
  'enable-gtid',
  'disable-gtid',
  'match-below',
  'rematch',
]);
