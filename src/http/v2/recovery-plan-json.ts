/** A plan of a recovery as API v2 writes it. Statements show no password. */
import type { RecoveryPlan } from '../../service/recovery-plan.ts';
import type { JsonObject } from '../v1/json/json.ts';
import { keyJson } from './key-json.ts';
import { stepJson } from './operation-json.ts';

export const recoveryPlanJson = (plan: RecoveryPlan): JsonObject => ({
  outcome: 'planned',
  recovery: plan.kind,
  clusterName: plan.clusterName,
  clusterAlias: plan.clusterAlias,
  at: new Date(plan.at).toISOString(),
  primary: keyJson(plan.primary),
  promoted: keyJson(plan.promoted),
  because: plan.because,
  servers: plan.servers.map(({ key, ...verdict }) => ({ server: keyJson(key), ...verdict })),
  durability:
    plan.durability === 'nothing-is-lost'
      ? { kind: plan.durability, because: '', gtids: '' }
      : { gtids: '', ...plan.durability },
  time: { ...plan.time },
  outage: { ...plan.outage },
  warnings: plan.warnings,
  stages: plan.stages.map(({ what, steps }) => ({ what, steps: steps.map(stepJson) })),
});
