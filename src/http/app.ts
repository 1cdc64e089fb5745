/**
 * The HTTP service of a node: who may come in, then pages, API v1 and events. Nothing here knows what a call does.
 */
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Settings } from '../config/settings.ts';
import type { Log } from '../ports/log.ts';
import type { OrchestratorCalls } from '../service/calls.ts';
import { type Access, accessOf } from './access.ts';
import { sendNotFound, sendPanic, TEXT_TYPE } from './answer.ts';
import { registerV1 } from './v1/register.ts';
import { type EventStreamOptions, registerEvents } from './v2/events.ts';
import { registerPreflight } from './v2/preflight.ts';
import { registerWeb } from './web/pages.ts';

declare module 'fastify' {
  interface FastifyRequest {
    access: Access;
  }
}

export interface HttpServerOptions {
  readonly calls: OrchestratorCalls;
  /** As at start. What a reload may change is read from `calls.settings()` at each request. */
  readonly settings: Settings;
  readonly log?: Log;
  /** Folder of the built pages; without it a page says that they are not built. */
  readonly webRoot?: string;
  readonly events?: EventStreamOptions;
}

/** A request line with its headers; the shell client sends whole lists of servers in a query. */
const HEADER_BYTES_MAX = 256 * 1024;
/** A path parameter; the longest the contract knows is a reason of downtime. */
const PATH_PARAMETER_CHARACTERS_MAX = 16 * 1024;
/** Bodies are ignored by contract; this bounds what is read of one before it is thrown away. */
const BODY_BYTES_MAX = 64 * 1024;

const UNAUTHENTICATED_BODY = 'Not Authorized\n';
const CHALLENGE = 'Basic realm="Authorization Required"';

/** Builds the service without opening a port: `listen` does that. `{prefix}` is `settings.URLPrefix`, '' or `/orc`. */
export async function buildApp(options: HttpServerOptions): Promise<FastifyInstance> {
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
  app.decorateRequest('access');
  app.addHook('onRequest', async (request, reply) => admit(request, reply, options.calls));
  app.setNotFoundHandler((_request, reply) => sendNotFound(reply));
  app.setErrorHandler((error, request, reply) => {
    options.log?.error('a request failed', { method: request.method, url: request.url, error });
    return sendPanic(reply);
  });

  registerV1(app, options.calls, options.settings);
  registerEvents(app, options.calls, options.settings.URLPrefix, options.events);
  registerPreflight(app, options.calls, options.settings.URLPrefix);
  await registerWeb(app, options.settings.URLPrefix, options.webRoot);
  return app;
}

/** The access check covers everything: pages, health checks and unknown paths too. */
function admit(request: FastifyRequest, reply: FastifyReply, calls: OrchestratorCalls): FastifyReply | undefined {
  reply.header('X-Content-Type-Options', 'nosniff');
  request.access = accessOf(request.headers, calls.settings());
  if (request.access.kind === 'open') return undefined;
  return reply.code(401).header('WWW-Authenticate', CHALLENGE).type(TEXT_TYPE).send(UNAUTHENTICATED_BODY);
}

/** No method but GET and HEAD has a route, so whatever is posted ends as 404, not as a complaint about its content type. */
function ignoreBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, payload, done) => {
    payload.resume();
    done(null);
  });
}
