/**
 * What a handler of the API answers, as a value; `sendAnswer` alone knows status codes and content types (spec/http-api.md 1.7).
 */
import type { FastifyReply } from 'fastify';
import type { Refusal } from '../service/calls.ts';
import { type Json, writeJson } from './v1/json/json.ts';

export type Answer =
  /** `{"Code","Message","Details"}`; OK is 200, ERROR is 500. */
  | {
      readonly kind: 'envelope';
      readonly code: 'OK' | 'ERROR';
      readonly message: string;
      readonly details: Json;
      readonly plainMessage?: boolean;
    }
  /** The value itself. */
  | { readonly kind: 'bare'; readonly status: number; readonly body: Json }
  | { readonly kind: 'not-found' };

export const okAnswer = (message: string, details: Json = null): Answer => ({
  kind: 'envelope',
  code: 'OK',
  message,
  details,
});
export const errorAnswer = (message: string, details: Json = null): Answer => ({
  kind: 'envelope',
  code: 'ERROR',
  message,
  details,
});
export const refusedAnswer = (refusal: Refusal, details: Json = null): Answer => errorAnswer(refusal.message, details);
export const bareAnswer = (body: Json, status = 200): Answer => ({ kind: 'bare', status, body });

/** Clients compare the whole message (4.1). */
export const UNAUTHORIZED: Answer = errorAnswer('Unauthorized');

export const JSON_TYPE = 'application/json; charset=UTF-8';
export const TEXT_TYPE = 'text/plain; charset=utf-8';

/** On answers that a command asks for: whoever else listens at that place may answer to any path. Its value is the node's id. */
export const SERVICE_HEADER = 'x-orchestrator-node';

const NOT_FOUND_BODY = '404 page not found\n';
const PANIC_BODY = '500 Internal Server Error';

export function sendNotFound(reply: FastifyReply): FastifyReply {
  return reply.code(404).type(TEXT_TYPE).send(NOT_FOUND_BODY);
}

/** For broken invariants: nothing of the error reaches the client. */
export function sendPanic(reply: FastifyReply): FastifyReply {
  return reply.code(500).type(TEXT_TYPE).send(PANIC_BODY);
}

/** `messagePrefix` goes before every message of an envelope (PrependMessagesWithOrcIdentity). */
export function sendAnswer(reply: FastifyReply, answer: Answer, messagePrefix: string): FastifyReply {
  switch (answer.kind) {
    case 'not-found':
      return sendNotFound(reply);
    case 'bare':
      // Not `reply.code`: it refuses the statuses above 599 that leader-check may be asked for (1.10).
      reply.raw.statusCode = answer.status;
      return reply.type(JSON_TYPE).send(writeJson(answer.body));
    case 'envelope': {
      const prefix = answer.plainMessage === true ? '' : messagePrefix;
      const body = writeJson({ Code: answer.code, Message: prefix + answer.message, Details: answer.details });
      return reply
        .code(answer.code === 'OK' ? 200 : 500)
        .type(JSON_TYPE)
        .send(body);
    }
  }
}
