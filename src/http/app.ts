/**
 * The HTTP service of a node: who may come in, then pages, API v1 and events. Nothing here knows what a call does.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Settings } from '../config/settings.ts';
import type { Log } from '../ports/log.ts';
import type { OrchestratorCalls } from '../service/calls.ts';
import { type Access, accessOf } from './access.ts';
import { TEXT_TYPE } from './answer.ts';
import { bareServer } from './bare-server.ts';
import { registerV1 } from './v1/register.ts';
import { registerErrantGtid } from './v2/errant-gtid.ts';
import { type EventStreamOptions, registerEvents } from './v2/events.ts';
import { registerExplain } from './v2/explain.ts';
import { registerOperations } from './v2/operations.ts';
import { registerPreflight } from './v2/preflight.ts';
import { registerRecoveryPlans } from './v2/recovery-plans.ts';
import { registerReprovision } from './v2/reprovision.ts';
import { registerSights } from './v2/sights.ts';
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

const UNAUTHENTICATED_BODY = 'Not Authorized\n';
const CHALLENGE = 'Basic realm="Authorization Required"';

/** Builds the service without opening a port: `listen` does that. `{prefix}` is `settings.URLPrefix`, '' or `/orc`. */
export async function buildApp(options: HttpServerOptions): Promise<FastifyInstance> {
  const app = bareServer(options.log);
  app.decorateRequest('access');
  app.addHook('onRequest', async (request, reply) => admit(request, reply, options.calls));
  registerV1(app, options.calls, options.settings);
  registerEvents(app, options.calls, options.settings.URLPrefix, options.events);
  registerPreflight(app, options.calls, options.settings.URLPrefix);
  registerExplain(app, options.calls, options.settings.URLPrefix);
  registerRecoveryPlans(app, options.calls, options.settings.URLPrefix);
  registerSights(app, options.calls, options.settings.URLPrefix);
  registerOperations(app, options.calls, options.settings.URLPrefix);
  registerErrantGtid(app, options.calls, options.settings.URLPrefix);
  registerReprovision(app, options.calls, options.settings.URLPrefix);
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
