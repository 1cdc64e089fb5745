/**
 * Puts the catalogue of routes onto the web framework: prefix, synonyms, authorisation, decoding (spec/http-api.md 1.3, 1.4, 1.6).
 */
import { hostname } from 'node:os';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Settings } from '../../config/settings.ts';
import type { OrchestratorCalls } from '../../service/calls.ts';
import { authorisedForAction, userOf } from '../access.ts';
import { type Answer, errorAnswer, sendAnswer, UNAUTHORIZED } from '../answer.ts';
import { messagePrefix } from './message-prefix.ts';
import { statusRoute } from './meta.ts';
import type { ApiRequest, Route } from './request.ts';
import { ROUTES } from './routes.ts';

export const DEFAULT_STATUS_ENDPOINT = '/api/status';

const NO_DRY_RUN: Answer = errorAnswer('nothing was done: dry-run is for POST /api/v2/operations');

export function registerV1(app: FastifyInstance, calls: OrchestratorCalls, settings: Settings): void {
  const prefix = messagePrefix(settings, hostname());
  const register = (path: string, route: Route): void => {
    app.get(path, async (request, reply) => {
      const answer = await answerOf(route, request, calls);
      return sendAnswer(reply, answer, prefix);
    });
  };
  const api = `${settings.URLPrefix}/api/`;
  for (const route of ROUTES) {
    for (const path of [route.path, ...(route.synonyms ?? [])]) register(api + path, route);
  }
  // A configured place is taken literally, without prefix; the usual one then does not exist (1.10).
  const isDefault = settings.StatusEndpoint === DEFAULT_STATUS_ENDPOINT;
  register(isDefault ? settings.URLPrefix + DEFAULT_STATUS_ENDPOINT : settings.StatusEndpoint, statusRoute);
}

function answerOf(route: Route, request: FastifyRequest, calls: OrchestratorCalls): Answer | Promise<Answer> {
  const parameters = new Map(Object.entries(request.params as Readonly<Record<string, string>>));
  for (const value of parameters.values()) if (!isParameter(value)) return { kind: 'not-found' };

  const settings = calls.settings();
  if (route.auth === 'action' && !authorisedForAction(request.access, settings)) return UNAUTHORIZED;
  // The contract passes over what it does not know: whoever wished a plan, as API v2 shows it, would have it done.
  if (route.auth === 'action' && Object.hasOwn(request.query as object, 'dry-run')) return NO_DRY_RUN;
  return route.handle(apiRequest(request, parameters, userOf(request.access, settings)), calls);
}

function apiRequest(request: FastifyRequest, parameters: ReadonlyMap<string, string>, user: string): ApiRequest {
  return {
    param: (name) => (parameters.get(name) ?? '').trim(),
    query: (name) => queryOf(request, name),
    user,
    rawHeaders: request.raw.rawHeaders,
  };
}

/** Decoding comes before matching in the contract: a segment that is empty or holds one of these is no parameter. */
export const isParameter = (segment: string): boolean => segment !== '' && !/[/#?]/.test(segment);

/** A parameter of the path as handlers see it. */
export function parameterOf(request: FastifyRequest, name: string): string {
  return ((request.params as Readonly<Record<string, string | undefined>>)[name] ?? '').trim();
}

/** The first value of a parameter of the query as handlers see it. */
export function queryOf(request: FastifyRequest, name: string): string {
  const query = request.query as Readonly<Record<string, string | readonly string[] | undefined>>;
  return first(query[name]).trim();
}

function first(value: string | readonly string[] | undefined): string {
  return typeof value === 'string' ? value : (value?.[0] ?? '');
}
