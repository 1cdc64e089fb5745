/**
 * The watch: hears of every change in the picture, has the clusters concerned analysed in the same turn, and starts recoveries. What has problems is looked
 * at again every second, since they age; everything else now and then. Cost grows with change, not with the size of the fleet.
 */
import { actionability, claimsDeath } from '../analysis/codes.ts';
import type { AnalysisEntry } from '../analysis/entry.ts';
import type { Picture } from '../discovery/picture.ts';
import { type ClusterName, millis } from '../model/brand.ts';
import { type InstanceKey, instanceKeyText, type KeyId, keyId } from '../model/instance-key.ts';
import type { Clock, Timer } from '../ports/clock.ts';
import type { AuditStore } from '../ports/decision-store.ts';
import type { Log } from '../ports/log.ts';
import type { ObservationStore } from '../ports/observation-store.ts';
import { AUTOMATED, type Recoveries } from '../recovery/recoveries.ts';
import type { Analyst } from './analyst.ts';
import type { Emergencies } from './emergencies.ts';
import type { NodeEvent } from './events.ts';
import { NOT_RECOVERED } from './explain-calls.ts';
import type { SuspectedLocks } from './suspected-locks.ts';

export interface WatchOptions {
  readonly picture: Picture;
  readonly analyst: Pick<Analyst, 'look'>;
  readonly emergencies: Pick<Emergencies, 'respond' | 'isInGrace'>;
  readonly suspectedLocks: Pick<SuspectedLocks, 'note'>;
  readonly recoveries: Pick<Recoveries, 'isBusy' | 'handle'>;
  readonly store: Pick<ObservationStore, 'recordAnalysis'> & Pick<AuditStore, 'appendAudit'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly emit: (event: NodeEvent) => void;
  /** This node leads: it alone registers and recovers. */
  readonly isLeader: () => boolean;
  /** Three polls; nothing is concluded from stale data before (spec/recovery.md 1.1). */
  readonly warmUpMillis: () => number;
}

const SAFETY_LOOK_MILLIS = millis(1_000);

/** In so many of these looks every cluster has had its turn: the safety net for what changes without a change in the picture (downtimes, settings). */
const TURN_LOOKS = 30;

/**
 * A problem that leads to no action is an incident once it has stood for so long. In the moments of a failover a primary is "unreachable" before
 * it is dead, and the promoted one has "no replicating replica" before they have connected: no hook should wake people for that.
 */
const PASSING_MILLIS = 1_000;

/** A refusal to recover is logged again after this long. */
const REPEATED_REFUSAL_MILLIS = 60_000;

export class Watch {
  readonly #options: WatchOptions;
  readonly #due = new Set<ClusterName>();
  /** Clusters with problems: blocks run out, times pass, and nobody tells. */
  readonly #restless = new Set<ClusterName>();
  #turn = 0;
  readonly #codes = new Map<KeyId, { readonly code: string; readonly since: number }>();
  readonly #refusals = new Map<string, number>();
  #startedAt = 0;
  #looking = false;
  #timer: Timer | null = null;
  #unsubscribe: () => void = () => {};

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  start(): void {
    const { picture, clock, emit } = this.#options;
    this.#startedAt = clock.monotonic();
    this.#unsubscribe = picture.onChange((change) => {
      const at = clock.now();
      for (const clusterName of change.clusters) {
        emit({ kind: 'cluster-changed', at, clusterName });
        this.#due.add(clusterName);
      }
      this.#lookSoon();
    });
    this.#tick();
  }

  stop(): void {
    this.#unsubscribe();
    this.#timer?.cancel();
  }

  /** What stands is looked at every second; what nothing has changed in, in its turn: a fleet that is well costs next to nothing. */
  #tick(): void {
    for (const clusterName of this.#restless) this.#due.add(clusterName);
    for (const clusterName of this.#inTurn()) this.#due.add(clusterName);
    this.#lookSoon();
    this.#timer = this.#options.clock.after(SAFETY_LOOK_MILLIS, () => this.#tick());
  }

  #inTurn(): readonly ClusterName[] {
    const names = this.#options.picture.topology.clusterNames();
    const count = Math.ceil(names.length / TURN_LOOKS);
    const from = this.#turn * count;
    this.#turn = from + count >= names.length ? 0 : this.#turn + 1;
    return names.slice(from, from + count);
  }

  /** At the end of the present turn: what several observations of one round changed is looked at once. */
  #lookSoon(): void {
    if (this.#looking) return;
    this.#looking = true;
    queueMicrotask(() => {
      this.#looking = false;
      const due = [...this.#due];
      this.#due.clear();
      for (const clusterName of due) this.#look(clusterName);
    });
  }

  #look(clusterName: ClusterName): void {
    const { entries, problems } = this.#options.analyst.look(clusterName);
    if (problems.length > 0) this.#restless.add(clusterName);
    else this.#restless.delete(clusterName);
    for (const entry of entries) this.#note(entry);
    for (const entry of problems) this.#consider(entry);
  }

  #consider(entry: AnalysisEntry): void {
    if (!this.#options.isLeader() || this.#options.recoveries.isBusy(entry.cluster.clusterName)) return;
    const { emergencies } = this.#options;
    emergencies.respond(entry, this.#hasLasted(entry));
    if (!this.#isWarm(entry) || this.#mayPass(entry)) return;
    if (claimsDeath(entry.code) && emergencies.isInGrace(entry.key)) return;
    const lastedMillis = this.lastedMillis(entry.key);
    void this.#options.recoveries.handle(entry, { ...AUTOMATED, lastedMillis }).then(
      (result) => {
        if (result.kind === 'not-attempted') this.#logRefusal(entry, result.reason);
      },
      (error: unknown) => this.#options.log.error(`recovery of ${instanceKeyText(entry.key)} failed: ${String(error)}`),
    );
  }

  /** Either the process runs long enough, or it has seen the server alive itself and looked at every witness. */
  #isWarm(entry: AnalysisEntry): boolean {
    const { picture, clock, warmUpMillis } = this.#options;
    if (clock.monotonic() - this.#startedAt >= warmUpMillis()) return true;
    return picture.wasSeenHere(entry.key) && entry.replicas.every((key) => picture.wasObservedHere(key));
  }

  /** Looked at again every second, so that what lasts is not forgotten. */
  #mayPass(entry: AnalysisEntry): boolean {
    return actionability(entry.code) !== 'actionable' && !this.#hasLasted(entry);
  }

  #hasLasted({ key }: AnalysisEntry): boolean {
    return this.lastedMillis(key) >= PASSING_MILLIS;
  }

  /** How long the server has been called what it is called now, as far as this process has seen. */
  lastedMillis(key: InstanceKey): number {
    return this.#options.clock.monotonic() - (this.#codes.get(keyId(key))?.since ?? 0);
  }

  #note(entry: AnalysisEntry): void {
    const { picture, suspectedLocks } = this.#options;
    const instance = picture.topology.get(entry.key);
    if (instance !== undefined) suspectedLocks.note(instance, entry.code);
    this.#noteCode(entry);
  }

  /** Tells of a new code, and keeps its history (spec/failure-detection.md 11.3: only servers with replicas have one). */
  #noteCode(entry: AnalysisEntry): void {
    const { clock, emit, store, log } = this.#options;
    const id = keyId(entry.key);
    if (this.#codes.get(id)?.code === entry.code) return;
    this.#codes.set(id, { code: entry.code, since: clock.monotonic() });
    const at = clock.now();
    emit({
      kind: 'analysis-changed',
      at,
      clusterName: entry.cluster.clusterName,
      key: entry.key,
      code: entry.code,
      description: entry.description,
    });
    if (entry.countReplicas === 0) return;
    store
      .recordAnalysis(entry.key, entry.code, at)
      .catch((error: unknown) =>
        log.error(`cannot record the analysis of ${instanceKeyText(entry.key)}: ${String(error)}`),
      );
  }

  #logRefusal(entry: AnalysisEntry, reason: string): void {
    const { clock, log, store } = this.#options;
    const line = `${entry.code} on ${instanceKeyText(entry.key)}: not recovered: ${reason}`;
    const last = this.#refusals.get(line);
    if (last !== undefined && clock.monotonic() - last < REPEATED_REFUSAL_MILLIS) return;
    this.#refusals.set(line, clock.monotonic());
    log.info(line);
    if (actionability(entry.code) === 'none') return;
    const { key, code, cluster } = entry;
    const message = `${code}: ${reason}`;
    store
      .appendAudit({ at: clock.now(), type: NOT_RECOVERED, key, clusterName: cluster.clusterName, message })
      .catch((error: unknown) => log.error(`backend: ${String(error)}`));
  }
}
