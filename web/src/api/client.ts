/**
 * Asking the API: one function for bare and enveloped answers, and the memory of whether orchestrator answers at all.
 */
import { apiRootOf } from '../web-root.ts';
import { objectOf, textOf } from './json.ts';

/** Longest wait for an answer. The stream may be live while a proxy holds a request back; then the page must say so. */
const ANSWER_DEADLINE_MILLIS = 8_000;

/** Orchestrator answered, and the answer is no. `message` is meant for people. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
}

/** No usable answer: network, proxy, or something that is not orchestrator. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
}

export const webRoot = (): string => new URL(document.baseURI).pathname;
export const apiRoot = (): string => apiRootOf(webRoot());

/** `['cluster', 'db1:3306']` → `cluster/db1%3A3306`: every part is one path segment, whatever it contains. */
export function apiPath(parts: readonly (string | number)[]): string {
  return parts.map((part) => encodeURIComponent(part)).join('/');
}

/** The value of an answer, without its envelope. Throws `RefusedError` or `UnreachableError`. */
export async function ask(parts: readonly (string | number)[], signal: AbortSignal): Promise<unknown> {
  const deadline = AbortSignal.timeout(ANSWER_DEADLINE_MILLIS);
  let answer: Response;
  let body: unknown;
  try {
    answer = await fetch(apiRoot() + apiPath(parts), {
      signal: AbortSignal.any([signal, deadline]),
      headers: { accept: 'application/json' },
    });
    body = await answer.json();
  } catch (error) {
    if (signal.aborted) throw error;
    reachability.failed();
    throw new UnreachableError(
      deadline.aborted ? 'orchestrator did not answer in time' : 'orchestrator does not answer',
    );
  }
  reachability.answered();
  return withoutEnvelope(answer.ok, body);
}

/** Bare endpoints refuse with an envelope as well: `Code` tells, not the status alone (spec/http-api.md 1.7). */
export function withoutEnvelope(ok: boolean, body: unknown): unknown {
  const envelope = objectOf(body);
  if (envelope.Code === 'OK' && 'Details' in envelope) return envelope.Details;
  if (envelope.Code === 'ERROR' || !ok) throw new RefusedError(textOf(envelope.Message) || 'orchestrator refused');
  return body;
}

/** Since when orchestrator does not answer; null while it does. One value for the whole page. */
class Reachability {
  #silentSince: number | null = null;
  readonly #listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly silentSince = (): number | null => this.#silentSince;

  answered(): void {
    if (this.#silentSince === null) return;
    this.#silentSince = null;
    this.#tell();
  }

  failed(): void {
    if (this.#silentSince !== null) return;
    this.#silentSince = Date.now();
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

export const reachability = new Reachability();
