/** `GET {prefix}/api/v2/instances/{host}/{port}/…`: something that is read of one server now, as JSON; `?format=text`: for people. */
import type { FastifyInstance } from 'fastify';
import type { InstanceKey } from '../../model/instance-key.ts';
import type { OrchestratorCalls, Outcome } from '../../service/calls.ts';
import { bareAnswer, sendAnswer, sendNotFound, TEXT_TYPE } from '../answer.ts';
import type { JsonObject } from '../v1/json/json.ts';
import { isParameter, parameterOf } from '../v1/register.ts';
import { formatOf, sendBadFormat } from './answer-format.ts';
import { sendRefusal } from './refusal.ts';

export interface ServerReport<Report> {
  /** The last part of the path. */
  readonly name: string;
  readonly read: (key: InstanceKey) => Promise<Outcome<Report>>;
  /** HTTP status where it cannot be read. */
  readonly refused: 404 | 409;
  readonly json: (report: Report) => JsonObject;
  readonly lines: (report: Report) => readonly string[];
}

export function registerServerReport<Report>(
  app: FastifyInstance,
  calls: Pick<OrchestratorCalls, 'resolveKey'>,
  prefix: string,
  { name, read, refused, json, lines }: ServerReport<Report>,
): void {
  app.get(`${prefix}/api/v2/instances/:host/:port/${name}`, async (request, reply) => {
    const [host, port] = [parameterOf(request, 'host'), parameterOf(request, 'port')];
    if (!isParameter(host) || !isParameter(port)) return sendNotFound(reply);
    const format = formatOf(request);
    if (format === null) return sendBadFormat(reply);
    const key = calls.resolveKey(host, port);
    if (key.kind === 'refused') return sendRefusal(reply, 400, key.refusal);
    const outcome = await read(key.value);
    if (outcome.kind === 'refused') return sendRefusal(reply, refused, outcome.refusal);
    if (format === 'json') return sendAnswer(reply, bareAnswer(json(outcome.value)), '');
    return reply.type(TEXT_TYPE).send(`${lines(outcome.value).join('\n')}\n`);
  });
}
