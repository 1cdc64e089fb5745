/**
 * Writes markers of pseudo-GTID on primaries, every few seconds (`AutoPseudoGTID`; spec/topology-operations.md 4.2, O50).
 *
 * On the leader alone, and on one writable primary a cluster. Nothing is written while something is under way in the cluster, nor on a server in whose place somebody
 * else was promoted: with GTIDs the marker would be a transaction that exists nowhere else (G3). An account without the privilege is how people keep a cluster out
 * of it.
 */
import { Recent } from '../discovery/recent.ts';
import { type ClusterName, millis } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText, type KeyId, keyId } from '../model/instance-key.ts';
import { isLastCheckValid } from '../model/instance-status.ts';
import type { InjectionResult } from '../mysql/inject-marker.ts';
import { markerText } from '../planning/log-search/marker-text.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { PseudoGtidClusters } from './pseudo-gtid-clusters.ts';
import { repeat } from './repeat.ts';

export interface PseudoGtidInjectionOptions {
  readonly isEnabled: () => boolean;
  /** One writable primary a cluster. */
  readonly primaries: () => readonly Instance[];
  readonly wasSeenHere: (key: InstanceKey) => boolean;
  readonly isLeader: () => boolean;
  readonly isBusy: (clusterName: ClusterName) => boolean;
  /** Somebody else was promoted in its place. */
  readonly isLost: (key: InstanceKey) => boolean;
  /** Whether our account may; null: it cannot be told. */
  readonly mayInject: (key: InstanceKey) => Promise<boolean | null>;
  readonly inject: (key: InstanceKey, marker: string) => Promise<InjectionResult>;
  readonly clusters: Pick<PseudoGtidClusters, 'record'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly randomHex: (bytes: number) => string;
}

const PERIOD = millis(5_000);

/** What was learned of an account's grants holds so long. */
const GRANTS_VALID_MILLIS = 60_000;

/** A line about one server is told again after this long. */
const REPEATED_LOG_MILLIS = 3_600_000;

const RANDOM_BYTES = 8;

/** A primary may hold a marker up for long; there is one a server under way, and no more than these in all. */
const UNDER_WAY_MAX = 500;

export class PseudoGtidInjection {
  readonly #options: PseudoGtidInjectionOptions;
  readonly #underWay = new Set<KeyId>();
  readonly #checked: Recent<KeyId>;
  /** What the last check of each server's grants said. */
  readonly #allowed = new Map<KeyId, boolean>();
  readonly #told: Recent<string>;
  #endRepeating: () => void = () => {};

  constructor(options: PseudoGtidInjectionOptions) {
    this.#options = options;
    this.#checked = new Recent(options.clock, () => GRANTS_VALID_MILLIS);
    this.#told = new Recent(options.clock, () => REPEATED_LOG_MILLIS);
  }

  start(): void {
    const { clock, log } = this.#options;
    this.#endRepeating = repeat({ clock, log, period: PERIOD, what: 'pseudo-GTID injection' }, () => this.#tick());
  }

  stop(): void {
    this.#endRepeating();
  }

  #tick(): void {
    const { isEnabled, isLeader, primaries, log } = this.#options;
    if (!isEnabled() || !isLeader()) return;
    const wanted = primaries();
    this.#forgetAllBut(new Set(wanted.map(({ key }) => keyId(key))));
    for (const instance of wanted) {
      const id = keyId(instance.key);
      if (this.#underWay.has(id) || this.#underWay.size >= UNDER_WAY_MAX || !this.#takesMarkers(instance)) continue;
      this.#underWay.add(id);
      void this.#inject(instance)
        .catch((error: unknown) => log.error(`pseudo-GTID on ${instanceKeyText(instance.key)}: ${String(error)}`))
        .finally(() => this.#underWay.delete(id));
    }
  }

  #takesMarkers(instance: Instance): boolean {
    const { wasSeenHere, isBusy, isLost } = this.#options;
    return (
      !instance.readOnly &&
      !instance.isBinlogServer &&
      isLastCheckValid(instance) &&
      wasSeenHere(instance.key) &&
      !isBusy(instance.clusterName) &&
      !isLost(instance.key)
    );
  }

  async #inject(instance: Instance): Promise<void> {
    const { key, serverId, clusterName } = instance;
    const { clock, randomHex, isLeader, inject, clusters } = this.#options;
    // What takes time may have been overtaken: by another leader, or by a failover.
    if (!(await this.#mayInject(key)) || !isLeader() || !this.#takesMarkers(instance)) return;
    const marker = markerText({ at: clock.now(), serverId, random: randomHex(RANDOM_BYTES) });
    const result = await inject(key, marker);
    switch (result.kind) {
      case 'injected':
        await clusters.record(clusterName);
        return;
      case 'called-off':
        return;
      case 'not-allowed':
        this.#note(key, false, result.failure.text);
        return;
      case 'failed':
        this.#tellOnce(`no pseudo-GTID on ${instanceKeyText(key)}: ${result.failure.text}`);
    }
  }

  async #mayInject(key: InstanceKey): Promise<boolean> {
    const id = keyId(key);
    const known = this.#allowed.get(id);
    if (known !== undefined && this.#checked.has(id)) return known;
    const may = await this.#options.mayInject(key);
    if (may !== null) this.#note(key, may, 'its account is not granted DROP on `_pseudo_gtid_`.*');
    return may === true;
  }

  /** Told when it changes: a cluster may be left out for years. */
  #note(key: InstanceKey, may: boolean, why: string): void {
    const id = keyId(key);
    const before = this.#allowed.get(id);
    this.#allowed.set(id, may);
    this.#checked.note(id);
    if (before === may || (before === undefined && may)) return;
    const name = instanceKeyText(key);
    this.#options.log.info(may ? `pseudo-GTID is injected on ${name} again` : `no pseudo-GTID on ${name}: ${why}`);
  }

  #tellOnce(line: string): void {
    if (this.#told.has(line)) return;
    this.#told.note(line);
    this.#options.log.warning(line);
  }

  #forgetAllBut(primaries: ReadonlySet<KeyId>): void {
    for (const id of this.#allowed.keys()) if (!primaries.has(id)) this.#allowed.delete(id);
  }
}
