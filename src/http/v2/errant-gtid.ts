/**
 * `GET {prefix}/api/v2/instances/{host}/{port}/errant-gtid`: the errant transactions of a server as it is read now, when each was first seen, and what each way out
 * of them would do. `?format=text`: for people.
 */
import type { FastifyInstance } from 'fastify';
import type { ErrantReport, OrchestratorCalls } from '../../service/calls.ts';
import { errantLines } from '../../service/errant-text.ts';
import { bareAnswer, sendAnswer, sendNotFound, TEXT_TYPE } from '../answer.ts';
import type { JsonObject } from '../v1/json/json.ts';
import { isParameter, parameterOf } from '../v1/register.ts';
import { formatOf, sendBadFormat } from './answer-format.ts';
import { sendRefusal } from './refusal.ts';

export function registerErrantGtid(app: FastifyInstance, calls: OrchestratorCalls, prefix: string): void {
  app.get(`${prefix}/api/v2/instances/:host/:port/errant-gtid`, async (request, reply) => {
    const [host, port] = [parameterOf(request, 'host'), parameterOf(request, 'port')];
    if (!isParameter(host) || !isParameter(port)) return sendNotFound(reply);
    const format = formatOf(request);
    if (format === null) return sendBadFormat(reply);
    const key = calls.resolveKey(host, port);
    if (key.kind === 'refused') return sendRefusal(reply, 400, key.refusal);
    const outcome = await calls.errantGtid(key.value);
    if (outcome.kind === 'refused') return sendRefusal(reply, 409, outcome.refusal);
    if (format === 'json') return sendAnswer(reply, bareAnswer(errantJson(outcome.value)), '');
    return reply.type(TEXT_TYPE).send(`${errantLines(outcome.value).join('\n')}\n`);
  });
}

const errantJson = ({ key, gtidErrant, untold, transactions, ranges, purged, waysOut }: ErrantReport): JsonObject => ({
  server: { hostname: key.hostname, port: key.port },
  gtidErrant,
  untold: untold === '' ? null : untold,
  transactions,
  ranges: ranges.map(({ gtid, firstSeen }) => ({
    gtid,
    firstSeen: firstSeen === null ? null : new Date(firstSeen).toISOString(),
  })),
  purged,
  waysOut: waysOut.map(({ kind, refusal, effects }) => ({
    kind,
    refusal: refusal === '' ? null : refusal,
    effects,
  })),
});
