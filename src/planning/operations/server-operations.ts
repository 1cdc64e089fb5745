/**
 * Which planner plans which operation on the threads, settings and errant transactions of one server, and of a cluster what stops at once.
 */
import { planFlush, planFlushUntil, planPurge } from './binary-logs.ts';
import { planChangeCredentials } from './change-credentials.ts';
import { planErrantInjection } from './errant-injection.ts';
import { planErrantReset } from './errant-reset.ts';
import { planKillQuery } from './kill-query.ts';
import type { OperationFacts } from './operation-facts.ts';
import type { OperationPlanResult } from './operation-plan.ts';
import type {
  ClusterRequest,
  MoveRequest,
  OperationKind,
  OperationRequest,
  ServerRequest,
} from './operation-request.ts';
import { planPanicStop } from './panic-stop.ts';
import { planReadOnly } from './read-only.ts';
import { planDelay } from './replication-delay.ts';
import { planNiceStop, planRestart, planStart, planStop } from './replication-threads.ts';
import { planResetReplication } from './reset-replication.ts';
import { planSemiSyncReplica, planSemiSyncSource } from './semi-sync-switches.ts';
import { planSkipQuery } from './skip-query.ts';
import { planDetach, planReattach } from './source-attachment.ts';

export type ServerOperation =
  | ServerRequest
  | ClusterRequest
  | Extract<MoveRequest, { kind: 'detach-source' | 'reattach-source' | 'reset-replication' }>;

/** An object, so that the compiler tells when one is missing. */
const KINDS: Readonly<Record<ServerOperation['kind'], true>> = {
  'stop-replication': true,
  'stop-replication-nicely': true,
  'start-replication': true,
  'restart-replication': true,
  'delay-replication': true,
  'skip-query': true,
  'change-credentials': true,
  'set-read-only': true,
  'set-semi-sync-source': true,
  'set-semi-sync-replica': true,
  'flush-binary-logs': true,
  'flush-binary-logs-until': true,
  'purge-binary-logs': true,
  'kill-query': true,
  'gtid-errant-reset-master': true,
  'gtid-errant-inject-empty': true,
  'detach-source': true,
  'reattach-source': true,
  'reset-replication': true,
  'panic-stop': true,
};

const isServerKind = (kind: OperationKind): kind is ServerOperation['kind'] => Object.hasOwn(KINDS, kind);

export const isServerOperation = (request: OperationRequest): request is ServerOperation => isServerKind(request.kind);

export function planServerOperation(request: ServerOperation, facts: OperationFacts): OperationPlanResult {
  switch (request.kind) {
    case 'stop-replication':
      return planStop(request, facts);
    case 'stop-replication-nicely':
      return planNiceStop(request, facts);
    case 'start-replication':
      return planStart(request, facts);
    case 'restart-replication':
      return planRestart(request, facts);
    case 'delay-replication':
      return planDelay(request, facts);
    case 'skip-query':
      return planSkipQuery(request, facts);
    case 'reset-replication':
      return planResetReplication(request, facts);
    case 'detach-source':
      return planDetach(request, facts);
    case 'reattach-source':
      return planReattach(request, facts);
    case 'change-credentials':
      return planChangeCredentials(request, facts);
    case 'set-read-only':
      return planReadOnly(request, facts);
    case 'set-semi-sync-source':
      return planSemiSyncSource(request, facts);
    case 'set-semi-sync-replica':
      return planSemiSyncReplica(request, facts);
    case 'flush-binary-logs':
      return planFlush(request, facts);
    case 'flush-binary-logs-until':
      return planFlushUntil(request, facts);
    case 'purge-binary-logs':
      return planPurge(request, facts);
    case 'kill-query':
      return planKillQuery(request, facts);
    case 'gtid-errant-reset-master':
      return planErrantReset(request, facts);
    case 'gtid-errant-inject-empty':
      return planErrantInjection(request, facts);
    case 'panic-stop':
      return planPanicStop(request, facts);
  }
}
