/**
 * Pools of servers (spec/http-api.md 2.6, 3.7 PoolInstancesMap). Reading them needs the right to act, too (contract).
 */
import type { InstanceKey } from '../../model/instance-key.ts';
import type { PooledInstance } from '../../service/calls.ts';
import { okAnswer, refusedAnswer } from '../answer.ts';
import type { JsonObject } from './json/json.ts';
import { keysJson } from './json/scalars.ts';
import { instancesJson } from './listing.ts';
import type { ApiRequest, Handler } from './request.ts';
import { clusterByAliasTarget, clusterTarget } from './targets.ts';

export const submitPool: Handler = async (request, calls) => {
  const pool = request.param('pool');
  const outcome = await calls.submitPool(pool, request.query('instances'));
  return outcome.kind === 'refused' ? refusedAnswer(outcome.refusal) : okAnswer(`Applied ${pool} pool instances`, pool);
};

/** By exact name of the cluster; an unknown one has no pools. */
export const clusterPools: Handler = async (request, calls) => {
  const clusterName = request.param('clusterName');
  const pool = poolOf(request);
  const pooled = (await calls.pooledInstances(clusterName)).filter((one) => pool === undefined || one.pool === pool);
  return okAnswer(`Read pool instances for cluster ${clusterName}`, poolsJson(pooled));
};

export const heuristicPoolInstances: Handler = async (request, calls) => {
  const target = clusterTarget(request, calls);
  if (target.kind === 'answer') return target.answer;
  const instances = await calls.heuristicPoolInstances(target.value, poolOf(request));
  return okAnswer(`Heuristic pool instances for cluster ${target.value}`, instancesJson(instances, calls));
};

export const heuristicPoolLag: Handler = async (request, calls) => {
  const target = clusterByAliasTarget(request, calls);
  if (target.kind === 'answer') return target.answer;
  const outcome = await calls.heuristicPoolLag(target.value, poolOf(request));
  if (outcome.kind === 'refused') return refusedAnswer(outcome.refusal);
  return okAnswer(`Heuristic pool lag for cluster ${target.value}`, outcome.value);
};

/** Undefined: all pools. */
const poolOf = (request: ApiRequest): string | undefined => request.param('pool') || undefined;

/** Names of pools become keys of an object: also `__proto__`, which an assignment would lose. */
function poolsJson(pooled: readonly PooledInstance[]): JsonObject {
  const byPool = new Map<string, InstanceKey[]>();
  for (const { pool, key } of pooled) byPool.set(pool, [...(byPool.get(pool) ?? []), key]);
  return Object.fromEntries([...byPool].map(([pool, keys]) => [pool, keysJson(keys)]));
}
