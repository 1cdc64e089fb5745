/**
 * Keeping the picture fresh: every known server is read in its own steady rhythm, what it leads to is read too, and when a wire
 * breaks the server and its replicas are read at once, again and again until it is clear what happened (architecture section 6).
 */
import { type ClusterName, millis } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText, type KeyId, keyId } from '../model/instance-key.ts';
import { isLastCheckValid } from '../model/instance-status.ts';
import type { ServerFailure } from '../model/server-failure.ts';
import type { ServerLink } from '../mysql/server-link.ts';
import type { Clock, Timer } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { ObservationStore } from '../ports/observation-store.ts';
import type { Classified } from './classification.ts';
import { Crawl, type Discovered } from './crawl.ts';
import { DeadHosts } from './dead-hosts.ts';
import type { DiscoveryPolicy } from './discovery-policy.ts';
import type { HostnameResolver } from './hostname-resolver.ts';
import { Lane } from './lane.ts';
import type { DiscoveryTiming } from './metrics/timing-columns.ts';
import type { Picture } from './picture.ts';
import { type Identified, isUnwanted, type LiveRead, Prober, type RecentRead } from './prober.ts';
import { Pulses } from './pulses.ts';
import { Recent } from './recent.ts';
import { type LookedAfter, UrgentLooks } from './urgent-looks.ts';

export interface DiscoveryOptions {
  readonly picture: Picture;
  readonly links: {
    get(key: InstanceKey): Pick<ServerLink, 'probe' | 'pulse'>;
    close(key: InstanceKey): void;
  };
  readonly resolver: HostnameResolver;
  readonly store: ObservationStore;
  readonly policy: () => DiscoveryPolicy;
  readonly clock: Clock;
  readonly log: Log;
  /** Between 0 and 1: where in its period a server's rhythm begins. */
  readonly random: () => number;
  readonly onWireBroken: (key: InstanceKey, failure: ServerFailure) => void;
  readonly onClassified: (instance: Instance, classified: Classified) => void;
  /** A server is watched that has never answered. */
  readonly onPlanted: (key: InstanceKey, reason: PlantReason) => void;
  /** Whether markers of pseudo-GTID are injected into the cluster, null: one that is not known; null where none are injected at all. */
  readonly clusterIsMarked?: (name: ClusterName | null) => boolean | null;
  /** Hosts for which this name is registered as a virtual one. Absent: there are none. */
  readonly hostsBehind?: (virtualName: string) => readonly string[];
  /** Whom of this cluster a recovery reads itself. Absent: nobody. */
  readonly lookedAfter?: (name: ClusterName) => LookedAfter;
  /** Called at the end of each live read. */
  readonly onDiscovered?: (timing: DiscoveryTiming) => void;
}

/** Audit types of the contract. */
export type PlantReason = 'inject-seed' | 'inject-unseen-masters';

/** Lines about one server and one cause are logged at most this often. */
const REPEATED_LOG_MILLIS = 60_000;

/** A forgotten server is not found again through its neighbours for so many polls (spec/discovery.md 20). */
const FORGOTTEN_POLLS = 3;

export class Discovery {
  readonly #options: DiscoveryOptions;
  readonly #prober: Prober;
  readonly #lane: Lane;
  /** A host that is off holds its place until the connect timeout: the living have places of their own. */
  readonly #deadLane: Lane;
  readonly #dead = new DeadHosts();
  readonly #urgent: UrgentLooks;
  readonly #pulses: Pulses;
  readonly #crawl: Crawl;
  readonly #rhythms = new Map<KeyId, Timer>();
  readonly #forgotten: Recent<KeyId>;
  /** People ask for them just now, by these names. */
  readonly #welcome = new Set<KeyId>();
  readonly #logged: Recent<string>;
  /** Names whose servers are being found out. */
  readonly #identifying = new Map<KeyId, Promise<Identified>>();
  #running = false;

  constructor(options: DiscoveryOptions) {
    this.#options = options;
    const { clock, policy } = options;
    this.#forgotten = new Recent(clock, () => FORGOTTEN_POLLS * policy().pollMillis);
    this.#logged = new Recent(clock, () => REPEATED_LOG_MILLIS);
    this.#lane = new Lane(() => options.policy().maxConcurrency);
    this.#deadLane = new Lane(() => options.policy().maxDeadConcurrency);
    this.#prober = new Prober({
      picture: options.picture,
      link: (key) => options.links.get(key),
      resolver: options.resolver,
      policy: options.policy,
      clock: options.clock,
      isForgotten: (itself, dialled) =>
        !this.#welcome.has(keyId(dialled)) &&
        (this.#forgotten.has(keyId(itself)) || this.#forgotten.has(keyId(dialled))),
      onNameTaken: (key, name) => {
        const text = `another server goes by that name: it stays ${instanceKeyText(key)}`;
        this.#logSeldom(`${instanceKeyText(key)} calls itself ${instanceKeyText(name)}, and ${text}`);
      },
      onClassified: options.onClassified,
      onRefusedSection: (key, section, failure) =>
        this.#logSeldom(`${instanceKeyText(key)} does not answer ${section}: ${failure.text}`),
      hostsBehind: options.hostsBehind,
      clusterIsMarked: options.clusterIsMarked,
      onDiscovered: options.onDiscovered,
    });
    this.#urgent = new UrgentLooks({
      topology: options.picture.topology,
      clock: options.clock,
      read: (key) => this.#prober.readAfresh(key),
      lookedAfter: (key) => this.#lookedAfter(key),
    });
    this.#pulses = new Pulses({
      topology: options.picture.topology,
      clock: options.clock,
      random: options.random,
      ping: (key) => this.#prober.ping(key),
      lateMillis: (key) => this.#prober.lateMillis(key),
      onLate: (key) => this.lookUrgently(key),
      onSilent: (key, failure) => {
        this.#prober.silent(key, failure);
        this.#logSeldom(`cannot read ${instanceKeyText(key)}: ${failure.text}`);
        this.lookUrgently(key);
      },
    });
    this.#crawl = new Crawl({
      topology: options.picture.topology,
      resolver: options.resolver,
      policy: options.policy,
      clock: options.clock,
      isForgotten: (key) => this.#forgotten.has(keyId(key)),
      discover: (key, asDead) => this.#discoverQuietly(key, asDead ? this.#deadLane : this.#lane),
      watch: (key) => void this.#plant(key, 'inject-unseen-masters'),
    });
  }

  /** How many servers are read now, and how many wait for it. */
  get queue(): Pick<Lane, 'waiting' | 'running'> {
    return this.#lane;
  }

  /** Begins the rhythm of every server in the picture, spread evenly, and of the seeds. */
  async start(seeds: readonly InstanceKey[]): Promise<void> {
    this.#running = true;
    for (const instance of this.#options.picture.topology.all()) this.#beginRhythm(instance.key);
    await Promise.all(
      seeds.map(async (seed) => {
        const resolved = await this.#resolved(seed);
        // One whose name cannot be resolved is watched all the same: the name service may be what is down.
        await this.#plant(resolved.kind === 'ok' ? resolved.key : seed, 'inject-seed');
      }),
    );
  }

  /** Watched from now on, whether it answers or not: one that is down when we start must be found when it comes up. */
  async #plant(key: InstanceKey, reason: PlantReason): Promise<void> {
    const { picture, store, onPlanted, log } = this.#options;
    if (!this.#running || !picture.plant(key)) return;
    // At once, and from then on in a rhythm of its own: a thousand seeds must not be polled in one burst for ever.
    this.#beginRhythm(key);
    void this.#discoverQuietly(key);
    onPlanted(key, reason);
    await store.seed(key).catch((error: unknown) => log.error(`backend: ${String(error)}`));
  }

  stop(): void {
    this.#running = false;
    this.#urgent.stop();
    this.#pulses.stop();
    for (const timer of this.#rhythms.values()) timer.cancel();
    this.#rhythms.clear();
  }

  /** Live read now; what it leads to is looked at afterwards. A forgotten server is welcome again. */
  async discover(key: InstanceKey): Promise<LiveRead> {
    const resolved = await this.#resolved(key);
    if (resolved.kind === 'failed') return resolved;
    const id = keyId(resolved.key);
    this.#forgotten.delete(id);
    this.#welcome.add(id);
    try {
      const read = await this.#prober.readAfresh(resolved.key);
      if (read.kind === 'observed') this.#forgotten.delete(keyId(read.instance.key));
      this.#after(resolved.key, read);
      return read;
    } finally {
      this.#welcome.delete(id);
    }
  }

  /** Under the name that the name service gives it, where that is configured (spec/discovery.md 11.1). */
  async #resolved(key: InstanceKey): Promise<{ kind: 'ok'; key: InstanceKey } | Extract<LiveRead, { kind: 'failed' }>> {
    const resolved = await this.#options.resolver.resolve(key.hostname);
    if (resolved.kind === 'ok') return { kind: 'ok', key: { ...key, hostname: resolved.hostname } };
    const failure: ServerFailure = { kind: 'unresolvable', phase: 'connect', text: resolved.reason };
    return { kind: 'failed', failure, partial: false };
  }

  /** Who answers by that very name, whatever it resolved to before. Replicas that show it as their source show that server from then on. */
  identify(key: InstanceKey): Promise<Identified> {
    const id = keyId(key);
    const underWay = this.#identifying.get(id);
    if (underWay !== undefined) return underWay;
    const identified = this.#identify(key).finally(() => this.#identifying.delete(id));
    this.#identifying.set(id, identified);
    return identified;
  }

  async #identify(key: InstanceKey): Promise<Identified> {
    const found = await this.#prober.identify(key);
    if (found.kind === 'identified') this.#options.resolver.learn(key.hostname, found.key.hostname);
    // One connection more to a server that has one already.
    if (!this.#options.picture.topology.has(key)) this.#options.links.close(key);
    return found;
  }

  discoverInBackground(key: InstanceKey): void {
    this.#forgotten.delete(keyId(key));
    void this.#discoverQuietly(key);
  }

  /** Why the server does not answer; null: it does, or has not been asked by this process. */
  failureOf(key: InstanceKey): ServerFailure | null {
    return this.#prober.failureOf(key);
  }

  /** Live read that began now, whatever else is under way. */
  readAfresh(key: InstanceKey): Promise<LiveRead> {
    return this.#prober.readAfresh(key);
  }

  /** What a read says that began at `since` (monotonic) or later and after the last command; a new one is made only where there is none. */
  readSince(key: InstanceKey, since: number): Promise<RecentRead> {
    return this.#prober.readSince(key, since);
  }

  /** Stops looking at the server; it is not found again through its neighbours for a while. */
  forget(key: InstanceKey): void {
    const { picture, links } = this.#options;
    this.#forgotten.note(keyId(key));
    this.#rhythms.get(keyId(key))?.cancel();
    this.#rhythms.delete(keyId(key));
    this.#prober.forget(key);
    this.#dead.lived(key);
    links.close(key);
    picture.forget(key);
  }

  /** A wire broke or a check failed: look at the server and its witnesses until it is clear what happened. */
  lookUrgently(key: InstanceKey): void {
    if (this.#running) this.#urgent.begin(key);
  }

  /** Called for a connection that ended although nobody closed it. */
  wireBroken(key: InstanceKey, failure: ServerFailure): void {
    const { picture, resolver } = this.#options;
    const known = picture.topology.has(key) ? key : resolver.knownKey(key);
    this.#options.onWireBroken(known, failure);
    this.lookUrgently(known);
  }

  #beginRhythm(key: InstanceKey): void {
    const id = keyId(key);
    if (!this.#running || this.#rhythms.has(id)) return;
    this.#schedule(key, this.#options.random() * this.#options.policy().pollMillis);
  }

  #schedule(key: InstanceKey, delayMillis: number): void {
    // Two timers of one server would poll it twice as often for ever.
    this.#rhythms.get(keyId(key))?.cancel();
    this.#rhythms.set(
      keyId(key),
      this.#options.clock.after(millis(delayMillis), () => void this.#pollSafely(key)),
    );
  }

  /** Whatever goes wrong with one read, of a server or in ourselves: the server is not left unwatched, nor do we end. */
  async #pollSafely(key: InstanceKey): Promise<void> {
    try {
      await this.#poll(key);
    } catch (error) {
      this.#options.log.error(`reading ${instanceKeyText(key)}: ${String(error)}`);
      if (this.#running && this.#rhythms.has(keyId(key))) this.#schedule(key, this.#options.policy().pollMillis);
    }
  }

  async #poll(key: InstanceKey): Promise<void> {
    const { clock, policy, picture } = this.#options;
    const due = clock.monotonic();
    const rhythm = this.#rhythms.get(keyId(key));
    if (policy().ignores(key)) {
      this.#schedule(key, policy().pollMillis);
      return;
    }
    const before = picture.topology.get(key);
    if (before?.lastSeen === null && (await this.#waitsForItsName(key))) return;
    if (this.#isPassedOver(key)) {
      this.#schedule(key, policy().pollMillis);
      return;
    }
    const lane = this.#dead.has(key) ? this.#deadLane : this.#lane;
    const isOver = (): boolean => !this.#running || this.#rhythms.get(keyId(key)) !== rhythm;
    // Forgotten while it waited for its turn, and perhaps found again since, in a rhythm of its own.
    const read = await lane.run(async () => (isOver() ? null : this.#prober.read(key)));
    if (read === null || isOver()) return;
    this.#noteLife(key, read);
    // The phase stays: the next poll counts from when this one was due, not from when it ended.
    const next = due + this.#dead.delayMillis(key, policy().deadBackOff) - clock.monotonic();
    this.#schedule(key, Math.max(0, next));
    this.#after(key, read);
    // Only what was well a moment ago is urgent: a server that has been dead for hours is looked at in its rhythm.
    const isTrouble = read.kind === 'failed' && !isUnwanted(read);
    if (isTrouble && before !== undefined && isLastCheckValid(before)) this.lookUrgently(before.key);
  }

  /**
   * B7: of a cluster in which somebody is told what to do, and who was read for that a moment ago. Twenty replicas that are polled beside it hold up what clients
   * wait for.
   */
  #isPassedOver(key: InstanceKey): boolean {
    const { clock, policy } = this.#options;
    if (this.#lookedAfter(key) === 'nobody') return false;
    return this.#prober.wasReadSince(key, clock.monotonic() - policy().pollMillis / 2);
  }

  #lookedAfter(key: InstanceKey): LookedAfter {
    const { picture, lookedAfter } = this.#options;
    const name = picture.topology.get(key)?.clusterName;
    return (name === undefined ? undefined : lookedAfter?.(name)) ?? 'nobody';
  }

  /** A seed whose name cannot be resolved is not read under it: once it can be, it would be shown twice. True: it is not to be read. */
  async #waitsForItsName(key: InstanceKey): Promise<boolean> {
    const resolved = await this.#resolved(key);
    if (!this.#rhythms.has(keyId(key))) return true;
    if (resolved.kind === 'failed') {
      this.#after(key, resolved);
      this.#schedule(key, this.#options.policy().pollMillis);
      return true;
    }
    if (keyId(resolved.key) === keyId(key)) return false;
    this.#retireName(key);
    await this.#plant(resolved.key, 'inject-seed');
    return true;
  }

  /** Only what a poll meets makes it dead: looks of people and of recoveries must not make its next poll later. */
  #noteLife(key: InstanceKey, read: LiveRead): void {
    if (read.kind === 'failed' && read.failure.phase === 'connect') {
      this.#dead.failed(key, this.#options.policy().deadBackOff);
    } else this.#dead.lived(key);
  }

  #after(key: InstanceKey, read: LiveRead): void {
    if (read.kind === 'failed') {
      this.#dropStranger(key);
      if (this.#forgotten.has(keyId(key))) return;
      this.#logSeldom(`cannot read ${instanceKeyText(key)}: ${read.failure.text}`);
      return;
    }
    this.#crawl.answered(key);
    this.#beginRhythm(read.instance.key);
    if (keyId(read.instance.key) !== keyId(key)) this.#retireName(key);
    if (!this.#running) return;
    this.#crawl.follow(read.instance, read.neighbours);
    this.#pulses.watch(read.instance.key);
  }

  /** Nothing is kept of what is no server of ours: with many clients that look like replicas connections would pile up. */
  #dropStranger(key: InstanceKey): void {
    if (this.#options.picture.topology.has(key)) return;
    this.#options.links.close(key);
    this.#prober.forget(key);
  }

  /** The server is known under another name now; its old one is neither polled nor connected any more. */
  #retireName(key: InstanceKey): void {
    this.#rhythms.get(keyId(key))?.cancel();
    this.#rhythms.delete(keyId(key));
    this.#options.links.close(key);
    if (!this.#options.picture.topology.has(key)) return;
    this.#options.picture.forget(key);
    const { store, log } = this.#options;
    store.forget(key).catch((error: unknown) => log.error(`backend: ${String(error)}`));
  }

  /** Whoever waits for nothing is told of nothing. Null: its name means nothing, or the read went wrong in ourselves. */
  async #discoverQuietly(key: InstanceKey, lane: Lane = this.#lane): Promise<Discovered | null> {
    try {
      return await lane.run(async () => {
        const resolved = await this.#resolved(key);
        if (resolved.kind === 'failed') {
          this.#after(key, resolved);
          return null;
        }
        const read = await this.#prober.read(resolved.key);
        this.#after(resolved.key, read);
        return { asked: resolved.key, read };
      });
    } catch (error) {
      this.#options.log.error(`reading ${instanceKeyText(key)}: ${String(error)}`);
      return null;
    }
  }

  #logSeldom(line: string): void {
    if (this.#logged.has(line)) return;
    this.#logged.note(line);
    this.#options.log.warning(line);
  }
}
