/**
 * What a running node does by the clock: renew its registration and leadership, write observations behind, let decisions expire, keep
 * aliases, purge old records, take snapshots.
 */
import type { Settings } from '../config/settings.ts';
import type { Leadership } from '../coordination/leadership.ts';
import type { Picture } from '../discovery/picture.ts';
import { type Millis, millis, type UnixMillis, unixMillis } from '../model/brand.ts';
import { LOST_IN_RECOVERY } from '../model/decisions.ts';
import { ownUnknownTo } from '../model/errant-gtid.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, keyId } from '../model/instance-key.ts';
import { isLastCheckValid, isReplicaRunning, usesGtid } from '../model/instance-status.ts';
import type { NodeIdentity } from '../model/recovery-record.ts';
import type { Clock } from '../ports/clock.ts';
import type { COMMAND_NODE, SERVICE_NODE } from '../ports/decision-store.ts';
import type { Log } from '../ports/log.ts';
import type { StoreBackend } from '../store/index.ts';
import { recordCoordinates } from './coordinates-history.ts';
import type { Decisions } from './decisions.ts';
import type { Forgetting } from './forgetting.ts';
import type { Names } from './names.ts';
import { oldestPoolRegistration } from './pool-calls.ts';
import { repeat } from './repeat.ts';

export interface HousekeepingOptions {
  readonly backend: StoreBackend;
  readonly leadership: Leadership;
  readonly decisions: Decisions;
  readonly names: Names;
  readonly forgetting: Forgetting;
  readonly picture: Picture;
  readonly settings: () => Settings;
  readonly clock: Clock;
  readonly log: Log;
  readonly identity: NodeIdentity;
  readonly version: string;
  readonly mode: typeof SERVICE_NODE | typeof COMMAND_NODE;
  readonly command: string;
  /** Detections and anti-flapping that time has released. */
  readonly expireRegistrations: () => Promise<void>;
  readonly takeSnapshotWhenDue: () => Promise<void>;
}

const SECOND = millis(1_000);

/** What was observed and is not written yet is lost with the process: with a dead primary, who its replicas are cannot be asked anew. */
const FLUSH_PERIOD = millis(100);
const MINUTE = millis(60_000);
const HOUR_MILLIS = 3_600_000;
const DAY_MILLIS = 24 * HOUR_MILLIS;

/** A server lost in a recovery stays so for at least this long. */
const LOST_AT_LEAST_MILLIS = 60_000;

/** A server lost in a recovery is muted for so long from now, until it is well again. */
const LOST_MILLIS = 365 * DAY_MILLIS;

/** A cluster into which pseudo-GTID was injected counts as such for so long (spec/topology-operations.md 4.2). */
const INJECTED_MILLIS = HOUR_MILLIS;

/** A node counts as living for this long after its last registration, and is deleted thereafter. */
export const NODE_LIVES_MILLIS = 5_000;

/** A process that could not renew its registration for this long no longer counts on others to leave its work alone. */
const REGISTERED_MILLIS = NODE_LIVES_MILLIS - 1_000;

export class Housekeeping {
  readonly #options: HousekeepingOptions;
  readonly #endings: (() => void)[] = [];
  #healthError: string | null = null;
  #stopped = false;
  #keepsRegistered = false;
  #registeredUntil = 0;

  constructor(options: HousekeepingOptions) {
    this.#options = options;
  }

  /** One line; null: this node could register itself lately. */
  get healthError(): string | null {
    return this.#healthError;
  }

  /** Others take this process for living: they see its registration for longer than this. */
  get countsAsLiving(): boolean {
    return !this.#keepsRegistered || this.#options.clock.monotonic() < this.#registeredUntil;
  }

  /** Registration alone: what a command needs. */
  async register(): Promise<void> {
    const { backend, identity, clock, mode, command, version } = this.#options;
    const until = clock.monotonic() + REGISTERED_MILLIS;
    try {
      const row = {
        identity,
        lastSeenActive: clock.now(),
        extraInfo: mode,
        command,
        appVersion: version,
        dbBackend: backend.name,
      };
      await backend.registerNode(row);
      this.#registeredUntil = until;
      this.#healthError = null;
    } catch (error) {
      this.#healthError = error instanceof Error ? error.message : String(error);
      this.#options.log.error(`cannot register this node in the backend: ${this.#healthError}`);
    }
  }

  /**
   * Registered, and renewed until the end: what a command needs. A service takes a takeover whose process is not there any more for cut, and
   * brings it to an end (spec/cli.md 1.5 step 4).
   */
  async keepRegistered(): Promise<void> {
    if (this.#keepsRegistered) return;
    this.#keepsRegistered = true;
    await this.register();
    this.#repeat(SECOND, () => this.register());
  }

  /** After `stop`: the process ends in good order, and whoever looks need not wait until its registration is too old. */
  async unregister(): Promise<void> {
    const { backend, identity, log } = this.#options;
    if (!this.#keepsRegistered) return;
    await backend.removeNode(identity).catch((error: unknown) => log.warning(`cannot unregister: ${String(error)}`));
  }

  async start(): Promise<void> {
    await this.everySecond();
    this.#repeat(SECOND, () => this.everySecond());
    this.#repeat(FLUSH_PERIOD, () => this.#options.backend.flush());
    this.#repeat(millis(this.#pollMillis()), () => this.everyPoll());
    this.#repeat(MINUTE, () => this.everyMinute());
    // By itself: what fails in the work of the minute must not cost the history, nor the other way round.
    this.#repeat(MINUTE, () => this.#options.takeSnapshotWhenDue());
    this.#repeat(MINUTE, () => this.#recordCoordinates());
  }

  stop(): void {
    this.#stopped = true;
    for (const end of this.#endings) end();
  }

  #pollMillis(): number {
    return Math.max(1, this.#options.settings().InstancePollSeconds) * SECOND;
  }

  #repeat(period: Millis, work: () => Promise<void>): void {
    // Stopped while it started.
    if (this.#stopped) return;
    const { clock, log } = this.#options;
    this.#endings.push(repeat({ clock, log, period, what: 'housekeeping' }, work));
  }

  async everySecond(): Promise<void> {
    await this.register();
    await this.#options.leadership.renew();
    await this.#options.expireRegistrations();
  }

  async everyPoll(): Promise<void> {
    const { decisions, names, clock, backend } = this.#options;
    // Not only every minute: a server whose lock is over, or whose holder was killed, must not die unnoticed or be refused that long.
    if (decisions.hasMaintenance()) await this.#expireMaintenance();
    await decisions.load();
    await names.load();
    const now = clock.now();
    // First: while it stands, a server that nobody has healed must not come back as a candidate because a year is over (spec/discovery.md 20).
    await backend.prolongDowntimes(LOST_IN_RECOVERY, now, unixMillis(now + LOST_MILLIS));
    await this.#endHealedDowntimes(now);
    const ended = await backend.deleteEndedDowntimes(now);
    if (ended > 0) await this.#audit('expire-downtime', `Expired ${ended} entries`);
    await this.#refreshAliases();
  }

  /** A server lost in a recovery that is well again needs no muting (spec/discovery.md 20). */
  async #endHealedDowntimes(now: UnixMillis): Promise<void> {
    const { decisions, picture, log } = this.#options;
    for (const downtime of decisions.downtimes.values()) {
      if (downtime.reason !== LOST_IN_RECOVERY || now - downtime.begin < LOST_AT_LEAST_MILLIS) continue;
      const instance = picture.topology.get(downtime.key);
      if (instance === undefined || !isLastCheckValid(instance) || !this.#isWellAgain(instance)) continue;
      await decisions.endDowntime(downtime.key);
      log.info(`${instance.key.hostname}:${instance.key.port} is well again; its downtime has ended`);
    }
  }

  #isWellAgain(instance: Instance): boolean {
    if (isReplicaRunning(instance)) return this.#isWellBelow(instance, instance.sourceKey);
    if (instance.replicationDepth !== 0 || instance.suggestedClusterAlias === '') return false;
    const claimants = [...this.#options.picture.topology.all()].filter(
      (other) => other.replicationDepth === 0 && other.suggestedClusterAlias === instance.suggestedClusterAlias,
    );
    return claimants.length === 1;
  }

  /** Below a server that was replaced and is marked itself it replicates, and is on the wrong side; one that has something of its own would spread it if it were promoted (G1). */
  #isWellBelow(instance: Instance, sourceKey: InstanceKey | null): boolean {
    const source = sourceKey === null ? undefined : this.#options.picture.topology.get(sourceKey);
    // A co-primary that was replaced goes on by its own settings; without GTIDs nobody can tell whether it has something of its own.
    if (instance.isCoPrimary && !usesGtid(instance)) return false;
    return !this.#isLost(sourceKey) && (source === undefined || ownUnknownTo(instance, source) === '');
  }

  #isLost(key: InstanceKey | null): boolean {
    return key !== null && this.#options.decisions.downtimes.get(keyId(key))?.reason === LOST_IN_RECOVERY;
  }

  /**
   * The best owner of a suggested alias has it: valid before invalid, writable before read-only, more replicas before fewer (spec/discovery.md 15.4). Members of
   * its replication group count as such: one that was restarted outside of its group suggests the same alias, and may be writable.
   */
  async #refreshAliases(): Promise<void> {
    const { picture, decisions, clock } = this.#options;
    const now = clock.now();
    const best = new Map<string, Instance>();
    for (const instance of picture.topology.all()) {
      const alias = instance.suggestedClusterAlias;
      if (alias === '' || decisions.downtimeOf(instance.key, now)?.reason === LOST_IN_RECOVERY) continue;
      const known = best.get(alias);
      if (known === undefined || ownsBetter(instance, known)) best.set(alias, instance);
    }
    for (const [alias, instance] of best) await decisions.setAlias(instance.clusterName, alias, now);
  }

  /** What happens by the clock is about no server in particular: the message tells how much. */
  async #audit(type: string, message: string): Promise<void> {
    const { backend, clock } = this.#options;
    await backend.appendAudit({ at: clock.now(), type, key: null, clusterName: '', message });
  }

  async everyMinute(): Promise<void> {
    const { backend, clock, settings, forgetting } = this.#options;
    const now = clock.now();
    const ago = (age: number): UnixMillis => unixMillis(now - age);
    const { AuditPurgeDays, UnseenInstanceForgetHours, CandidateInstanceExpireMinutes } = settings();
    await backend.deleteNodesUnseenSince(ago(NODE_LIVES_MILLIS));
    await this.#expireMaintenance();
    await backend.deleteCandidatesOlderThan(ago(CandidateInstanceExpireMinutes * MINUTE));
    await backend.deletePoolMembersOlderThan(oldestPoolRegistration(settings(), now));
    await backend.purge({
      auditOlderThan: ago(AuditPurgeDays * DAY_MILLIS),
      recoveriesOlderThan: ago(AuditPurgeDays * DAY_MILLIS),
      changelogOlderThan: ago(UnseenInstanceForgetHours * HOUR_MILLIS),
    });
    await backend.deleteEquivalencesOlderThan(ago(UnseenInstanceForgetHours * HOUR_MILLIS));
    await backend.deleteInjectionsOlderThan(ago(INJECTED_MILLIS));
    await this.#forgetOldNames(now);
    await forgetting.forgetOld();
  }

  #recordCoordinates(): Promise<void> {
    const { picture, backend, leadership, clock } = this.#options;
    return recordCoordinates({ topology: picture.topology, store: backend, leadership, clock });
  }

  async #expireMaintenance(): Promise<void> {
    const { backend, clock, identity } = this.#options;
    const now = clock.now();
    const living = (await backend.availableNodes(unixMillis(now - NODE_LIVES_MILLIS))).map((row) => row.identity);
    // Who has just stood still for longer than that lives all the same, and goes on with what it holds.
    const expired = await backend.expireMaintenance(now, [...living, identity]);
    if (expired > 0) await this.#audit('expire-maintenance', `Expired ${expired} entries`);
  }

  async #forgetOldNames(now: UnixMillis): Promise<void> {
    const { ExpiryHostnameResolvesMinutes, UnseenInstanceForgetHours } = this.#options.settings();
    const expiryMillis = ExpiryHostnameResolvesMinutes * MINUTE;
    await this.#options.backend.expireNames({
      resolvesOlderThan: unixMillis(now - 2 * expiryMillis),
      unresolvesOlderThan: unixMillis(now - expiryMillis),
      domainsOlderThan: unixMillis(now - expiryMillis),
      aliasesOlderThan: unixMillis(now - UnseenInstanceForgetHours * HOUR_MILLIS),
    });
  }
}

function ownsBetter(one: Instance, other: Instance): boolean {
  const rank = (instance: Instance): readonly number[] => [
    Number(isLastCheckValid(instance)),
    Number(!instance.readOnly),
    instance.replicas.length + instance.group.members.length,
  ];
  const [left, right] = [rank(one), rank(other)];
  for (const [index, value] of left.entries()) {
    const difference = value - (right[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}
