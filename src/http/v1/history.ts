/**
 * Topologies of the past: `snapshot-topologies` (spec/http-api.md 2.7), and reading what it wrote, which the contract leaves to SQL.
 */
import { millis } from '../../model/brand.ts';
import { durationText } from '../../model/duration-text.ts';
import { instanceKeyText } from '../../model/instance-key.ts';
import { momentText, parsePastMoment } from '../../model/moment.ts';
import type { OrchestratorCalls } from '../../service/calls.ts';
import { type Answer, errorAnswer, okAnswer, refusedAnswer } from '../answer.ts';
import type { ApiRequest, Handler } from './request.ts';
import { instanceTarget } from './targets.ts';

/** How long it took is told in either case (contract). */
export const snapshotTopologies: Handler = async (_request, calls) => {
  const began = performance.now();
  const outcome = await calls.snapshotTopologies();
  const took = `Took ${durationText(millis(performance.now() - began))}`;
  return outcome.kind === 'ok' ? okAnswer('Topology Snapshot completed', took) : refusedAnswer(outcome.refusal, took);
};

/** Of the cluster of that name or alias, then or now, at the time of the query `at`. */
export const topologyHistory: Handler = (request, calls) => past(request.param('clusterHint'), request, calls);

/** Of the cluster in which the server was then. */
export const topologyHistoryOfInstance: Handler = (request, calls) => {
  const target = instanceTarget(request, calls);
  return target.kind === 'answer' ? target.answer : past(instanceKeyText(target.value), request, calls);
};

async function past(hint: string, request: ApiRequest, calls: OrchestratorCalls): Promise<Answer> {
  const moment = parsePastMoment(request.query('at'), calls.now());
  if (moment.kind === 'refused') return errorAnswer(moment.reason);
  const outcome = await calls.topologyAt(hint, moment.at, 'plain');
  if (outcome.kind === 'refused') return refusedAnswer(outcome.refusal);
  const { clusterName, takenAt, text } = outcome.value;
  return okAnswer(`Topology for cluster ${clusterName} as of ${momentText(takenAt)}`, text);
}
