/**
 * One server that is provisioned anew, in stages: prepared and begun beside other operations of the cluster; then waited for, hours perhaps, while the cluster is everybody's; then
 * planned anew and joined, for the primary may be another one by now.
 */
import { type ClusterName, millis } from '../model/brand.ts';
import { errorText } from '../model/error-text.ts';
import { type InstanceKey, instanceKeyText } from '../model/instance-key.ts';
import { RETURN_MILLIS } from '../planning/deadlines.ts';
import {
  type AwaitedWork,
  type OperationPlan,
  type OperationRefusal,
  plansOf,
  refuse,
} from '../planning/operations/operation-plan.ts';
import {
  type OperationRequest,
  operationText,
  type ReprovisionRequest,
} from '../planning/operations/operation-request.ts';
import { awaitClone } from './await-clone.ts';
import { both, NOTHING_DONE, type OperationEnd } from './operation-end.ts';
import type { OperationPorts } from './operation-ports.ts';
import type { CallOff, OperationResult, StageResult } from './operation-result.ts';

/** One operation's locks, and how a part of it is run. */
export interface HeldOperation {
  readonly stage: (request: OperationRequest, draft: OperationPlan, callOff: CallOff) => Promise<StageResult>;
  /** False: somebody has ended a lock. */
  readonly isHeld: () => boolean;
  readonly letGo: () => Promise<void>;
}

export interface ReprovisionRunOptions {
  readonly ports: OperationPorts;
  readonly hold: (clusterName: ClusterName, what: string) => HeldOperation;
  /** What was last said of it. */
  readonly onProgress: (text: string) => void;
}

/** Begun, waited for, joined; and once more where something else was found than was thought. */
const STAGES_MAX = 4;

/** What has its new data joins its cluster once no recovery is under way there. */
const BUSY_MILLIS = 600_000;
const BUSY_LOOK_MILLIS = millis(1_000);

const ANSWER_MILLIS = 5_000;
const LOOK_MILLIS = millis(200);

export class ReprovisionRun {
  readonly #request: ReprovisionRequest;
  readonly #options: ReprovisionRunOptions;
  readonly #what: string;
  readonly #held: HeldOperation;
  readonly #began: number;
  readonly #draft: OperationPlan;
  /** The first that was run: what people are told of. */
  #plan: OperationPlan;
  #end: OperationEnd = NOTHING_DONE;

  constructor(request: ReprovisionRequest, draft: OperationPlan, options: ReprovisionRunOptions) {
    this.#request = request;
    this.#options = options;
    this.#what = operationText(request);
    this.#draft = draft;
    this.#plan = draft;
    this.#began = options.ports.clock.monotonic();
    this.#held = options.hold(draft.clusterName, this.#what);
  }

  async run(): Promise<OperationResult> {
    try {
      for (let number = 0; number < STAGES_MAX; number++) {
        const result = await this.#oneStage(number === 0);
        if (result !== null) return result;
      }
      return this.#failed('it has its new data by all signs, and seems to need them again: ask again');
    } finally {
      await this.#held.letGo();
    }
  }

  /** Null: the next one comes. */
  async #oneStage(isFirst: boolean): Promise<OperationResult | null> {
    const stage = await this.#beside(isFirst ? 0 : BUSY_MILLIS);
    if (stage.kind === 'refused') return isFirst ? stage : this.#failed(refusedText(stage.refusal));
    if (isFirst) this.#plan = stage.plan;
    const work = stage.kind === 'waits' ? stage.work : await this.#ended(stage, isFirst);
    if (work === null) return this.#result(stage.kind === 'ended' && stage.outcome === 'done' ? 'done' : 'failed');
    const failure = await this.#await(work);
    if (failure !== null) return this.#failed(failure);
    this.#say('it has its new data, and joins its cluster');
    return null;
  }

  /** What is waited for next; null: nothing more is done. */
  async #ended(stage: Extract<StageResult, { kind: 'ended' }>, isFirst: boolean): Promise<AwaitedWork | null> {
    this.#end = both(this.#end, stage.end);
    const work = stage.plan.next?.waitsFor ?? null;
    if (stage.outcome === 'done') return work;
    // Its data were not touched: nobody has to go on with it.
    if (isFirst && work !== null) await this.#forget();
    return null;
  }

  #result(outcome: 'done' | 'failed'): OperationResult {
    const took = this.#options.ports.clock.monotonic() - this.#began;
    return { kind: 'ended', plan: this.#plan, end: this.#end, millis: took, outcome };
  }

  /** Told as what became of the server. */
  #failed(text: string): OperationResult {
    const lane = plansOf(this.#plan).at(-1)?.lanes[0];
    if (lane === undefined) throw new Error('a reprovision is about one server');
    this.#end = both(this.#end, { ...NOTHING_DONE, lanes: [{ lane, kind: 'failed', text }] });
    this.#options.ports.log.warning(`${this.#what}: ${text}`);
    return this.#result('failed');
  }

  /** Beside other operations. What has come so far waits until whatever must be alone there has ended. */
  async #beside(patienceMillis: number): Promise<StageResult> {
    const { ports } = this.#options;
    const { clusterName } = this.#draft;
    const until = ports.clock.monotonic() + patienceMillis;
    for (;;) {
      const result = await ports.beside(clusterName, this.#what, (isCalledOff, isCutShort) =>
        this.#held.stage(this.#request, this.#draft, { isCalledOff, isCutShort }),
      );
      if (result !== null) return result;
      if (ports.clock.monotonic() >= until || !ports.mayGoOn()) {
        const busy = `${clusterName} is busy with ${ports.busyWith(clusterName)}`;
        return { kind: 'refused', refusal: refuse('busy', busy) };
      }
      await ports.clock.sleep(BUSY_LOOK_MILLIS);
    }
  }

  /** Null: the new data are there, and that is written down. */
  async #await(work: AwaitedWork): Promise<string | null> {
    const failure = work.kind === 'clone' ? await this.#awaitClone(work) : await this.#awaitHooks(work);
    if (failure !== null) return failure;
    const { log, reprovisioning } = this.#options.ports;
    // What is only written down for others must not turn what was done into a failure: it is joined all the same.
    await reprovisioning
      .note({ ...work.record, phase: 'provisioned' })
      .catch((error: unknown) => log.error(`backend: ${errorText(error)}`));
    return null;
  }

  readonly #mayGoOn = (): boolean => this.#options.ports.mayGoOn() && this.#held.isHeld();

  #awaitClone({ record }: AwaitedWork): Promise<string | null> {
    const { clock, reprovisioning } = this.#options.ports;
    return awaitClone(record, {
      clock,
      read: reprovisioning.readClone,
      mayGoOn: this.#mayGoOn,
      say: (text) => this.#say(text),
    });
  }

  async #awaitHooks(work: AwaitedWork): Promise<string | null> {
    const { reprovisioning } = this.#options.ports;
    const failure = await reprovisioning.runHooks(work, (text) => this.#tell(text));
    return failure ?? this.#awaitAnswer(work.record.key);
  }

  async #awaitAnswer(key: InstanceKey): Promise<string | null> {
    const { clock, servers } = this.#options.ports;
    const name = instanceKeyText(key);
    const until = clock.monotonic() + RETURN_MILLIS;
    for (let isFirst = true; clock.monotonic() < until; isFirst = false) {
      if (!this.#mayGoOn()) return 'this node may not act any more: ask again';
      const seen = await servers.observe(key, ANSWER_MILLIS);
      if (seen.kind === 'observed') return null;
      if (isFirst) this.#say(`it was provisioned, and does not answer yet: ${seen.failure.text}`);
      await clock.sleep(LOOK_MILLIS);
    }
    return `${name} did not answer after it was provisioned: start it, and ask again`;
  }

  async #forget(): Promise<void> {
    const { applyEffect, log } = this.#options.ports;
    await applyEffect({ kind: 'forget-reprovision', key: this.#request.key }).catch((error: unknown) =>
      log.error(`backend: ${errorText(error)}`),
    );
  }

  #say(text: string): void {
    this.#options.ports.log.info(`${this.#what}: ${text}`);
    this.#tell(text);
  }

  /** Of what is in the log already. */
  #tell(text: string): void {
    this.#options.onProgress(text);
    this.#options.ports.reprovisioning.tell(this.#request.key, this.#draft.clusterName, text);
  }
}

const refusedText = ({ text }: OperationRefusal): string =>
  `it has its new data, and does not join: ${text}; ask again`;
