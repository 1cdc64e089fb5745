/** Which O-number of the contract an operation or a question has. Exhaustive by type: whoever adds one must say where it is documented. */
import type { OperationRequest } from '../../src/planning/operations/operation-request.ts';
import type { InspectionCalls } from '../../src/service/calls.ts';

/** Ours, beside the contract: from here on. */
export const PANIC_STOP = 75;
export const REPROVISION = 76;
export const RESCUE = 77;

const BY_KIND: Readonly<Record<OperationRequest['kind'], number>> = {
  'stop-replication': 1,
  'stop-replication-nicely': 2,
  'start-replication': 3,
  'restart-replication': 4,
  'delay-replication': 10,
  'skip-query': 11,
  'reset-replication': 12,
  'detach-source': 13,
  'skip-to-next-log': 15,
  'reattach-source': 14,
  'change-credentials': 16,
  repoint: 20,
  'repoint-replicas': 21,
  'move-equivalent': 22,
  'move-up': 23,
  'move-up-replicas': 24,
  'move-below': 25,
  'take-master': 26,
  'make-co-master': 27,
  'take-siblings': 28,
  'move-below-gtid': 29,
  'move-replicas-gtid': 30,
  'enable-gtid': 31,
  'disable-gtid': 32,
  'gtid-errant-reset-master': 35,
  'gtid-errant-inject-empty': 36,
  'match-below': 38,
  'match-up': 39,
  rematch: 40,
  'match-replicas': 41,
  'match-up-replicas': 42,
  'make-master': 43,
  'make-local-master': 44,
  'regroup-replicas': 52,
  relocate: 58,
  'relocate-replicas': 59,
  'set-read-only': 60,
  'set-semi-sync-source': 62,
  'set-semi-sync-replica': 63,
  'flush-binary-logs': 64,
  'flush-binary-logs-until': 64,
  'purge-binary-logs': 65,
  'kill-query': 66,
  'panic-stop': PANIC_STOP,
  reprovision: REPROVISION,
  'rescue-transactions': RESCUE,
};

const REGROUPS = { any: 52, gtid: 53, 'pseudo-gtid': 54, 'binlog-servers': 56 } as const;

export function numberOf(request: OperationRequest): number {
  if (request.kind === 'regroup-replicas') return REGROUPS[request.method];
  if (request.kind === 'set-read-only') return request.readOnly ? 60 : 61;
  return BY_KIND[request.kind];
}

const BY_QUESTION: Readonly<Record<keyof InspectionCalls, number>> = {
  waitForPosition: 7,
  restartStatements: 9,
  equivalentsOf: 22,
  errantGtid: 33,
  locateErrantGtid: 34,
  lastPseudoGtid: 45,
  findBinlogEntry: 46,
  correlateBinlogPosition: 47,
  correlateRelayLogPosition: 48,
  lastExecutedRelayEntry: 49,
  candidateReplica: 51,
  canReplicateFrom: 67,
};

const isQuestion = (name: string): name is keyof InspectionCalls => Object.hasOwn(BY_QUESTION, name);

/** Null: no question about replication. `args`: what it was asked with. */
export function numberOfCall(name: string, args: readonly unknown[]): number | null {
  if (!isQuestion(name)) return null;
  const [, , options] = args;
  const byGtid = typeof options === 'object' && options !== null && 'byGtid' in options && options.byGtid === true;
  return name === 'canReplicateFrom' && byGtid ? 68 : BY_QUESTION[name];
}
