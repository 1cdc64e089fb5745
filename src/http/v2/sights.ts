/**
 * `GET {prefix}/api/v2/sights?servers=host:port,host:port&look=now`: what this node sees of these servers. Other nodes ask it before they act on the death of
 * one (`src/coordination/nodes-over-http.ts`). `look`: `now`, one more look first; `known`, what it saw last (default).
 */
import type { FastifyInstance } from 'fastify';
import { type InstanceKey, parseInstanceKey } from '../../model/instance-key.ts';
import type { ServerSight } from '../../model/server-sight.ts';
import type { OrchestratorCalls } from '../../service/calls.ts';
import { bareAnswer, sendAnswer } from '../answer.ts';
import type { JsonObject } from '../v1/json/json.ts';
import { queryOf } from '../v1/register.ts';
import { sendRefusal } from './refusal.ts';

type Asked =
  | { readonly kind: 'ok'; readonly keys: readonly InstanceKey[] }
  | { readonly kind: 'bad'; readonly why: string };

export function registerSights(app: FastifyInstance, calls: OrchestratorCalls, prefix: string): void {
  app.get(`${prefix}/api/v2/sights`, async (request, reply) => {
    const refuse = (code: string, message: string) => sendRefusal(reply, 400, { code, message });
    const asked = askedServers(queryOf(request, 'servers'), calls.settings().DefaultInstancePort);
    if (asked.kind === 'bad') return refuse('bad-server', asked.why);
    const look = queryOf(request, 'look') || 'known';
    if (look !== 'now' && look !== 'known') return refuse('bad-look', `look is "now" or "known", not "${look}"`);
    const outcome = await calls.sights(asked.keys, look);
    if (outcome.kind === 'refused') return refuse(outcome.refusal.code, outcome.refusal.message);
    return sendAnswer(reply, bareAnswer({ node: calls.nodeId(), servers: outcome.value.map(sightJson) }), '');
  });
}

function askedServers(text: string, defaultPort: number): Asked {
  if (text === '') return { kind: 'bad', why: 'servers is missing: servers=host:port,host:port' };
  const keys: InstanceKey[] = [];
  for (const word of text.split(',')) {
    const parsed = parseInstanceKey(word, defaultPort);
    if (parsed.kind === 'refused') return { kind: 'bad', why: parsed.reason };
    keys.push(parsed.key);
  }
  return { kind: 'ok', keys };
}

function sightJson({ key, sight, ageMillis, failure }: ServerSight): JsonObject {
  return { server: { hostname: key.hostname, port: key.port }, sight, ageMillis, failure };
}
