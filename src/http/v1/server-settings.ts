/** Settings of one server (spec/http-api.md 2.5). */
import { coordinatesText } from '../../model/binlog-coordinates.ts';
import { instanceKeyText } from '../../model/instance-key.ts';
import { errorAnswer, okAnswer, refusedAnswer } from '../answer.ts';
import { onServer, operation, withInstance } from './operation.ts';
import { requiredInteger } from './parameters.ts';
import type { Handler } from './request.ts';
import { instanceTarget } from './targets.ts';

export const setReadOnly = (readOnly: boolean): Handler =>
  operation(
    onServer((key) => ({ kind: 'set-read-only', key, readOnly })),
    withInstance(() => `Server set as ${readOnly ? 'read-only' : 'writeable'}`),
  );

export const killQuery: Handler = (request, calls) => {
  const process = requiredInteger(request.param('process'));
  if (process.kind === 'refused') return errorAnswer(process.reason);
  const kill = operation(
    onServer((key) => ({ kind: 'kill-query', key, processId: process.value })),
    withInstance(({ server }) => `Query killed on : ${server}`),
  );
  return kill(request, calls);
};

/** Of the newest log alone, of a server that is known. */
export const lastPseudoGtid: Handler = async (request, calls) => {
  const target = instanceTarget(request, calls);
  if (target.kind === 'answer') return target.answer;
  if (calls.instance(target.value) === null) {
    return errorAnswer(`Instance not found: ${instanceKeyText(target.value)}`);
  }
  const outcome = await calls.lastPseudoGtid(target.value, { allLogs: false, live: false });
  if (outcome.kind === 'refused') return refusedAnswer(outcome.refusal);
  return okAnswer(coordinatesText(outcome.value.coordinates), outcome.value.text);
};
