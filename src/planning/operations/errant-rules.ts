/**
 * What both ways out of errant transactions ask first (spec/topology-operations.md 3.7, O35, O36): are there any, and can their record be changed at all.
 */
import { equals, type GtidSet, isEmpty } from '../../model/gtid-set.ts';
import { parseGtidSet } from '../../model/gtid-set-text.ts';
import type { Instance } from '../../model/instance.ts';
import { instanceKeyText } from '../../model/instance-key.ts';
import { type OperationRefusal, refuse } from './operation-plan.ts';

export type ErrantOperation = 'gtid-errant-reset-master' | 'gtid-errant-inject-empty';

export type ErrantFound = { readonly kind: 'errant'; readonly set: GtidSet } | OperationRefusal;

/** In the contract's order. `expected`: the set that was decided about; undefined: any. */
export function errantOf(instance: Instance, operation: ErrantOperation, expected: string | undefined): ErrantFound {
  const parsed = parseGtidSet(instance.gtidErrant);
  if (parsed.kind === 'refused') return wontOperate(operation, instance, 'errant-unreadable', parsed.reason);
  if (isEmpty(parsed.set)) return wontOperate(operation, instance, 'nothing-errant', 'no errant GTID is found');
  if (!instance.supportsOracleGtid) return wontOperate(operation, instance, 'no-gtid', 'it is not using oracle-gtid');
  if (expected === undefined) return { kind: 'errant', set: parsed.set };
  const decided = parseGtidSet(expected);
  if (decided.kind === 'refused') return wontOperate(operation, instance, 'bad-gtid-set', decided.reason);
  if (equals(decided.set, parsed.set)) return { kind: 'errant', set: parsed.set };
  return wontOperate(operation, instance, 'errant-changed', `something else is errant by now: ${instance.gtidErrant}`);
}

export const wontOperate = (
  operation: ErrantOperation,
  { key }: Instance,
  code: string,
  why: string,
): OperationRefusal => refuse(code, `${operation} will not operate on ${instanceKeyText(key)} because ${why}`);
