/**
 * What primaries have forgotten by being started anew (A23, E6): that they took writes, where their own configuration starts them read-only, as it should, so that whoever comes back never
 * takes writes by itself; and that they waited for acknowledgements (E2). Somebody has to tell them again, and knows by this that it was no person who wanted it otherwise.
 *
 * What a person has made read-only while it runs is none of them, and stays as it is also when it is started anew afterwards.
 */
import type { Picture } from '../discovery/picture.ts';
import type { ServerUuid } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, type KeyId, keyId } from '../model/instance-key.ts';
import { isLastCheckValid, isPrimary } from '../model/instance-status.ts';
import type { Clock } from '../ports/clock.ts';

interface Identity {
  readonly serverId: number;
  /** MariaDB: ''. */
  readonly serverUuid: ServerUuid;
}

interface Writer extends Identity {
  readonly waits: boolean;
  /** When it was started, by a clock that does not step. */
  readonly startedAt: number;
}

/** Servers tell how long they have been up in whole seconds, and their answers come late: what differs by less is the same start. */
const SAME_START_MILLIS = 2_000;

const MILLIS_PER_SECOND = 1_000;

export interface RestartedPrimariesOptions {
  readonly picture: Pick<Picture, 'topology' | 'onChange'>;
  readonly clock: Clock;
}

export class RestartedPrimaries {
  readonly #options: RestartedPrimariesOptions;
  /** Primaries that took writes when they were last looked at. */
  readonly #writers = new Map<KeyId, Writer>();
  readonly #readOnly = new Map<KeyId, Identity>();
  readonly #asynchronous = new Map<KeyId, Identity>();
  #unsubscribe: () => void = () => {};

  constructor(options: RestartedPrimariesOptions) {
    this.#options = options;
  }

  /** Before anything is observed: what the backend has of a former process counts, or a primary that restarts together with this node would be nobody's. */
  start(): void {
    const { picture, clock } = this.#options;
    for (const instance of picture.topology.all()) {
      // Also one that had just died: as it was when it was last seen.
      if (instance.lastSeen === null || !isWriter(instance)) continue;
      this.#noteWriter(instance, clock.monotonic() - (clock.now() - instance.lastSeen));
    }
    this.#unsubscribe = picture.onChange(({ changed }) => {
      for (const instance of changed) this.#look(instance);
    });
  }

  stop(): void {
    this.#unsubscribe();
  }

  /** Those that are read-only for no other reason than that they were started anew. */
  get readOnly(): ReadonlySet<KeyId> {
    return new Set(this.#readOnly.keys());
  }

  isReadOnlyByRestart(key: InstanceKey): boolean {
    return this.#readOnly.has(keyId(key));
  }

  /** It waited for acknowledgements until it was started anew, and does not any more. */
  waitedBefore(key: InstanceKey): boolean {
    return this.#asynchronous.has(keyId(key));
  }

  #look(instance: Instance): void {
    // What is not seen is as it was.
    if (!isLastCheckValid(instance)) return;
    const id = keyId(instance.key);
    this.#forgetWhatHasPassed(id, instance);
    const now = this.#options.clock.monotonic();
    const writer = this.#writers.get(id);
    this.#writers.delete(id);
    const isRestarted =
      isHead(instance) &&
      writer !== undefined &&
      isSame(writer, instance) &&
      startOf(instance, now) > writer.startedAt + SAME_START_MILLIS;
    if (isRestarted && instance.readOnly) this.#readOnly.set(id, identityOf(instance));
    if (isRestarted && writer.waits && !instance.semiSync.sourceEnabled) {
      this.#asynchronous.set(id, identityOf(instance));
    }
    if (isWriter(instance)) this.#noteWriter(instance, now);
  }

  #forgetWhatHasPassed(id: KeyId, instance: Instance): void {
    // Another server at the same address is not the one that took writes.
    const isStill = (known: Identity | undefined): boolean =>
      known !== undefined && isHead(instance) && isSame(known, instance);
    if (!instance.readOnly || !isStill(this.#readOnly.get(id))) this.#readOnly.delete(id);
    if (instance.semiSync.sourceEnabled || !isStill(this.#asynchronous.get(id))) this.#asynchronous.delete(id);
  }

  #noteWriter(instance: Instance, seenAt: number): void {
    this.#writers.set(keyId(instance.key), {
      ...identityOf(instance),
      waits: instance.semiSync.sourceEnabled,
      startedAt: startOf(instance, seenAt),
    });
  }
}

/** A15: one of two that replicate from each other is one as well. */
const isHead = (instance: Instance): boolean =>
  (isPrimary(instance) || instance.isCoPrimary) && !instance.isBinlogServer;

const isWriter = (instance: Instance): boolean => isHead(instance) && !instance.readOnly;

const startOf = ({ uptimeSeconds }: Instance, seenAt: number): number => seenAt - uptimeSeconds * MILLIS_PER_SECOND;

const identityOf = ({ serverId, serverUuid }: Instance): Identity => ({ serverId, serverUuid });

const isSame = (one: Identity, other: Identity): boolean =>
  one.serverId === other.serverId && one.serverUuid === other.serverUuid;
