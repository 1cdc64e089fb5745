/**
 * Another source at the same place, or the same source anew (spec/topology-operations.md O20, O21, O31, O32).
 */

import { coordinatesText, isBefore } from '../../model/binlog-coordinates.ts';
import type { Instance } from '../../model/instance.ts';
import { type InstanceKey, instanceKeyText, sameKey } from '../../model/instance-key.ts';
import { isReplica, usesGtid } from '../../model/instance-status.ts';
import { move, planned } from './draft-plan.ts';
import { gtidLane } from './gtid-lane.ts';
import {
  cannotReplicatePlainly,
  firstOf,
  groupSecondaryRefusal,
  gtidRefusal,
  isGtidCompatible,
  notAReplica,
  unknown,
} from './move-rules.ts';
import type { OperationFacts } from './operation-facts.ts';
import {
  type MethodName,
  type OperationLane,
  type OperationPlanResult,
  type OperationRefusal,
  refuse,
} from './operation-plan.ts';
import type { MoveReplicasRequest, MoveRequest } from './operation-request.ts';
import { sameCoordinatesLane } from './position-lanes.ts';
import { semiSyncBeforeStart } from './semi-sync-before-start.ts';
import { follow, inOrder, single, standStill, start } from './steps.ts';
import { parted } from './who-can-move.ts';

export function planRepoint(
  request: Extract<MoveRequest, { kind: 'repoint' }>,
  facts: OperationFacts,
): OperationPlanResult {
  const instance = facts.topology.get(request.key);
  if (instance === undefined) return unknown(request.key);
  const replica = notAReplica(instance);
  if (replica !== null) return replica;
  const below = request.below ?? instance.sourceKey ?? request.key;
  const refusal = repointRefusal(instance, below, facts);
  if (refusal !== null) return refusal;
  const { lane, method, because } = repointLane(instance, below, facts);
  return planned(request, instance, facts, {
    method,
    because,
    lanes: [lane],
    moves: [move(instance, below, method)],
    warnings: repointWarnings(instance, below, method, facts),
    audits: [repointAudit(instance, below)],
  });
}

export const repointAudit = ({ key }: Instance, below: InstanceKey) => ({
  type: 'repoint',
  key,
  message: `replica ${instanceKeyText(key)} repointed to master: ${instanceKeyText(below)}`,
});

/** Null: it may be repointed there. A present source that nobody knows may be named anew. */
export function repointRefusal(instance: Instance, below: InstanceKey, facts: OperationFacts): OperationRefusal | null {
  const source = facts.topology.get(below);
  if (source === undefined) return sameKey(below, instance.sourceKey) ? null : unknown(below);
  return firstOf(
    groupSecondaryRefusal(instance, 'repoint'),
    cannotReplicatePlainly(instance, source, facts),
    isFarEnough(instance, source),
    usesGtid(instance) && !sameKey(below, instance.sourceKey) ? gtidRefusal(instance, source) : null,
  );
}

function isFarEnough(instance: Instance, source: Instance): OperationRefusal | null {
  if (!source.isBinlogServer || !isBefore(source.selfCoordinates, instance.execCoordinates)) return null;
  const text = `repoint: binlog server ${instanceKeyText(source.key)} is not sufficiently up to date to repoint ${instanceKeyText(instance.key)} below it`;
  return refuse('binlog-server-behind', `${text} (${coordinatesText(source.selfCoordinates)})`);
}

export interface ChosenLane {
  readonly lane: OperationLane;
  readonly method: MethodName;
  readonly because: string;
}

/** By GTID where it replicates so and the source can be read; else at the coordinates where it stands. */
export function repointLane(instance: Instance, below: InstanceKey, facts: OperationFacts): ChosenLane {
  const source = facts.topology.get(below);
  const isRead = source !== undefined && facts.read(below) === 'read';
  if (isRead && isGtidCompatible(instance, source)) {
    const because = `${instanceKeyText(instance.key)} replicates by GTID`;
    return { lane: gtidLane(instance, source, facts), method: 'gtid', because };
  }
  const because = sameKey(below, instance.sourceKey)
    ? `${instanceKeyText(below)} is its source already`
    : 'it is to go on where it stands';
  const lane = sameCoordinatesLane(instance, below, isRead && !usesGtid(instance), facts);
  return { lane, method: 'same-coordinates', because };
}

function repointWarnings(
  instance: Instance,
  below: InstanceKey,
  method: MethodName,
  facts: OperationFacts,
): readonly string[] {
  const source = facts.topology.get(below);
  const isOther = !sameKey(below, instance.sourceKey);
  if (method !== 'same-coordinates' || !isOther || source?.isBinlogServer === true) return [];
  // Nobody can see whether two servers' binary logs are the same: only a person knows that one took the other's place.
  return [`that the binary logs of ${instanceKeyText(below)} are those of its present source is your word`];
}

export function planRepointReplicas(
  request: Extract<MoveReplicasRequest, { kind: 'repoint-replicas' }>,
  facts: OperationFacts,
): OperationPlanResult {
  const { key, pattern } = request;
  const source = facts.topology.get(key);
  if (source === undefined) return unknown(key);
  const below = request.below ?? key;
  const replicas = replicasToMove(key, below, pattern, facts);
  return repointAll(request, source, replicas, below, facts);
}

/** Replicas of a server whose name fits the pattern, without the one that they are to go below. */
export function replicasToMove(
  key: InstanceKey,
  below: InstanceKey,
  pattern: string,
  { topology, rules }: OperationFacts,
): readonly Instance[] {
  return topology
    .replicasOf(key)
    .filter((replica) => !sameKey(replica.key, below) && (pattern === '' || rules.matches(pattern, replica.key)));
}

export function repointAll(
  request: MoveReplicasRequest,
  source: Instance,
  replicas: readonly Instance[],
  below: InstanceKey,
  facts: OperationFacts,
): OperationPlanResult {
  const { movable, leftOut } = parted(replicas, (replica) =>
    isReplica(replica) ? repointRefusal(replica, below, facts) : notAReplica(replica),
  );
  const chosen = movable.map((replica) => ({ replica, choice: repointLane(replica, below, facts) }));
  if (chosen.length === 0 && leftOut.length > 0) return refuse('none-movable', 'Error on all operations');
  return planned(request, source, facts, {
    method: chosen[0]?.choice.method ?? 'none',
    because: chosen[0]?.choice.because ?? 'there is nothing to move',
    lanes: chosen.map(({ choice }) => choice.lane),
    leftOut,
    moves: chosen.map(({ replica, choice }) => move(replica, below, choice.method)),
    audits:
      replicas.length === 0 ? [] : [{ type: 'repoint-to', key: below, message: 'repointed {done}/{total} replicas' }],
  });
}

/** O31, O32: the same source, found in another way. */
export function planGtidSwitch(
  request: Extract<MoveRequest, { kind: 'enable-gtid' | 'disable-gtid' }>,
  facts: OperationFacts,
): OperationPlanResult {
  const enables = request.kind === 'enable-gtid';
  const instance = facts.topology.get(request.key);
  if (instance === undefined) return unknown(request.key);
  const switches = gtidSwitchRefusal(instance, enables, facts);
  const refusal = firstOf(...(enables ? [notAReplica(instance), switches] : [switches, notAReplica(instance)]));
  if (refusal !== null || instance.sourceKey === null) return refusal ?? unknown(request.key);
  const source = instance.sourceKey;
  const still = standStill(instance);
  const stands = { kind: 'place', place: { kind: 'applied', after: still.id } } as const;
  const relayLog = { kind: 'drained' } as const;
  const steps = inOrder([
    still,
    follow({
      instance,
      source,
      at: enables ? { kind: 'gtid' } : stands,
      relayLog,
      back: { at: enables ? stands : { kind: 'gtid' }, relayLog },
    }),
    start(instance, source, semiSyncBeforeStart(instance, facts.topology.get(source), facts)),
    single(
      `see that ${instanceKeyText(instance.key)} replicates ${enables ? 'by GTID' : 'by file and position'}`,
      instance,
      [],
      { kind: 'uses-gtid', uses: enables },
      `it replicates ${enables ? 'by GTID' : 'by file and position'}`,
    ),
  ]);
  const key = instanceKeyText(instance.key);
  return planned(request, instance, facts, {
    method: enables ? 'gtid' : 'file-position',
    because: `${key} is to replicate ${enables ? 'by GTID' : 'by file and position'} from its present source`,
    lanes: [{ server: instance.key, steps, effect: `it replicates ${enables ? 'by GTID' : 'by file and position'}` }],
    moves: [move(instance, source, enables ? 'gtid' : 'file-position')],
    audits: [
      repointAudit(instance, source),
      {
        type: request.kind,
        key: instance.key,
        message: enables ? `enabled GTID on ${key}` : `disabled GTID on ${key}`,
      },
    ],
  });
}

function gtidSwitchRefusal(instance: Instance, enables: boolean, facts: OperationFacts): OperationRefusal | null {
  const key = instanceKeyText(instance.key);
  const source = instance.sourceKey === null ? undefined : facts.topology.get(instance.sourceKey);
  if (!enables) return usesGtid(instance) ? null : refuse('no-gtid', `${key} is not using GTID`);
  if (usesGtid(instance)) return refuse('gtid-already', `${key} already uses GTID`);
  if (source === undefined) return refuse('cannot-enable', `Cannot enable GTID on ${key}: its source is not known`);
  const would = {
    ...instance,
    usingOracleGtid: instance.supportsOracleGtid,
    usingMariadbGtid: !instance.supportsOracleGtid,
  };
  const fits = firstOf(groupSecondaryRefusal(instance, 'repoint'), gtidRefusal(would, source));
  return fits === null ? null : refuse('cannot-enable', `Cannot enable GTID on ${key}: ${fits.text}`);
}
