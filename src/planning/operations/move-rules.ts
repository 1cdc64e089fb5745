/**
 * What must hold before a server gets another source, with the contract's texts (spec/topology-operations.md 2.1, 2.2; spec/cli.md 2.1). Null: it holds.
 */
import type { Instance } from '../../model/instance.ts';
import { type InstanceKey, instanceKeyText, keyId, sameKey } from '../../model/instance-key.ts';
import {
  hasReasonableMaintenanceLag,
  isGroupMember,
  isGroupSecondary,
  isLastCheckValid,
  isRecentlyChecked,
  isReplica,
} from '../../model/instance-status.ts';
import { isMariaDb, parseServerVersion } from '../../model/server-version.ts';
import { replicationRefusal } from '../can-replicate.ts';
import { purgedAndMissing } from '../gtid-progress.ts';
import type { OperationFacts } from './operation-facts.ts';
import { type OperationRefusal, refuse } from './operation-plan.ts';

export function notAReplica(instance: Instance): OperationRefusal | null {
  return isReplica(instance)
    ? null
    : refuse('not-a-replica', `instance is not a replica: ${instanceKeyText(instance.key)}`);
}

export function groupSecondaryRefusal(instance: Instance, operation: string): OperationRefusal | null {
  if (!isGroupSecondary(instance)) return null;
  const text = `${operation}: ${instanceKeyText(instance.key)} is a secondary replication group member, hence, it cannot be relocated`;
  return refuse('group-secondary', text);
}

/** A group's primary below a member of its own group would replicate in a circle. */
export function ownGroupRefusal(instance: Instance, below: Instance): OperationRefusal | null {
  if (!isGroupMember(instance) || instance.group.name !== below.group.name) return null;
  const text = `relocate: Relocating ${instanceKeyText(instance.key)}, a replication group primary, below ${instanceKeyText(below.key)}, a member of its own group, is disallowed`;
  return refuse('own-group', text);
}

/** CanMove: it replicates well enough that where it stands means something. */
export function cannotMove(instance: Instance, facts: OperationFacts): OperationRefusal | null {
  const stale = cannotMoveAtAll(instance, facts);
  if (stale !== null) return stale;
  const because = (code: string, reason: string) => refuse(code, `${instanceKeyText(instance.key)}: ${reason}`);
  const runs = instance.receiverState === 'running' && instance.applierState === 'running';
  if (!runs) return because('not-replicating', 'instance is not replicating');
  if (instance.secondsBehindSource === null) return because('lag-unknown', 'cannot determine replication lag');
  return hasReasonableMaintenanceLag(instance, facts.rules) ? null : because('lags', 'lags too much');
}

/** CanMoveViaMatch, CanMoveAsCoMaster: it was read well, and lately. */
export function cannotMoveAtAll(instance: Instance, facts: OperationFacts): OperationRefusal | null {
  const because = (code: string, reason: string) => refuse(code, `${instanceKeyText(instance.key)}: ${reason}`);
  const read = facts.read(instance.key);
  if (read !== null && read !== 'read') return because('cannot-read', read.failure);
  if (!isLastCheckValid(instance)) return because('last-check-invalid', 'last check invalid');
  return isRecentlyChecked(instance, facts.now, facts.rules)
    ? null
    : because('not-recently-checked', 'not recently checked');
}

export function cannotReplicate(instance: Instance, source: Instance, facts: OperationFacts): OperationRefusal | null {
  const rule = replicationRefusal(instance, source, facts.rules.promotion);
  if (rule === null) return null;
  return refuse(
    rule.kind,
    `${instanceKeyText(instance.key)} cannot replicate from ${instanceKeyText(source.key)}. Reason: ${rule.text}`,
  );
}

/** The plain text of the rule, where the contract does not wrap it. */
export function cannotReplicatePlainly(
  instance: Instance,
  source: Instance,
  facts: OperationFacts,
): OperationRefusal | null {
  const rule = replicationRefusal(instance, source, facts.rules.promotion);
  return rule === null ? null : refuse(rule.kind, rule.text);
}

/** O29: the one replicates by GTID, and the other can feed it so. */
export function isGtidCompatible(instance: Instance, source: Instance): boolean {
  const sourceIsMariadb = isMariaDb(parseServerVersion(source.version, source.versionComment));
  if (instance.usingOracleGtid) return source.supportsOracleGtid;
  return instance.usingMariadbGtid && sourceIsMariadb;
}

export function gtidRefusal(instance: Instance, source: Instance): OperationRefusal | null {
  const [i, s] = [instanceKeyText(instance.key), instanceKeyText(source.key)];
  if (!isGtidCompatible(instance, source)) {
    return refuse('no-gtid', `Instances ${i}, ${s} not GTID compatible or not using GTID`);
  }
  const purged = purgedAndMissing(source, instance);
  return purged === '' ? null : refuse('purged', `Instance ${s} has purged GTID entries not found on ${i}`);
}

export function descendantRefusal(
  instance: Instance,
  below: InstanceKey,
  facts: OperationFacts,
  operation: string,
): OperationRefusal | null {
  if (!isAtOrBelow(below, instance.key, facts)) return null;
  return refuse(
    'descendant',
    `${operation}: ${instanceKeyText(below)} is a descendant of ${instanceKeyText(instance.key)}`,
  );
}

/**
 * The server itself counts, so that nobody is put below itself; and so do those that are just being moved there: two people who each put the one below the other would
 * make a circle that nobody writes into.
 */
export function isAtOrBelow(key: InstanceKey, above: InstanceKey, { topology, underWay }: OperationFacts): boolean {
  const passed = new Map<string, InstanceKey>([[keyId(above), above]]);
  for (const one of passed.values()) {
    const replicas = topology.replicasOf(one).map((replica) => replica.key);
    const coming = underWay.filter(({ to }) => sameKey(to, one)).map((move) => move.key);
    for (const below of [...replicas, ...coming]) passed.set(keyId(below), below);
  }
  return passed.has(keyId(key));
}

export function unknown(key: InstanceKey): OperationRefusal {
  return refuse('not-found', `Error reading ${instanceKeyText(key)}`);
}

/** A replica, and what it replicates from; refused where one of them is not known, or it is none. */
export function replicaAndSource(
  key: InstanceKey,
  { topology }: OperationFacts,
): { readonly kind: 'known'; readonly instance: Instance; readonly source: Instance } | OperationRefusal {
  const instance = topology.get(key);
  if (instance === undefined) return unknown(key);
  const refusal = notAReplica(instance);
  if (refusal !== null || instance.sourceKey === null) return refusal ?? unknown(key);
  const source = topology.get(instance.sourceKey);
  return source === undefined ? unknown(instance.sourceKey) : { kind: 'known', instance, source };
}

/** The first that is there; null: none. */
export const firstOf = (...refusals: readonly (OperationRefusal | null)[]): OperationRefusal | null =>
  refusals.find((one) => one !== null) ?? null;

/** The top of what the server replicates from: whoever writes what the others replicate. Null: it is that one itself. */
export function originAbove(instance: Instance, { topology }: OperationFacts): InstanceKey | null {
  const seen = [instance.key];
  let top: Instance | undefined = instance;
  while (top !== undefined && isReplica(top) && top.sourceKey !== null) {
    const above: InstanceKey = top.sourceKey;
    // Co-primaries write beside each other: each has what it has.
    if (seen.some((key) => sameKey(key, above))) break;
    seen.push(above);
    top = topology.get(above);
  }
  const last = seen.at(-1);
  return last === undefined || sameKey(last, instance.key) ? null : last;
}

/**
 * A15: a server that takes writes in a circle of servers has its own transactions in its source's binary log too, behind the place where it stands there; and in its own
 * log some that have not come round yet. By place the ones would be applied twice by whoever takes its place, and the others by nobody who begins at the end of its log.
 */
export function writesInCircle(instance: Instance, facts: OperationFacts): OperationRefusal | null {
  if (instance.readOnly || !isInCircle(instance, facts)) return null;
  const key = instanceKeyText(instance.key);
  const text = `${key} takes writes in a circle of servers: by file and position nobody can be moved past it without losing rows or applying them twice`;
  return refuse('writes-in-circle', text);
}

/** By file and position a server is moved past one that takes writes: by GTID they would be errant and shown, here nobody sees them. One line, or none. */
export function writesPassedBy(instance: Instance, source: Instance): readonly string[] {
  if (source.readOnly) return [];
  const [i, s] = [instanceKeyText(instance.key), instanceKeyText(source.key)];
  return [`${s} is writable: what is written there after ${i} has left reaches ${i} no more`];
}

function isInCircle(instance: Instance, { topology }: OperationFacts): boolean {
  const passed: InstanceKey[] = [];
  let next: Instance | undefined = instance;
  while (next !== undefined && isReplica(next) && next.sourceKey !== null) {
    const above: InstanceKey = next.sourceKey;
    if (sameKey(above, instance.key)) return true;
    if (passed.some((key) => sameKey(key, above))) return false;
    passed.push(above);
    next = topology.get(above);
  }
  return false;
}

/** It has its source's binary logs, byte by byte, and can go on only in logs that are the same (spec/topology-operations.md 4.6). */
export function binlogServerRefusal(instance: Instance): OperationRefusal | null {
  if (!instance.isBinlogServer) return null;
  const text = `${instanceKeyText(instance.key)} is a binlog server: it can go only where the same binary logs are`;
  return refuse('binlog-server', text);
}
