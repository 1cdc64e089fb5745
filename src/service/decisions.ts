/**
 * Decisions in memory: downtimes, maintenance locks, promotion rules, aliases. Read from the backend, written through to it before they count.
 */
import type { ClusterName, UnixMillis } from '../model/brand.ts';
import type { CandidateRegistration, Downtime, Maintenance } from '../model/decisions.ts';
import { type InstanceKey, type KeyId, keyId } from '../model/instance-key.ts';
import { isDowntimeActive } from '../model/instance-status.ts';
import type { PromotionRule } from '../model/promotion-rule.ts';
import type { NodeIdentity } from '../model/recovery-record.ts';
import type { Backend, LocksBegun } from '../ports/decision-store.ts';
import type { ObservationStore } from '../ports/observation-store.ts';
import { WriteThrough } from './write-through.ts';

/** Registered anew after so long: aliases that nobody registers any more are deleted. */
const ALIAS_IS_NEW_MILLIS = 3_600_000;

export class Decisions {
  readonly #backend: Backend & ObservationStore;
  readonly #writing = new WriteThrough();
  #downtimes = new Map<KeyId, Downtime>();
  #maintenance = new Map<KeyId, Maintenance>();
  #candidates = new Map<KeyId, CandidateRegistration>();
  #aliases = new Map<ClusterName, string>();
  #aliasOverrides = new Map<ClusterName, string>();

  readonly #aliasSavedAt = new Map<ClusterName, UnixMillis>();

  constructor(backend: Backend & ObservationStore) {
    this.#backend = backend;
  }

  /** Anew from the backend: another process (a command) may have written. */
  async load(): Promise<void> {
    const loaded = await this.#writing.read(() =>
      Promise.all([
        this.#backend.loadDowntimes(),
        this.#backend.loadMaintenance(),
        this.#backend.loadCandidates(),
        this.#backend.loadClusterAliases(),
        this.#backend.loadClusterAliasOverrides(),
      ]),
    );
    if (loaded === null) return;
    const [downtimes, maintenance, candidates, aliases, overrides] = loaded;
    this.#downtimes = byKey(downtimes);
    this.#maintenance = byKey(maintenance);
    this.#candidates = byKey(candidates);
    this.#aliases = new Map(aliases);
    this.#aliasOverrides = new Map(overrides);
  }

  get downtimes(): ReadonlyMap<KeyId, Downtime> {
    return this.#downtimes;
  }

  /** Only while it lasts. */
  downtimeOf(key: InstanceKey, now: UnixMillis): Downtime | null {
    const downtime = this.#downtimes.get(keyId(key));
    return downtime !== undefined && isDowntimeActive(downtime, now) ? downtime : null;
  }

  beginDowntime(downtime: Downtime): Promise<void> {
    return this.#writing.write(async () => {
      await this.#backend.beginDowntime(downtime);
      this.#downtimes.set(keyId(downtime.key), downtime);
    });
  }

  endDowntime(key: InstanceKey): Promise<boolean> {
    return this.#writing.write(async () => {
      const existed = await this.#backend.endDowntime(key);
      this.#downtimes.delete(keyId(key));
      return existed;
    });
  }

  /** Whatever its end: it holds until it is expired. */
  maintenanceOf(key: InstanceKey): Maintenance | null {
    return this.#maintenance.get(keyId(key)) ?? null;
  }

  /** Of whom nothing is concluded, whatever the end of the lock: a command on the same rows must say the same (spec/failure-detection.md 2). */
  underMaintenance(): ReadonlySet<KeyId> {
    return new Set(this.#maintenance.keys());
  }

  /** A lock is active. It may be over, or that of a process that has died: until it is expired nothing is concluded of its server, and nobody may move it. */
  hasMaintenance(): boolean {
    return this.#maintenance.size > 0;
  }

  beginMaintenance(lock: Omit<Maintenance, 'id'>, node: NodeIdentity): Promise<Maintenance | null> {
    return this.#writing.write(async () => {
      const taken = await this.#backend.beginMaintenance(lock, { node, bounded: true });
      if (taken !== null) this.#maintenance.set(keyId(taken.key), taken);
      return taken;
    });
  }

  /** For an operation, which ends it itself (`endLock`). What is concluded knows of it at once, and no longer than it lasts. */
  beginLock(lock: Omit<Maintenance, 'id'>, node: NodeIdentity): Promise<LocksBegun> {
    return this.#writing.write(async () => {
      const begun = await this.#backend.beginMaintenanceOfAll([lock], { node, bounded: false });
      if (begun.kind === 'held') return begun;
      for (const taken of begun.locks) this.#maintenance.set(keyId(taken.key), taken);
      return begun;
    });
  }

  /** False: it was not held any more. */
  endLock(lock: Maintenance, now: UnixMillis, node: NodeIdentity): Promise<boolean> {
    return this.#writing.write(async () => {
      const ended = await this.#backend.releaseMaintenance(lock, now, node);
      if (this.#maintenance.get(keyId(lock.key))?.id === lock.id) this.#maintenance.delete(keyId(lock.key));
      return ended;
    });
  }

  endMaintenance(key: InstanceKey, now: UnixMillis): Promise<boolean> {
    return this.#writing.write(async () => {
      this.#maintenance.delete(keyId(key));
      return this.#backend.endMaintenance(key, now);
    });
  }

  get candidates(): readonly CandidateRegistration[] {
    return [...this.#candidates.values()];
  }

  endMaintenanceById(id: number, now: UnixMillis): Promise<boolean> {
    return this.#writing.write(async () => {
      for (const [of, lock] of this.#maintenance) if (lock.id === id) this.#maintenance.delete(of);
      return this.#backend.endMaintenanceById(id, now);
    });
  }

  candidateOf(key: InstanceKey): CandidateRegistration | null {
    return this.#candidates.get(keyId(key)) ?? null;
  }

  promotionRuleOf(key: InstanceKey): PromotionRule {
    return this.candidateOf(key)?.rule ?? 'neutral';
  }

  registerCandidate(registration: CandidateRegistration): Promise<void> {
    return this.#writing.write(async () => {
      await this.#backend.registerCandidate(registration);
      this.#candidates.set(keyId(registration.key), registration);
    });
  }

  get aliases(): ReadonlyMap<ClusterName, string> {
    return this.#aliases;
  }

  /** Aliases that people gave: they win over what servers say (spec/discovery.md 15.3). */
  get aliasOverrides(): ReadonlyMap<ClusterName, string> {
    return this.#aliasOverrides;
  }

  /** '' takes it away. */
  overrideAlias(clusterName: ClusterName, alias: string): Promise<void> {
    return this.#writing.write(async () => {
      await this.#backend.saveClusterAliasOverride(clusterName, alias);
      if (alias === '') this.#aliasOverrides.delete(clusterName);
      else this.#aliasOverrides.set(clusterName, alias);
    });
  }

  /** The cluster has another primary, and so another name (spec/discovery.md 15.2). */
  async renameCluster(from: ClusterName, to: ClusterName): Promise<void> {
    const alias = this.#aliasOverrides.get(from);
    if (alias === undefined) return;
    await this.overrideAlias(to, alias);
    await this.overrideAlias(from, '');
  }

  /** An alias belongs to one cluster: whoever had it has it no more. */
  async setAlias(clusterName: ClusterName, alias: string, now: UnixMillis): Promise<void> {
    const isOld = now - (this.#aliasSavedAt.get(clusterName) ?? 0) > ALIAS_IS_NEW_MILLIS;
    if (this.#aliases.get(clusterName) === alias && !isOld) return;
    await this.#writing.write(async () => {
      await this.#backend.saveClusterAlias(clusterName, alias, now);
      this.#aliasSavedAt.set(clusterName, now);
      for (const [other, held] of this.#aliases) if (held === alias) this.#aliases.delete(other);
      this.#aliases.set(clusterName, alias);
    });
  }
}

function byKey<Value extends { readonly key: InstanceKey }>(values: readonly Value[]): Map<KeyId, Value> {
  return new Map(values.map((value) => [keyId(value.key), value]));
}
