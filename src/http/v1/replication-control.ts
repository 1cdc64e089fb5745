/** Threads, GTID, binary logs and semi-sync of one server (spec/http-api.md 2.4). */
import { instanceKeyText } from '../../model/instance-key.ts';
import type { OperationRequest } from '../../planning/operations/operation-request.ts';
import { injectedInto } from '../../service/operation-figures.ts';
import { errorAnswer, okAnswer, refusedAnswer } from '../answer.ts';
import { keyJson } from './json/scalars.ts';
import { type Done, onServer, operation, withErrors, withInstance } from './operation.ts';
import { requiredInteger } from './parameters.ts';
import type { Handler } from './request.ts';
import { instanceTarget } from './targets.ts';

/** Kinds that need nothing but the server. */
type PlainKind = Extract<
  OperationRequest['kind'],
  | 'enable-gtid'
  | 'disable-gtid'
  | 'gtid-errant-reset-master'
  | 'gtid-errant-inject-empty'
  | 'skip-query'
  | 'start-replication'
  | 'restart-replication'
  | 'stop-replication'
  | 'reset-replication'
  | 'change-credentials'
  | 'detach-source'
  | 'reattach-source'
>;

const plain = (kind: PlainKind, message: (done: Done) => string): Handler =>
  operation(
    onServer((key) => ({ kind, key })),
    withInstance(message),
  );

export const enableGtid = plain('enable-gtid', ({ server }) => `Enabled GTID on ${server}`);
export const disableGtid = plain('disable-gtid', ({ server }) => `Disabled GTID on ${server}`);

export const errantResetBinaryLogs = plain(
  'gtid-errant-reset-master',
  ({ server }) => `Removed errant GTID on ${server} and issued a RESET MASTER`,
);

export const errantInjectEmpty = plain('gtid-errant-inject-empty', ({ report }) => {
  const { count, primary } = injectedInto(report);
  const where = primary === null ? '' : instanceKeyText(primary);
  return `Have injected ${count} transactions on cluster master ${where}`;
});

export const skipQuery = plain('skip-query', ({ server }) => `Query skipped on ${server}`);
export const start = plain('start-replication', ({ server }) => `Replica started: ${server}`);
export const restart = plain('restart-replication', ({ server }) => `Replica restarted: ${server}`);
export const stop = plain('stop-replication', ({ server }) => `Replica stopped: ${server}`);
export const reset = plain('reset-replication', ({ server }) => `Replica reset on ${server}`);
export const detach = plain('detach-source', ({ server }) => `Replica detached: ${server}`);
export const reattach = plain('reattach-source', ({ server }) => `Replica reattached: ${server}`);

export const changeCredentials = plain(
  'change-credentials',
  ({ server }) => `Replication credentials re-applied on ${server}`,
);

export const stopNicely = operation(
  onServer((key) => ({ kind: 'stop-replication-nicely', key, timeoutSeconds: 0 })),
  withInstance(({ server }) => `Replica stopped nicely: ${server}`),
);

/** The contract has one text for flushing and purging. */
const logsFlushed = withInstance(({ server }) => `Binary logs flushed on: ${server}`);

export const flushBinaryLogs = operation(
  onServer((key) => ({ kind: 'flush-binary-logs', key, count: 1 })),
  logsFlushed,
);

export const purgeBinaryLogs: Handler = (request, calls) => {
  const [file, force] = [request.param('logFile'), request.query('force') === 'true'];
  const purge = operation(
    onServer((key) => ({ kind: 'purge-binary-logs', key, file, force })),
    logsFlushed,
  );
  return purge(request, calls);
};

export const setSemiSyncSource = (enabled: boolean): Handler =>
  operation(
    onServer((key) => ({ kind: 'set-semi-sync-source', key, enabled })),
    withInstance(() => `master semi-sync set to ${enabled}`),
  );

export const setSemiSyncReplica = (enabled: boolean): Handler =>
  operation(
    onServer((key) => ({ kind: 'set-semi-sync-replica', key, enabled })),
    withInstance(() => `replica semi-sync set to ${enabled}`),
  );

export const delay: Handler = (request, calls) => {
  const seconds = requiredInteger(request.param('seconds'));
  if (seconds.kind === 'refused') return errorAnswer('Invalid value provided for seconds');
  const delaySeconds = seconds.value;
  if (delaySeconds < 0) {
    return errorAnswer(`invalid seconds: ${delaySeconds}, it should be greater or equal to 0`);
  }
  const delaying = operation(
    onServer((key) => ({ kind: 'delay-replication', key, delaySeconds })),
    (done) => okAnswer(withErrors(`Replication delayed: ${done.server}`, done), delaySeconds),
  );
  return delaying(request, calls);
};

export const locateErrant: Handler = async (request, calls) => {
  const target = instanceTarget(request, calls);
  if (target.kind === 'answer') return target.answer;
  const outcome = await calls.locateErrantGtid(target.value);
  return outcome.kind === 'refused' ? refusedAnswer(outcome.refusal) : okAnswer('located errant GTID', outcome.value);
};

/** Nothing is executed: a person or a program sends them. */
export const restartStatements: Handler = async (request, calls) => {
  const target = instanceTarget(request, calls);
  if (target.kind === 'answer') return target.answer;
  const outcome = await calls.restartStatements(target.value, request.query('q'));
  if (outcome.kind === 'refused') return refusedAnswer(outcome.refusal);
  const statements = outcome.value;
  return okAnswer(`statements for: ${instanceKeyText(target.value)}`, statements.length === 0 ? null : statements);
};

/** From the backend: both servers must be known. A rule that forbids it is an error with the reason (contract). */
export const canReplicateFrom =
  (byGtid: boolean): Handler =>
  async (request, calls) => {
    const target = instanceTarget(request, calls);
    if (target.kind === 'answer') return target.answer;
    const other = instanceTarget(request, calls, 'below');
    if (other.kind === 'answer') return other.answer;
    for (const key of [target.value, other.value]) {
      if (calls.instance(key) === null) return errorAnswer(`Cannot read instance: ${instanceKeyText(key)}`);
    }
    const outcome = await calls.canReplicateFrom(target.value, other.value, { byGtid });
    return outcome.kind === 'refused' ? refusedAnswer(outcome.refusal) : okAnswer('true', keyJson(outcome.value));
  };
