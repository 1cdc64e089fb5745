/** Puts into a plan the names by which servers are told of their sources, each found out once for all its lanes. */
import { keyId } from '../model/instance-key.ts';
import type { OperationPlanResult } from '../planning/operations/operation-plan.ts';
import { sourcesToName, withSourceNames } from '../planning/operations/virtual-names.ts';
import type { OperationPorts } from './operation-ports.ts';

/** Refused, before anything is stopped, where a name does not lead to its source. */
export async function namedPlan(
  result: OperationPlanResult,
  { nameOfSource }: Pick<OperationPorts, 'nameOfSource'>,
): Promise<OperationPlanResult> {
  if (result.kind === 'refused') return result;
  const sources = sourcesToName(result.plan);
  const verdicts = new Map(
    await Promise.all(sources.map(async (source) => [keyId(source), await nameOfSource(source)] as const)),
  );
  return withSourceNames(result.plan, (source) => verdicts.get(keyId(source)) ?? { kind: 'own' });
}
