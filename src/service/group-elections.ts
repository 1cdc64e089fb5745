/**
 * A replication group elects its primary by itself, and its cluster is named after that one. What people and servers gave to the cluster by its
 * name (alias, domain) goes along, as it does when a recovery of ours replaces a primary (spec/recovery.md 7).
 */
import type { Picture } from '../discovery/picture.ts';
import { type ClusterName, clusterName, millis } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText, sameKey } from '../model/instance-key.ts';
import { isGroupPrimary, isLastCheckValid } from '../model/instance-status.ts';
import type { RecoveryPorts } from '../recovery/recovery-ports.ts';
import { repeat } from './repeat.ts';

export interface GroupElectionsOptions {
  readonly picture: Pick<Picture, 'topology' | 'onChange'>;
  /** Those by which recoveries move what a cluster has: work that is under way holds it under its new name too. */
  readonly ports: Pick<RecoveryPorts, 'moveAlias' | 'mayBegin' | 'clock' | 'log'> & {
    readonly store: Pick<RecoveryPorts['store'], 'appendAudit'>;
  };
  readonly aliasOf: (name: ClusterName) => string;
}

/** An election may be seen while this node may not act, or what was to be moved could not be written. */
const LOOK_AGAIN_MILLIS = millis(1_000);

export class GroupElections {
  readonly #options: GroupElectionsOptions;
  /** The primary under whose name each group's cluster was known at last, by the name of the group. */
  readonly #primaries = new Map<string, InstanceKey>();
  #unsubscribe: () => void = () => {};
  #endLooks: () => void = () => {};

  constructor(options: GroupElectionsOptions) {
    this.#options = options;
  }

  /** From what is in the picture now: also what a group elected while no node was running is an election. */
  start(): void {
    const { picture } = this.#options;
    for (const instance of picture.topology.all()) {
      if (headsItsCluster(instance)) this.#primaries.set(instance.group.name, instance.key);
    }
    this.#unsubscribe = picture.onChange(({ changed }) => this.#look(changed));
    const { clock, log } = this.#options.ports;
    const looks = { clock, log, period: LOOK_AGAIN_MILLIS, what: 'looking for elections of groups' };
    this.#endLooks = repeat(looks, () => this.#look(picture.topology.all()));
  }

  stop(): void {
    this.#unsubscribe();
    this.#endLooks();
  }

  #look(instances: Iterable<Instance>): void {
    if (!this.#options.ports.mayBegin()) return;
    for (const instance of instances) {
      if (!headsItsCluster(instance) || !isLastCheckValid(instance)) continue;
      const { name } = instance.group;
      const former = this.#primaries.get(name) ?? null;
      if (sameKey(former, instance.key) || this.#stillLeads(former, name)) continue;
      this.#primaries.set(name, instance.key);
      if (former !== null) void this.#follow(name, former, instance.key);
    }
  }

  /** Two groups by one name, both alive: what goes by the name of the one is not the other's. */
  #stillLeads(former: InstanceKey | null, group: string): boolean {
    const instance = former === null ? undefined : this.#options.picture.topology.get(former);
    return (
      instance !== undefined && instance.group.name === group && headsItsCluster(instance) && isLastCheckValid(instance)
    );
  }

  async #follow(group: string, former: InstanceKey, elected: InstanceKey): Promise<void> {
    const { ports, aliasOf } = this.#options;
    const { store, clock, log } = ports;
    const [from, to] = [clusterName(instanceKeyText(former)), clusterName(instanceKeyText(elected))];
    const message = `group ${group} has elected ${to}: what went by the name ${from} goes by ${to}`;
    try {
      await ports.moveAlias(from, to, aliasOf(from));
      log.info(message);
      await store.appendAudit({
        at: clock.now(),
        type: 'replace-cluster-name',
        key: elected,
        clusterName: to,
        message,
      });
    } catch (error) {
      // Seen again at the next look.
      this.#primaries.set(group, former);
      log.error(`${message}, and that could not be written: ${String(error)}`);
    }
  }
}

/** One whose group replicates from elsewhere gives its name to nothing. */
const headsItsCluster = (instance: Instance): boolean =>
  isGroupPrimary(instance) && instance.clusterName === instanceKeyText(instance.key);
