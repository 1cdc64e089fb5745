/**
 * From an analysis entry to a recovery: the gates in their order (spec/recovery.md 1.3), one recovery a cluster at a time, clusters beside each
 * other (B6).
 */
import { actionability, recoveryRoutine } from '../analysis/codes.ts';
import type { AnalysisEntry, CommandHint } from '../analysis/entry.ts';
import { type ClusterName, millis } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText, keyId } from '../model/instance-key.ts';
import { isLastCheckValid } from '../model/instance-status.ts';
import type { ReplicationCredentials } from '../model/server-command.ts';
import { type RecoveryEnd, recoverDeadPrimary } from './dead-primary.ts';
import { type Gate, policyGates } from './gates.ts';
import { NOTHING_DONE_YET, runIncidentHooks } from './recovery-hooks.ts';
import type { RecoveryPorts } from './recovery-ports.ts';
import { newRecoveryUid, type RecoveryRun } from './recovery-run.ts';
import { registerDetection, registerRecovery } from './registration.ts';
import {
  chooseSuccessor,
  LAG_IS_PUBLISHED_MILLIS,
  LIVE_READ_MILLIS,
  MAY_BE_STALE_LAG,
  type SwitchoverChoice,
} from './switchover.ts';
import { runTakeover } from './takeover-run.ts';

export interface HandleOptions {
  /** A person asked for it: downtime, the global switch, cluster filters and anti-flapping do not hold it back. */
  readonly forced: boolean;
  readonly designated: InstanceKey | null;
  readonly skipHooks: boolean;
  /** How long the problem has been there. Absent: long enough. */
  readonly lastedMillis?: number;
  /** Receivers of its replicas were restarted a moment ago (spec/failure-detection.md 12.2). */
  readonly isInGrace?: boolean;
}

export type HandleResult =
  | { readonly kind: 'not-attempted'; readonly reason: string }
  | { readonly kind: 'attempted'; readonly run: RecoveryRun; readonly end: RecoveryEnd };

export interface TakeoverAsk {
  readonly entry: AnalysisEntry;
  readonly primary: Instance;
  readonly designated: InstanceKey | null;
  readonly auto: boolean;
  readonly isDowntimed: (key: InstanceKey) => boolean;
}

export type TakeoverResult =
  | { readonly kind: 'refused'; readonly code: string; readonly text: string }
  | { readonly kind: 'ended'; readonly run: RecoveryRun; readonly entry: AnalysisEntry; readonly end: RecoveryEnd };

type LookBeforeTakeover =
  | {
      readonly kind: 'looked';
      readonly primary: Instance;
      readonly choice: SwitchoverChoice;
      readonly credentials: ReplicationCredentials | null;
    }
  | Extract<TakeoverResult, { kind: 'refused' }>;

/** A person's order waits this long for other work in its cluster. */
const ORDER_PATIENCE_MILLIS = 10_000;
const ORDER_LOOK_MILLIS = millis(20);

/** No refusal: an earlier look is about to decide. */
export const ASKING = 'it is being asked whether it is dead';

/** What orchestrator does of its own accord. */
export const AUTOMATED: HandleOptions = { forced: false, designated: null, skipHooks: false };

interface Work {
  readonly what: string;
  readonly isShort: boolean;
}

/** An operation of a person that is under way in a cluster. */
interface Guest {
  readonly what: string;
  isCalledOff: boolean;
  isCutShort: boolean;
  readonly ended: Promise<unknown>;
}

/** So long a recovery waits for operations that it has called off: they end after the step that they are in. */
const GUEST_PATIENCE_MILLIS = millis(1_500);

export interface AloneOptions {
  /** Operations of people that are under way are called off; else they are something else that is under way. */
  readonly callsOffOperations?: boolean;
  /** It does not wait for the rest of what has given the cluster its present primary, hooks above all: that primary has died meanwhile (E7). */
  readonly urgent?: boolean;
  /** It ends by itself within seconds, and changes nothing that a person's order is about: such an order waits for it. */
  readonly isShort?: boolean;
}

export class Recoveries {
  readonly #ports: RecoveryPorts;
  readonly #busy = new Map<ClusterName, Work>();
  /** Clusters by their new names whose primary has been replaced by work that is under way under their old ones. */
  readonly #renamed = new Map<ClusterName, { readonly from: ClusterName; readonly what: string }>();
  readonly #guests = new Map<ClusterName, Set<Guest>>();
  readonly #running = new Set<Promise<unknown>>();
  /** Servers whose detection hooks run now. */
  readonly #detecting = new Set<string>();
  /** Servers of whose death the gates are being asked. */
  readonly #asking = new Set<string>();

  constructor(ports: RecoveryPorts) {
    this.#ports = {
      ...ports,
      moveAlias: (from, to, alias) => {
        this.holdAlso(from, to);
        return ports.moveAlias(from, to, alias);
      },
    };
  }

  /** For whoever works in a cluster that this holds: when its primary is replaced, the cluster is held under its new name too. */
  get ports(): RecoveryPorts {
    return this.#ports;
  }

  /** Clusters in which a recovery or switchover is under way: nobody else may change them, and analysis of them leads to nothing. */
  isBusy(clusterName: ClusterName): boolean {
    return this.#busy.has(clusterName);
  }

  /** Resolves when what is under way has ended. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.#running]);
  }

  handle(entry: AnalysisEntry, options: HandleOptions = AUTOMATED): Promise<HandleResult> {
    return this.#track(this.#handle(entry, options));
  }

  takeOver(ask: TakeoverAsk): Promise<TakeoverResult> {
    return this.#track(this.#takeOver(ask));
  }

  /** Runs work that changes a cluster, alone in it. Null: something else is under way. */
  async alone<Result>(
    clusterName: ClusterName,
    what: string,
    work: () => Promise<Result>,
    { urgent = false, isShort = false, callsOffOperations = false }: AloneOptions = {},
  ): Promise<Result | null> {
    if (this.#busy.has(clusterName) || (!urgent && this.#renamed.has(clusterName))) return null;
    if (!callsOffOperations && this.#guests.has(clusterName)) return null;
    this.#busy.set(clusterName, { what, isShort });
    try {
      await this.#callOff(clusterName);
      return await this.#track(work());
    } finally {
      this.#busy.delete(clusterName);
      for (const [name, { from }] of this.#renamed) if (from === clusterName) this.#renamed.delete(name);
    }
  }

  /**
   * Runs an operation of a person, beside others of that kind in the same cluster. Null: something is under way that must be alone. `isCalledOff` says that
   * a recovery wants to begin: the operation puts back what it has begun. `isCutShort`: it has begun, and nobody else may tell servers anything.
   */
  async beside<Result>(
    clusterName: ClusterName,
    what: string,
    work: (isCalledOff: () => boolean, isCutShort: () => boolean) => Promise<Result>,
  ): Promise<Result | null> {
    await this.#isFree(clusterName);
    if (this.#busy.has(clusterName) || this.#renamed.has(clusterName)) return null;
    const guests = this.#guests.get(clusterName) ?? new Set<Guest>();
    this.#guests.set(clusterName, guests);
    let end = (): void => {};
    const guest: Guest = {
      what,
      isCalledOff: false,
      isCutShort: false,
      ended: new Promise<void>((resolve) => (end = resolve)),
    };
    guests.add(guest);
    try {
      return await this.#track(
        work(
          () => guest.isCalledOff,
          () => guest.isCutShort,
        ),
      );
    } finally {
      guests.delete(guest);
      if (guests.size === 0) this.#guests.delete(clusterName);
      end();
    }
  }

  async #callOff(clusterName: ClusterName): Promise<void> {
    const guests = [...(this.#guests.get(clusterName) ?? [])];
    if (guests.length === 0) return;
    for (const guest of guests) guest.isCalledOff = true;
    const ended = Promise.all(guests.map((guest) => guest.ended));
    await Promise.race([ended, this.#ports.clock.sleep(GUEST_PATIENCE_MILLIS)]);
    // D11: what is put back from now on would start receivers that the recovery has stopped, or send servers back to a dead primary.
    for (const guest of guests) guest.isCutShort = true;
  }

  /** What is under way in a cluster, if anything is, holds it under its new name too: its primary has been replaced. */
  holdAlso(from: ClusterName, to: ClusterName): void {
    const what = this.#busy.get(from)?.what;
    if (what !== undefined) this.#renamed.set(to, { from, what });
  }

  busyWith(clusterName: ClusterName): string {
    const [guest] = this.#guests.get(clusterName) ?? [];
    return this.#busy.get(clusterName)?.what ?? this.#renamed.get(clusterName)?.what ?? guest?.what ?? '';
  }

  async #handle(entry: AnalysisEntry, options: HandleOptions): Promise<HandleResult> {
    const ports = this.#ports;
    const doNot = (reason: string): HandleResult => ({ kind: 'not-attempted', reason });
    const kind = actionability(entry.code, options.isInGrace);
    if (kind === 'none') return doNot(`no action plan for ${entry.code}`);
    if (!ports.mayBegin()) return doNot('this node does not lead');
    if (entry.isSkippableDueToDowntime && !options.forced) return doNot('downtimed');
    const { clusterName } = entry.cluster;
    if (options.forced) await this.#isFree(clusterName);
    if (this.#busy.has(clusterName)) return doNot(`busy with ${this.busyWith(clusterName)}`);
    const isActionable = kind === 'actionable';
    const withAction = { ...entry, isActionableRecovery: isActionable };
    const refusal = await this.#detect(withAction, isActionable, options);
    if (refusal !== null) return doNot(refusal);
    if (kind !== actionability(entry.code)) return doNot('receivers of its replicas were restarted a moment ago');
    if (!isActionable || recoveryRoutine(entry.code) !== 'dead-primary') return doNot(`no recovery for ${entry.code}`);
    // The cluster is not held meanwhile: asking nodes that do not answer takes a second, again and again, in which no person could act.
    const asked = await this.#gatesOnce(withAction, options);
    if (asked === null) return doNot(ASKING);
    const closed = asked.find(({ isOpen }) => !isOpen);
    if (closed !== undefined) return doNot(closed.text);
    // It has had a second to come back in; hooks that shut it out must not run for one that is there.
    if (!options.forced && this.#answers(entry.key)) return doNot(`${instanceKeyText(entry.key)} answers again`);
    const what = `recovery of ${instanceKeyText(entry.key)}`;
    const recover = () => this.#recover(withAction, options, asked);
    const handled = await this.alone(clusterName, what, recover, {
      urgent: true,
      callsOffOperations: true,
    });
    return handled ?? doNot(`busy with ${this.busyWith(clusterName)}`);
  }

  /** Whoever gives an order has nobody who tries it again a second later: short work, such as bringing along what a failover left behind, is waited for. */
  async #isFree(clusterName: ClusterName): Promise<void> {
    const { clock } = this.#ports;
    const until = clock.monotonic() + ORDER_PATIENCE_MILLIS;
    while (this.#busy.get(clusterName)?.isShort === true && clock.monotonic() < until)
      await clock.sleep(ORDER_LOOK_MILLIS);
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

  async #recover(found: AnalysisEntry, options: HandleOptions, gates: readonly Gate[]): Promise<HandleResult> {
    const agreed = gates.find(({ agreeing }) => agreeing !== undefined);
    const entry = { ...found, countAdditionalAgreeingNodes: (agreed?.agreeing?.length ?? 1) - 1 };
    const registered = await registerRecovery(entry, options, this.#ports);
    if (registered.kind === 'blocked') return { kind: 'not-attempted', reason: registered.text };
    if (registered.kind === 'already-registered') {
      return { kind: 'not-attempted', reason: `found an active or recent recovery on ${instanceKeyText(entry.key)}` };
    }
    const { run } = registered;
    if (agreed !== undefined) run.say(agreed.text);
    const { designated, skipHooks, forced } = options;
    const request = { designated, skipHooks, forced };
    return { kind: 'attempted', run, end: await recoverDeadPrimary(run, entry, request) };
  }

  async #takeOver(ask: TakeoverAsk): Promise<TakeoverResult> {
    const { clusterName } = ask.entry.cluster;
    const what = `switchover of ${clusterName}`;
    const refused = (code: string, text: string): TakeoverResult => ({ kind: 'refused', code, text });
    const result = await this.alone(clusterName, what, async (): Promise<TakeoverResult> => {
      const looked = await this.#lookBeforeTakeover(ask);
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
      const end = await runTakeover(run, entry, options);
      if (run.isInterrupted) return { kind: 'ended', run, entry, end };
      // Somebody wanted it: it is no flapping, and must not keep the new primary from being failed over for the next hour.
      await this.#ports.store.endActivePeriods({ uid: run.uid }, this.#ports.clock.now());
      await this.#ports.store.clearDetections({ key: entry.key }, this.#ports.clock.now());
      return { kind: 'ended', run, entry, end };
    });
    return result ?? refused('busy', `GracefulMasterTakeover: busy with ${this.busyWith(clusterName)}`);
  }

  /** Lag may be a thing of the past when it is read: who is refused for it is looked at once more. */
  async #lookBeforeTakeover(ask: TakeoverAsk): Promise<LookBeforeTakeover> {
    const looked = await this.#lookOnce(ask);
    if (looked.kind === 'looked' || !MAY_BE_STALE_LAG.has(looked.code)) return looked;
    await this.#ports.clock.sleep(LAG_IS_PUBLISHED_MILLIS);
    return this.#lookOnce(ask);
  }

  /** Everything is read anew before it is judged: polled facts are of different moments. */
  async #lookOnce(ask: TakeoverAsk): Promise<LookBeforeTakeover> {
    const { servers, known } = this.#ports;
    const keys = known.replicasOf(ask.primary.key).map((replica) => replica.key);
    const [seen, ...reads] = await Promise.all(
      [ask.primary.key, ...keys].map((key) => servers.observe(key, LIVE_READ_MILLIS)),
    );
    if (seen === undefined || seen.kind === 'failed') {
      const text = seen?.kind === 'failed' ? seen.failure.text : '';
      return {
        kind: 'refused',
        code: 'primary-unreachable',
        text: `GracefulMasterTakeover: cannot read the master: ${text}`,
      };
    }
    if (seen.instance.readOnly) {
      const text = `GracefulMasterTakeover: the master ${instanceKeyText(ask.primary.key)} is read-only`;
      return { kind: 'refused', code: 'primary-read-only', text };
    }
    const replicas = reads.flatMap((read) => (read.kind === 'observed' ? [read.instance] : []));
    const unreachable = keys.filter((_, index) => reads[index]?.kind === 'failed');
    const choice = chooseSuccessor({ ...ask, primary: seen.instance, replicas, unreachable }, this.#ports);
    if (choice.kind === 'refused') return choice;
    const primary = seen.instance;
    const credentials = primary.hasReplicationCredentials
      ? null
      : await servers.replicationCredentials(choice.choice.successor.key);
    if (ask.auto && credentials === null && !primary.hasReplicationCredentials) {
      // I4: the old primary is to follow the new one; without an account it could not, and that is better known before the switch.
      const text = `GracefulMasterTakeover: no replication credentials for ${instanceKeyText(primary.key)} could be read from ${instanceKeyText(choice.choice.successor.key)}; set ReplicationCredentialsQuery. Aborting`;
      return { kind: 'refused', code: 'no-credentials', text };
    }
    return { kind: 'looked', primary, choice: choice.choice, credentials };
  }

  #track<Result>(work: Promise<Result>): Promise<Result> {
    this.#running.add(work);
    const done = (): void => {
      this.#running.delete(work);
    };
    work.then(done, done);
    return work;
  }
}
