/**
 * Names of hosts, and lists for other programs (spec/http-api.md 2.13 and 2.14).
 */
import { clusterName } from '../../model/brand.ts';
import { compareKeys } from '../../model/instance-key.ts';
import { bareAnswer, okAnswer, refusedAnswer } from '../answer.ts';
import { candidateJson } from './json/records.ts';
import { keyJson } from './json/scalars.ts';
import type { Handler } from './request.ts';
import { instanceTarget } from './targets.ts';

const NANOS_PER_MILLI = 1_000_000;

export const resolveCache: Handler = async (_request, calls) => {
  const now = calls.now();
  const names = [...calls.resolvedNames()].sort(([one], [other]) => (one < other ? -1 : 1));
  const details = names.map(([used, { hostname, expiresInMillis }]) => [
    used,
    { Object: hostname, Expiration: Math.round((now + expiresInMillis) * NANOS_PER_MILLI) },
  ]);
  return okAnswer('Cache retrieved', Object.fromEntries(details));
};

export const resetResolveCache: Handler = async (_request, calls) => {
  await calls.clearResolvedNames();
  return okAnswer('Hostname cache cleared', null);
};

/** `resolve`: under which name the server is dialled, and that somebody listens there. */
export const resolveInstance: Handler = async (request, calls) => {
  const target = instanceTarget(request, calls);
  if (target.kind === 'answer') return target.answer;
  const outcome = await calls.reach(target.value);
  if (outcome.kind === 'refused') return refusedAnswer(outcome.refusal);
  return okAnswer('Instance resolved', keyJson(outcome.value));
};

/** `virtualname` is absent where it is to be taken away. */
export const registerVirtualName: Handler = async (request, calls) => {
  const target = instanceTarget(request, calls);
  if (target.kind === 'answer') return target.answer;
  const outcome = await calls.setVirtualName(target.value, request.param('virtualname'));
  if (outcome.kind === 'refused') return refusedAnswer(outcome.refusal);
  return okAnswer('Hostname register unresolve completed', keyJson(target.value));
};

export const deregisterVirtualName: Handler = async (request, calls) => {
  const target = instanceTarget(request, calls);
  if (target.kind === 'answer') return target.answer;
  const outcome = await calls.setVirtualName(target.value, '');
  if (outcome.kind === 'refused') return refusedAnswer(outcome.refusal);
  return okAnswer('Hostname deregister unresolve completed', keyJson(target.value));
};

/** The name is taken as it is: a cluster may be given its alias before it is found. */
export const setClusterAlias: Handler = async (request, calls) => {
  const name = request.param('clusterName');
  const alias = request.query('alias');
  const outcome = await calls.setClusterAlias(clusterName(name), alias);
  if (outcome.kind === 'refused') return refusedAnswer(outcome.refusal);
  return okAnswer(`Cluster ${name} now has alias '${alias}'`, null);
};

export const bulkInstances: Handler = async (_request, calls) => {
  const keys = calls.allInstances().map(({ instance }) => instance.key);
  return bareAnswer(keys.length === 0 ? null : keys.sort(compareKeys).map(keyJson));
};

export const bulkPromotionRules: Handler = async (_request, calls) => {
  const candidates = [...calls.candidates()].sort((one, other) => compareKeys(one.key, other.key));
  const { CandidateInstanceExpireMinutes } = calls.settings();
  return bareAnswer(
    candidates.length === 0 ? null : candidates.map((one) => candidateJson(one, CandidateInstanceExpireMinutes)),
  );
};
