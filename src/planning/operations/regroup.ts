/**
 * The replicas of a server gather below the best of them (spec/topology-operations.md 3.8, O52 to O57). Their source may be dead, and is not asked. Whoever is further than
 * the chosen one feeds it first (D5): nobody is left behind stopped.
 */
import type { Instance } from '../../model/instance.ts';
import { instanceKeyText } from '../../model/instance-key.ts';
import { isLastCheckValid, usesGtid } from '../../model/instance-status.ts';
import { stepId } from '../plan.ts';
import { chooseReplica, compareProgress, isBanned, orderReplicas, type ReplicaChoice } from '../replica-order.ts';
import { move, planned } from './draft-plan.ts';
import { noteErrant } from './errant-warning.ts';
import { gtidLane } from './gtid-lane.ts';
import { gtidMoveRefusal } from './gtid-moves.ts';
import { matchLane, matchRefusal } from './match.ts';
import type { OperationFacts } from './operation-facts.ts';
import {
  type LeftOut,
  type OperationLane,
  type OperationPlanResult,
  type OperationRefusal,
  type OperationStep,
  type PlannedMove,
  refuse,
} from './operation-plan.ts';
import type { MoveReplicasRequest } from './operation-request.ts';
import { repointLane, repointRefusal } from './repoint.ts';
import {
  align,
  follow,
  freeze,
  inOrder,
  reach,
  restartAsFound,
  sentBy,
  standStill,
  start,
  step,
  stop,
} from './steps.ts';
import { byOwnName } from './virtual-names.ts';

type Request = Extract<MoveReplicasRequest, { kind: 'regroup-replicas' }>;

export function planRegroup(request: Request, facts: OperationFacts): OperationPlanResult {
  const source = facts.topology.get(request.key);
  if (source === undefined) return refuse('not-found', `Instance not found: ${instanceKeyText(request.key)}`);
  const replicas = facts.topology.replicasOf(request.key);
  const couldNot = (what: string, error: string): OperationRefusal =>
    refuse('cannot-regroup', `Could not regroup ${what} of ${instanceKeyText(request.key)}; error: ${error}`);
  if (request.method === 'binlog-servers') {
    const result = regroupBinlogServers(request, source, replicas, facts);
    return result.kind === 'refused' ? couldNot('binlog server replicas', result.text) : result;
  }
  const result = regroupServers(request, source, replicas, facts);
  return result.kind === 'refused' ? couldNot('replicas', result.text) : result;
}

function regroupServers(
  request: Request,
  source: Instance,
  replicas: readonly Instance[],
  facts: OperationFacts,
): OperationPlanResult {
  const [only] = replicas;
  if (only === undefined) return refuse('no-replicas', `No replicas found for ${instanceKeyText(source.key)}`);
  if (request.method === 'any' && replicas.length === 1) {
    return planned(request, source, facts, { because: 'it is the only replica', lanes: [], promoted: only.key });
  }
  if (request.method === 'gtid') return regroupByGtid(request, source, replicas, facts);
  if (request.method === 'pseudo-gtid') return regroupByPseudoGtid(request, source, replicas, facts);
  if (replicas.every(usesGtid)) return regroupByGtid(request, source, replicas, facts);
  if (replicas.every(({ isBinlogServer }) => isBinlogServer)) {
    return regroupBinlogServers(request, source, replicas, facts);
  }
  return regroupByPseudoGtid(request, source, replicas, facts);
}

function chosenAmong(
  replicas: readonly Instance[],
  source: Instance,
  facts: OperationFacts,
): ReplicaChoice | OperationRefusal {
  const able = replicas.filter(isLastCheckValid);
  const result = chooseReplica(able, source.dataCenter, facts.rules.promotion);
  return result.kind === 'chosen'
    ? result.choice
    : refuse('no-candidate', 'chooseCandidateReplica: no candidate replica found');
}

function regroupByGtid(
  request: Request,
  source: Instance,
  replicas: readonly Instance[],
  facts: OperationFacts,
): OperationPlanResult {
  const choice = chosenAmong(replicas, source, facts);
  if ('kind' in choice) return choice;
  const { chosen } = choice;
  const others = replicas.filter((replica) => replica !== chosen);
  const movable = others.filter((replica) => gtidMoveRefusal(replica, chosen, facts) === null);
  const donors = isAlive(source, facts) ? [] : choice.ahead.filter((replica) => movable.includes(replica)).slice(0, 1);
  const leftOut = others.flatMap((replica): LeftOut[] => {
    const refusal = gtidMoveRefusal(replica, chosen, facts);
    return refusal === null ? [] : [{ key: replica.key, code: refusal.code, reason: refusal.text }];
  });
  const fed = donors.flatMap((donor) => feed(chosen, donor));
  return planned(request, source, facts, {
    method: 'gtid',
    because: `${instanceKeyText(chosen.key)} is the best of them, and all replicate by GTID`,
    locks: fed.length === 0 ? [] : [chosen.key],
    before: fed,
    lanes: movable.map((replica) => gtidLane(replica, chosen, facts)),
    leftOut,
    moves: movable.map((replica) => move(replica, chosen.key, 'gtid')),
    warnings: [...movable.flatMap((replica) => noteErrant(replica, chosen, facts)), ...fedWarning(chosen, donors)],
    audits: [regroupAudit('regroup-replicas-gtid', source, chosen)],
    promoted: chosen.key,
  });
}

const isAlive = ({ key }: Instance, facts: OperationFacts): boolean => facts.read(key) === 'read';

const regroupAudit = (type: string, { key }: Instance, chosen: Instance) => ({
  type,
  key,
  message: `regrouped {done} replicas of ${instanceKeyText(key)}; promoted ${instanceKeyText(chosen.key)}`,
});

const fedWarning = (chosen: Instance, donors: readonly Instance[]): readonly string[] =>
  donors.map(
    ({ key }) => `${instanceKeyText(key)} has received more than ${instanceKeyText(chosen.key)}: it feeds it first`,
  );

/**
 * D5, C10: the chosen one replicates from who has received more until it has the same, and returns to its source, dead as that may be. The donor's receiver stands still
 * meanwhile, so that what is waited for does not grow.
 */
function feed(chosen: Instance, donor: Instance): readonly OperationStep[] {
  const { sourceKey } = chosen;
  if (sourceKey === null) return [];
  const donorStands = freeze(donor);
  const stands = freeze(chosen);
  const byDonor = { kind: 'executed-by', server: donor.key } as const;
  const toDonor = follow({
    instance: chosen,
    source: donor.key,
    at: { kind: 'gtid' },
    relayLog: byDonor,
    back: { at: { kind: 'gtid' }, relayLog: byDonor },
  });
  const fedByDonor = {
    ...align(chosen.key, donorStands, donor.key),
    id: stepId(`feed ${instanceKeyText(chosen.key)} from ${instanceKeyText(donor.key)}`),
  };
  const stopped = { ...freeze({ ...chosen, sourceKey: donor.key }), undo: [] };
  return inOrder([
    donorStands,
    stands,
    toDonor,
    start(chosen, donor.key, [], stepId(`let ${instanceKeyText(chosen.key)} be fed by ${instanceKeyText(donor.key)}`)),
    fedByDonor,
    { ...stopped, id: stepId(`stop feeding ${instanceKeyText(chosen.key)}`) },
    {
      // Its source may be dead: a name that leads nowhere must not hold up a regroup.
      ...byOwnName(
        follow({ instance: chosen, source: sourceKey, at: { kind: 'gtid' }, relayLog: byDonor, back: null }),
      ),
      undo: [],
    },
    {
      ...start(chosen, sourceKey),
      // Its source is dead: it connects when that one is back.
      postcondition: { kind: 'replicates-from', source: sourceKey, running: false },
      onFailure: 'note',
    },
  ]);
}

function regroupByPseudoGtid(
  request: Request,
  source: Instance,
  replicas: readonly Instance[],
  facts: OperationFacts,
): OperationPlanResult {
  if (!facts.rules.pseudoGtidIsConfigured) {
    return refuse('no-pseudo-gtid', 'PseudoGTIDPattern not configured; cannot use Pseudo-GTID');
  }
  const direct = replicas.filter(({ isBinlogServer }) => !isBinlogServer);
  const choice = chosenAmong(direct, source, facts);
  if ('kind' in choice) return choice;
  const { chosen } = choice;
  // O55: what stands behind binlog servers of the same source comes along.
  const behind = replicas
    .filter(({ isBinlogServer }) => isBinlogServer)
    .flatMap(({ key }) => facts.topology.replicasOf(key).filter(({ isBinlogServer }) => !isBinlogServer));
  const candidates = [...direct, ...behind].filter((replica) => replica !== chosen);
  const lanes: OperationLane[] = [];
  const moves: PlannedMove[] = [];
  const leftOut: LeftOut[] = [];
  const isStatic = !isAlive(source, facts);
  const held = stop(chosen);
  for (const replica of candidates) {
    const isEqual =
      isStatic && direct.includes(replica) && compareProgress(replica, chosen) === 0 && [replica, chosen].every(isDone);
    const refusal = matchRefusal(replica, chosen, facts);
    if (refusal !== null) leftOut.push({ key: replica.key, code: refusal.code, reason: refusal.text });
    else {
      lanes.push(isEqual ? equalLane(replica, chosen, held) : catchingUpLane(replica, chosen, facts));
      moves.push(move(replica, chosen.key, isEqual ? 'same-coordinates' : 'pseudo-gtid'));
    }
  }
  const hasEqual = moves.some(({ method }) => method === 'same-coordinates');
  return planned(request, source, facts, {
    method: 'pseudo-gtid',
    because: `${instanceKeyText(chosen.key)} is the best of them; markers of pseudo-GTID tell where the others stand`,
    locks: [chosen.key],
    before: hasEqual ? [held] : [],
    lanes,
    after: hasEqual ? restartAsFound(chosen) : [],
    leftOut,
    moves,
    audits: [regroupAudit(behind.length > 0 ? 'regroup-replicas-including-bls' : 'regroup-replicas', source, chosen)],
    promoted: chosen.key,
  });
}

/** All that it has received is applied. */
const isDone = ({ readCoordinates, execCoordinates }: Instance): boolean =>
  readCoordinates.file === execCoordinates.file && readCoordinates.pos === execCoordinates.pos;

/** Both stand at the same place of a source that writes no more: the end of the chosen one's log is where the other goes on. */
function equalLane(replica: Instance, chosen: Instance, held: OperationStep): OperationLane {
  const still = standStill(replica, true);
  const relayLog = { kind: 'drained' } as const;
  const name = instanceKeyText(replica.key);
  // The chosen one may have applied more before it stood: what lies between would be passed over by who goes on at the end of its log.
  const stillEqual = step({
    id: stepId(`see that ${name} stands where ${instanceKeyText(chosen.key)} does`),
    server: replica.key,
    postcondition: { kind: 'applied-up-to', place: { kind: 'applied', after: held.id }, mayBePast: false },
    effect: `${instanceKeyText(chosen.key)} has applied the same`,
  });
  return {
    server: replica.key,
    effect: `it replicates from ${instanceKeyText(chosen.key)}`,
    steps: inOrder(
      [
        still,
        stillEqual,
        follow({
          instance: replica,
          source: chosen.key,
          at: { kind: 'place', place: { kind: 'log-end', after: held.id } },
          relayLog,
          back: { at: { kind: 'place', place: { kind: 'applied', after: still.id } }, relayLog: sentBy(chosen.key) },
        }),
        start(replica, chosen.key),
      ],
      [held.id],
    ),
  };
}

/** The other stops; the chosen one gets at least as far, or the other is put back; then its place is searched for. */
function catchingUpLane(replica: Instance, chosen: Instance, facts: OperationFacts): OperationLane {
  return matchLane(replica, chosen, facts, (still) => [
    {
      ...reach(chosen, { kind: 'applied', after: still.id }, replica.key),
      id: stepId(`let ${instanceKeyText(chosen.key)} get as far as ${instanceKeyText(replica.key)}`),
    },
  ]);
}

function regroupBinlogServers(
  request: Request,
  source: Instance,
  replicas: readonly Instance[],
  facts: OperationFacts,
): OperationPlanResult {
  const servers = replicas.filter((replica) => replica.isBinlogServer && isLastCheckValid(replica));
  const [best] = orderReplicas(servers, '', facts.rules.promotion).filter(
    (server) => !isBanned(server, facts.rules.promotion),
  );
  if (best === undefined) {
    return refuse('no-binlog-server', `No binlog servers found below ${instanceKeyText(source.key)}`);
  }
  const leftOut: LeftOut[] = [];
  const chosen = servers
    .filter((server) => server !== best)
    .flatMap((server) => {
      const refusal = repointRefusal(server, best.key, facts);
      if (refusal === null) return [{ server, ...repointLane(server, best.key, facts) }];
      leftOut.push({ key: server.key, code: refusal.code, reason: refusal.text });
      return [];
    });
  return planned(request, source, facts, {
    method: 'same-coordinates',
    because: `${instanceKeyText(best.key)} has got furthest, and all have the same coordinates`,
    lanes: chosen.map(({ lane }) => lane),
    leftOut,
    moves: chosen.map(({ server, method }) => move(server, best.key, method)),
    audits: [regroupAudit('regroup-replicas-bls', source, best)],
    promoted: best.key,
  });
}
