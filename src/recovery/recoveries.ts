/**
 * From an analysis entry to a recovery: the gates in their order (spec/recovery.md 1.3), one recovery a cluster at a time, clusters beside each
 * other (B6).
 */
import { actionability, claimsDeath, recoveryRoutine } from '../analysis/codes.ts';
import type { AnalysisEntry, CommandHint } from '../analysis/entry.ts';
import type { ClusterName } from '../model/brand.ts';
import { type InstanceKey, instanceKeyText, keyId } from '../model/instance-key.ts';
import { isLastCheckValid } from '../model/instance-status.ts';
import { ClusterWork } from './cluster-work.ts';
import { type Gate, policyGates } from './gates.ts';
import { lookBeforeTakeover, type TakeoverWish } from './look-before-takeover.ts';
import { auditBegin, auditEnd } from './recovery-audit.ts';
import type { RecoveryEnd } from './recovery-end.ts';
import { NOTHING_DONE_YET, runIncidentHooks } from './recovery-hooks.ts';
import type { RecoveryPorts } from './recovery-ports.ts';
import { RecoveryQueue } from './recovery-queue.ts';
import { newRecoveryUid, type RecoveryRun } from './recovery-run.ts';
import { heldBack, registerDetection, registerRecovery } from './registration.ts';
import { ROUTINES, type Routine } from './routines.ts';
import { runRecovery } from './run-recovery.ts';
import { claimServers } from './server-claims.ts';
import { runTakeover } from './takeover-run.ts';

export interface HandleOptions {
  /** A person asked for it: downtime, the global switch, cluster filters and anti-flapping do not hold it back. */
  readonly forced: boolean;
  readonly designated: InstanceKey | null;
  readonly skipHooks: boolean;
  /** A person says that the primary is to be replaced, be it alive. */
  readonly trusted?: boolean;
  /** How long the problem has been there. Absent: long enough. */
  readonly lastedMillis?: number;
  /** Receivers of its replicas were restarted a moment ago (spec/failure-detection.md 12.2). */
  readonly isInGrace?: boolean;
}

export type HandleResult =
  | { readonly kind: 'not-attempted'; readonly reason: string }
  | { readonly kind: 'attempted'; readonly run: RecoveryRun; readonly end: RecoveryEnd };

export interface TakeoverAsk extends TakeoverWish {
  readonly entry: AnalysisEntry;
}

export type TakeoverResult =
  | { readonly kind: 'refused'; readonly code: string; readonly text: string }
  | { readonly kind: 'ended'; readonly run: RecoveryRun; readonly entry: AnalysisEntry; readonly end: RecoveryEnd };

/** One entry that is to be recovered, and what has let it through. */
interface Task {
  readonly entry: AnalysisEntry;
  readonly options: HandleOptions;
  readonly gates: readonly Gate[];
  readonly routine: Routine;
}

/** No refusals: an earlier look is about to decide, or a repair that is under way may be what it is about. */
const ASKING = 'it is being asked whether it is dead';
const REPAIRING = 'its cluster is being repaired';
const WAITING = 'its recovery waits until others have ended';

export const isPassing = ({ reason }: Extract<HandleResult, { kind: 'not-attempted' }>): boolean =>
  reason === ASKING || reason === REPAIRING || reason === WAITING;

/** What orchestrator does of its own accord. */
export const AUTOMATED: HandleOptions = { forced: false, designated: null, skipHooks: false };

const refused = (code: string, text: string): TakeoverResult => ({ kind: 'refused', code, text });

export class Recoveries {
  /** Who works in which cluster. */
  readonly clusters: ClusterWork;
  readonly #ports: RecoveryPorts;
  /** Servers whose detection hooks run now. */
  readonly #detecting = new Set<string>();
  /** Servers of whose death the gates are being asked. */
  readonly #asking = new Set<string>();
  readonly #repairing = new Set<ClusterName>();
  readonly #queue: RecoveryQueue;
  /** Servers whose recovery waits for its turn. */
  readonly #waiting = new Set<string>();
  /** Clusters whose primary is about to be replaced, in its turn. */
  readonly #toBeReplaced = new Set<ClusterName>();

  constructor(ports: RecoveryPorts) {
    this.clusters = new ClusterWork(ports.clock);
    this.#queue = new RecoveryQueue(ports.policy);
    this.#ports = {
      ...ports,
      moveAlias: (from, to, alias) => {
        this.clusters.holdAlso(from, to);
        return ports.moveAlias(from, to, alias);
      },
    };
  }

  /** For whoever works in a cluster that this holds: when its primary is replaced, the cluster is held under its new name too. */
  get ports(): RecoveryPorts {
    return this.#ports;
  }

  /**
   * Whom of a cluster nobody else has to read: where its primary is being replaced, everybody is read before anything is done; where that waits for its turn,
   * the replicas will be, and whether the primary is back is still worth knowing.
   */
  looksAfter(clusterName: ClusterName): 'nobody' | 'witnesses' | 'everybody' {
    if (this.clusters.isBusy(clusterName)) return 'everybody';
    return this.#toBeReplaced.has(clusterName) ? 'witnesses' : 'nobody';
  }

  handle(entry: AnalysisEntry, options: HandleOptions = AUTOMATED): Promise<HandleResult> {
    return this.clusters.track(this.#handle(entry, options));
  }

  takeOver(ask: TakeoverAsk): Promise<TakeoverResult> {
    return this.clusters.track(this.#takeOver(ask));
  }

  async #handle(entry: AnalysisEntry, options: HandleOptions): Promise<HandleResult> {
    const ports = this.#ports;
    const doNot = (reason: string): HandleResult => ({ kind: 'not-attempted', reason });
    const kind = actionability(entry.code, options.isInGrace);
    if (kind === 'none') return doNot(`no action plan for ${entry.code}`);
    if (!ports.mayBegin()) return doNot('this node does not lead');
    if (entry.isSkippableDueToDowntime && !options.forced) return doNot('downtimed');
    const { clusterName } = entry.cluster;
    if (options.forced) await this.clusters.isFree(clusterName);
    if (this.clusters.isBusy(clusterName)) return doNot(`busy with ${this.clusters.busyWith(clusterName)}`);
    const name = recoveryRoutine(entry.code);
    const routine = name === null ? null : ROUTINES[name];
    // What is moved looks like that for a moment.
    if (routine?.changesPrimary === false && this.#repairing.has(clusterName)) return doNot(REPAIRING);
    const isActionable = kind === 'actionable';
    const withAction = { ...entry, isActionableRecovery: isActionable };
    const refusal = await this.#detect(withAction, isActionable, options);
    if (refusal !== null) return doNot(refusal);
    if (kind !== actionability(entry.code)) return doNot('receivers of its replicas were restarted a moment ago');
    if (!isActionable || routine === null) return doNot(`no recovery for ${entry.code}`);
    return this.#act(withAction, routine, options);
  }

  async #act(entry: AnalysisEntry, routine: Routine, options: HandleOptions): Promise<HandleResult> {
    const doNot = (reason: string): HandleResult => ({ kind: 'not-attempted', reason });
    const off = routine.switchedOff(this.#ports.policy());
    if (off !== null) return doNot(off);
    if (options.forced) return this.#begin(entry, routine, options);
    const end = await this.#turn(entry, routine);
    if (end === null) return doNot(WAITING);
    try {
      return this.#ports.mayBegin() ? await this.#begin(entry, routine, options) : doNot('this node does not lead');
    } finally {
      end();
    }
  }

  /** Null: it waits already. */
  async #turn(entry: AnalysisEntry, { changesPrimary }: Routine): Promise<(() => void) | null> {
    const { key, cluster } = entry;
    const id = `${keyId(key)} ${changesPrimary}`;
    if (this.#waiting.has(id)) return null;
    if (this.#queue.isFull) this.#ports.log.info(`recovery of ${instanceKeyText(key)}: waits until others have ended`);
    this.#waiting.add(id);
    if (changesPrimary) this.#toBeReplaced.add(cluster.clusterName);
    try {
      return await this.#queue.take(entry, changesPrimary);
    } finally {
      this.#waiting.delete(id);
      if (changesPrimary) this.#toBeReplaced.delete(cluster.clusterName);
    }
  }

  async #begin(entry: AnalysisEntry, routine: Routine, options: HandleOptions): Promise<HandleResult> {
    const doNot = (reason: string): HandleResult => ({ kind: 'not-attempted', reason });
    // The cluster is not held meanwhile: asking nodes that do not answer takes a second, again and again, in which no person could act.
    const asked = await this.#gatesOnce(entry, options);
    if (asked === null) return doNot(ASKING);
    const closed = asked.find(({ isOpen }) => !isOpen);
    if (closed !== undefined) return doNot(closed.text);
    // It has had a second to come back in; hooks that shut it out must not run for one that is there.
    if (!options.forced && claimsDeath(entry.code) && this.#answers(entry.key))
      return doNot(`${instanceKeyText(entry.key)} answers again`);
    const notYet = await routine.notYet(entry, this.#ports);
    if (notYet !== null) return doNot(notYet);
    const task: Task = { entry, options, gates: asked, routine };
    const handled = await (routine.changesPrimary ? this.#replace(task) : this.#repair(task));
    return handled ?? doNot(`busy with ${this.clusters.busyWith(entry.cluster.clusterName)}`);
  }

  /** Alone in its cluster; operations and repairs that are under way there are called off. Null: something else is under way. */
  #replace(task: Task): Promise<HandleResult | null> {
    const { entry } = task;
    const what = `recovery of ${instanceKeyText(entry.key)}`;
    const recover = () => this.#recover(task, this.#ports);
    return this.clusters.alone(entry.cluster.clusterName, what, recover, { urgent: true, callsOffOperations: true });
  }

  /** Beside operations of people, one repair at a time; called off like those when a primary is replaced. */
  async #repair(task: Task): Promise<HandleResult | null> {
    const { entry } = task;
    const { clusterName } = entry.cluster;
    if (this.#repairing.has(clusterName)) return null;
    this.#repairing.add(clusterName);
    try {
      const what = `repair of ${instanceKeyText(entry.key)}`;
      return await this.clusters.beside(clusterName, what, async (isCalledOff) => {
        const elsewhere = await this.#underWayElsewhere(entry);
        if (elsewhere !== null) return { kind: 'not-attempted', reason: elsewhere };
        const ports = { ...this.#ports, mayGoOn: () => this.#ports.mayGoOn() && !isCalledOff() };
        return this.#recover(task, ports);
      });
    } finally {
      this.#repairing.delete(clusterName);
    }
  }

  /** A command may be at a switchover of its own (12.2 #12): its primary is read-only for a moment, and its replicas are being moved. */
  async #underWayElsewhere({ cluster: { clusterName } }: AnalysisEntry): Promise<string | null> {
    const unfinished = await this.#ports.store.unfinishedRecoveries();
    const other = unfinished.find(({ digest }) => digest.clusterName === clusterName);
    return other === undefined ? null : `recovery ${other.uid} of its cluster is not finished`;
  }

  #answers(key: InstanceKey): boolean {
    const known = this.#ports.known.get(key);
    return known !== undefined && isLastCheckValid(known);
  }

  /** Null: they are being asked already. */
  async #gatesOnce(entry: AnalysisEntry, options: HandleOptions): Promise<readonly Gate[] | null> {
    const id = keyId(entry.key);
    if (options.forced) return [];
    if (this.#asking.has(id)) return null;
    this.#asking.add(id);
    try {
      return await this.#gates(entry, options);
    } finally {
      this.#asking.delete(id);
    }
  }

  /** A19: detection is registered, and its hooks run, also where recovery is off or blocked. */
  async #detect(entry: AnalysisEntry, isActionable: boolean, options: HandleOptions): Promise<string | null> {
    // The cluster is not held meanwhile: the hook of a mere suspicion must not delay the recovery of what it turns into.
    const incident = `${keyId(entry.key)} ${isActionable}`;
    if (this.#detecting.has(incident)) return 'its detection hooks are running';
    this.#detecting.add(incident);
    try {
      const isNew = await registerDetection(entry, isActionable, this.#ports);
      return isNew ? await this.#tellDetection(entry, options) : null;
    } finally {
      this.#detecting.delete(incident);
    }
  }

  async #tellDetection(entry: AnalysisEntry, options: HandleOptions): Promise<string | null> {
    const ports = this.#ports;
    ports.log.warning(`detected ${entry.code} on ${instanceKeyText(entry.key)} (cluster ${entry.cluster.clusterName})`);
    const uid = newRecoveryUid(ports.clock.now(), ports.randomHex);
    const incident = { entry, uid, skipHooks: options.skipHooks, say: () => {} };
    const hooks = await runIncidentHooks('OnFailureDetectionProcesses', incident, NOTHING_DONE_YET, ports);
    return hooks.kind === 'failed' ? `OnFailureDetectionProcesses failed: ${hooks.reason}` : null;
  }

  async #gates(entry: AnalysisEntry, options: HandleOptions): Promise<readonly Gate[]> {
    if (options.forced) return [];
    // As things are known now: the detection hooks may have taken long.
    const { lastedMillis = Number.POSITIVE_INFINITY } = options;
    return policyGates(entry, this.#ports, { lastedMillis });
  }

  /** J5: alone at these servers, too. */
  async #recover(task: Task, ports: RecoveryPorts): Promise<HandleResult> {
    const { entry, options, routine } = task;
    const forced = options.forced && !routine.isAlwaysHeldBack;
    const refusal = forced ? null : await heldBack(entry, ports);
    if (refusal !== null) return { kind: 'not-attempted', reason: refusal };
    const claims = await claimServers([entry.key, ...entry.replicas], ports);
    if (claims.kind === 'refused') return { kind: 'not-attempted', reason: claims.text };
    try {
      return await this.#recoverClaimed(task, forced, ports);
    } finally {
      claims.release();
    }
  }

  async #recoverClaimed(
    { entry: found, options, gates, routine }: Task,
    forced: boolean,
    ports: RecoveryPorts,
  ): Promise<HandleResult> {
    const agreed = gates.find(({ agreeing }) => agreeing !== undefined);
    const entry = { ...found, countAdditionalAgreeingNodes: (agreed?.agreeing?.length ?? 1) - 1 };
    const registered = await registerRecovery(entry, { forced }, ports);
    if (registered.kind === 'already-registered') {
      return { kind: 'not-attempted', reason: `found an active or recent recovery on ${instanceKeyText(entry.key)}` };
    }
    const { run } = registered;
    if (agreed !== undefined) run.say(agreed.text);
    auditBegin(run, routine.auditType);
    const end = await runRecovery(run, entry, options, routine.recover);
    await auditEnd(run, routine.auditType, end);
    return { kind: 'attempted', run, end };
  }

  async #takeOver(ask: TakeoverAsk): Promise<TakeoverResult> {
    const { clusterName } = ask.entry.cluster;
    const what = `switchover of ${clusterName}`;
    const replicas = this.#ports.known.replicasOf(ask.primary.key);
    const result = await this.clusters.alone(clusterName, what, async (): Promise<TakeoverResult> => {
      const claims = await claimServers([ask.primary.key, ...replicas.map(({ key }) => key)], this.#ports);
      if (claims.kind === 'refused') return refused('claimed-elsewhere', `GracefulMasterTakeover: ${claims.text}`);
      try {
        return await this.#takeOverClaimed(ask);
      } finally {
        claims.release();
      }
    });
    return result ?? refused('busy', `GracefulMasterTakeover: busy with ${this.clusters.busyWith(clusterName)}`);
  }

  async #takeOverClaimed(ask: TakeoverAsk): Promise<TakeoverResult> {
    const looked = await lookBeforeTakeover(ask, this.#ports);
    if (looked.kind === 'refused') return looked;
    const hint: CommandHint = 'graceful-master-takeover';
    // The contract calls it DeadMaster, with the command that tells it apart (spec/recovery.md 5 step 2).
    const entry = {
      ...ask.entry,
      code: 'DeadMaster' as const,
      description: '',
      commandHint: hint,
      isActionableRecovery: true,
    };
    await registerDetection(entry, true, this.#ports);
    const registered = await registerRecovery(entry, { forced: true }, this.#ports);
    if (registered.kind !== 'registered') {
      return refused(
        'recovery-active',
        'GracefulMasterTakeover: unexpected error: recovery not attempted. This should not happen',
      );
    }
    const { run } = registered;
    const { primary, choice, credentials } = looked;
    const options = { primary, choice, credentials, startDemoted: ask.auto };
    const { auditType } = ROUTINES['dead-primary'];
    auditBegin(run, auditType);
    const end = await runTakeover(run, entry, options);
    await auditEnd(run, auditType, end);
    if (run.isInterrupted) return { kind: 'ended', run, entry, end };
    // Somebody wanted it: it is no flapping, and must not keep the new primary from being failed over for the next hour.
    await this.#ports.store.endActivePeriods({ uid: run.uid }, this.#ports.clock.now());
    await this.#ports.store.clearDetections({ key: entry.key }, this.#ports.clock.now());
    return { kind: 'ended', run, entry, end };
  }
}
