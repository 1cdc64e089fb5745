/**
 * A server goes below another by whichever method fits (spec/topology-operations.md 3.9, O58; docs/decisions/0010 on the order): the methods are asked in their order, and
 * the plan tells of each that does not fit why.
 */
import type { Instance } from '../../model/instance.ts';
import { instanceKeyText, sameKey } from '../../model/instance-key.ts';
import { isSiblingOf } from '../../model/instance-status.ts';
import { move, type PlanParts, planned } from './draft-plan.ts';
import { noteErrant } from './errant-warning.ts';
import { gtidLane } from './gtid-lane.ts';
import { gtidMoveRefusal } from './gtid-moves.ts';
import { matchLane, matchRefusal } from './match.ts';
import { belowSiblingRefusal, equivalenceOn, equivalentLane, equivalentRefusal, heldParts } from './move-below.ts';
import {
  cannotReplicate,
  descendantRefusal,
  firstOf,
  groupSecondaryRefusal,
  isGtidCompatible,
  notAReplica,
  ownGroupRefusal,
  unknown,
  writesPassedBy,
} from './move-rules.ts';
import { upParts, upPositionRefusal } from './move-up.ts';
import type { OperationFacts } from './operation-facts.ts';
import {
  type MethodName,
  type OperationPlan,
  type OperationPlanResult,
  type OperationRefusal,
  type RejectedMethod,
  refuse,
} from './operation-plan.ts';
import type { OperationRequest } from './operation-request.ts';
import { repointLane, repointRefusal } from './repoint.ts';

/** A binlog server above a binlog server above …: no more levels than this are gone through. */
const MOST_LEVELS = 8;

interface Ask {
  readonly request: OperationRequest;
  readonly instance: Instance;
  readonly below: Instance;
  readonly facts: OperationFacts;
  readonly level: number;
}

/** What a method makes of it: parts of a plan; why it does not fit; or the last word, which no other method can better. */
type Attempt =
  | { readonly kind: 'fits'; readonly parts: PlanParts }
  | { readonly kind: 'no'; readonly method: MethodName; readonly reason: string }
  | { readonly kind: 'final'; readonly result: OperationPlanResult };

export function planRelocate(
  request: Extract<OperationRequest, { kind: 'relocate' }>,
  facts: OperationFacts,
): OperationPlanResult {
  const instance = facts.topology.get(request.key);
  if (instance === undefined) return unknown(request.key);
  const below = facts.topology.get(request.below);
  if (below === undefined) return unknown(request.below);
  const result = relocation({ request, instance, below, facts, level: 0 });
  if (result.kind === 'refused') return result;
  const message = `relocated ${instanceKeyText(instance.key)} below ${instanceKeyText(below.key)}`;
  return { ...result, plan: withLastAudit(result.plan, { type: 'relocate-below', key: instance.key, message }) };
}

/** Written once all of it has gone well, also of a move that takes two. */
const withLastAudit = (plan: OperationPlan, audit: OperationPlan['audits'][number]): OperationPlan =>
  plan.next === null
    ? { ...plan, audits: [...plan.audits, audit] }
    : { ...plan, next: withLastAudit(plan.next, audit) };

/** Behind the words of the contract: what stands against each method. */
const whyNot = (rejected: readonly RejectedMethod[]): string =>
  rejected.length === 0 ? '' : ` (${rejected.map(({ method, reason }) => `${method}: ${reason}`).join('; ')})`;

export function relocation(ask: Ask): OperationPlanResult {
  const { request, instance, below, facts } = ask;
  const refusal = firstOf(
    groupSecondaryRefusal(instance, 'relocate'),
    ownGroupRefusal(instance, below),
    descendantRefusal(instance, below.key, facts, 'relocate'),
    cannotReplicate(instance, below, facts),
    notAReplica(instance),
  );
  if (refusal !== null) return refusal;
  const rejected: RejectedMethod[] = [];
  for (const method of METHODS) {
    const attempt = method(ask);
    if (attempt === null) continue;
    if (attempt.kind === 'final') return attempt.result;
    if (attempt.kind === 'fits') return planned(request, instance, facts, { ...attempt.parts, rejected });
    rejected.push({ method: attempt.method, reason: attempt.reason });
  }
  const text = `Relocating ${instanceKeyText(instance.key)} below ${instanceKeyText(below.key)} turns to be too complex; please do it manually${whyNot(rejected)}`;
  return refuse('too-complex', text, rejected);
}

/** Null: it has nothing to say here. */
type Method = (ask: Ask) => Attempt | null;

const no = (method: MethodName, { text }: OperationRefusal): Attempt => ({ kind: 'no', method, reason: text });

const isThereAlready: Method = ({ instance, below, facts }) => {
  if (!sameKey(instance.sourceKey, below.key)) return null;
  const refusal = repointRefusal(instance, below.key, facts);
  if (refusal !== null) return { kind: 'final', result: refusal };
  const { lane, method } = repointLane(instance, below.key, facts);
  const because = `${instanceKeyText(below.key)} is its source already: the connection is made anew`;
  return { kind: 'fits', parts: { method, because, lanes: [lane], moves: [move(instance, below.key, method)] } };
};

const byGtid: Method = ({ instance, below, facts }) => {
  if (below.isBinlogServer || instance.isBinlogServer) return null;
  if (!isGtidCompatible(instance, below)) {
    const reason = `${instanceKeyText(instance.key)} and ${instanceKeyText(below.key)} do not both use GTID of one family`;
    return { kind: 'no', method: 'gtid', reason };
  }
  // By another method it would stop using GTID: what stands against this one is told, and nothing else is tried.
  const refusal = gtidMoveRefusal(instance, below, facts);
  if (refusal !== null) return { kind: 'final', result: refusal };
  return {
    kind: 'fits',
    parts: {
      method: 'gtid',
      because: `${instanceKeyText(instance.key)} replicates by GTID, and ${instanceKeyText(below.key)} has what it lacks`,
      lanes: [gtidLane(instance, below, facts)],
      moves: [move(instance, below.key, 'gtid')],
      warnings: noteErrant(instance, below, facts),
    },
  };
};

/** Binlog servers have their source's coordinates: within one family nothing has to be found out. */
const bySameCoordinates: Method = (ask) => {
  const { instance, below, facts } = ask;
  const source = instance.sourceKey === null ? undefined : facts.topology.get(instance.sourceKey);
  const leavesBinlogServer = source?.isBinlogServer === true && sameKey(source.sourceKey, below.key);
  const amongSiblings = below.isBinlogServer && isSiblingOf(instance, below);
  const betweenBinlogServers =
    below.isBinlogServer && source?.isBinlogServer === true && sameKey(source.sourceKey, below.sourceKey);
  if (!leavesBinlogServer && !amongSiblings && !betweenBinlogServers) return throughItsSource(ask);
  const refusal = repointRefusal(instance, below.key, facts);
  if (refusal !== null) return no('same-coordinates', refusal);
  const { lane, method } = repointLane(instance, below.key, facts);
  const because = leavesBinlogServer
    ? `its source is a binlog server of ${instanceKeyText(below.key)}: they have the same coordinates`
    : `${instanceKeyText(below.key)} is a binlog server of the same family: it has the same coordinates`;
  return { kind: 'fits', parts: { method, because, lanes: [lane], moves: [move(instance, below.key, method)] } };
};

/** A binlog server elsewhere: first below its source, then, at the same coordinates, below it. */
const throughItsSource = ({ request, instance, below, facts, level }: Ask): Attempt | null => {
  if (!below.isBinlogServer) {
    if (!instance.isBinlogServer) return null;
    return {
      kind: 'no',
      method: 'same-coordinates',
      reason: `${instanceKeyText(instance.key)} is a binlog server of another family`,
    };
  }
  const above = below.sourceKey === null ? undefined : facts.topology.get(below.sourceKey);
  if (above === undefined || facts.read(below.key) !== 'read') {
    const reason = `binlog server ${instanceKeyText(below.key)} or its source is not known well enough`;
    return { kind: 'no', method: 'same-coordinates', reason };
  }
  if (level >= MOST_LEVELS)
    return { kind: 'no', method: 'same-coordinates', reason: 'too many binlog servers above each other' };
  const first = relocation({ request, instance, below: above, facts, level: level + 1 });
  if (first.kind === 'refused') return { kind: 'final', result: first };
  // As it will be then: a replica of the binlog server's own source.
  const moved = { ...instance, sourceKey: above.key, usingOracleGtid: false, usingMariadbGtid: false };
  const { lane, method } = repointLane(moved, below.key, facts);
  const because = `${instanceKeyText(below.key)} has the coordinates of ${instanceKeyText(above.key)}`;
  const second = planned(request, moved, facts, {
    method,
    because,
    lanes: [lane],
    moves: [move(moved, below.key, method)],
  });
  return { kind: 'final', result: { kind: 'planned', plan: followedBy(first.plan, second.plan) } };
};

const followedBy = (plan: OperationPlan, last: OperationPlan): OperationPlan => ({
  ...plan,
  next: plan.next === null ? last : followedBy(plan.next, last),
});

const belowASibling: Method = ({ instance, below, facts }) => {
  if (instance.isBinlogServer || below.isBinlogServer || !isSiblingOf(instance, below)) return null;
  const refusal = belowSiblingRefusal(instance, below, facts);
  if (refusal !== null) return no('file-position', refusal);
  return {
    kind: 'fits',
    parts: {
      method: 'file-position',
      because: 'they are siblings: both can be brought to stand at the same place',
      locks: [below.key],
      ...heldParts(instance, below, facts),
      moves: [move(instance, below.key, 'file-position')],
    },
  };
};

const oneLevelUp: Method = ({ instance, below, facts }) => {
  const source = instance.sourceKey === null ? undefined : facts.topology.get(instance.sourceKey);
  if (instance.isBinlogServer || source === undefined || !sameKey(source.sourceKey, below.key)) return null;
  const refusal = upPositionRefusal(instance, source, below.key, facts);
  if (refusal !== null) return no('file-position', refusal);
  return {
    kind: 'fits',
    parts: {
      method: 'file-position',
      because: `${instanceKeyText(source.key)} stands still while it applies all of its binary log`,
      ...upParts(instance, source, below.key, facts),
      warnings: writesPassedBy(instance, source),
      moves: [move(instance, below.key, 'file-position')],
    },
  };
};

const byPseudoGtid: Method = ({ instance, below, facts }) => {
  if (instance.isBinlogServer || below.isBinlogServer) return null;
  if (!instance.usingPseudoGtid || !below.usingPseudoGtid) {
    const without = [instance, below].filter(({ usingPseudoGtid }) => !usingPseudoGtid);
    const reason = `no pseudo-GTID on ${without.map(({ key }) => instanceKeyText(key)).join(', ')}`;
    return { kind: 'no', method: 'pseudo-gtid', reason };
  }
  const refusal = matchRefusal(instance, below, facts);
  if (refusal !== null) return no('pseudo-gtid', refusal);
  return {
    kind: 'fits',
    parts: {
      method: 'pseudo-gtid',
      because: 'markers of pseudo-GTID tell where it stands in the binary logs of others',
      locks: [below.key],
      lanes: [matchLane(instance, below, facts)],
      moves: [move(instance, below.key, 'pseudo-gtid')],
    },
  };
};

const byEquivalence: Method = ({ instance, below, facts }) => {
  if (instance.isBinlogServer || below.isBinlogServer) return null;
  const known = equivalenceOn(below, facts);
  const refusal = equivalentRefusal(instance, below, facts);
  if (refusal !== null || known === null) {
    return { kind: 'no', method: 'equivalent-coordinates', reason: refusal?.text ?? 'none are known' };
  }
  return {
    kind: 'fits',
    parts: {
      method: 'equivalent-coordinates',
      because: 'where it stands is known in the binary logs of both',
      lanes: [equivalentLane(instance, below, known, facts)],
      moves: [move(instance, below.key, 'equivalent-coordinates')],
    },
  };
};

/** Exact and cheap ones first; those that search, or depend on what was once recorded, last. */
const METHODS: readonly Method[] = [
  isThereAlready,
  byGtid,
  bySameCoordinates,
  belowASibling,
  oneLevelUp,
  byPseudoGtid,
  byEquivalence,
];
