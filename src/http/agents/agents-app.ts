/**
 * The listener for agents on database hosts (spec/http-api.md 1.13): of its six routes those about attributes of hosts, and the one by which
 * an agent sees that somebody listens. Whoever reaches it may write, so it never writes what orchestrator itself goes by.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { compileRegularExpression } from '../../config/regular-expression.ts';
import { EVERY_HOST, type HostAttribute } from '../../model/host-attribute.ts';
import type { Log } from '../../ports/log.ts';
import type { AttributeCalls } from '../../service/calls.ts';
import { type Answer, bareAnswer, sendAnswer } from '../answer.ts';
import { bareServer } from '../bare-server.ts';
import type { JsonObject } from '../v1/json/json.ts';
import { timestampJson } from '../v1/json/scalars.ts';
import { isParameter, parameterOf, queryOf } from '../v1/register.ts';

export interface AgentsAppOptions {
  readonly calls: AttributeCalls;
  /** `settings.URLPrefix`. */
  readonly prefix: string;
  readonly log?: Log;
}

type AgentHandler = (request: FastifyRequest, calls: AttributeCalls) => Answer | Promise<Answer>;

const NO_MESSAGE_PREFIX = '';

const ROUTES: readonly (readonly [path: string, handle: AgentHandler])[] = [
  ['host-attribute/:host/:attrName/:attrValue', setAttribute],
  ['host-attribute/attr/:attr', attributes],
  ['agent-ping', () => bareAnswer('OK')],
];

export function buildAgentsApp({ calls, prefix, log }: AgentsAppOptions): FastifyInstance {
  const app = bareServer(log);
  for (const [path, handle] of ROUTES) {
    app.get(`${prefix}/api/${path}`, async (request, reply): Promise<FastifyReply> => {
      reply.header('X-Content-Type-Options', 'nosniff');
      const parameters = Object.values(request.params as Readonly<Record<string, string>>);
      const answer = parameters.every(isParameter) ? await handle(request, calls) : ({ kind: 'not-found' } as const);
      return sendAnswer(reply, answer, NO_MESSAGE_PREFIX);
    });
  }
  return app;
}

async function setAttribute(request: FastifyRequest, calls: AttributeCalls): Promise<Answer> {
  const [hostname, name, value] = ['host', 'attrName', 'attrValue'].map((part) => parameterOf(request, part));
  // Under this host lies who the primary of a cluster is. No agent may say so: nobody asks agents for a password.
  if (hostname === EVERY_HOST) return refusal(`an agent has no attributes of host ${EVERY_HOST}`);
  const outcome = await calls.setHostAttribute({ hostname: hostname ?? '', name: name ?? '', value: value ?? '' });
  return outcome.kind === 'refused' ? refusal(outcome.refusal.message) : bareAnswer(true);
}

async function attributes(request: FastifyRequest, calls: AttributeCalls): Promise<Answer> {
  const pattern = queryOf(request, 'valueMatch');
  const compilation = compileRegularExpression(pattern);
  if (compilation.kind === 'refused') return refusal(`Cannot read the pattern ${pattern}: ${compilation.reason}`);
  const { expression } = compilation;
  if (expression.engine === 'backtracking') return refusal(`the pattern ${pattern} may take too long`);
  const found = await calls.hostAttributes(parameterOf(request, 'attr'));
  return bareAnswer(found.filter(({ value }) => expression.finds(value)).map(attributeJson));
}

/** Errors of this listener have status 200 (contract). */
const refusal = (message: string): Answer => bareAnswer({ Code: 'ERROR', Message: message, Details: null });

function attributeJson(attribute: HostAttribute): JsonObject {
  return {
    Hostname: attribute.hostname,
    AttributeName: attribute.name,
    AttributeValue: attribute.value,
    SubmitTimestamp: timestampJson(attribute.submitted),
    ExpireTimestamp: timestampJson(attribute.expires),
  };
}
