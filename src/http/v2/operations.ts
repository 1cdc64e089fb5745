/**
 * `POST {prefix}/api/v2/operations` with an operation as JSON: carries it out and tells what became of each server. `?dry-run=true`: what it would do instead, and
 * nothing is changed. `?format=text`: for people.
 *
 * 200 done, or planned; 207 done in part; 409 refused or failed, with a stable `code`; 400 for what is no request; 403 for who may not act.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { OperationRequest } from '../../planning/operations/operation-request.ts';
import type { OperationOutcome, OrchestratorCalls, PlanOutcome } from '../../service/calls.ts';
import { outcomeLines, planOutcomeLines } from '../../service/operation-text.ts';
import { authorisedForAction } from '../access.ts';
import { bareAnswer, sendAnswer, TEXT_TYPE } from '../answer.ts';
import { type JsonBody, withJsonBodies } from '../json-body.ts';
import type { JsonObject } from '../v1/json/json.ts';
import { type AnswerFormat, BAD_FORMAT, formatOf } from './answer-format.ts';
import { outcomeJson, planJson, refusalJson } from './operation-json.ts';
import { type ReadRequest, requestReader } from './operation-request.ts';
import { sendRefusal, UNAUTHORISED } from './refusal.ts';

export function registerOperations(app: FastifyInstance, calls: OrchestratorCalls, prefix: string): void {
  const readRequest = requestReader(calls);
  withJsonBodies(app, (scope) => {
    scope.post<{ Body: JsonBody | undefined }>(`${prefix}/api/v2/operations`, async (request, reply) => {
      // A plan is refused too: it reads servers, and shows what they are told.
      if (!authorisedForAction(request.access, calls.settings())) {
        return sendRefusal(reply, 403, UNAUTHORISED);
      }
      const wishes = wishesOf(request);
      if (wishes.kind === 'bad') return sendRefusal(reply, 400, { code: 'bad-query', message: wishes.why });
      const read = readBody(request.body, readRequest);
      if (read.kind === 'bad') return sendRefusal(reply, 400, read);
      const answer = wishes.dryRun ? await planned(read.request, calls) : await operated(read.request, calls);
      if (wishes.format === 'json') return sendAnswer(reply, bareAnswer(answer.json, answer.status), '');
      return reply
        .code(answer.status)
        .type(TEXT_TYPE)
        .send(`${answer.lines.join('\n')}\n`);
    });
  });
}

function readBody(body: JsonBody | undefined, read: (value: unknown) => ReadRequest): ReadRequest {
  if (body?.kind === 'json') return read(body.value);
  return { kind: 'bad', code: 'bad-request', message: 'the body must be JSON' };
}

type Wishes =
  | { readonly kind: 'ok'; readonly dryRun: boolean; readonly format: AnswerFormat }
  | { readonly kind: 'bad'; readonly why: string };

const KNOWN_WISHES: ReadonlySet<string> = new Set(['dry-run', 'format']);

/** Whoever writes `dryrun=true` or `dry-run=yes` must not have it done: nothing is passed over, and nothing is guessed. */
function wishesOf(request: FastifyRequest): Wishes {
  const query = request.query as Readonly<Record<string, string | readonly string[] | undefined>>;
  const unknown = Object.keys(query).find((name) => !KNOWN_WISHES.has(name));
  if (unknown !== undefined) return { kind: 'bad', why: `${unknown} is unknown; there are dry-run and format` };
  const { 'dry-run': dryRun = 'false' } = query;
  const format = formatOf(request);
  if (dryRun !== 'true' && dryRun !== 'false') return { kind: 'bad', why: 'dry-run is true or false' };
  if (format === null) return { kind: 'bad', why: BAD_FORMAT };
  return { kind: 'ok', dryRun: dryRun === 'true', format };
}

interface OperationAnswer {
  readonly status: number;
  readonly json: JsonObject;
  readonly lines: readonly string[];
}

const PLAN_STATUS: Readonly<Record<PlanOutcome['kind'], number>> = { planned: 200, refused: 409 };
const OUTCOME_STATUS: Readonly<Record<OperationOutcome['kind'], number>> = {
  done: 200,
  partly: 207,
  failed: 409,
  refused: 409,
};

async function planned(request: OperationRequest, calls: OrchestratorCalls): Promise<OperationAnswer> {
  const outcome = await calls.planOperation(request);
  const json =
    outcome.kind === 'planned'
      ? planJson(outcome.plan, calls.shownSteps(outcome.plan))
      : refusalJson(outcome.refusal, outcome.rejected);
  return {
    status: PLAN_STATUS[outcome.kind],
    json,
    lines: planOutcomeLines(outcome, (plan) => calls.shownSteps(plan)),
  };
}

async function operated(request: OperationRequest, calls: OrchestratorCalls): Promise<OperationAnswer> {
  const outcome = await calls.operate(request);
  return { status: OUTCOME_STATUS[outcome.kind], json: outcomeJson(outcome), lines: outcomeLines(outcome) };
}
