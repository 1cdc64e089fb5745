/**
 * One live read of one server: ask it, name it, time it, and put what it says into the picture.
 */
import { type ClusterName, type Millis, millis, type UnixMillis } from '../model/brand.ts';
import type { GroupReplication, Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText, type KeyId, keyId, sameKey } from '../model/instance-key.ts';
import { isLastCheckValid } from '../model/instance-status.ts';
import type { ServerFailure } from '../model/server-failure.ts';
import type { ProbeFacts } from '../mysql/dialect.ts';
import type { ProbeResult, ServerLink } from '../mysql/server-link.ts';
import type { Clock } from '../ports/clock.ts';
import { type Classified, classify } from './classification.ts';
import type { DiscoveryPolicy } from './discovery-policy.ts';
import type { HostnameResolver } from './hostname-resolver.ts';
import type { DiscoveryTiming } from './metrics/timing-columns.ts';
import { type Neighbours, neighboursOf } from './neighbours.ts';
import type { Picture } from './picture.ts';
import { ProbeDeadline } from './probe-deadline.ts';
import { SourceSigns } from './source-signs.ts';

export type LiveRead =
  | { readonly kind: 'observed'; readonly instance: Instance; readonly neighbours: Neighbours }
  | { readonly kind: 'failed'; readonly failure: ServerFailure; readonly partial: boolean };

export type RecentRead =
  | Pick<Extract<LiveRead, { kind: 'observed' }>, 'kind' | 'instance'>
  | Extract<LiveRead, { kind: 'failed' }>;

/** When a read began: monotonic, and after which command. */
interface Began {
  readonly at: number;
  readonly epoch: Instance['epoch'];
}

export type Identified =
  | { readonly kind: 'identified'; readonly key: InstanceKey }
  | { readonly kind: 'failed'; readonly failure: ServerFailure };

export interface ProberOptions {
  readonly picture: Picture;
  readonly link: (key: InstanceKey) => Pick<ServerLink, 'probe' | 'pulse'>;
  readonly resolver: HostnameResolver;
  readonly policy: () => DiscoveryPolicy;
  readonly clock: Clock;
  /** What of a server's classification is not part of its record. */
  readonly onClassified: (instance: Instance, classified: Classified) => void;
  /** Nobody wants to know of it any more; a read may have been under way when it was forgotten. */
  readonly isForgotten: (itself: InstanceKey, dialled: InstanceKey) => boolean;
  /** Hosts for which this name is registered as a virtual one (spec/discovery.md 11.3). Absent: there are none. */
  readonly hostsBehind?: ((virtualName: string) => readonly string[]) | undefined;
  /** The server calls itself like another one that is known by that name. */
  readonly onNameTaken: (key: InstanceKey, name: InstanceKey) => void;
  /** A server would not answer a part of the probe. */
  readonly onRefusedSection: (key: InstanceKey, section: string, failure: ServerFailure) => void;
  /** Whether markers of pseudo-GTID are injected into the cluster, null: one that is not known; null where none are injected at all. */
  readonly clusterIsMarked?: ((name: ClusterName | null) => boolean | null) | undefined;
  /** A read has ended, whatever came of it. */
  readonly onDiscovered?: ((timing: DiscoveryTiming) => void) | undefined;
}

interface ReadTimes {
  readonly began: Instance['epoch'];
  readonly now: UnixMillis;
  /** Monotonic. */
  readonly start: number;
  readonly took: Millis;
}

const IGNORED = 'IGNORED_REPLICATION_USER';
const FORGOTTEN = 'FORGOTTEN';

/** The server was read and is not wanted (forgotten, `DiscoveryIgnoreReplicationUsernameFilters`): nothing is wrong with it. */
export const isUnwanted = (read: LiveRead): boolean =>
  read.kind === 'failed' &&
  read.failure.kind === 'network' &&
  (read.failure.code === IGNORED || read.failure.code === FORGOTTEN);

const NANOS_PER_MILLI = 1_000_000;

export class Prober {
  readonly #options: ProberOptions;
  readonly #deadlines = new Map<KeyId, ProbeDeadline>();
  readonly #underWay = new Map<KeyId, Began & { readonly read: Promise<LiveRead> }>();
  /** The last read of those whose last read was answered. */
  readonly #answered = new Map<KeyId, Began>();
  readonly #signs = new SourceSigns();
  /** Of those whose last read failed, by the name that was dialled. */
  readonly #failures = new Map<KeyId, ServerFailure>();

  constructor(options: ProberOptions) {
    this.#options = options;
  }

  /** Reads under way are shared: two probes of one server at once would tell the same twice. */
  read(key: InstanceKey): Promise<LiveRead> {
    const id = keyId(key);
    const underWay = this.#underWay.get(id);
    if (underWay !== undefined) return underWay.read;
    const began = this.#beginning(key);
    const read = this.#read(key).then((result) => {
      if (result.kind === 'observed') this.#answered.set(id, began);
      else this.#answered.delete(id);
      return result;
    });
    const ended = read.finally(() => this.#underWay.delete(id));
    this.#underWay.set(id, { ...began, read: ended });
    return ended;
  }

  /** A read that began after this call: waits for the one under way, and reads again. */
  async readAfresh(key: InstanceKey): Promise<LiveRead> {
    await this.#underWay.get(keyId(key))?.read;
    return this.read(key);
  }

  /**
   * What a read says that began at `since` (monotonic) or later and after whatever was last sent to the server: the last one, the one under way, or one that
   * begins now.
   */
  async readSince(key: InstanceKey, since: number): Promise<RecentRead> {
    const { picture } = this.#options;
    const isRecent = (began: Began | undefined): boolean =>
      began !== undefined && began.at >= since && began.epoch === picture.epochOf(key);
    const known = isRecent(this.#answered.get(keyId(key))) ? picture.topology.get(key) : undefined;
    if (known !== undefined) return { kind: 'observed', instance: known };
    const underWay = this.#underWay.get(keyId(key));
    return underWay !== undefined && isRecent(underWay) ? underWay.read : this.readAfresh(key);
  }

  /** A read that began at `since` (monotonic) or later was the last one, and was answered. */
  wasReadSince(key: InstanceKey, since: number): boolean {
    const last = this.#answered.get(keyId(key));
    return last !== undefined && last.at >= since;
  }

  #beginning(key: InstanceKey): Began {
    const { picture, clock } = this.#options;
    return { at: clock.monotonic(), epoch: picture.epochOf(key) };
  }

  /** Who answers by that name. Asked once, and not taken into the picture: the name may lead to anybody. */
  async identify(key: InstanceKey): Promise<Identified> {
    const policy = this.#options.policy();
    const { connectMillis, answerMillis } = policy;
    const result = await this.#options.link(key).probe({ connectMillis, answerMillis });
    if (result.kind === 'failed') return result;
    const named = this.#name(key, result.facts, policy);
    return named.kind === 'failed' ? named : { kind: 'identified', key: named.key };
  }

  /** Only whether it is there; null: it is. */
  ping(key: InstanceKey): Promise<ServerFailure | 'busy' | null> {
    const { link, policy } = this.#options;
    return link(key).pulse(this.#deadlineOf(key).answerMillis(policy().answerMillis));
  }

  /** How long it may take to answer that before it is late, milliseconds. */
  lateMillis(key: InstanceKey): number {
    return this.#deadlineOf(key).lateMillis;
  }

  /** It was asked whether it is there, and did not answer in time: as good as a probe without an answer, and so without a part of one (A10). */
  silent(key: InstanceKey, failure: ServerFailure): void {
    const { picture, clock } = this.#options;
    this.#failures.set(keyId(key), failure);
    this.#answered.delete(keyId(key));
    picture.checkFailed(key, false, picture.epochOf(key), clock.now());
  }

  /** Why the last read of it failed; null: it did not. */
  failureOf(key: InstanceKey): ServerFailure | null {
    return this.#failures.get(keyId(key)) ?? null;
  }

  forget(key: InstanceKey): void {
    this.#deadlines.delete(keyId(key));
    this.#signs.forget(key);
    this.#failures.delete(keyId(key));
    this.#answered.delete(keyId(key));
  }

  async #read(key: InstanceKey): Promise<LiveRead> {
    const { picture, clock } = this.#options;
    const policy = this.#options.policy();
    const deadline = this.#deadlineOf(key);
    const began = picture.epochOf(key);
    const start = clock.monotonic();
    const result = await this.#options.link(key).probe({
      connectMillis: policy.connectMillis,
      answerMillis: deadline.answerMillis(policy.answerMillis),
    });
    const took = millis(clock.monotonic() - start);
    if (result.kind === 'answered') deadline.answered(took);
    else if (result.failure.kind === 'timeout' && result.failure.phase === 'answer') {
      deadline.suspected(policy.answerMillis);
    }
    const read = this.#conclude(key, result, { began, now: clock.now(), start, took });
    if (read.kind === 'failed') this.#failures.set(keyId(key), read.failure);
    else this.#failures.delete(keyId(key));
    this.#options.onDiscovered?.(this.#timing(key, read, took, millis(clock.monotonic() - start)));
    return read;
  }

  #timing(key: InstanceKey, read: LiveRead, instanceMillis: Millis, totalMillis: Millis): DiscoveryTiming {
    return {
      key: read.kind === 'observed' ? read.instance.key : this.#options.resolver.knownKey(key),
      backendMillis: totalMillis - instanceMillis,
      instanceMillis,
      totalMillis,
      error: read.kind === 'failed' ? read.failure.text : null,
    };
  }

  #conclude(key: InstanceKey, result: ProbeResult, times: ReadTimes): LiveRead {
    if (result.kind === 'failed') {
      // Of the name that was dialled alone: the server that was once behind it may be well where it is now.
      this.#options.picture.checkFailed(key, result.partial, times.began, times.now);
      return result;
    }
    for (const { name, failure } of result.refused) this.#options.onRefusedSection(key, name, failure);
    return this.#observe(key, result, times);
  }

  #observe(
    key: InstanceKey,
    { facts, configured, refused }: Extract<ProbeResult, { kind: 'answered' }>,
    times: ReadTimes,
  ): LiveRead {
    const { picture, resolver } = this.#options;
    const policy = this.#options.policy();
    // Not a failed check: the row of one that is known already is left as it is, and ages (spec/discovery.md 8).
    if (facts.instance.sourceKey !== null && policy.ignoresReplicationUser(facts.replicationUser)) return ignored(key);
    const named = this.#name(key, facts, policy);
    if (named.kind === 'failed') {
      picture.checkFailed(key, true, times.began, times.now);
      return named;
    }
    const self = named.key;
    if (this.#options.isForgotten(self, key)) return forgotten(self);
    // Also that it goes by the name that was dialled: another server may have been behind it before.
    resolver.learn(key.hostname, self.hostname);
    const classified = classify({
      key: self,
      observed: facts.instance,
      known: picture.known(self),
      answers: configured,
      refused: new Set(refused.map(({ name }) => name)),
      patterns: policy.placePatterns,
      clusterIsMarked: this.#isMarked(self),
    });
    const known = (other: InstanceKey): InstanceKey => resolver.knownKey(other);
    const neighbours = neighboursOf(self, facts, policy, known);
    const { sourceKey: source, otherChannels, group } = facts.instance;
    const heard: Instance = { ...facts.instance, key: self, sourceKey: source && known(source) };
    const instance: Instance = {
      ...heard,
      ...classified.fields,
      evidence: heard.evidence && { ...heard.evidence, silentMillis: this.#signs.silenceOf(heard, times.start) },
      otherChannels: otherChannels.map((channel) => ({
        ...channel,
        sourceKey: channel.sourceKey && known(channel.sourceKey),
      })),
      group: knownGroup(group, self, known),
      replicas: neighbours.replicas,
      lastChecked: times.now,
      lastAttemptedCheck: times.now,
      lastSeen: times.now,
      lastCheckPartialSuccess: true,
      lastDiscoveryLatencyNanos: Math.round(times.took * NANOS_PER_MILLI),
      epoch: times.began,
    };
    const isTaken = picture.observed(instance);
    const placed = picture.topology.get(self) ?? instance;
    // A command has changed the server meanwhile: what it said before is void in this too.
    if (isTaken) this.#options.onClassified(placed, classified);
    return { kind: 'observed', instance: placed, neighbours };
  }

  /** By the cluster in which it was seen last: in which one it is now is known only when all is read. */
  #isMarked(key: InstanceKey): boolean | null {
    const { picture, clusterIsMarked } = this.#options;
    const known = picture.known(key);
    if (clusterIsMarked === undefined) return null;
    return clusterIsMarked(known?.clusterName ?? null);
  }

  /** Under which name the server is known from now on (spec/discovery.md 11.2). */
  #name(
    key: InstanceKey,
    facts: ProbeFacts,
    policy: DiscoveryPolicy,
  ): { readonly kind: 'named'; readonly key: InstanceKey } | Extract<LiveRead, { kind: 'failed' }> {
    const { instance } = facts;
    if (policy.selfNameMethod === 'as-dialled') return { kind: 'named', key: this.#behindVirtualName(key, instance) };
    const name = policy.selfNameMethod === 'hostname' ? facts.hostname : facts.reportHost;
    if (name !== '') {
      const itself = this.#asItCallsItself(key, { ...key, hostname: name }, instance);
      return { kind: 'named', key: sameKey(itself, key) ? this.#behindVirtualName(key, instance) : itself };
    }
    const variable = policy.selfNameMethod === 'hostname' ? '@@hostname' : '@@report_host';
    const text = `MySQLHostnameResolveMethod is ${variable}, and the server has none`;
    return { kind: 'failed', partial: true, failure: { kind: 'network', phase: 'answer', code: 'NO_SELF_NAME', text } };
  }

  /** The name that was dialled stays where the other is rejected, or belongs to another server: two under one name would look like one. */
  #asItCallsItself(dialled: InstanceKey, itself: InstanceKey, observed: Instance): InstanceKey {
    const { picture, policy, onNameTaken } = this.#options;
    if (sameKey(dialled, itself)) return itself;
    if (policy().rejectsHostname(itself.hostname)) return dialled;
    const known = picture.topology.get(itself);
    if (known === undefined || isSameServer(known, observed)) return itself;
    // One that was built anew has another identity too: it takes the name over where nobody answers by it, unless it is known by its own.
    const own = picture.topology.get(dialled);
    const isKnownAsDialled = own !== undefined && own.lastSeen !== null && isSameServer(own, observed);
    const answers = picture.wasSeenHere(itself) && isLastCheckValid(known);
    if (!answers && !isKnownAsDialled) return itself;
    onNameTaken(dialled, itself);
    return dialled;
  }

  /** Known by its own name already: replicas that were told of it by a virtual one would have a source of their own, and nobody would see what it is. */
  #behindVirtualName(dialled: InstanceKey, observed: Instance): InstanceKey {
    for (const hostname of this.#options.hostsBehind?.(dialled.hostname) ?? []) {
      const known = this.#options.picture.topology.get({ ...dialled, hostname });
      if (known !== undefined && isCertainlySame(known, observed)) return known.key;
    }
    return dialled;
  }

  #deadlineOf(key: InstanceKey): ProbeDeadline {
    const id = keyId(key);
    const known = this.#deadlines.get(id);
    if (known !== undefined) return known;
    const made = new ProbeDeadline();
    this.#deadlines.set(id, made);
    return made;
  }
}

/** Members under the names they are known by. The address by which the primary is in its group need not be the one it was asked at. */
function knownGroup(
  group: GroupReplication,
  self: InstanceKey,
  known: (key: InstanceKey) => InstanceKey,
): GroupReplication {
  if (group.name === '') return group;
  const primaryKey = group.memberRole === 'PRIMARY' ? self : group.primaryKey && known(group.primaryKey);
  return { ...group, members: group.members.map(known), primaryKey };
}

const isSameServer = (one: Instance, other: Instance): boolean =>
  one.serverUuid === '' || other.serverUuid === ''
    ? one.serverId === other.serverId
    : one.serverUuid === other.serverUuid;

/** Identity before address: MariaDB has no UUID, and goes by its id. */
const isCertainlySame = (one: Instance, other: Instance): boolean =>
  one.serverUuid === other.serverUuid && one.serverId === other.serverId && (one.serverUuid !== '' || one.serverId > 0);

function forgotten(key: InstanceKey): LiveRead {
  const text = `${instanceKeyText(key)} has been forgotten`;
  return { kind: 'failed', partial: true, failure: { kind: 'network', phase: 'answer', code: FORGOTTEN, text } };
}

/** Its replication account is one of those that are not wanted. */
function ignored(key: InstanceKey): LiveRead {
  const text = `${instanceKeyText(key)} replicates with an account that DiscoveryIgnoreReplicationUsernameFilters names`;
  return { kind: 'failed', partial: true, failure: { kind: 'network', phase: 'answer', code: IGNORED, text } };
}
