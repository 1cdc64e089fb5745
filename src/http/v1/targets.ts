/**
 * What a request points at: a server by host and port, a cluster by hint or alias. Either it is found, or there is the answer that says why not.
 */

import type { ClusterName } from '../../model/brand.ts';
import type { InstanceKey } from '../../model/instance-key.ts';
import type { OrchestratorCalls, Outcome } from '../../service/calls.ts';
import { type Answer, errorAnswer } from '../answer.ts';
import { timestampJson } from './json/scalars.ts';
import type { ApiRequest } from './request.ts';

export type Target<Value> =
  | { readonly kind: 'found'; readonly value: Value }
  | { readonly kind: 'answer'; readonly answer: Answer };

/** The server of `:host/:port`, or of another pair of parameters such as `:belowHost/:belowPort`. */
export function instanceTarget(
  request: ApiRequest,
  calls: OrchestratorCalls,
  role: 'own' | 'below' | 'sibling' | 'candidate' | 'designated' = 'own',
): Target<InstanceKey> {
  const [host, port] = role === 'own' ? ['host', 'port'] : [`${role}Host`, `${role}Port`];
  return target(calls.resolveKey(request.param(host), request.param(port)));
}

/** Parsed only: `forget` must be able to name what no longer resolves. */
export function rawInstanceTarget(request: ApiRequest, calls: OrchestratorCalls): Target<InstanceKey> {
  return target(calls.rawKey(request.param('host'), request.param('port')));
}

/** Order of spec/http-api.md 1.5: `:clusterHint`, `:clusterName`, then `:host` and `:port` as they are. */
export function clusterTarget(request: ApiRequest, calls: OrchestratorCalls): Target<ClusterName> {
  const hint = request.param('clusterHint') || request.param('clusterName') || hostAndPort(request);
  const outcome = calls.clusterByHint(hint);
  if (outcome.kind === 'ok') return { kind: 'found', value: outcome.value };
  return { kind: 'answer', answer: errorAnswer(loggedMessage(outcome.refusal.message, calls)) };
}

/** `:clusterAlias`, or `:clusterName` where the route calls it so: looked up among names and aliases alone. */
export function clusterByAliasTarget(request: ApiRequest, calls: OrchestratorCalls): Target<ClusterName> {
  const alias = request.param('clusterAlias') || request.param('clusterName');
  const name = calls.clusterByAlias(alias);
  return name === null
    ? { kind: 'answer', answer: errorAnswer(`No cluster found for alias ${alias}`) }
    : { kind: 'found', value: name };
}

/**
 * Some refusals are answered in the form of a log line, time and level first (recorded: `cluster_nosuch`, `relocate-illegal-loop`).
 * Clients look for the text behind it as a substring (4.1).
 */
export function loggedMessage(message: string, calls: OrchestratorCalls): string {
  return `${timestampJson(calls.now())} ERROR ${message}`;
}

function hostAndPort(request: ApiRequest): string {
  const host = request.param('host');
  return host === '' ? '' : `${host}:${request.param('port')}`;
}

function target<Value>(outcome: Outcome<Value>): Target<Value> {
  return outcome.kind === 'ok'
    ? { kind: 'found', value: outcome.value }
    : { kind: 'answer', answer: errorAnswer(outcome.refusal.message) };
}
