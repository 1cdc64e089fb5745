/**
 * One recovery under way: its record, its steps as people read them, its journal, and how it ends. Every exit resolves the record
 * (spec/recovery.md 12.2 #10: an unresolved one blocks its cluster), but for one: a run that may not go on stays unfinished, so that whoever
 * leads next takes it up.
 */

import type { AnalysisEntry } from '../analysis/entry.ts';
import { type PlanEnd, type RunningPlan, refusedText } from '../execution/plan-end.ts';
import { runPlan } from '../execution/plan-runner.ts';
import type { PlanRunnerOptions } from '../execution/runner-options.ts';
import { Silences } from '../execution/silence.ts';
import { undoPlan } from '../execution/undo-plan.ts';
import { unixMillis } from '../model/brand.ts';
import { errorText } from '../model/error-text.ts';
import { type InstanceKey, instanceKeyText, sameKey } from '../model/instance-key.ts';
import {
  type AnalysisDigest,
  JOURNAL_END,
  PLAN_ENTRY,
  type RecoveryOutcome,
  type RecoveryRecord,
  type RecoveryUid,
  TAKEN_UP,
} from '../model/recovery-record.ts';
import type { ServerCommand } from '../model/server-command.ts';
import type { StepCommand } from '../planning/deferred-command.ts';
import { type OperationRequest, operationText } from '../planning/operations/operation-request.ts';
import { type Plan, type PlanStep, type StepId, stepId } from '../planning/plan.ts';
import { stepCommandText } from '../planning/step-command-text.ts';
import type { JournalEntry, JournalPhase, StepLine } from '../ports/decision-store.ts';
import type { CommandResult } from '../ports/topology-servers.ts';
import { INCIDENT_ENTRY, incidentText, type JournaledIncident } from './hook-journal.ts';
import type { JournalCount } from './journal-count.ts';
import type { OperateOutcome, RecoveryPorts } from './recovery-ports.ts';
import { WrittenTogether } from './written-together.ts';

type JournalLine = Omit<JournalEntry, 'uid' | 'sequence'>;

export class RecoveryRun {
  readonly record: RecoveryRecord;
  readonly ports: RecoveryPorts;
  readonly errors: string[] = [];
  /** Beside those that an outcome names. */
  readonly #lost: InstanceKey[] = [];
  /** Of primaries that somebody is to take the place of. */
  readonly silences: Silences;
  /** What was told to servers beside plans: the last phase of each. */
  readonly #acts = new Map<StepId, JournalPhase>();
  #isInterrupted = false;
  #isLeft = false;
  #hasRunHooks = false;
  readonly #count: JournalCount;
  readonly #journal = new WrittenTogether<JournalLine>((lines) => this.#writeJournal(lines));
  /** Written without holding up the recovery. */
  readonly #steps = new WrittenTogether<StepLine>((lines) => this.#writeSteps(lines));

  /** `count`: of the lines that were written of the same recovery before; absent: it is new. */
  constructor(record: RecoveryRecord, ports: RecoveryPorts, count = ports.journalCounts.begin(record.uid, 0)) {
    this.record = record;
    this.#count = count;
    this.ports = ports;
    this.silences = new Silences(ports);
  }

  get uid(): RecoveryUid {
    return this.record.uid;
  }

  /** Something was not done because this node may not act any more. */
  get isInterrupted(): boolean {
    return this.#isInterrupted;
  }

  /** Something is left to do: whoever leads takes it up. */
  get isUnfinished(): boolean {
    return this.#isInterrupted || this.#isLeft;
  }

  /** Time has passed, and they may have mended what is wrong: what was seen before them counts no more. */
  get hasRunHooks(): boolean {
    return this.#hasRunHooks;
  }

  /** To be asked before anything is sent to a server. False once is false for ever: a run that was cut does not begin again by itself. */
  mayGoOn(): boolean {
    if (!this.ports.mayGoOn()) this.#isInterrupted = true;
    return !this.#isInterrupted;
  }

  /** One line for people: the audit of the recovery, the page and the log. */
  say(message: string): void {
    const { clock, log, tell } = this.ports;
    const at = clock.now();
    log.info(`recovery of ${this.record.digest.clusterName}: ${message}`);
    tell({ kind: 'step', clusterName: this.record.digest.clusterName, uid: this.uid, message });
    void this.#steps.add({ message, at });
  }

  fail(message: string): void {
    this.errors.push(message);
    this.say(message);
  }

  async run(plan: Plan<StepCommand>): Promise<RunningPlan> {
    await this.#append(PLAN_ENTRY, 'intended', JSON.stringify(plan, withoutSecrets));
    return runPlan(plan, this.#runnerOptions());
  }

  /** Runs an operation as one line of the journal; what it moves it puts back by itself where it cannot be brought to its end. `silent`: who does not answer. */
  async operate(request: OperationRequest, silent: readonly InstanceKey[] = []): Promise<OperateOutcome> {
    const id = stepId(operationText(request));
    const nothing = { done: [], promoted: null, method: '' };
    if (!this.mayGoOn()) return { ...nothing, problems: [{ server: null, text: `${id}: called off` }] };
    await this.#journalStep({ id }, 'intended', '');
    const outcome = await this.ports.operate(request, silent);
    const { done, method } = outcome;
    // That those who do not answer stay where they are is known beforehand.
    const problems = outcome.problems.filter(({ server }) => !silent.some((key) => sameKey(key, server)));
    if (problems.length === 0) await this.note({ id }, 'done', method);
    else await this.note({ id }, 'failed', [`${done.length} done`, ...problems.map(({ text }) => text)].join('; '));
    // Operations are called off with the recovery that they are a part of.
    if (problems.length > 0) this.mayGoOn();
    return { ...outcome, problems };
  }

  /**
   * Tells a server something that is no step of a plan. It has its lines in the journal like any step, and without them nothing is sent: what the journal does not know of must not happen (K12). Told
   * again and again it has no more lines than it has ends.
   */
  async act(
    key: InstanceKey,
    commands: readonly ServerCommand[],
    deadlineMillis: number,
    mayGoOn?: () => boolean,
  ): Promise<CommandResult> {
    const send = await this.announce(key, commands);
    return send(deadlineMillis, mayGoOn);
  }

  /** The same in two parts, for whom it matters when it is sent: the journal knows of it when this is done. */
  async announce(key: InstanceKey, commands: readonly ServerCommand[]): Promise<Send> {
    const id = stepId(`tell ${instanceKeyText(key)}: ${commands.map(stepCommandText).join(', ')}`);
    const before = this.#acts.get(id);
    if (before === undefined || before === 'done') {
      try {
        await this.#append(id, 'intended', '');
      } catch (error) {
        return async () => notSent(errorText(error));
      }
      this.#acts.set(id, 'intended');
    }
    return async (deadlineMillis, mayGoOn = () => this.mayGoOn()) => {
      const result = await this.ports.servers.execute(key, commands, deadlineMillis, mayGoOn);
      // Not waited for: whoever asks must know at once what came of it. Lines are written one after another, and its end is never lost to a later one.
      void this.#noteEnd(id, result);
      return result;
    };
  }

  async #noteEnd(id: StepId, result: CommandResult): Promise<void> {
    const phase = result.kind === 'done' ? 'done' : 'failed';
    if (this.#acts.get(id) === phase) return;
    this.#acts.set(id, phase);
    const refused = result.kind === 'done' ? result.refused : [];
    for (const { text } of refused) await this.note({ id }, 'skipped', refusedText(text));
    const detail = result.kind === 'done' ? '' : result.failure.text;
    await this.#append(id, phase, detail).catch((error: unknown) =>
      this.ports.log.error(`the end of "${id}" could not be journaled: ${errorText(error)}`),
    );
  }

  /** False: it must not be started. A journal that cannot be written keeps no hook from running, unless somebody else may be running it by now. */
  async notesHook(id: StepId, phase: JournalPhase, detail: string): Promise<boolean> {
    this.#hasRunHooks = true;
    try {
      await this.#append(id, phase, detail);
      return true;
    } catch (error) {
      this.ports.log.error(`"${id}" could not be journaled: ${errorText(error)}`);
      return this.mayGoOn();
    }
  }

  /** What the incident is, for whoever has to run its hooks after a death. */
  async noteIncident(incident: JournaledIncident): Promise<void> {
    await this.book(this.#append(INCIDENT_ENTRY, 'intended', incidentText(incident)));
  }

  /** Puts back what an aborted plan had done. Who hung when it was told to stop its receiver may do so when it goes on, and nobody would start it any more (D12). */
  async undo(plan: Plan<StepCommand>, end: PlanEnd): Promise<void> {
    for (const failure of await undoPlan(plan, end, this.#runnerOptions())) this.fail(`could not undo ${failure}`);
    const reason = `the recovery of ${instanceKeyText(this.record.digest.key)}`;
    for (const { id, server, undo } of plan.steps) {
      const result = end.results.get(id);
      const mayStop = result?.kind === 'failed' && result.effect === 'may-still-land';
      if (mayStop && undo.some(({ kind }) => kind === 'start-receiver'))
        await this.book(this.ports.startOnceStopped(server, reason));
    }
  }

  #runnerOptions(): PlanRunnerOptions {
    const { servers, clock, findPlace } = this.ports;
    return {
      servers,
      findPlace,
      clock,
      silences: this.silences,
      mayGoOn: () => this.mayGoOn(),
      journal: (step, phase, detail) => this.#journalStep(step, phase, detail),
    };
  }

  /** Takes over what another process began: a line under the next number, which is refused to whoever still believes to run it. */
  async claim(): Promise<void> {
    await this.#append(TAKEN_UP, 'intended', this.ports.identity.token);
  }

  /** What it could not bring to an end, and must not stay so, is tried again by whoever leads. */
  leaveUnfinished(): void {
    this.#isLeft = true;
  }

  /** Of those that it leaves behind whatever its outcome is. */
  get lost(): readonly InstanceKey[] {
    return this.#lost;
  }

  /** Replicas that it leaves behind whatever its outcome is. */
  loseReplicas(keys: readonly InstanceKey[]): void {
    this.#lost.push(...keys);
  }

  /** For the journal what was done beside a plan's steps, such as an undo that took several attempts. */
  async note(step: Pick<PlanStep, 'id'>, phase: JournalPhase, detail: string): Promise<void> {
    await this.book(this.#journalStep(step, phase, detail));
  }

  async #journalStep(step: Pick<PlanStep, 'id'>, phase: JournalPhase, detail: string): Promise<void> {
    await this.#append(step.id, phase, detail);
    if (phase === 'failed') this.fail(`${step.id}: ${detail}`);
    else if (phase !== 'intended' && phase !== 'undoing') this.say(`${step.id}: ${detail}`);
  }

  #append(stepId: string, phase: JournalPhase, detail: string): Promise<void> {
    return this.#journal.add({ stepId, phase, at: this.ports.clock.now(), detail });
  }

  /** Numbers are taken before they are written, for somebody may write beside this. One that was refused is not passed over: it belongs to whoever has claimed the recovery. */
  async #writeJournal(lines: readonly JournalLine[]): Promise<void> {
    const { last: before } = this.#count;
    const entries = lines.map((line, index) => ({ ...line, uid: this.uid, sequence: before + 1 + index }));
    const after = before + lines.length;
    this.#count.last = after;
    try {
      await this.ports.store.append(entries);
    } catch (error) {
      if (this.#count.last === after) this.#count.last = before;
      throw error;
    }
  }

  async #writeSteps(lines: readonly StepLine[]): Promise<void> {
    const { store, log } = this.ports;
    try {
      await store.addSteps(this.uid, lines);
    } catch (error) {
      log.error(`cannot write a recovery step: ${errorText(error)}`);
    }
  }

  /** Work of bookkeeping after a promotion: its error is told and recorded, and must not turn what was achieved into a failure. */
  async book(work: Promise<unknown>): Promise<void> {
    await work.catch((error: unknown) => this.fail(`could not be recorded: ${errorText(error)}`));
  }

  /** May be called again with a fuller outcome, such as replicas lost after the promotion. */
  async resolve(outcome: Omit<RecoveryOutcome, 'errors'>): Promise<void> {
    const { store, clock } = this.ports;
    await this.#steps.isIdle();
    const lostReplicas = [...outcome.lostReplicas, ...this.#lost];
    await store.resolveRecovery(this.uid, { ...outcome, lostReplicas, errors: this.errors }, clock.now());
  }

  /**
   * Nothing is left to do. Without the journal's last line the recovery is taken for cut, and taken up by whoever leads: that is what an
   * interrupted one needs.
   */
  async end(successor: InstanceKey | null): Promise<void> {
    if (this.isUnfinished) {
      this.say('left unfinished: whoever leads takes it up');
      await this.#steps.isIdle();
      return;
    }
    await this.#append(JOURNAL_END, 'done', '').catch((error: unknown) =>
      this.fail(`the end could not be journaled: ${errorText(error)}`),
    );
    this.ports.tell({
      kind: 'ended',
      clusterName: this.record.digest.clusterName,
      uid: this.uid,
      isSuccessful: successor !== null,
      successor,
    });
  }
}

type Send = (deadlineMillis: number, mayGoOn?: () => boolean) => Promise<CommandResult>;

const notSent = (text: string): CommandResult => ({
  kind: 'failed',
  failure: { kind: 'network', phase: 'connect', code: 'NOT_JOURNALED', text: `not sent: ${text}` },
  completed: 0,
  mayStillLand: false,
});

/** Commands in a journaled plan never show a password. */
function withoutSecrets(name: string, value: unknown): unknown {
  return name === 'credentials' && value !== null ? { user: 'hidden', password: 'hidden' } : value;
}

export function digestOf(entry: AnalysisEntry): AnalysisDigest {
  return {
    key: entry.key,
    code: entry.code,
    clusterName: entry.cluster.clusterName,
    clusterAlias: entry.cluster.clusterAlias,
    countReplicas: entry.countReplicas,
    replicas: entry.replicas,
  };
}

/** `<unix nanoseconds>:<64 hex>`: the start time can be read from it, the rest makes it unique (spec/http-api.md 3.6). */
export function newRecoveryUid(nowMillis: number, randomHex: (bytes: number) => string): RecoveryUid {
  return `${BigInt(unixMillis(nowMillis)) * 1_000_000n}:${randomHex(32)}` as RecoveryUid;
}
