/**
 * One live read of one server: ask it, name it, time it, and put what it says into the picture.
 */
import { millis, type UnixMillis } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, type KeyId, keyId, sameKey } from '../model/instance-key.ts';
import type { ServerFailure } from '../model/server-failure.ts';
import type { ConfiguredAnswers, ProbeFacts } from '../mysql/dialect.ts';
import type { RefusedSection } from '../mysql/section-packet.ts';
import type { ProbeResult, ServerLink } from '../mysql/server-link.ts';
import type { Clock } from '../ports/clock.ts';
import type { DiscoveryPolicy } from './discovery-policy.ts';
import type { HostnameResolver } from './hostname-resolver.ts';
import { type Neighbours, neighboursOf } from './neighbours.ts';
import type { Picture } from './picture.ts';
import { ProbeDeadline } from './probe-deadline.ts';

export type LiveRead =
  | { readonly kind: 'observed'; readonly instance: Instance; readonly neighbours: Neighbours }
  | { readonly kind: 'failed'; readonly failure: ServerFailure; readonly partial: boolean };

export interface ProberOptions {
  readonly picture: Picture;
  readonly link: (key: InstanceKey) => Pick<ServerLink, 'probe'>;
  readonly resolver: HostnameResolver;
  readonly policy: () => DiscoveryPolicy;
  readonly clock: Clock;
  /** A server would not answer a part of the probe. */
  readonly onRefusedSection: (key: InstanceKey, section: string, failure: ServerFailure) => void;
}

const NANOS_PER_MILLI = 1_000_000;

export class Prober {
  readonly #options: ProberOptions;
  readonly #deadlines = new Map<KeyId, ProbeDeadline>();
  readonly #underWay = new Map<KeyId, Promise<LiveRead>>();

  constructor(options: ProberOptions) {
    this.#options = options;
  }

  /** Reads under way are shared: two probes of one server at once would tell the same twice. */
  read(key: InstanceKey): Promise<LiveRead> {
    const id = keyId(key);
    const underWay = this.#underWay.get(id);
    if (underWay !== undefined) return underWay;
    const read = this.#read(key).finally(() => this.#underWay.delete(id));
    this.#underWay.set(id, read);
    return read;
  }

  /** A read that began after this call: waits for the one under way, and reads again. */
  async readAfresh(key: InstanceKey): Promise<LiveRead> {
    await this.#underWay.get(keyId(key));
    return this.read(key);
  }

  forget(key: InstanceKey): void {
    this.#deadlines.delete(keyId(key));
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
    const now = clock.now();
    if (result.kind === 'failed') {
      picture.checkFailed(this.#options.resolver.knownKey(key), result.partial, began, now);
      return result;
    }
    const took = millis(clock.monotonic() - start);
    deadline.answered(took);
    for (const { name, failure } of result.refused) this.#options.onRefusedSection(key, name, failure);
    return this.#observe(key, result, { began, now, took });
  }

  #observe(
    key: InstanceKey,
    { facts, configured, refused }: Extract<ProbeResult, { kind: 'answered' }>,
    times: { readonly began: Instance['epoch']; readonly now: UnixMillis; readonly took: number },
  ): LiveRead {
    const { picture, resolver } = this.#options;
    const policy = this.#options.policy();
    const named = this.#name(key, facts, policy);
    if (named.kind === 'failed') {
      picture.checkFailed(key, true, times.began, times.now);
      return named;
    }
    const self = named.key;
    if (!sameKey(self, key)) resolver.learn(key.hostname, self.hostname);
    const neighbours = neighboursOf(self, facts, policy, (other) => resolver.knownKey(other));
    const source = facts.instance.sourceKey;
    const instance: Instance = {
      ...facts.instance,
      ...lastKnown(picture.topology.get(self), refused),
      ...classification(configured),
      key: self,
      sourceKey: source === null ? null : resolver.knownKey(source),
      replicas: neighbours.replicas,
      lastChecked: times.now,
      lastAttemptedCheck: times.now,
      lastSeen: times.now,
      lastCheckPartialSuccess: true,
      lastDiscoveryLatencyNanos: Math.round(times.took * NANOS_PER_MILLI),
      epoch: times.began,
    };
    picture.observed(instance);
    return { kind: 'observed', instance: picture.topology.get(self) ?? instance, neighbours };
  }

  /** Under which name the server is known from now on (spec/discovery.md 11.2). */
  #name(
    key: InstanceKey,
    facts: ProbeFacts,
    policy: DiscoveryPolicy,
  ): { readonly kind: 'named'; readonly key: InstanceKey } | Extract<LiveRead, { kind: 'failed' }> {
    if (policy.selfNameMethod === 'as-dialled') return { kind: 'named', key };
    const name = policy.selfNameMethod === 'hostname' ? facts.hostname : facts.reportHost;
    if (name !== '') return { kind: 'named', key: { ...key, hostname: name } };
    const variable = policy.selfNameMethod === 'hostname' ? '@@hostname' : '@@report_host';
    const text = `MySQLHostnameResolveMethod is ${variable}, and the server has none`;
    return { kind: 'failed', partial: true, failure: { kind: 'network', phase: 'answer', code: 'NO_SELF_NAME', text } };
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

const CLASSIFYING = {
  DetectClusterAliasQuery: 'suggestedClusterAlias',
  DetectDataCenterQuery: 'dataCenter',
  DetectRegionQuery: 'region',
  DetectPhysicalEnvironmentQuery: 'physicalEnvironment',
  DetectInstanceAliasQuery: 'instanceAlias',
} as const;

/** C9: a query that fails, as they do in an incident, must not make a server forget its data center. */
function lastKnown(known: Instance | undefined, refused: readonly RefusedSection[]): Partial<Instance> {
  const names = new Set(refused.map(({ name }) => name));
  const kept = Object.entries(CLASSIFYING).filter(([name]) => names.has(name));
  return known === undefined ? {} : Object.fromEntries(kept.map(([, field]) => [field, known[field]]));
}

/** What configured queries tell about a server (spec/configuration.md 2.9, 1.9). NULL and no row say nothing. */
function classification(answers: ConfiguredAnswers): Partial<Instance> {
  const found: { -readonly [Field in keyof Instance]?: Instance[Field] } = {};
  const text = (name: string): string | undefined => answers.get(name) ?? undefined;
  for (const [name, field] of Object.entries(CLASSIFYING)) {
    const value = text(name);
    if (value !== undefined) found[field] = value;
  }
  const lag = text('ReplicationLagQuery');
  if (lag !== undefined && /^-?\d+$/.test(lag)) found.replicationLagSeconds = Math.max(0, Number(lag));
  return found;
}
