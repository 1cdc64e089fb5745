/**
 * Looks at what changed: analyses the clusters concerned, at once and again every second, and hands what needs a recovery over in the same turn
 * (architecture sections 5, 6).
 */
import { analyse } from '../analysis/analyse.ts';
import type { AnalysisEntry } from '../analysis/entry.ts';
import { REPORT_HINTS, reported } from '../analysis/filters.ts';
import { type ClusterNames, type ClusterPicture, keyAsSource, type StuckWrite } from '../analysis/picture.ts';
import type { Settings } from '../config/settings.ts';
import type { Picture } from '../discovery/picture.ts';
import type { ClusterName } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import { type KeyId, keyId } from '../model/instance-key.ts';
import type { NodeIdentity } from '../model/recovery-record.ts';
import type { Clock } from '../ports/clock.ts';
import type { Decisions } from './decisions.ts';
import { analysisPolicy } from './policies.ts';
import type { SuspectedLocks } from './suspected-locks.ts';

export interface AnalystOptions {
  readonly picture: Picture;
  readonly decisions: Decisions;
  readonly settings: () => Settings;
  readonly clock: Clock;
  readonly identity: NodeIdentity;
  readonly aliasOf: (clusterName: ClusterName) => string;
  /** Undefined: nobody has said. */
  readonly domainOf: (clusterName: ClusterName) => string | undefined;
  readonly resolve: (hostname: string) => string;
  readonly suspectedLocks: SuspectedLocks;
  readonly stuckWrites: () => ReadonlyMap<KeyId, StuckWrite>;
  readonly restartedReadOnly: () => ReadonlySet<KeyId>;
}

export interface Look {
  readonly entries: readonly AnalysisEntry[];
  readonly problems: readonly AnalysisEntry[];
}

const NONE: ReadonlySet<KeyId> = new Set();

export class Analyst {
  readonly #options: AnalystOptions;

  constructor(options: AnalystOptions) {
    this.#options = options;
  }

  /** Every entry of a cluster, problem or not, with nothing filtered; null: all clusters. */
  entries(clusterName: ClusterName | null): readonly AnalysisEntry[] {
    const { picture, settings, clock } = this.#options;
    const now = clock.now();
    const instances = clusterName === null ? [...picture.topology.all()] : this.#withReplicas(clusterName);
    return analyse(this.#pictureOf(instances, clusterName), analysisPolicy(settings()), now);
  }

  /** Every server of a cluster, also those that are not worth an entry or are under maintenance: for people who want to know about all of them. */
  entriesOfAll(clusterName: ClusterName): readonly AnalysisEntry[] {
    const { settings, clock } = this.#options;
    const now = clock.now();
    const picture = this.#pictureOf(this.#withReplicas(clusterName), clusterName);
    const policy = { ...analysisPolicy(settings()), reduceReplicationAnalysisCount: false };
    return analyse({ ...picture, maintenance: new Set() }, policy, now);
  }

  /** By `RecoveryIgnoreHostnameFilters`. */
  ignoresHostname(hostname: string): boolean {
    return analysisPolicy(this.#options.settings()).ignoresHostname(hostname);
  }

  /** As the doors show it. */
  listed(
    clusterName: ClusterName | null,
    hints: (typeof REPORT_HINTS)[keyof typeof REPORT_HINTS],
  ): readonly AnalysisEntry[] {
    return reported(this.entries(clusterName), analysisPolicy(this.#options.settings()), hints);
  }

  /** What the service itself looks at: all entries, for their history; and those that are problems, downtimed ones among them. */
  look(clusterName: ClusterName): Look {
    const policy = analysisPolicy(this.#options.settings());
    const entries = this.entries(clusterName);
    return { entries, problems: reported(entries, policy, REPORT_HINTS.service) };
  }

  #pictureOf(instances: readonly Instance[], clusterName: ClusterName | null): ClusterPicture {
    const { decisions, identity, resolve, settings } = this.#options;
    const names = new Set(instances.map((instance) => instance.clusterName));
    const clusters = new Map([...names].map((name) => [name, this.#namesOf(name)] as const));
    return {
      instances,
      clusterName,
      resolve,
      downtimes: decisions.downtimes,
      maintenance: decisions.underMaintenance(),
      stuckWrites: this.#options.stuckWrites(),
      restartedReadOnly: settings().RecoverRestartedMaster ? this.#options.restartedReadOnly() : NONE,
      staleCoordinates: this.#options.suspectedLocks.coordinates,
      clusters,
      observer: identity,
    };
  }

  #namesOf(name: ClusterName): ClusterNames {
    const { aliasOf, domainOf } = this.#options;
    const domain = domainOf(name);
    return domain === undefined ? { alias: aliasOf(name) } : { alias: aliasOf(name), domain };
  }

  /** Direct replicas, under whatever name they know it (spec/failure-detection.md 2). */
  replicasOf(instance: Instance): readonly Instance[] {
    const { picture, resolve } = this.#options;
    return picture.topology.replicasOf(keyAsSource(instance, resolve));
  }

  /** Servers of the cluster, and whoever replicates from one of them. */
  #withReplicas(clusterName: ClusterName): readonly Instance[] {
    const found = new Map<KeyId, Instance>();
    for (const instance of this.#options.picture.topology.cluster(clusterName)) {
      found.set(keyId(instance.key), instance);
      for (const replica of this.replicasOf(instance)) found.set(keyId(replica.key), replica);
    }
    return [...found.values()];
  }
}
