/**
 * What contacts servers: discovery, forgetting, relocation and single-server operations (spec/http-api.md 2.1, 2.4, 2.5, 2.10).
 */
import type { Instance } from '../../model/instance.ts';
import { type InstanceKey, instanceKeyText } from '../../model/instance-key.ts';
import type { OrchestratorCalls, Outcome } from '../../service/calls.ts';
import { type Answer, errorAnswer, okAnswer, refusedAnswer } from '../answer.ts';
import { keyJson } from './json/scalars.ts';
import { freshInstanceJson } from './listing.ts';
import type { ApiRequest, Handler } from './request.ts';
import { clusterTarget, instanceTarget, loggedMessage, rawInstanceTarget } from './targets.ts';

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

export const relocate: Handler = async (request, calls) => {
  const target = instanceTarget(request, calls);
  if (target.kind === 'answer') return target.answer;
  const below = instanceTarget(request, calls, 'below');
  if (below.kind === 'answer') return below.answer;
  const outcome = await calls.relocate(target.value, below.value);
  if (outcome.kind === 'refused') return errorAnswer(loggedMessage(outcome.refusal.message, calls));
  const message = `Instance ${instanceKeyText(target.value)} relocated below ${instanceKeyText(below.value)}`;
  return okAnswer(message, freshInstanceJson(outcome.value, calls));
};

export const startReplica = onInstance(
  (calls, key) => calls.startReplication(key),
  (key) => `Replica started: ${key}`,
);

export const stopReplica = onInstance(
  (calls, key) => calls.stopReplication(key),
  (key) => `Replica stopped: ${key}`,
);

export const setReadOnly = onInstance(
  (calls, key) => calls.setReadOnly(key, true),
  () => 'Server set as read-only',
);

export const setWriteable = onInstance(
  (calls, key) => calls.setReadOnly(key, false),
  () => 'Server set as writeable',
);

/** One operation on the server of `:host/:port`; `message` gets its key as text. */
function onInstance(
  operate: (calls: OrchestratorCalls, key: InstanceKey) => Promise<Outcome<Instance>>,
  message: (keyText: string) => string,
): Handler {
  return async (request: ApiRequest, calls: OrchestratorCalls): Promise<Answer> => {
    const target = instanceTarget(request, calls);
    if (target.kind === 'answer') return target.answer;
    const outcome = await operate(calls, target.value);
    if (outcome.kind === 'refused') return refusedAnswer(outcome.refusal);
    return okAnswer(message(instanceKeyText(target.value)), freshInstanceJson(outcome.value, calls));
  };
}
