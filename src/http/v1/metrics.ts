/**
 * The measurements of discovery (spec/http-api.md 2.15): of the last `:seconds`, one by one or all together.
 */
import { DEFAULT_QUEUE } from '../../service/calls.ts';
import { type Answer, bareAnswer, errorAnswer } from '../answer.ts';
import { discoveryJson, discoveryStatisticsJson, queueSampleJson, queueStatisticsJson } from './json/metrics.ts';
import { requiredInteger } from './parameters.ts';
import type { ApiRequest, Handler } from './request.ts';

/** Of both routes (contract). */
const UNKNOWN_QUEUE = 'Unable to generate discovery queue aggregated metrics for unknown queue';

export const discoveriesRaw: Handler = (request, calls) => {
  const seconds = secondsOf(request);
  if (seconds === null || seconds <= 0) return errorAnswer('Invalid value provided for seconds');
  const records = calls.discoveries(seconds);
  return bareAnswer(records.length === 0 ? null : records.map(discoveryJson));
};

/** What is no number means none of the time: statistics of nothing. */
export const discoveriesAggregated: Handler = (request, calls) =>
  bareAnswer(discoveryStatisticsJson(calls.discoveryStatistics(secondsOf(request) ?? 0)));

export const queueRaw: Handler = (request, calls) => {
  const seconds = secondsOf(request);
  if (seconds === null) return errorAnswer('Unable to generate discovery queue raw metrics');
  const samples = calls.queueSamples(queueOf(request), seconds);
  if (samples === null) return errorAnswer(UNKNOWN_QUEUE);
  return bareAnswer(samples.length === 0 ? null : samples.map(queueSampleJson));
};

export const queueAggregated: Handler = (request, calls): Answer => {
  const seconds = secondsOf(request);
  if (seconds === null) return errorAnswer('Unable to generate discovery queue aggregated metrics');
  const statistics = calls.queueStatistics(queueOf(request), seconds);
  return statistics === null ? errorAnswer(UNKNOWN_QUEUE) : bareAnswer(queueStatisticsJson(statistics));
};

function secondsOf(request: ApiRequest): number | null {
  const parsed = requiredInteger(request.param('seconds'));
  return parsed.kind === 'ok' ? parsed.value : null;
}

const queueOf = (request: ApiRequest): string => request.param('queue') || DEFAULT_QUEUE;
