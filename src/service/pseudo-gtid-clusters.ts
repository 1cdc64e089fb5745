/**
 * Clusters into which markers of pseudo-GTID are injected: known to every node through the backend, so that each sees the same of their servers
 * (spec/topology-operations.md 4.2).
 */
import { type ClusterName, millis, type UnixMillis } from '../model/brand.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { PseudoGtidStore } from '../ports/pseudo-gtid-store.ts';
import { repeat } from './repeat.ts';

export interface PseudoGtidClustersOptions {
  readonly store: Pick<PseudoGtidStore, 'recordInjection' | 'loadInjections'>;
  readonly clock: Clock;
  readonly log: Log;
}

const MINUTE = millis(60_000);

/** Without a marker for so long, a cluster is no longer one of them. */
const VALID_MILLIS = 60 * MINUTE;

export class PseudoGtidClusters {
  readonly #options: PseudoGtidClustersOptions;
  #recorded = new Map<ClusterName, UnixMillis>();
  #endReloading: () => void = () => {};

  constructor(options: PseudoGtidClustersOptions) {
    this.#options = options;
  }

  async load(): Promise<void> {
    this.#recorded = new Map(await this.#options.store.loadInjections());
  }

  /** What other nodes record is seen within a minute. */
  start(): void {
    const { clock, log } = this.#options;
    this.#endReloading = repeat({ clock, log, period: MINUTE, what: 'clusters with pseudo-GTID' }, () => this.load());
  }

  stop(): void {
    this.#endReloading();
  }

  has(cluster: ClusterName): boolean {
    const at = this.#recorded.get(cluster);
    return at !== undefined && this.#options.clock.now() - at < VALID_MILLIS;
  }

  /** Written down once a minute a cluster: markers come every few seconds. */
  async record(cluster: ClusterName): Promise<void> {
    const now = this.#options.clock.now();
    const before = this.#recorded.get(cluster);
    if (before !== undefined && Math.abs(now - before) < MINUTE) return;
    this.#recorded.set(cluster, now);
    await this.#options.store.recordInjection(cluster, now);
  }
}
