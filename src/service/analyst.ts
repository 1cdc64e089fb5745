/**
 * Looks at what changed: analyses the clusters concerned, at once and again every second, and hands what needs a recovery over in the same turn
 * (architecture sections 5, 6).
 */
import { analyse } from '../analysis/analyse.ts';
import type { AnalysisEntry } from '../analysis/entry.ts';
import { REPORT_HINTS, reported } from '../analysis/filters.ts';
import type { ClusterNames, ClusterPicture } from '../analysis/picture.ts';
import type { Settings } from '../config/settings.ts';
import type { Picture } from '../discovery/picture.ts';
import type { ClusterName, UnixMillis } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import { type KeyId, keyId } from '../model/instance-key.ts';
import type { NodeIdentity } from '../model/recovery-record.ts';
import type { Clock } from '../ports/clock.ts';
import type { Decisions } from './decisions.ts';
import { analysisPolicy } from './policies.ts';

export interface AnalystOptions {
  readonly picture: Picture;
  readonly decisions: Decisions;
  readonly settings: () => Settings;
  readonly clock: Clock;
  readonly identity: NodeIdentity;
  readonly aliasOf: (clusterName: ClusterName) => string;
  readonly resolve: (hostname: string) => string;
  readonly staleCoordinates: ClusterPicture['staleCoordinates'];
}

export interface Look {
  readonly entries: readonly AnalysisEntry[];
  readonly problems: readonly AnalysisEntry[];
}

export class Analyst {
  readonly #options: AnalystOptions;

  constructor(options: AnalystOptions) {
    this.#options = options;
  }

  /** Every entry of a cluster, problem or not, with nothing filtered; null: all clusters. */
  entries(clusterName: ClusterName | null): readonly AnalysisEntry[] {
    const { picture, settings, clock } = this.#options;
    const now = clock.now();
    const instances = clusterName === null ? [...picture.topology.all()] : withReplicas(picture, clusterName);
    return analyse(this.#pictureOf(instances, clusterName, now), analysisPolicy(settings()), now);
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

  #pictureOf(instances: readonly Instance[], clusterName: ClusterName | null, now: UnixMillis): ClusterPicture {
    const { decisions, aliasOf, identity, resolve, staleCoordinates } = this.#options;
    const names = new Set(instances.map((instance) => instance.clusterName));
    const clusters = new Map<ClusterName, ClusterNames>([...names].map((name) => [name, { alias: aliasOf(name) }]));
    return {
      instances,
      clusterName,
      resolve,
      downtimes: decisions.downtimes,
      maintenance: decisions.underMaintenance(now),
      staleCoordinates,
      clusters,
      observer: identity,
    };
  }
}

/** Servers of the cluster, and whoever replicates from one of them. */
function withReplicas(picture: Picture, clusterName: ClusterName): readonly Instance[] {
  const found = new Map<KeyId, Instance>();
  for (const instance of picture.topology.cluster(clusterName)) {
    found.set(keyId(instance.key), instance);
    for (const replica of picture.topology.replicasOf(instance.key)) found.set(keyId(replica.key), replica);
  }
  return [...found.values()];
}
