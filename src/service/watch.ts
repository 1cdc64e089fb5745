/**
 * The watch: hears of every change in the picture, has the clusters concerned analysed in the same turn, and starts recoveries. What has problems is looked
 * at again every second, since they age; everything else now and then. Cost grows with change, not with the size of the fleet.
 */
import { actionability, claimsDeath } from '../analysis/codes.ts';
import type { AnalysisEntry } from '../analysis/entry.ts';
import type { Picture } from '../discovery/picture.ts';
import { Recent } from '../discovery/recent.ts';
import { type ClusterName, millis, unixMillis } from '../model/brand.ts';
import { instanceKeyText } from '../model/instance-key.ts';
import type { Clock, Timer } from '../ports/clock.ts';
import type { AuditStore } from '../ports/decision-store.ts';
import type { Log } from '../ports/log.ts';
import type { ObservationStore } from '../ports/observation-store.ts';
import { type Gate, gate } from '../recovery/gates.ts';
import { AUTOMATED, isPassing, type Recoveries } from '../recovery/recoveries.ts';
import { AnalysisHistory } from './analysis-history.ts';
import type { Analyst } from './analyst.ts';
import type { Emergencies } from './emergencies.ts';
import type { NodeEvent } from './events.ts';
import { NOT_RECOVERED } from './explain-past.ts';
import { Standing } from './standing.ts';
import type { SuspectedLocks } from './suspected-locks.ts';

export interface WatchOptions {
  readonly picture: Picture;
  readonly analyst: Pick<Analyst, 'look'>;
  readonly emergencies: Pick<Emergencies, 'respond' | 'graceMillis'>;
  readonly suspectedLocks: Pick<SuspectedLocks, 'note'>;
  readonly recoveries: Pick<Recoveries, 'handle' | 'looksAfter'>;
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
 * A problem that says of nobody that it is dead is an incident once it has stood for so long. In the moments of a failover a primary is "unreachable" before
 * it is dead, the promoted one has "no replicating replica" before they have connected, and is read-only before it is writable: no hook should wake people for
 * that, and nobody repair it.
 */
const PASSING_MILLIS = 1_000;

/** A refusal to recover is logged again after this long. */
const REPEATED_REFUSAL_MILLIS = 60_000;

/** What was lost in a failover is downtimed for months: that it is passed over is not worth a line a minute. */
const REPEATED_DOWNTIME_MILLIS = 3_600_000;

const DOWNTIMED = 'downtimed';

export class Watch {
  readonly #options: WatchOptions;
  readonly #due = new Set<ClusterName>();
  /** Clusters with problems: blocks run out, times pass, and nobody tells. */
  readonly #restless = new Set<ClusterName>();
  #turn = 0;
  readonly #standing: Standing;
  readonly #history: AnalysisHistory;
  readonly #refused: Recent<string>;
  readonly #passedOver: Recent<string>;
  #startedAt = 0;
  #looking = false;
  #timer: Timer | null = null;
  #unsubscribe: () => void = () => {};

  constructor(options: WatchOptions) {
    this.#options = options;
    const { clock, store, log } = options;
    this.#standing = new Standing(() => clock.monotonic());
    this.#history = new AnalysisHistory(store, log);
    this.#refused = new Recent(clock, () => REPEATED_REFUSAL_MILLIS);
    this.#passedOver = new Recent(clock, () => REPEATED_DOWNTIME_MILLIS);
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

  /** Something that the picture does not have has changed. */
  lookAt(clusterName: ClusterName): void {
    this.#due.add(clusterName);
    this.#lookSoon();
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
    const changed = this.#standing.note(clusterName, entries);
    for (const entry of changed) this.#tell(entry);
    if (this.#options.isLeader()) for (const entry of entries) this.#record(entry);
    else this.#history.forget();
    for (const entry of problems) this.#consider(entry);
  }

  #consider(entry: AnalysisEntry): void {
    const { isLeader, recoveries, emergencies } = this.#options;
    if (!isLeader() || recoveries.looksAfter(entry.cluster.clusterName) !== 'nobody') return;
    const lastedMillis = this.lastedMillis(entry);
    // B2: what is downtimed is neither nudged nor looked at by the second, let alone recovered (spec/failure-detection.md 12).
    if (!entry.isSkippableDueToDowntime) emergencies.respond(entry, lastedMillis);
    // In the grace period it is registered all the same, as a suspicion (spec/failure-detection.md 12.2).
    if (this.gates(entry).some(({ name, isOpen }) => !isOpen && name !== 'grace')) return;
    if (entry.isSkippableDueToDowntime) {
      if (actionability(entry.code) !== 'none') this.#logRefusal(entry, DOWNTIMED, this.#passedOver);
      return;
    }
    const isInGrace = emergencies.graceMillis(entry.key) > 0;
    void recoveries.handle(entry, { ...AUTOMATED, lastedMillis, isInGrace }).then(
      (result) => {
        if (result.kind === 'not-attempted' && !isPassing(result))
          this.#logRefusal(entry, result.reason, this.#refused);
      },
      (error: unknown) => this.#options.log.error(`recovery of ${instanceKeyText(entry.key)} failed: ${String(error)}`),
    );
  }

  /** What keeps this process from handing an entry over at all, for now. */
  gates(entry: AnalysisEntry): readonly Gate[] {
    const { clock, emergencies } = this.#options;
    const after = (wait: number) => (wait > 0 ? unixMillis(clock.now() + wait) : null);
    const warmUp = this.#warmUpMillis(entry);
    const grace = emergencies.graceMillis(entry.key);
    const passing = this.#passingMillis(entry, grace > 0);
    return [
      gate(
        'warm-up',
        warmUp > 0 ? 'this process has just begun, and has not seen the server and all its replicas' : null,
        'this process has seen them',
        after(warmUp),
      ),
      gate(
        'grace',
        grace > 0 && actionability(entry.code) !== actionability(entry.code, true)
          ? 'receivers of its replicas were restarted a moment ago: that they are not connected says nothing yet'
          : null,
        'nobody was restarted',
        after(grace),
      ),
      gate(
        'passing',
        passing > 0 ? `it must stand for ${PASSING_MILLIS / 1_000} s: moments of a failover look like it` : null,
        'it stands',
        after(passing),
      ),
    ];
  }

  /** Either the process runs long enough, or it has seen the server alive itself and looked at every witness. */
  #warmUpMillis(entry: AnalysisEntry): number {
    const { picture, clock, warmUpMillis } = this.#options;
    const left = warmUpMillis() - (clock.monotonic() - this.#startedAt);
    if (left <= 0) return 0;
    return picture.wasSeenHere(entry.key) && entry.replicas.every((key) => picture.wasObservedHere(key)) ? 0 : left;
  }

  /** Looked at again every second, so that what lasts is not forgotten. */
  #passingMillis(entry: AnalysisEntry, isInGrace: boolean): number {
    if (actionability(entry.code, isInGrace) === 'actionable' && claimsDeath(entry.code)) return 0;
    return Math.max(0, PASSING_MILLIS - this.lastedMillis(entry));
  }

  /** How long the server has been called what it is called now, as far as this process has seen. */
  lastedMillis(entry: Pick<AnalysisEntry, 'key' | 'code'>): number {
    return this.#standing.lastedMillis(entry);
  }

  /** By the node that leads alone: another's view must not take back what it has written. */
  #record(entry: AnalysisEntry): void {
    const { picture, suspectedLocks, clock } = this.#options;
    const instance = picture.topology.get(entry.key);
    if (instance !== undefined) suspectedLocks.note(instance, entry.code);
    this.#history.note(entry, clock.now());
  }

  #tell({ key, code, description, cluster }: AnalysisEntry): void {
    const { clock, emit } = this.#options;
    emit({ kind: 'analysis-changed', at: clock.now(), clusterName: cluster.clusterName, key, code, description });
  }

  #logRefusal(entry: AnalysisEntry, reason: string, told: Recent<string>): void {
    const { clock, log, store } = this.#options;
    const line = `${entry.code} on ${instanceKeyText(entry.key)}: not recovered: ${reason}`;
    if (told.has(line)) return;
    told.note(line);
    log.info(line);
    if (actionability(entry.code) === 'none') return;
    const { key, code, cluster } = entry;
    const message = `${code}: ${reason}`;
    store
      .appendAudit({ at: clock.now(), type: NOT_RECOVERED, key, clusterName: cluster.clusterName, message })
      .catch((error: unknown) => log.error(`backend: ${String(error)}`));
  }
}
