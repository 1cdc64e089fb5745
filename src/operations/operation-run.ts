/**
 * One plan of an operation: what comes first, once; the lanes, several beside each other, each undone by itself when it fails; what comes last, whatever became of the
 * lanes. What was begun and cannot be put back now is put back later.
 */

import { hasTouched, type PlanEnd } from '../execution/plan-end.ts';
import { runPlan } from '../execution/plan-runner.ts';
import { type PlanRunnerOptions, Sightings } from '../execution/runner-options.ts';
import { undoSteps } from '../execution/undo-plan.ts';
import { errorText } from '../model/error-text.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText, type KeyId, keyId, sameKey } from '../model/instance-key.ts';
import type { StepCommand } from '../planning/deferred-command.ts';
import type { OperationLane, OperationPlan, OperationStep } from '../planning/operations/operation-plan.ts';
import type { OperationRequest } from '../planning/operations/operation-request.ts';
import { NOTHING_PREDICTED, type Plan, type StepId } from '../planning/plan.ts';
import { againFrom, withoutMoves, withTried } from './left-to-undo.ts';
import type { LaneEnd, OperationEnd } from './operation-end.ts';
import type { OperationPorts } from './operation-ports.ts';
import type { LeftServer } from './put-back.ts';

export interface RunOptions {
  /** False: it was called off, or a lock was lost. What was begun is put back. */
  readonly mayGoOn: () => boolean;
  /** False: nothing is put back either: a recovery has begun, or another node may be at work. What is written down tells who comes later. */
  readonly mayUndo: () => boolean;
  /** Nobody but a person starts it again. */
  readonly isMeantToStand: (key: InstanceKey) => boolean;
  /** Holds the server of a lane; a text says why it cannot be. */
  readonly hold: (key: InstanceKey) => Promise<string | null>;
  /** A server that could not be put back: it is tried again, and stays held. */
  readonly putBackLater: (key: InstanceKey, attempt: LeftServer['attempt']) => void;
  /** Something was done: for people who wait. */
  readonly progress: (text: string) => void;
}

export class OperationRun {
  readonly #plan: OperationPlan;
  readonly #ports: OperationPorts;
  readonly #options: RunOptions;
  readonly #sightings = new Sightings();
  readonly #problems: string[] = [];
  /** They could not be put back yet. */
  readonly #unsettled = new Set<KeyId>();

  constructor(plan: OperationPlan, ports: OperationPorts, options: RunOptions) {
    this.#plan = plan;
    this.#ports = ports;
    this.#options = options;
  }

  async run(): Promise<OperationEnd> {
    const { before, lanes, after } = this.#plan;
    const noted = await this.#noteStanding(serversIn(before));
    if (noted !== null) return { lanes: [], failure: noted, problems: [], found: [] };
    const first = await this.#runSteps(before);
    if (first.abortedBy !== null) {
      await this.#putBack(before, first, serversIn(before));
      const failure = `${first.abortedBy.step.id}: ${first.abortedBy.reason}`;
      return { lanes: [], failure, problems: this.#problems, found: [] };
    }
    const ended = await this.#runLanes(lanes);
    const failure = this.#plan.endsWithAfter === true ? await this.#runToTheEnd(first) : null;
    if (this.#plan.endsWithAfter !== true) await this.#runLast(after, serversIn(before));
    return { lanes: ended, failure, problems: this.#problems, found: this.#found() };
  }

  async #runLanes(lanes: readonly OperationLane[]): Promise<readonly LaneEnd[]> {
    const ended = new Map<OperationLane, LaneEnd>();
    const waiting = [...lanes];
    const work = async (): Promise<void> => {
      for (let lane = waiting.shift(); lane !== undefined; lane = waiting.shift()) {
        const end = await this.#runLane(lane);
        ended.set(lane, end);
        this.#options.progress(`${ended.size} of ${lanes.length}: ${end.text}`);
      }
    };
    await Promise.all(Array.from({ length: Math.min(Math.max(1, this.#plan.lanesAtOnce), lanes.length) }, work));
    return lanes.map((lane) => ended.get(lane) ?? { lane, kind: 'untouched', text: 'not begun' });
  }

  async #runLane(lane: OperationLane): Promise<LaneEnd> {
    if (!this.#options.mayGoOn()) return { lane, kind: 'untouched', text: 'it was called off' };
    const held = await this.#options
      .hold(lane.server)
      .catch((error: unknown) => `it could not be held: ${errorText(error)}`);
    if (held !== null) return { lane, kind: 'untouched', text: held };
    const servers = this.#stoppedBy(lane);
    const noted = await this.#noteStanding(servers);
    if (noted !== null) return { lane, kind: 'untouched', text: noted };
    const end = await this.#runSteps(lane.steps);
    if (end.abortedBy === null) {
      await this.#remember(lane, end);
      await this.#forgetStanding(servers);
      return { lane, kind: 'done', text: lane.effect };
    }
    const { step, reason } = end.abortedBy;
    const wasTouched = [...end.results.values()].some(hasTouched);
    const left = await this.#putBack(lane.steps, end, servers);
    const undone = left.length === 0 ? this.#whereItStays(lane.server) : `; not put back yet: ${left.join('; ')}`;
    return { lane, kind: wasTouched ? 'failed' : 'untouched', text: `${step.id}: ${reason}${undone}` };
  }

  /** One that has applied what its new source has sent does not go back by place; whoever may act no more sends nobody back. */
  #whereItStays(server: InstanceKey): string {
    const { sourceKey = null } = this.#ports.topology.get(server) ?? {};
    const moved = this.#plan.moves.find(({ key, from }) => sameKey(key, server) && !sameKey(from, sourceKey));
    if (moved === undefined || sourceKey === null) return '';
    return `; it stays below ${instanceKeyText(sourceKey)}`;
  }

  /** Some lanes tell two servers what to do: who changes places with its source. What stands still for several lanes is seen to at the end. */
  #stoppedBy({ server, steps }: OperationLane): readonly InstanceKey[] {
    const told = serversIn(steps.filter(({ commands }) => commands.length > 0));
    const held = serversIn(this.#plan.before);
    const others = told.filter((key) => ![server, ...held].some((other) => sameKey(key, other)));
    return [server, ...others];
  }

  /** Null: it is done. Else why not; what came first is undone where nothing of it was sent. */
  async #runToTheEnd(first: PlanEnd): Promise<string | null> {
    const { before, after } = this.#plan;
    const end = await this.#runSteps(after);
    if ([...end.results.values()].some(hasTouched)) await this.#forgetStanding(serversIn(before));
    else await this.#putBack(before, first, serversIn(before));
    if (end.abortedBy === null) return null;
    return `${end.abortedBy.step.id}: ${end.abortedBy.reason}`;
  }

  /** Servers that stood still for the others. They are started again also when this was called off: nobody else would. */
  async #runLast(after: readonly OperationStep[], stood: readonly InstanceKey[]): Promise<void> {
    const again = (mayGoOn: () => boolean) => runPlan(this.#asPlan(after), { ...this.#runner(), mayGoOn }).ended;
    const problems = problemsOf(await again(this.#options.mayUndo));
    this.#problems.push(...problems);
    if (problems.length === 0) return this.#forgetStanding(stood);
    for (const key of stood) {
      this.#putBackLater(key, async (mayGoOn) => (problemsOf(await again(mayGoOn)).length === 0 ? 'done' : 'again'));
    }
  }

  #runSteps(steps: readonly OperationStep[]): Promise<PlanEnd> {
    return runPlan(this.#asPlan(steps), this.#runner()).ended;
  }

  /** What could not be undone, one line a step; it is tried again. */
  async #putBack(
    steps: readonly OperationStep[],
    end: PlanEnd,
    servers: readonly InstanceKey[],
  ): Promise<readonly string[]> {
    const tried = withTried(steps, end);
    const left = await this.#undo(steps, tried, this.#options.mayUndo);
    // D12: a stop that was answered only after a recovery had begun may have taken effect where that one has put the server.
    const late = this.#options.mayUndo() ? [] : serversIn(steps.filter((one) => isUndone(one, tried, left)));
    const waits = (server: InstanceKey): boolean =>
      steps.some((one) => left.has(one.id) && sameKey(one.server, server));
    await this.#forgetStanding(servers.filter((server) => !waits(server)));
    for (const server of servers.filter(waits)) {
      let own: ReadonlySet<StepId> = new Set(left.keys());
      this.#putBackLater(server, async (mayGoOn) => {
        const place = await this.#placeOf(server);
        if (place === 'waits') return 'again';
        if (place === 'elsewhere' && !late.some((key) => sameKey(key, server))) return 'given-up';
        const again = againFrom(steps, end, own, server);
        const toUndo = place === 'ours' ? again : withoutMoves(steps, again);
        own = new Set((await this.#undo(steps, toUndo, mayGoOn)).keys());
        if (own.size > 0) return 'again';
        return place === 'ours' ? 'done' : 'given-up';
      });
    }
    return [...left].map(([id, text]) => `${id}: ${text}`);
  }

  /** Never beside a recovery, which moves the very same servers: the two would tell them different sources. */
  #putBackLater(server: InstanceKey, attempt: (mayGoOn: () => boolean) => ReturnType<LeftServer['attempt']>): void {
    const { beside, mayGoOn } = this.#ports;
    const what = `putting back ${instanceKeyText(server)}`;
    const { isMeantToStand } = this.#options;
    this.#unsettled.add(keyId(server));
    this.#options.putBackLater(server, async () => {
      const tried = (isCalledOff: () => boolean) =>
        attempt(() => mayGoOn() && !isCalledOff() && !isMeantToStand(server));
      const result = isMeantToStand(server) ? 'given-up' : await beside(this.#plan.clusterName, what, tried);
      if (result === 'done' || result === 'given-up') this.#unsettled.delete(keyId(server));
      return result ?? 'again';
    });
  }

  #undo(steps: readonly OperationStep[], end: PlanEnd, mayGoOn: () => boolean): Promise<ReadonlyMap<StepId, string>> {
    return undoSteps(this.#asPlan(steps), end, { ...this.#runner(), mayGoOn });
  }

  /**
   * `elsewhere`: somebody has pointed it at a server that this operation knows nothing of. `stays`: its former source does not answer by now, and the new one does: its
   * primary may have been replaced meanwhile, and below a dead one it would be alone. Or its former source replicates from it, and is left there: the two would
   * replicate from each other, and from nobody else. `waits`: until that one is put back itself.
   */
  async #placeOf(server: InstanceKey): Promise<'ours' | 'elsewhere' | 'stays' | 'waits'> {
    const moves = this.#plan.moves.filter(({ key }) => sameKey(key, server));
    const seen = await this.#ports.servers.observe(server, LOOK_MILLIS);
    if (seen.kind === 'failed' || moves.length === 0) return 'ours';
    const { sourceKey } = seen.instance;
    const isAt = (key: InstanceKey | null): boolean => (key === null ? sourceKey === null : sameKey(key, sourceKey));
    if (!moves.some(({ from, to }) => isAt(from) || isAt(to))) return 'elsewhere';
    for (const { from, to } of moves) {
      if (from === null || to === null || !isAt(to) || isAt(from)) continue;
      const [former, present] = await Promise.all(
        [from, to].map((key) => this.#ports.servers.observe(key, LOOK_MILLIS)),
      );
      if (former?.kind !== 'observed' && present?.kind === 'observed') return 'stays';
      const isBelow = former?.kind === 'observed' && sameKey(former.instance.sourceKey, server);
      if (isBelow) return this.#unsettled.has(keyId(from)) ? 'waits' : 'stays';
    }
    return 'ours';
  }

  /** Null: it is written down. Else nothing must be stopped: nobody would know of it afterwards. */
  async #noteStanding(keys: readonly InstanceKey[]): Promise<string | null> {
    const servers = keys.flatMap((key) => this.#ports.topology.get(key) ?? []);
    if (MEANT_TO_STAND.has(this.#plan.request.kind) || servers.length === 0) return null;
    return this.#ports
      .noteStanding(servers, this.#plan.request.kind)
      .then(() => null)
      .catch((error: unknown) => `it could not be written down what is done: ${errorText(error)}`);
  }

  async #forgetStanding(keys: readonly InstanceKey[]): Promise<void> {
    if (keys.length === 0 || MEANT_TO_STAND.has(this.#plan.request.kind)) return;
    await this.#ports.forgetStanding(keys).catch((error: unknown) => {
      // Whoever looks at it later sees that it runs.
      this.#ports.log.error(`backend: ${errorText(error)}`);
    });
  }

  /** Steps of `before` have ended when a lane begins. */
  #asPlan(steps: readonly OperationStep[]): Plan<StepCommand> {
    const own = new Set(steps.map(({ id }) => id));
    return {
      intent: { kind: 'relocate', below: steps[0]?.server ?? { hostname: '', port: 0 } },
      clusterName: this.#plan.clusterName,
      steps: steps.map((step) => ({ ...step, dependsOn: step.dependsOn.filter((id) => own.has(id)) })),
      prediction: NOTHING_PREDICTED,
    };
  }

  #runner(): PlanRunnerOptions {
    const { servers, clock, log, findPlace } = this.#ports;
    return {
      servers,
      clock,
      mayGoOn: this.#options.mayGoOn,
      sightings: this.#sightings,
      findPlace,
      journal: (step, phase, detail) => {
        if (phase === 'failed') log.warning(`${step.id}: ${detail}`);
        else if (phase === 'done' || phase === 'undone') log.info(`${step.id}: ${detail}`);
        return Promise.resolve();
      },
    };
  }

  #found(): OperationEnd['found'] {
    return this.#plan.lanes.flatMap(({ server, steps }) =>
      steps.flatMap(({ id }) => {
        const coordinates = this.#sightings.found.get(id);
        return coordinates === undefined ? [] : [{ key: server, coordinates }];
      }),
    );
  }

  /** Of moves by place alone: by GTID the two places are not the same (spec/topology-operations.md 6, "Wrong or stale data"). */
  async #remember(lane: OperationLane, end: PlanEnd): Promise<void> {
    for (const [index, one] of lane.steps.entries()) {
      const [command] = one.commands;
      if (command?.kind !== 'follow-when-safe' || end.results.get(one.id)?.kind !== 'done') continue;
      const moved = this.#sightings.after.get(one.id);
      if (moved === undefined) continue;
      await this.#bookkeeping(this.#ports.forgetRelayPlaces(one.server));
      // A co-primary's own writes lie in both logs, and at different places: who went by such a pair would pass rows over.
      if (command.at.kind !== 'place' || this.#plan.request.kind === 'make-co-master') continue;
      const stood = this.#lastBefore(lane, index, one.server);
      if (stood?.sourceKey === null || stood === undefined || sameKey(stood.sourceKey, command.source)) continue;
      const before = { source: stood.sourceKey, coordinates: stood.execCoordinates };
      const now = { source: command.source, coordinates: moved.execCoordinates };
      await this.#bookkeeping(this.#ports.rememberEquivalence(before, now));
    }
  }

  /** What is only remembered must not turn what was done into a failure. */
  async #bookkeeping(work: Promise<void>): Promise<void> {
    await work.catch((error: unknown) => this.#ports.log.error(`backend: ${errorText(error)}`));
  }

  #lastBefore(lane: OperationLane, index: number, server: InstanceKey): Instance | undefined {
    const earlier = lane.steps.slice(0, index).filter((one) => sameKey(one.server, server));
    return earlier.map(({ id }) => this.#sightings.after.get(id)).findLast((seen) => seen !== undefined);
  }
}

const isUndone = ({ id, undo }: OperationStep, { results }: PlanEnd, left: ReadonlyMap<StepId, string>): boolean =>
  undo.length > 0 && results.get(id)?.kind === 'done' && !left.has(id);

const serversIn = (steps: readonly OperationStep[]): readonly InstanceKey[] => [
  ...new Map(steps.map(({ server }) => [keyId(server), server])).values(),
];

const problemsOf = (end: PlanEnd): readonly string[] =>
  [...end.results].flatMap(([id, result]) => (result.kind === 'done' ? [] : [`${id}: ${result.reason}`]));

/** For seeing where a server is that is to be put back. Milliseconds. */
const LOOK_MILLIS = 5_000;

/** Whoever asks for these wants the server to stand still. */
const MEANT_TO_STAND: ReadonlySet<OperationRequest['kind']> = new Set([
  'stop-replication',
  'stop-replication-nicely',
  'detach-source',
  'reset-replication',
  'panic-stop',
  // Whoever started it again in the middle would have it replicate with a part of its data.
  'reprovision',
]);
