/**
 * Discovery and forgetting of servers (spec/http-api.md 2.10).
 */
import { instanceKeyText } from '../../model/instance-key.ts';
import { okAnswer, refusedAnswer } from '../answer.ts';
import { keyJson } from './json/scalars.ts';
import { freshInstanceJson } from './listing.ts';
import type { Handler } from './request.ts';
import { clusterTarget, instanceTarget, rawInstanceTarget } from './targets.ts';

/** Null is a server that the discovery filters exclude; clients read `Details: null` as a failure and show the message (4.9). */
export const discover: Handler = async (request, calls) => {
  const target = instanceTarget(request, calls);
  if (target.kind === 'answer') return target.answer;
  const outcome = await calls.discover(target.value);
  if (outcome.kind === 'refused') return refusedAnswer(outcome.refusal);
  if (outcome.value === null) return okAnswer('No instances discovered');
  const { key } = outcome.value;
  return okAnswer(`Instance discovered: ${instanceKeyText(key)}`, freshInstanceJson(outcome.value, calls));
};

export const discoverInBackground: Handler = (request, calls) => {
  const target = instanceTarget(request, calls);
  if (target.kind === 'answer') return target.answer;
  calls.discoverInBackground(target.value);
  return okAnswer(`Asynchronous discovery initiated for Instance: ${instanceKeyText(target.value)}`);
};

export const refresh: Handler = async (request, calls) => {
  const target = instanceTarget(request, calls);
  if (target.kind === 'answer') return target.answer;
  const outcome = await calls.refresh(target.value);
  if (outcome.kind === 'refused') return refusedAnswer(outcome.refusal);
  return okAnswer(`Instance refreshed: ${instanceKeyText(target.value)}`, keyJson(target.value));
};

export const forget: Handler = async (request, calls) => {
  const target = rawInstanceTarget(request, calls);
  if (target.kind === 'answer') return target.answer;
  const outcome = await calls.forget(target.value);
  if (outcome.kind === 'refused') return refusedAnswer(outcome.refusal);
  return okAnswer(`Instance forgotten: ${instanceKeyText(target.value)}`, keyJson(target.value));
};

export const forgetCluster: Handler = async (request, calls) => {
  const target = clusterTarget(request, calls);
  if (target.kind === 'answer') return target.answer;
  const outcome = await calls.forgetCluster(target.value);
  if (outcome.kind === 'refused') return refusedAnswer(outcome.refusal);
  return okAnswer(`Cluster forgotten: ${target.value}`);
};
