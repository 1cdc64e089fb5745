/**
 * Routes that read a body of JSON, in a scope of their own: everywhere else bodies are thrown away (spec/http-api.md 1.4).
 *
 * Only what calls itself `application/json` is read. A form on a page of another site can send any text under other names, and a browser asks nobody before it does.
 */
import type { FastifyInstance, FastifyReply } from 'fastify';
import { bareAnswer, sendAnswer } from './answer.ts';

/** Of requests of any route; an operation fits into a few hundred. */
const BODY_BYTES_MAX = 16 * 1024;

export function withJsonBodies(app: FastifyInstance, register: (scope: FastifyInstance) => void): void {
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(
      'application/json',
      { parseAs: 'string', bodyLimit: BODY_BYTES_MAX },
      async (_request: unknown, text: string | Buffer): Promise<JsonBody> => jsonBodyOf(String(text)),
    );
    scope.setErrorHandler((error: { readonly code?: string }, _request, reply) => {
      const answer = REFUSED_BODIES.get(error.code ?? '');
      if (answer !== undefined) return refuseBody(reply, ...answer);
      // To the handler of the whole server.
      throw error;
    });
    register(scope);
  });
}

export type JsonBody = { readonly kind: 'json'; readonly value: unknown } | { readonly kind: 'not-json' };

function jsonBodyOf(text: string): JsonBody {
  try {
    const value: unknown = JSON.parse(text);
    return { kind: 'json', value };
  } catch {
    return { kind: 'not-json' };
  }
}

type RefusedBody = readonly [status: number, code: string, message: string];

/** By the framework's codes. */
const REFUSED_BODIES: ReadonlyMap<string, RefusedBody> = new Map([
  ['FST_ERR_CTP_INVALID_MEDIA_TYPE', [415, 'not-json', 'the content type of the body must be application/json']],
  ['FST_ERR_CTP_BODY_TOO_LARGE', [413, 'body-too-large', `the body has more than ${BODY_BYTES_MAX} bytes`]],
  ['FST_ERR_CTP_INVALID_CONTENT_LENGTH', [400, 'not-json', 'the body is not as long as it says']],
]);

function refuseBody(reply: FastifyReply, ...[status, code, message]: RefusedBody): FastifyReply {
  return sendAnswer(reply, bareAnswer({ code, message }, status), '');
}
