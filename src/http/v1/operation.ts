/**
 * What the routes of operations share: a request is made of the parameters of the path, the service carries it out, and its report becomes the answer of the
 * contract. Every operation answers here as it does there: whoever is refused by one is refused by all in the same way.
 */
import { type InstanceKey, instanceKeyText } from '../../model/instance-key.ts';
import type { OperationRequest } from '../../planning/operations/operation-request.ts';
import type { OperationReport, OrchestratorCalls } from '../../service/calls.ts';
import { doneServers, failureText, partTexts } from '../../service/operation-figures.ts';
import { type Answer, errorAnswer, okAnswer } from '../answer.ts';
import type { Json } from './json/json.ts';
import { keyJson } from './json/scalars.ts';
import { freshInstanceJson } from './listing.ts';
import type { ApiRequest, Handler } from './request.ts';
import { instanceTarget, type Target } from './targets.ts';

/** An operation that was done, and what it was asked for with. */
export interface Done {
  readonly report: OperationReport;
  readonly calls: OrchestratorCalls;
  readonly key: InstanceKey;
  /** `key` as text. */
  readonly server: string;
  /** The second server of the path; the same as `key` where there is none. */
  readonly other: InstanceKey;
  /** What went wrong although it was done. */
  readonly errors: readonly string[];
}

interface Asked {
  readonly request: OperationRequest;
  readonly key: InstanceKey;
  readonly other: InstanceKey;
}

type Ask = (request: ApiRequest, calls: OrchestratorCalls) => Target<Asked>;

/** Of the server of the path alone; `pattern`: of the query, for operations on replicas. */
export function onServer(make: (key: InstanceKey, pattern: string) => OperationRequest): Ask {
  return (request, calls) => {
    const target = instanceTarget(request, calls);
    if (target.kind === 'answer') return target;
    const key = target.value;
    return { kind: 'found', value: { request: make(key, request.query('pattern')), key, other: key } };
  };
}

/** Of two servers of the path. */
export function onTwoServers(
  make: (key: InstanceKey, other: InstanceKey, pattern: string) => OperationRequest,
  role: 'below' | 'sibling' = 'below',
): Ask {
  return (request, calls) => {
    const target = instanceTarget(request, calls);
    if (target.kind === 'answer') return target;
    const second = instanceTarget(request, calls, role);
    if (second.kind === 'answer') return second;
    const [key, other] = [target.value, second.value];
    return { kind: 'found', value: { request: make(key, other, request.query('pattern')), key, other } };
  };
}

interface OperationForm {
  /** The form in which a failure is answered. */
  readonly failure?: (message: string, calls: OrchestratorCalls) => string;
  /** Done in part is done, with errors (spec/topology-operations.md O21, O24). Default: it is an error. */
  readonly partlyIsDone?: true;
}

/** Asks, operates, tells. */
export function operation(ask: Ask, tell: (done: Done) => Answer, form: OperationForm = {}): Handler {
  const { failure = (message: string) => message, partlyIsDone } = form;
  return async (request, calls) => {
    const asked = ask(request, calls);
    if (asked.kind === 'answer') return asked.answer;
    const { key, other } = asked.value;
    const outcome = await calls.operate(asked.value.request);
    const told = { calls, key, other, server: instanceKeyText(key) };
    if (outcome.kind === 'done') return tell({ ...told, report: outcome.report, errors: outcome.report.problems });
    if (outcome.kind !== 'partly' || partlyIsDone !== true) return errorAnswer(failure(failureText(outcome), calls));
    const { report } = outcome;
    return tell({ ...told, report, errors: [...report.problems, ...partTexts(outcome)] });
  };
}

/** The server as it was read at the end. One that could not be read is told as it was seen last. */
export function instanceDetails({ report, calls, key }: Done): Json {
  const instance = report.instance ?? calls.instance(key)?.instance;
  return instance === undefined ? null : freshInstanceJson(instance, calls);
}

/** Those that were moved. */
export function movedDetails({ report, calls }: Done): Json {
  return doneServers(report).flatMap(({ key, instance }) => {
    const seen = instance ?? calls.instance(key)?.instance;
    return seen === undefined ? [] : [freshInstanceJson(seen, calls)];
  });
}

/** Answers the server of the path, after a message. */
export const withInstance =
  (message: (done: Done) => string) =>
  (done: Done): Answer =>
    okAnswer(withErrors(message(done), done), instanceDetails(done));

export const withKey = (message: string, key: InstanceKey | null): Answer =>
  okAnswer(message, key === null ? null : keyJson(key));

/** `<n>` of the messages of operations on many. */
export const movedCount = ({ report }: Done): number => doneServers(report).length;

/** `<e> errors: <errs>` */
export const errorsText = ({ errors }: Done): string => `${errors.length} errors: [${errors.join(' ')}]`;

/** For messages without a place for them: a server that was not started again must not hide behind a success. */
export const withErrors = (message: string, done: Done): string =>
  done.errors.length === 0 ? message : `${message}; ${errorsText(done)}`;
