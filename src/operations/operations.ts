/**
 * Operations of people: read the servers, plan, hold what is touched, read again, plan again, run exactly that, tell server by server.
 *
 * A plan is made twice: the first says whom to hold; the second is made from what is seen once they are held, so that nothing that was judged can change meanwhile.
 */

import type { ClusterName } from '../model/brand.ts';
import { errorText } from '../model/error-text.ts';
import { type InstanceKey, instanceKeyText, type KeyId, keyId } from '../model/instance-key.ts';
import type { MoveUnderWay, OperationFacts } from '../planning/operations/operation-facts.ts';
import {
  type OperationPlan,
  type OperationPlanResult,
  type OperationRefusal,
  plansOf,
  refuse,
  serversOf,
} from '../planning/operations/operation-plan.ts';
import { type OperationRequest, operationText } from '../planning/operations/operation-request.ts';
import { planOperation } from '../planning/operations/plan-operation.ts';
import { Facts, serversOfRequest } from './gather-facts.ts';
import { type Carried, NOTHING_CARRIED } from './gather-reprovision.ts';
import type { OperationEnd } from './operation-end.ts';
import type { OperationPorts } from './operation-ports.ts';
import type { CallOff, OperationResult, StageResult } from './operation-result.ts';
import { PutBack } from './put-back.ts';
import { Reprovisions } from './reprovisions.ts';
import { runOperation } from './run-operation.ts';
import { lockedText, ServerLocks } from './server-locks.ts';
import { namedPlan } from './source-names.ts';

/** Who asks, and what is known beforehand. */
export interface OperateOptions {
  /** False: orchestrator itself, as a part of a recovery. Who was stopped in a panic stays so. */
  readonly isByPerson: boolean;
  /** Servers that do not answer: nobody waits for them. */
  readonly silent: readonly InstanceKey[];
}

const BY_A_PERSON: OperateOptions = { isByPerson: true, silent: [] };

export class Operations {
  readonly #ports: OperationPorts;
  readonly #putBack: PutBack;
  readonly #reprovisions: Reprovisions;
  readonly #underWay = new Set<UnderWay>();
  /** L4: stopped in a panic. Nobody starts them but a person: they are perhaps the only ones that lack a statement. */
  readonly #panicked = new Set<KeyId>();

  constructor(ports: OperationPorts) {
    this.#ports = ports;
    this.#putBack = new PutBack(ports);
    this.#reprovisions = new Reprovisions({
      ports,
      hold: (clusterName, what) => {
        const hold = this.#hold(clusterName, what);
        return {
          stage: (request, draft, callOff) => this.#operateHeld(request, draft, hold, { ...callOff, silent: [] }),
          isHeld: () => hold.locks.lost === null,
          letGo: () => this.#letGo(hold),
        };
      },
    });
  }

  /** Of a server that this process is provisioning anew. */
  progressOf(key: InstanceKey): string | null {
    return this.#reprovisions.progressOf(key);
  }

  /** A server that stands still for an operation under way, or is still being put back. Whoever else finds it standing must leave it. */
  isSeenTo(key: InstanceKey): boolean {
    return this.#putBack.isTrying(key) || [...this.#underWay].some(({ standing }) => standing.has(keyId(key)));
  }

  /** It was stopped in a panic, and no person has asked for anything of it since. */
  isMeantToStand(key: InstanceKey): boolean {
    return this.#panicked.has(keyId(key));
  }

  /** What `operate` would do. Reads servers; changes nothing. */
  plan(request: OperationRequest): Promise<OperationPlanResult> {
    return this.#planFrom(request, []).catch(refusedByBackend);
  }

  async operate(request: OperationRequest, options: OperateOptions = BY_A_PERSON): Promise<OperationResult> {
    const ports = this.#ports;
    if (ports.noop) return refused(noopRefusal(request));
    if (!ports.mayBegin()) return refused(refuse('not-leader', 'this node does not lead; nothing is done'));
    const draft = await this.#planFrom(request, [], null, options.silent).catch(refusedByBackend);
    if (draft.kind === 'refused') return refused(draft);
    const { clusterName } = draft.plan;
    const what = operationText(request);
    if (request.kind === 'panic-stop') this.#panic(draft.plan);
    else if (options.isByPerson) for (const key of serversOf(draft.plan)) this.#panicked.delete(keyId(key));
    if (request.kind === 'reprovision') return this.#reprovisions.run(request, draft.plan);
    const work = (isCalledOff: () => boolean, isCutShort: () => boolean) =>
      this.#operateAlone(request, draft.plan, what, { isCalledOff, isCutShort, silent: options.silent });
    if (WAITS_FOR_NOBODY.has(request.kind)) return work(never, never);
    const result = await ports.beside(clusterName, what, work);
    return result ?? refused(refuse('busy', `${clusterName} is busy with ${ports.busyWith(clusterName)}`));
  }

  /** Before anybody is told: an operation that is at work there would start again what is stopped. */
  #panic({ clusterName, lanes }: OperationPlan): void {
    for (const { server } of lanes) this.#panicked.add(keyId(server));
    for (const one of this.#underWay) if (one.clusterName === clusterName) one.isCutShort = true;
  }

  async #operateAlone(
    request: OperationRequest,
    draft: OperationPlan,
    what: string,
    callOff: CallOff & Pick<OperateOptions, 'silent'>,
  ): Promise<OperationResult> {
    const hold = this.#hold(draft.clusterName, what);
    try {
      const result = await this.#operateHeld(request, draft, hold, callOff);
      if (result.kind === 'waits') throw new Error('only a reprovision waits');
      return result;
    } finally {
      await this.#letGo(hold);
    }
  }

  #hold(clusterName: ClusterName, what: string): Hold {
    const { clock, lock } = this.#ports;
    const own: UnderWay = { clusterName, moves: [], standing: new Set(), isCutShort: false };
    this.#underWay.add(own);
    return { what, own, locks: new ServerLocks({ clock, lock, reason: what }), carried: NOTHING_CARRIED };
  }

  async #letGo({ own, locks }: Hold): Promise<void> {
    this.#underWay.delete(own);
    await locks.releaseAll();
  }

  /** What is held stays so. */
  async #operateHeld(
    request: OperationRequest,
    draft: OperationPlan,
    hold: Hold,
    { isCalledOff, isCutShort, silent }: CallOff & Pick<OperateOptions, 'silent'>,
  ): Promise<StageResult> {
    const ports = this.#ports;
    const { what, own, locks } = hold;
    const began = ports.clock.monotonic();
    const begun = await this.#begin(request, draft, hold, silent).catch(refusedByBackend);
    if (begun.kind === 'refused') return refused(begun);
    const { plan } = begun;
    const unannounced = await this.#announce(plan);
    if (unannounced !== null) return refused(unannounced);
    if (plan.waitsFor !== undefined) return { kind: 'waits', plan, work: plan.waitsFor };
    ports.log.info(`${what}: ${plan.method}, ${plan.lanes.length} servers`);
    const noteStanding: OperationPorts['noteStanding'] = async (servers, reason) => {
      for (const { key } of servers) own.standing.add(keyId(key));
      await ports.noteStanding(servers, reason);
    };
    const now = untilItWaits(plan);
    const ended = await runOperation(
      now,
      { ...ports, noteStanding },
      {
        mayGoOn: () => ports.mayGoOn() && !isCalledOff() && !own.isCutShort && locks.lost === null,
        mayUndo: () => ports.mayGoOn() && !isCutShort() && !own.isCutShort,
        isMeantToStand: (key) => this.isMeantToStand(key),
        hold: (key) => holdLane(plan, key, what, locks),
        putBackLater: (key, attempt) =>
          this.#putBack.later({
            key,
            held: locks.handOver(key),
            attempt,
            settled: () => ports.forgetStanding([key]),
          }),
        progress: (text) => ports.log.info(`${what}: ${text}`),
      },
    );
    const outcome = outcomeOf(now, ended);
    const untold = await this.#tellEnd(now, ended, outcome);
    const end = { ...ended, problems: [...ended.problems, ...untold] };
    for (const problem of end.problems) ports.log.warning(`${what}: ${problem}`);
    return { kind: 'ended', plan, end, millis: ports.clock.monotonic() - began, outcome };
  }

  /** Null: it is written down. Else nothing may be done: nobody would know of it afterwards. */
  async #announce({ announcement }: OperationPlan): Promise<OperationRefusal | null> {
    if (announcement === undefined) return null;
    const { audits, record } = announcement;
    const written = async (): Promise<null> => {
      for (const { type, key, message } of audits) await this.#ports.audit(type, key, message);
      await this.#ports.reprovisioning.note(record);
      return null;
    };
    return written().catch(refusedByBackend);
  }

  /** The plan that is run, with all that it needs held. */
  async #begin(
    request: OperationRequest,
    draft: OperationPlan,
    hold: Hold,
    silent: readonly InstanceKey[],
  ): Promise<OperationPlanResult> {
    const { what, locks } = hold;
    const held = await holdAll(draft, what, locks);
    if (held !== null) return held;
    const moved = draft.moves.flatMap(({ key, from, to }) => [key, from, to]).filter((key) => key !== null);
    // In a panic a server that is silent must not keep the others waiting.
    const seen = request.kind === 'panic-stop' ? [] : [...serversOf(draft), ...moved];
    const result = await this.#planFrom(request, seen, hold, silent);
    if (result.kind === 'refused') return result;
    return (await holdAll(result.plan, what, locks)) ?? result;
  }

  /** From what is seen now of the servers that the request names, and of these. */
  async #planFrom(
    request: OperationRequest,
    also: readonly InstanceKey[],
    hold: Hold | null = null,
    silent: readonly InstanceKey[] = [],
  ): Promise<OperationPlanResult> {
    const own = hold?.own ?? null;
    const underWay = () => [...this.#underWay].filter((one) => one !== own).flatMap(({ moves }) => moves);
    const facts = new Facts(this.#ports, underWay, silent);
    await facts.read([...serversOfRequest(request, this.#ports.topology), ...also]);
    await facts.lookUp(request, hold?.carried);
    const seen = facts.now();
    const result = planOperation(request, seen);
    // In the same breath: whoever plans next must see it.
    if (own !== null && result.kind === 'planned') own.moves = movesOf(result.plan);
    if (hold !== null) hold.carried = carriedOn(request, seen, hold.carried);
    return namedPlan(result, this.#ports);
  }

  /** What could not be written down: what was done is done all the same. */
  async #tellEnd(
    plan: OperationPlan,
    end: OperationEnd,
    outcome: 'done' | 'partly' | 'failed',
  ): Promise<readonly string[]> {
    return this.#writeDown(plan, end, outcome).then(
      () => [],
      (error: unknown) => [`it could not be written down: ${errorText(error)}`],
    );
  }

  async #writeDown(plan: OperationPlan, end: OperationEnd, outcome: 'done' | 'partly' | 'failed'): Promise<void> {
    if (outcome === 'failed') return;
    const done = end.lanes.filter(({ kind }) => kind === 'done').length;
    const total = end.lanes.length + plan.leftOut.length;
    for (const { type, key, message } of plansOf(plan).flatMap(({ audits }) => audits)) {
      await this.#ports.audit(type, key, message.replaceAll('{done}', `${done}`).replaceAll('{total}', `${total}`));
    }
    if (outcome === 'done') {
      for (const effect of plansOf(plan).flatMap(({ effects = [] }) => effects)) await this.#ports.applyEffect(effect);
    }
    for (const hook of plan.hooks) await this.#ports.runHook(hook);
  }
}

/** One operation, as long as it lasts. */
interface Hold {
  readonly what: string;
  readonly own: UnderWay;
  readonly locks: ServerLocks;
  carried: Carried;
}

/** What comes later is planned anew then. */
function untilItWaits(plan: OperationPlan): OperationPlan {
  if (plan.next === null) return plan;
  return { ...plan, next: plan.next.waitsFor === undefined ? untilItWaits(plan.next) : null };
}

/** As it was seen first: its account and its ways are gone with its data. */
function carriedOn({ kind, ...request }: OperationRequest, facts: OperationFacts, before: Carried): Carried {
  const { reprovision, topology } = facts;
  if (kind !== 'reprovision' || reprovision === undefined || !('key' in request)) return before;
  return {
    replication: before.replication ?? reprovision.replication,
    formerly: before.formerly ?? topology.get(request.key) ?? null,
  };
}

/** What an operation is about to do, for the planning of others. */
interface UnderWay {
  readonly clusterName: ClusterName;
  moves: readonly MoveUnderWay[];
  /** Who is made to stand still. */
  readonly standing: Set<KeyId>;
  /** L4: a panic has begun in its cluster; nothing more is told, and nothing put back now. */
  isCutShort: boolean;
}

const movesOf = (plan: OperationPlan): readonly MoveUnderWay[] =>
  plansOf(plan).flatMap(({ moves }) => moves.flatMap(({ key, to }) => (to === null ? [] : [{ key, to }])));

/** Also while the cluster is being recovered: whoever stops everything, or ends a statement, does so because it cannot wait. */
const never = (): boolean => false;

const WAITS_FOR_NOBODY: ReadonlySet<OperationRequest['kind']> = new Set(['panic-stop', 'kill-query']);

const refused = (refusal: OperationRefusal): OperationResult => ({ kind: 'refused', refusal });

/** Without the backend nobody is held, and nothing is begun. */
const refusedByBackend = (error: unknown): OperationRefusal =>
  refuse('backend', `the backend does not answer; nothing was done: ${errorText(error)}`);

/** What every part of the operation needs; null: all are held. */
async function holdAll(plan: OperationPlan, what: string, locks: ServerLocks): Promise<OperationRefusal | null> {
  const [only, ...others] = plansOf(plan).flatMap(({ lanes }) => lanes);
  // Of several lanes one that somebody else holds is left out; a single one is the operation itself.
  const single = only !== undefined && others.length === 0 && plan.locksLanes !== false ? [only.server] : [];
  for (const key of [...plansOf(plan).flatMap(({ locks: keys }) => keys), ...single]) {
    const taken = await locks.take(key);
    if (taken.kind === 'taken') return refuse('locked', lockedText(key, what, taken.by));
  }
  return null;
}

async function holdLane(
  plan: OperationPlan,
  key: InstanceKey,
  what: string,
  locks: ServerLocks,
): Promise<string | null> {
  if (plan.locksLanes === false) return null;
  const taken = await locks.take(key);
  return taken.kind === 'taken' ? lockedText(key, what, taken.by) : null;
}

function outcomeOf(plan: OperationPlan, end: OperationEnd): 'done' | 'partly' | 'failed' {
  if (end.failure !== null) return end.lanes.some(({ kind }) => kind === 'done') ? 'partly' : 'failed';
  const done = end.lanes.filter(({ kind }) => kind === 'done').length;
  const total = end.lanes.length + plan.leftOut.length;
  if (done === total) return 'done';
  return done === 0 ? 'failed' : 'partly';
}

/** The names by which the contract calls what it does not do (spec/cli.md 5.9). */
const NOOP_NAMES: Partial<Record<OperationRequest['kind'], string>> = {
  'flush-binary-logs': 'flush-binary-logs',
  'flush-binary-logs-until': 'flush-binary-logs',
  'purge-binary-logs': 'purge-binary-logs',
  'reset-replication': 'reset-replication',
  'gtid-errant-reset-master': 'reset-master',
  'skip-query': 'skip-query',
  'set-read-only': 'set-read-only',
  'kill-query': 'kill-query',
};

/** Nothing is sent, and replication is not stopped either. */
function noopRefusal(request: OperationRequest): OperationRefusal {
  const name = NOOP_NAMES[request.kind] ?? (isMove(request) ? 'CHANGE MASTER TO' : request.kind);
  const on = 'key' in request ? instanceKeyText(request.key) : request.clusterName;
  return refuse('noop', `noop: aborting ${name} operation on ${on}; signalling error but nothing went wrong.`);
}

const NO_MOVES: ReadonlySet<OperationRequest['kind']> = new Set([
  'stop-replication',
  'stop-replication-nicely',
  'start-replication',
  'restart-replication',
  'delay-replication',
  'set-semi-sync-source',
  'set-semi-sync-replica',
  'gtid-errant-inject-empty',
  'panic-stop',
  'reprovision',
  'rescue-transactions',
]);

const isMove = ({ kind }: OperationRequest): boolean => !NO_MOVES.has(kind);
