/**
 * Servers that are provisioned anew, in stages: prepared and begun beside other operations of the cluster; then waited for, hours perhaps, while the cluster is everybody's; then
 * planned anew and joined, for the primary may be another one by now.
 */
import { type ClusterName, millis } from '../model/brand.ts';
import { errorText } from '../model/error-text.ts';
import { type InstanceKey, instanceKeyText, type KeyId, keyId, sameKey } from '../model/instance-key.ts';
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

export interface ReprovisionsOptions {
  readonly ports: OperationPorts;
  readonly hold: (clusterName: ClusterName, what: string) => HeldOperation;
}

interface Running {
  readonly donor: InstanceKey | null;
  readonly result: Promise<OperationResult>;
  progress: string;
}

/** Begun, waited for, joined; and once more where something else was found than was thought. */
const STAGES_MAX = 4;

/** What has its new data joins its cluster once no recovery is under way there. */
const BUSY_MILLIS = 600_000;
const BUSY_LOOK_MILLIS = millis(1_000);
const LOOK_MILLIS = millis(200);

export class Reprovisions {
  readonly #options: ReprovisionsOptions;
  readonly #running = new Map<KeyId, Running>();

  constructor(options: ReprovisionsOptions) {
    this.#options = options;
  }

  /** What was last said of it; null: this process is not at it. */
  progressOf(key: InstanceKey): string | null {
    return this.#running.get(keyId(key))?.progress ?? null;
  }

  /** Who asks for the same again hears the end of what is under way. */
  run(request: ReprovisionRequest, draft: OperationPlan): Promise<OperationResult> {
    const id = keyId(request.key);
    const other = this.#running.get(id);
    if (other !== undefined && (request.donor === null || sameKey(request.donor, other.donor))) return other.result;
    const { promise, resolve, reject } = Promise.withResolvers<OperationResult>();
    const running: Running = { donor: request.donor, result: promise, progress: 'it has begun' };
    if (other === undefined) this.#running.set(id, running);
    this.#run(request, draft, running)
      .then(resolve, reject)
      .finally(() => {
        if (this.#running.get(id) === running) this.#running.delete(id);
      });
    return promise;
  }

  async #run(request: ReprovisionRequest, draft: OperationPlan, running: Running): Promise<OperationResult> {
    const { ports, hold } = this.#options;
    const what = operationText(request);
    const began = ports.clock.monotonic();
    const held = hold(draft.clusterName, what);
    const tell = (text: string): void => {
      running.progress = text;
      ports.reprovisioning.tell(request.key, draft.clusterName, text);
    };
    const say = (text: string): void => {
      ports.log.info(`${what}: ${text}`);
      tell(text);
    };
    let end = NOTHING_DONE;
    let plan = draft;
    const ended = (outcome: 'done' | 'failed', last: OperationEnd): OperationResult => {
      return { kind: 'ended', plan, end: last, millis: ports.clock.monotonic() - began, outcome };
    };
    const failed = (text: string): OperationResult => ended('failed', withFailure(end, plan, text));
    try {
      for (let number = 0; number < STAGES_MAX; number++) {
        const stage = await this.#stage(request, draft, held, number > 0);
        if (stage.kind === 'refused') return number === 0 ? stage : failed(refusedText(stage.refusal));
        if (number === 0) plan = stage.plan;
        if (stage.kind === 'ended') end = both(end, stage.end);
        const work = workAfter(stage);
        if (work === null) return ended(stage.kind === 'ended' && stage.outcome === 'done' ? 'done' : 'failed', end);
        const failure = await this.#await(work, held, { say, tell });
        if (failure !== null) return failed(failure);
        say('it has its new data, and joins its cluster');
      }
      return failed('it has its new data by all signs, and seems to need them again: ask again');
    } finally {
      await held.letGo();
    }
  }

  /** Beside other operations. What has come so far waits until whatever must be alone there has ended. */
  async #stage(
    request: ReprovisionRequest,
    draft: OperationPlan,
    held: HeldOperation,
    waits: boolean,
  ): Promise<StageResult> {
    const { ports } = this.#options;
    const { clusterName } = draft;
    const until = ports.clock.monotonic() + (waits ? BUSY_MILLIS : 0);
    for (;;) {
      const result = await ports.beside(clusterName, operationText(request), (isCalledOff, isCutShort) =>
        held.stage(request, draft, { isCalledOff, isCutShort }),
      );
      if (result !== null) return result;
      if (ports.clock.monotonic() >= until || !ports.mayGoOn()) {
        return {
          kind: 'refused',
          refusal: refuse('busy', `${clusterName} is busy with ${ports.busyWith(clusterName)}`),
        };
      }
      await ports.clock.sleep(BUSY_LOOK_MILLIS);
    }
  }

  /** Null: the new data are there, and that is written down. */
  async #await(work: AwaitedWork, held: HeldOperation, { say, tell }: Voices): Promise<string | null> {
    const { ports } = this.#options;
    const { clock, reprovisioning } = ports;
    const { record } = work;
    const mayGoOn = (): boolean => ports.mayGoOn() && held.isHeld();
    const failure =
      work.kind === 'clone'
        ? await awaitClone(record, { clock, read: (key) => reprovisioning.readClone(key), mayGoOn, say })
        : ((await reprovisioning.runHooks(work, tell)) ?? (await this.#awaitAnswer(record.key, mayGoOn, say)));
    if (failure !== null) return failure;
    // What is only written down for others must not turn what was done into a failure: it is joined all the same.
    await reprovisioning
      .note({ ...record, phase: 'provisioned' })
      .catch((error: unknown) => ports.log.error(`backend: ${errorText(error)}`));
    return null;
  }

  async #awaitAnswer(key: InstanceKey, mayGoOn: () => boolean, say: (text: string) => void): Promise<string | null> {
    const { clock, servers } = this.#options.ports;
    const name = instanceKeyText(key);
    const until = clock.monotonic() + RETURN_MILLIS;
    let isSaid = false;
    while (clock.monotonic() < until) {
      if (!mayGoOn()) return 'this node may not act any more: ask again';
      const seen = await servers.observe(key, ANSWER_MILLIS);
      if (seen.kind === 'observed') return null;
      if (!isSaid) say(`${name} does not answer yet: ${seen.failure.text}`);
      isSaid = true;
      await clock.sleep(LOOK_MILLIS);
    }
    return `${name} did not answer after it was provisioned: start it, and ask again`;
  }
}

/** What is waited for next; null: nothing more is done. */
function workAfter(stage: Exclude<StageResult, { kind: 'refused' }>): AwaitedWork | null {
  if (stage.kind === 'waits') return stage.work;
  return stage.outcome === 'done' ? (stage.plan.next?.waitsFor ?? null) : null;
}

/** `say`: into the log as well. */
interface Voices {
  readonly say: (text: string) => void;
  readonly tell: (text: string) => void;
}

const ANSWER_MILLIS = 5_000;

const refusedText = ({ text }: OperationRefusal): string =>
  `it has its new data, and does not join: ${text}; ask again`;

/** Told as what became of the server. */
function withFailure(end: OperationEnd, plan: OperationPlan, text: string): OperationEnd {
  const lane = plansOf(plan).at(-1)?.lanes[0];
  if (lane === undefined) return { ...end, failure: text };
  return both(end, { ...NOTHING_DONE, lanes: [{ lane, kind: 'failed', text }] });
}
