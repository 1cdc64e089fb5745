/**
 * A web server before it has routes: limits on what is read, plain answers to what has no route and to what fails.
 */
import fastify, { type FastifyInstance } from 'fastify';
import type { Log } from '../ports/log.ts';
import { sendNotFound, sendPanic } from './answer.ts';

/** A request line with its headers; the shell client sends whole lists of servers in a query. */
const HEADER_BYTES_MAX = 256 * 1024;
/** A path parameter; the longest the contract knows is a reason of downtime. */
const PATH_PARAMETER_CHARACTERS_MAX = 16 * 1024;
/** Bodies are ignored by contract; this bounds what is read of one before it is thrown away. */
const BODY_BYTES_MAX = 64 * 1024;

export function bareServer(log?: Log): FastifyInstance {
  const app = fastify({
    exposeHeadRoutes: true,
    bodyLimit: BODY_BYTES_MAX,
    http: { maxHeaderSize: HEADER_BYTES_MAX },
    routerOptions: {
      caseSensitive: true,
      ignoreTrailingSlash: true,
      maxParamLength: PATH_PARAMETER_CHARACTERS_MAX,
    },
    // What cannot be decoded matches no route (spec/http-api.md 1.4).
    frameworkErrors: (_error, _request, reply) => sendNotFound(reply),
  });
  ignoreBodies(app);
  app.setNotFoundHandler((_request, reply) => sendNotFound(reply));
  app.setErrorHandler((error, request, reply) => {
    log?.error('a request failed', { method: request.method, url: request.url, error });
    return sendPanic(reply);
  });
  return app;
}

/** What is posted where no route reads it ends as 404, not as a complaint about its content type; those that do are in `json-body.ts`. */
function ignoreBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, payload, done) => {
    payload.resume();
    done(null);
  });
}
