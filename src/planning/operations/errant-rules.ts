/**
 * What both ways out of errant transactions ask first (spec/topology-operations.md 3.7, O35, O36): are there any, and can their record be changed at all.
 */
import { type GtidSet, isEmpty } from '../../model/gtid-set.ts';
import { parseGtidSet } from '../../model/gtid-set-text.ts';
import type { Instance } from '../../model/instance.ts';
import { instanceKeyText } from '../../model/instance-key.ts';
import { type OperationRefusal, refuse } from './operation-plan.ts';

export type ErrantOperation = 'gtid-errant-reset-master' | 'gtid-errant-inject-empty';

export type ErrantFound = { readonly kind: 'errant'; readonly set: GtidSet } | OperationRefusal;

/** In the contract's order. */
export function errantOf(instance: Instance, operation: ErrantOperation): ErrantFound {
  const parsed = parseGtidSet(instance.gtidErrant);
  if (parsed.kind === 'refused') return wontOperate(operation, instance, 'errant-unreadable', parsed.reason);
  if (isEmpty(parsed.set)) return wontOperate(operation, instance, 'nothing-errant', 'no errant GTID is found');
  if (!instance.supportsOracleGtid) return wontOperate(operation, instance, 'no-gtid', 'it is not using oracle-gtid');
  return { kind: 'errant', set: parsed.set };
}

export const wontOperate = (
  operation: ErrantOperation,
  { key }: Instance,
  code: string,
  why: string,
): OperationRefusal => refuse(code, `${operation} will not operate on ${instanceKeyText(key)} because ${why}`);
