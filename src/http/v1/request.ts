/**
 * A request of API v1 as handlers see it: texts, trimmed and decoded, and who asks. Nothing of the web framework gets further than here.
 */

import type { OrchestratorCalls } from '../../service/calls.ts';
import type { Answer } from '../answer.ts';

export interface ApiRequest {
  /** A path parameter, percent-decoded and trimmed: the shell client appends `%0A` to what it encodes (spec/http-api.md 5.1). '' when the route has none. */
  param(name: string): string;
  /** First value of a query parameter, trimmed; '' when absent. */
  query(name: string): string;
  /** Who asks, '' when nobody in particular (1.6). */
  readonly user: string;
  /** Names and values in the order and case received. */
  readonly rawHeaders: readonly string[];
}

export type Handler = (request: ApiRequest, calls: OrchestratorCalls) => Answer | Promise<Answer>;

/** `action`: changes something, so the request must be authorised for it (1.6). */
export type RouteAuth = 'action' | 'none';

/** One line of the catalogue (spec/http-api.md 2). `path` and `synonyms` are relative to `{prefix}/api/`. */
export interface Route {
  readonly path: string;
  readonly synonyms?: readonly string[];
  readonly auth: RouteAuth;
  readonly handle: Handler;
}
