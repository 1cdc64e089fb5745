/**
 * Whether primaries can commit (A11): where a table is named for it, a row of it is written on every primary that takes writes, now and then. Off by default.
 *
 * Nothing is written on a server in whose cluster something is under way, on one that is not called a primary, or by a node that does not lead; and what
 * arrives late does nothing (`src/mysql/write-probe.ts`). One write a server at a time: where commits stand still no sessions pile up.
 */
import type { StuckWrite } from '../analysis/picture.ts';
import { Recent } from '../discovery/recent.ts';
import { type ClusterName, millis } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText, type KeyId, keyId } from '../model/instance-key.ts';
import { isLastCheckValid, isPrimary } from '../model/instance-status.ts';
import type { WriteProbeResult, WriteProbeTable } from '../mysql/write-probe.ts';
import type { Clock, Timer } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { repeat } from './repeat.ts';

export interface WriteProbesPolicy {
  /** Null: nothing is written. */
  readonly table: WriteProbeTable | null;
  readonly everyMillis: number;
  /** For how long a write may take before the server cannot commit. */
  readonly patienceMillis: number;
}

export interface WriteProbesOptions {
  readonly topology: {
    get(key: InstanceKey): Instance | undefined;
    all(): Iterable<Instance>;
    replicasOf(key: InstanceKey): readonly Instance[];
  };
  readonly wasSeenHere: (key: InstanceKey) => boolean;
  readonly write: (key: InstanceKey, table: WriteProbeTable) => Promise<WriteProbeResult>;
  /** Nothing is written there any more. */
  readonly endWriting: (key: InstanceKey) => void;
  readonly policy: () => WriteProbesPolicy;
  readonly clock: Clock;
  readonly log: Log;
  readonly isLeader: () => boolean;
  readonly isBusy: (clusterName: ClusterName) => boolean;
  /** Somebody else was promoted in its place. */
  readonly isLost: (key: InstanceKey) => boolean;
  /** It can commit no more, or can again. */
  readonly onChange: (clusterName: ClusterName) => void;
}

/** What a person wants to know of one server. */
export type WriteProbeState =
  | { readonly kind: 'committed'; readonly agoMillis: number }
  | { readonly kind: 'waiting'; readonly sinceMillis: number }
  | { readonly kind: 'unknown'; readonly why: string };

interface Probed {
  readonly key: InstanceKey;
  readonly begunAt: number;
  /** Since when somebody else holds what it needs, one attempt after another. Null: nobody does. */
  readonly lockedSince: number | null;
  /** Null: it has ended. */
  readonly patience: Timer | null;
  readonly state:
    | { readonly kind: 'committed' | 'waiting'; readonly at: number }
    | Extract<WriteProbeState, { kind: 'unknown' }>;
}

const TICK_MILLIS = millis(500);

/** A fleet's primaries are not all written in one moment. */
const BEGUN_AT_ONCE_MAX = 200;

/** A table that is missing is told of again after this long. */
const REPEATED_LOG_MILLIS = 3_600_000;

export class WriteProbes {
  readonly #options: WriteProbesOptions;
  readonly #probed = new Map<KeyId, Probed>();
  readonly #stuck = new Map<KeyId, StuckWrite>();
  readonly #told: Recent<string>;
  #stopTicking: () => void = () => {};

  constructor(options: WriteProbesOptions) {
    this.#options = options;
    this.#told = new Recent(options.clock, () => REPEATED_LOG_MILLIS);
  }

  start(): void {
    const { clock, log } = this.#options;
    this.#stopTicking = repeat({ clock, log, period: TICK_MILLIS, what: 'write probes' }, () => this.#tick());
  }

  stop(): void {
    this.#stopTicking();
    for (const { patience } of this.#probed.values()) patience?.cancel();
  }

  /** Servers on which a write does not come to an end, or is refused. */
  get stuck(): ReadonlyMap<KeyId, StuckWrite> {
    return this.#stuck;
  }

  /** Null: nothing is written there. */
  stateOf(key: InstanceKey): WriteProbeState | null {
    const state = this.#probed.get(keyId(key))?.state;
    if (state === undefined) return null;
    const passed = (at: number): number => this.#options.clock.monotonic() - at;
    switch (state.kind) {
      case 'committed':
        return { kind: 'committed', agoMillis: passed(state.at) };
      case 'waiting':
        return { kind: 'waiting', sinceMillis: passed(state.at) };
      case 'unknown':
        return state;
    }
  }

  #tick(): void {
    const { table, everyMillis } = this.#options.policy();
    if (table === null || !this.#options.isLeader()) {
      this.#forget(() => true);
      return;
    }
    this.#forget(({ key }) => !this.#isWritten(this.#options.topology.get(key)));
    const now = this.#options.clock.monotonic();
    let begun = 0;
    for (const instance of this.#options.topology.all()) {
      if (!this.#isWritten(instance)) continue;
      const probed = this.#probed.get(keyId(instance.key));
      const isDue = probed === undefined || (probed.patience === null && now - probed.begunAt >= everyMillis);
      if (!isDue) continue;
      if (begun++ >= BEGUN_AT_ONCE_MAX) return;
      this.#begin(instance, table);
    }
  }

  /** What has not ended goes on on the server; nobody listens any more. */
  #forget(which: (probed: Probed) => boolean): void {
    for (const [id, probed] of this.#probed) {
      if (!which(probed)) continue;
      probed.patience?.cancel();
      this.#probed.delete(id);
      this.#stuck.delete(id);
      this.#options.endWriting(probed.key);
    }
  }

  #isWritten(instance: Instance | undefined): boolean {
    if (instance === undefined || instance.readOnly || instance.isBinlogServer || instance.sourceKey !== null)
      return false;
    const { topology, isBusy, isLost, wasSeenHere } = this.#options;
    return (
      isPrimary(instance) &&
      isLastCheckValid(instance) &&
      wasSeenHere(instance.key) &&
      !isBusy(instance.clusterName) &&
      // G3: what is written on it is errant, and it may stay writable for long, with a replica that nobody could reach.
      !isLost(instance.key) &&
      topology.replicasOf(instance.key).length > 0
    );
  }

  #begin({ key, clusterName }: Instance, table: WriteProbeTable): void {
    const { clock, policy, write, log } = this.#options;
    const id = keyId(key);
    const begunAt = clock.monotonic();
    const patience = clock.after(millis(policy().patienceMillis), () => this.#isLate(id, clusterName));
    const before = this.#probed.get(id);
    const lockedSince = before?.lockedSince ?? null;
    const probed: Probed = {
      key,
      begunAt,
      lockedSince,
      patience,
      state: before?.state ?? { kind: 'waiting', at: begunAt },
    };
    this.#probed.set(id, probed);
    void write(key, table)
      .catch((error: unknown): WriteProbeResult => {
        log.error(`write probe of ${instanceKeyText(key)}: ${String(error)}`);
        return { kind: 'unknown', why: String(error) };
      })
      .then((result) => {
        patience.cancel();
        // Another one has begun since, or nothing is to be known of it any more.
        if (this.#probed.get(id)?.begunAt === begunAt) this.#ended(probed, clusterName, result);
      });
  }

  #isLate(id: KeyId, clusterName: ClusterName): void {
    const probed = this.#probed.get(id);
    if (probed === undefined) return;
    this.#probed.set(id, { ...probed, state: { kind: 'waiting', at: probed.begunAt } });
    const seconds = Math.round((this.#options.clock.monotonic() - probed.begunAt) / 1_000);
    this.#mark(id, clusterName, { text: `a write has waited for its commit for ${seconds} s` });
  }

  #ended(probed: Probed, clusterName: ClusterName, result: WriteProbeResult): void {
    const id = keyId(probed.key);
    const now = this.#options.clock.monotonic();
    switch (result.kind) {
      case 'committed':
        this.#probed.set(id, { ...probed, lockedSince: null, patience: null, state: { kind: 'committed', at: now } });
        this.#mark(id, clusterName, null);
        return;
      case 'refused':
        this.#probed.set(id, {
          ...probed,
          lockedSince: null,
          patience: null,
          state: { kind: 'unknown', why: result.failure.text },
        });
        this.#mark(id, clusterName, { text: result.failure.text });
        return;
      case 'locked': {
        const since = probed.lockedSince ?? probed.begunAt;
        this.#probed.set(id, { ...probed, lockedSince: since, patience: null, state: { kind: 'waiting', at: since } });
        if (now - since >= this.#options.policy().patienceMillis) this.#mark(id, clusterName, { text: result.why });
        return;
      }
      case 'unknown':
        this.#probed.set(id, {
          ...probed,
          lockedSince: null,
          patience: null,
          state: { kind: 'unknown', why: result.why },
        });
        this.#mark(id, clusterName, null);
        this.#tellOnce(`write probe of ${instanceKeyText(probed.key)}: ${result.why}`);
    }
  }

  #mark(id: KeyId, clusterName: ClusterName, stuck: StuckWrite | null): void {
    const before = this.#stuck.get(id);
    if (stuck === null) this.#stuck.delete(id);
    else this.#stuck.set(id, stuck);
    if ((before === undefined) !== (stuck === null)) this.#options.onChange(clusterName);
  }

  #tellOnce(line: string): void {
    if (this.#told.has(line)) return;
    this.#told.note(line);
    this.#options.log.warning(line);
  }
}
