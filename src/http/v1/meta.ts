/**
 * Questions about the node itself: health, leadership, headers (spec/http-api.md 1.10, 2.13).
 */
import { bareAnswer, errorAnswer, okAnswer } from '../answer.ts';
import { headersJson } from './json/headers.ts';
import { healthJson } from './json/health.ts';
import type { Handler, Route } from './request.ts';

const NOT_LEADER_STATUS = 404;

/** Statuses that a client may choose for "not leader". Below 200 they would not end the answer. */
const CHOSEN_STATUS_MIN = 200;
const CHOSEN_STATUS_MAX = 999;

export const headers: Handler = (request) => bareAnswer(headersJson(request.rawHeaders));

export const constantOk: Handler = () => bareAnswer('OK');

export const health: Handler = async (_request, calls) => {
  const report = await calls.health();
  const details = healthJson(report);
  if (report.error === null && report.healthy) return okAnswer('Application node is healthy', details);
  return errorAnswer(`Application node is unhealthy ${report.error ?? ''}`.trimEnd(), details);
};

/** As `health`, at the configured place; its error carries no message prefix (1.7). */
const status: Handler = async (request, calls) => {
  const answer = await health(request, calls);
  return answer.kind === 'envelope' && answer.code === 'ERROR' ? { ...answer, plainMessage: true } : answer;
};

export const statusRoute: Route = { path: 'status', auth: 'none', handle: status };

/** 200 on the leader, else 404 or the status that a load balancer wants to see. */
export const leaderCheck: Handler = (request, calls) =>
  calls.isLeader() ? bareAnswer('OK') : bareAnswer('Not leader', chosenStatus(request.param('errorStatusCode')));

function chosenStatus(text: string): number {
  const status = /^\d+$/.test(text) ? Number(text) : NOT_LEADER_STATUS;
  return status >= CHOSEN_STATUS_MIN && status <= CHOSEN_STATUS_MAX ? status : NOT_LEADER_STATUS;
}
