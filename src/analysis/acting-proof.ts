/**
 * Acting needs proof. The published code follows the contract's ladder, which takes any replica that does not replicate for a
 * witness of death; before anything is done to a topology, the receivers are asked (architecture rule 3; A8).
 */
import { type Millis, millis, type UnixMillis } from '../model/brand.ts';
import type { Instance, ThreadState } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText, keyId, sameKey } from '../model/instance-key.ts';
import { isLastCheckValid } from '../model/instance-status.ts';
import { isSourceSilent } from '../model/source-silence.ts';
import { claimsDeath } from './codes.ts';
import type { AnalysisEntry } from './entry.ts';
import { missesItsSource } from './receiver-failure.ts';

/** Who says what about the accused server, as data, so that pages can show it. */
export type Evidence = {
  readonly key: InstanceKey;
  /** When this was observed; null: never. For a server that cannot be reached: when it last could. */
  readonly observedAt: UnixMillis | null;
  /** How old that is; null: never. Never negative: clocks step back. */
  readonly age: Millis | null;
} & (
  | { readonly kind: 'server-unreachable'; readonly isPartlyAnswering: boolean }
  | {
      readonly kind: 'receiver-not-connected';
      /** It tries and gets no answer. False: it was stopped, its source answers and refuses, or has answered since; it says nothing of a death. */
      readonly isWitness: boolean;
      readonly receiverState: ThreadState;
      /** 0: none. Null: only the text is known. */
      readonly errorNumber: number | null;
      readonly errorText: string;
    }
  /** Connected, and without a heartbeat or anything else for so long. */
  | { readonly kind: 'receiver-hears-nothing'; readonly silentMillis: Millis; readonly heartbeatPeriodMillis: Millis }
  /** Cannot be asked: no witness either way. */
  | { readonly kind: 'replica-unreachable' }
);

export interface Contradiction {
  readonly key: InstanceKey;
  readonly reason: 'receiver-connected';
  readonly observedAt: UnixMillis | null;
  readonly age: Millis | null;
  /** Whether it also applies: shows people why the ladder did not see this life. */
  readonly isApplierRunning: boolean;
  /** Null: not known. Only its growth means something. */
  readonly heartbeatsReceived: number | null;
}

export type ActingProof =
  /** It is not called dead: there is nothing to prove. */
  | { readonly kind: 'not-needed'; readonly evidence: readonly Evidence[] }
  | { readonly kind: 'proven'; readonly evidence: readonly Evidence[] }
  | { readonly kind: 'contradicted'; readonly by: readonly Contradiction[]; readonly evidence: readonly Evidence[] }
  /** Nobody contradicts, but nobody who could know says so either. */
  | { readonly kind: 'unwitnessed'; readonly evidence: readonly Evidence[] };

/**
 * Whether the topology bears out an entry that says its server is dead: no reachable replica's receiver is connected to it, and
 * at least one reachable replica misses it. Codes that claim no death have nothing to prove.
 *
 * `instances` is searched for the entry's replicas; one that is missing testifies nothing. Only what is observed counts here:
 * it is for the caller to have it observed again, and recently, before acting or after a contradiction.
 */
export function actingProof(entry: AnalysisEntry, instances: readonly Instance[], now: UnixMillis): ActingProof {
  const wanted = new Set(entry.replicas.map(keyId));
  const replicas = instances.filter((instance) => wanted.has(keyId(instance.key)));
  const subject = instances.find((instance) => sameKey(instance.key, entry.key));

  const evidence = replicas
    .filter((replica) => !isConnected(replica))
    .map((replica) => testimony(replica, subject, now));
  if (!entry.lastCheckValid) evidence.unshift(unreachable(entry, subject, now));
  if (!claimsDeath(entry.code)) return { kind: 'not-needed', evidence };

  // A8: replicas whose appliers are stopped "do not replicate", and the source they still hear is alive.
  const by = replicas.filter(isConnected).map((replica) => contradiction(replica, now));
  if (by.length > 0) return { kind: 'contradicted', by, evidence };
  // A4: where nobody answers, our own network is as likely to be gone as the server.
  const isWitnessed = evidence.some(
    (item) => item.kind === 'receiver-hears-nothing' || (item.kind === 'receiver-not-connected' && item.isWitness),
  );
  return { kind: isWitnessed ? 'proven' : 'unwitnessed', evidence };
}

/** One clause for people: who stands against acting, or that nobody speaks for it. */
export function proofText(proof: ActingProof): string {
  switch (proof.kind) {
    case 'not-needed':
      return 'it is not called dead';
    case 'proven':
      return 'its replicas miss it';
    case 'contradicted':
      return `still heard by ${proof.by.map(({ key }) => instanceKeyText(key)).join(', ')}`;
    case 'unwitnessed':
      return 'no replica that can be asked misses it';
  }
}

/** What an unreachable replica last said is history, however connected it was. */
function isConnected(replica: Instance): boolean {
  return isLastCheckValid(replica) && replica.receiverState === 'running' && !isSourceSilent(replica);
}

/**
 * E7: a replica that was seen while it still connected to its new source misses nobody. Taken for a witness, it would have a recovery begun that the last look has to give up, since its receiver
 * has connected meanwhile and has not noticed the death yet.
 */
const isOlder = (replica: Instance, subject: Instance | undefined): boolean =>
  subject !== undefined &&
  subject.lastSeen !== null &&
  replica.lastSeen !== null &&
  replica.lastSeen < subject.lastSeen;

function testimony(replica: Instance, subject: Instance | undefined, now: UnixMillis): Evidence {
  const observed = { key: replica.key, observedAt: replica.lastSeen, age: ageOf(replica.lastSeen, now) };
  if (!isLastCheckValid(replica)) return { ...observed, kind: 'replica-unreachable' };
  if (replica.evidence?.silentMillis != null && isSourceSilent(replica)) {
    const { silentMillis, heartbeatPeriodMillis } = replica.evidence;
    return {
      ...observed,
      kind: 'receiver-hears-nothing',
      silentMillis: millis(silentMillis),
      heartbeatPeriodMillis: millis(heartbeatPeriodMillis),
    };
  }
  return {
    ...observed,
    kind: 'receiver-not-connected',
    isWitness: missesItsSource(replica) && !isOlder(replica, subject),
    receiverState: replica.receiverState,
    errorNumber: replica.evidence?.lastErrorNumber ?? null,
    errorText: replica.lastIoError,
  };
}

function unreachable(entry: AnalysisEntry, subject: Instance | undefined, now: UnixMillis): Evidence {
  const lastSeen = subject?.lastSeen ?? null;
  return {
    key: entry.key,
    observedAt: lastSeen,
    age: ageOf(lastSeen, now),
    kind: 'server-unreachable',
    isPartlyAnswering: entry.lastCheckPartialSuccess,
  };
}

function contradiction(replica: Instance, now: UnixMillis): Contradiction {
  const heartbeats = replica.evidence?.heartbeatsReceived ?? HEARTBEATS_NOT_COUNTED;
  return {
    key: replica.key,
    reason: 'receiver-connected',
    observedAt: replica.lastSeen,
    age: ageOf(replica.lastSeen, now),
    isApplierRunning: replica.applierState === 'running',
    heartbeatsReceived: heartbeats === HEARTBEATS_NOT_COUNTED ? null : heartbeats,
  };
}

const HEARTBEATS_NOT_COUNTED = -1;

function ageOf(observedAt: UnixMillis | null, now: UnixMillis): Millis | null {
  return observedAt === null ? null : millis(Math.max(0, now - observedAt));
}
