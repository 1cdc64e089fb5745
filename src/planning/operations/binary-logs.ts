/**
 * Beginning new binary logs, and deleting old ones (spec/topology-operations.md 3.10, O64, O65).
 */
import {
  coordinatesText,
  fileNumber,
  fileNumberDistance,
  hasNoFile,
  isBefore,
} from '../../model/binlog-coordinates.ts';
import type { Instance } from '../../model/instance.ts';
import { instanceKeyText } from '../../model/instance-key.ts';
import { STATEMENT_MILLIS } from '../deadlines.ts';
import { stepId } from '../plan.ts';
import { planned } from './draft-plan.ts';
import { type LogReader, logReaders } from './log-readers.ts';
import { unknown } from './move-rules.ts';
import type { OperationFacts } from './operation-facts.ts';
import { type OperationPlanResult, type OperationRefusal, refuse } from './operation-plan.ts';
import type { ServerRequest } from './operation-request.ts';
import { step } from './steps.ts';

/** Files that one operation may begin: each stays on disk until it is deleted. */
export const FLUSHES_MAX = 1_000;

/** O64: so many. */
export function planFlush(
  request: Extract<ServerRequest, { kind: 'flush-binary-logs' }>,
  facts: OperationFacts,
): OperationPlanResult {
  const instance = facts.topology.get(request.key);
  if (instance === undefined) return unknown(request.key);
  return flushTimes(request, instance, request.count, facts);
}

/** O64: until the server writes that file. */
export function planFlushUntil(
  request: Extract<ServerRequest, { kind: 'flush-binary-logs-until' }>,
  facts: OperationFacts,
): OperationPlanResult {
  const instance = facts.topology.get(request.key);
  if (instance === undefined) return unknown(request.key);
  const target = { file: request.file, pos: 0, type: 'binary' } as const;
  if (fileNumber(target).digits === 0) return refuse('bad-file', `No number in the log file name ${request.file}`);
  const present = instance.selfCoordinates;
  const distance = fileNumberDistance(present, target);
  if (distance < 0) {
    const text = `FlushBinaryLogsTo: target log file ${request.file} is smaller than current log file ${present.file}`;
    return refuse('file-passed', text);
  }
  return flushTimes(request, instance, distance, facts);
}

function flushTimes(
  request: Extract<ServerRequest, { kind: 'flush-binary-logs' | 'flush-binary-logs-until' }>,
  instance: Instance,
  times: number,
  facts: OperationFacts,
): OperationPlanResult {
  const key = instanceKeyText(instance.key);
  const refusal = noLogRefusal(instance) ?? timesRefusal(times, key);
  if (refusal !== null) return refusal;
  const flush = step({
    id: stepId(`flush binary logs of ${key}`),
    server: instance.key,
    commands: Array.from({ length: times }, () => ({ kind: 'flush-binary-logs' }) as const),
    deadlineMillis: STATEMENT_MILLIS * Math.max(1, times),
    effect: `it begins ${times} new binary ${times === 1 ? 'log' : 'logs'}`,
  });
  return planned(request, instance, facts, {
    because:
      times === 0
        ? `${key} writes that file already`
        : `${times} new binary ${times === 1 ? 'log is' : 'logs are'} to begin`,
    lanes: [{ server: instance.key, steps: times === 0 ? [] : [flush], effect: flush.effect }],
    audits: [{ type: 'flush-binary-logs', key: instance.key, message: 'success' }],
  });
}

function timesRefusal(times: number, key: string): OperationRefusal | null {
  if (!Number.isSafeInteger(times) || times < 0) return refuse('bad-count', `Invalid number of binary logs: ${times}`);
  if (times <= FLUSHES_MAX) return null;
  return refuse('too-many-flushes', `${times} new binary logs on ${key} are more than ${FLUSHES_MAX} at once`);
}

function noLogRefusal(instance: Instance): OperationRefusal | null {
  const hasLog = instance.logBinEnabled && !hasNoFile(instance.selfCoordinates);
  const text = `instance does not have binary logs enabled: ${instanceKeyText(instance.key)}`;
  return hasLog ? null : refuse('no-binary-log', text);
}

/** O65. Whoever has not applied up to that file would have to be built anew: refused, unless somebody insists. */
export function planPurge(
  request: Extract<ServerRequest, { kind: 'purge-binary-logs' }>,
  facts: OperationFacts,
): OperationPlanResult {
  const instance = facts.topology.get(request.key);
  if (instance === undefined) return unknown(request.key);
  const key = instanceKeyText(instance.key);
  const file = request.file === 'latest' ? instance.selfCoordinates.file : request.file;
  const refusal = file === '' ? refuse('no-file', 'expecting --binlog value') : noLogRefusal(instance);
  if (refusal !== null) return refusal;
  const unsafe = logReaders(instance, facts.topology).flatMap((reader) => unsafeText(key, file, reader));
  const [first] = unsafe;
  if (first !== undefined && !request.force) return refuse('unsafe-purge', first);
  const purge = step({
    id: stepId(`purge binary logs of ${key} up to ${file}`),
    server: instance.key,
    commands: [{ kind: 'purge-binary-logs', file }],
    effect: `its binary logs before ${file} are deleted`,
  });
  return planned(request, instance, facts, {
    because: `binary logs before ${file} are to be deleted`,
    lanes: [{ server: instance.key, steps: [purge], effect: purge.effect }],
    warnings: unsafe,
    audits: [{ type: 'purge-binary-logs', key: instance.key, message: 'success' }],
  });
}

/** Empty: it needs nothing that goes. */
function unsafeText(key: string, file: string, { key: replica, applied }: LogReader): readonly string[] {
  const start = { file, pos: 0, type: 'binary' } as const;
  if (applied !== null && isBefore(start, applied)) return [];
  const unsafe = `Unsafe to purge binary logs on ${key} up to ${file} because`;
  if (applied === null) return [`${unsafe} it is not known what replica ${instanceKeyText(replica)} has applied`];
  return [`${unsafe} replica ${instanceKeyText(replica)} has only applied up to ${coordinatesText(applied)}`];
}
