/**
 * Runs the plan of an operation: what comes first, once; the lanes, several beside each other, each undone by itself when it fails; what comes last, whatever became of
 * the lanes. Then what is to be done after it.
 */

import { type PlanEnd, type PlanRunnerOptions, runPlan, Sightings, undoPlan } from '../execution/plan-runner.ts';
import type { BinlogCoordinates } from '../model/binlog-coordinates.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, sameKey } from '../model/instance-key.ts';
import type { StepCommand } from '../planning/deferred-command.ts';
import type { OperationLane, OperationPlan, OperationStep } from '../planning/operations/operation-plan.ts';
import { NOTHING_PREDICTED, type Plan } from '../planning/plan.ts';
import type { OperationPorts } from './operation-ports.ts';

export interface LaneEnd {
  readonly lane: OperationLane;
  readonly kind: 'done' | 'failed' | 'untouched';
  /** What was done, or why not. */
  readonly text: string;
}

export interface OperationEnd {
  readonly lanes: readonly LaneEnd[];
  /** Why nothing of it was begun, or all of it undone; null: the lanes tell. */
  readonly failure: string | null;
  readonly problems: readonly string[];
  readonly found: readonly { readonly key: InstanceKey; readonly coordinates: BinlogCoordinates }[];
}

export interface RunOptions {
  /** False: it was called off, or a lock was lost. Undoing goes on all the same. */
  readonly mayGoOn: () => boolean;
  /** Holds the server of a lane; a text says why it cannot be. */
  readonly hold: (key: InstanceKey) => Promise<string | null>;
  /** Something was done: for people who wait. */
  readonly progress: (text: string) => void;
}

export async function runOperation(
  plan: OperationPlan,
  ports: OperationPorts,
  options: RunOptions,
): Promise<OperationEnd> {
  const end = await new OperationRun(plan, ports, options).run();
  const { next } = plan;
  const isWhole = end.failure === null && end.lanes.every(({ kind }) => kind === 'done');
  if (next === null || (!isWhole && end.lanes.length > 0) || end.failure !== null) {
    return next === null ? end : { ...end, lanes: [...end.lanes, ...notBegun(next)] };
  }
  const later = await runOperation(next, ports, options);
  return {
    // A server that is moved twice is told of once: what became of it last.
    lanes: [
      ...end.lanes.filter(({ lane }) => !later.lanes.some((other) => sameKey(other.lane.server, lane.server))),
      ...later.lanes,
    ],
    failure: later.failure,
    problems: [...end.problems, ...later.problems],
    found: [...end.found, ...later.found],
  };
}

const notBegun = (plan: OperationPlan): readonly LaneEnd[] => [
  ...plan.lanes.map(
    (lane): LaneEnd => ({ lane, kind: 'untouched', text: 'not begun: what comes before it has failed' }),
  ),
  ...(plan.next === null ? [] : notBegun(plan.next)),
];

class OperationRun {
  readonly #plan: OperationPlan;
  readonly #ports: OperationPorts;
  readonly #options: RunOptions;
  readonly #sightings = new Sightings();
  readonly #problems: string[] = [];

  constructor(plan: OperationPlan, ports: OperationPorts, options: RunOptions) {
    this.#plan = plan;
    this.#ports = ports;
    this.#options = options;
  }

  async run(): Promise<OperationEnd> {
    const { before, lanes, after } = this.#plan;
    const first = await this.#runSteps(before);
    if (first.abortedBy !== null) {
      await this.#undo(before, first);
      const failure = `${first.abortedBy.step.id}: ${first.abortedBy.reason}`;
      return { lanes: [], failure, problems: this.#problems, found: [] };
    }
    const ended = await this.#runLanes(lanes);
    await this.#runLast(after);
    return { lanes: ended, failure: null, problems: this.#problems, found: this.#found() };
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
    const held = await this.#options.hold(lane.server);
    if (held !== null) return { lane, kind: 'untouched', text: held };
    const end = await this.#runSteps(lane.steps);
    if (end.abortedBy === null) {
      await this.#remember(lane, end);
      return { lane, kind: 'done', text: lane.effect };
    }
    const { step, reason } = end.abortedBy;
    const wasTouched = [...end.results.values()].some(
      (result) => result.kind === 'done' || (result.kind === 'failed' && result.effect !== 'none'),
    );
    const left = await this.#undo(lane.steps, end);
    const undone = left.length === 0 ? '' : `; could not be undone: ${left.join('; ')}`;
    return { lane, kind: wasTouched ? 'failed' : 'untouched', text: `${step.id}: ${reason}${undone}` };
  }

  /** Servers that stood still for the others. They are started again also when this was called off: nobody else would. */
  async #runLast(after: readonly OperationStep[]): Promise<void> {
    const end = await runPlan(this.#asPlan(after), { ...this.#runner(), mayGoOn: this.#ports.mayGoOn }).ended;
    for (const [id, result] of end.results) {
      if (result.kind !== 'done') this.#problems.push(`${id}: ${result.reason}`);
    }
  }

  #runSteps(steps: readonly OperationStep[]): Promise<PlanEnd> {
    return runPlan(this.#asPlan(steps), this.#runner()).ended;
  }

  async #undo(steps: readonly OperationStep[], end: PlanEnd): Promise<readonly string[]> {
    const undone = await undoPlan(this.#asPlan(steps), withTried(steps, end), {
      ...this.#runner(),
      // What was called off is put back all the same; only who may act no more leaves it.
      mayGoOn: this.#ports.mayGoOn,
    });
    this.#problems.push(...undone.map((text) => `could not undo ${text}`));
    return undone;
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
      await this.#ports.forgetRelayPlaces(one.server);
      if (command.at.kind !== 'place') continue;
      const stood = this.#lastBefore(lane, index, one.server);
      if (stood?.sourceKey === null || stood === undefined || sameKey(stood.sourceKey, command.source)) continue;
      await this.#ports.rememberEquivalence(
        { source: stood.sourceKey, coordinates: stood.execCoordinates },
        { source: command.source, coordinates: moved.execCoordinates },
      );
    }
  }

  #lastBefore(lane: OperationLane, index: number, server: InstanceKey): Instance | undefined {
    const earlier = lane.steps.slice(0, index).filter((one) => sameKey(one.server, server));
    return earlier.map(({ id }) => this.#sightings.after.get(id)).findLast((seen) => seen !== undefined);
  }
}

/**
 * A step that was sent and could not be seen to come true may have come true in part: a receiver was stopped, a source was changed. Its undo is sent as well.
 */
function withTried(steps: readonly OperationStep[], end: PlanEnd): PlanEnd {
  const results = new Map(end.results);
  for (const { id } of steps) {
    const result = results.get(id);
    if (result?.kind === 'failed' && result.effect !== 'none') results.set(id, { kind: 'done', instance: null });
  }
  return { ...end, results };
}
