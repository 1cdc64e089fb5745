/**
 * Whether a failover can have lost anything that the dead primary had acknowledged (spec/recovery.md 12.4 #7; B11): proven not to, or what it may have lost. Pure.
 */
import { type BinlogCoordinates, hasNoFile, isBeforeOrAt, isOfSameLog } from '../model/binlog-coordinates.ts';
import type { UnixMillis } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText, sameKey } from '../model/instance-key.ts';
import { joinedText } from './gtid-progress.ts';
import type { LostServer } from './plan.ts';
import { hasReceivedAll, onlyReceivedBy, type ReplicaProgress, writtenProgress } from './replica-progress.ts';

export type Durability =
  | { readonly kind: 'proven-lossless'; readonly because: string }
  /** `gtids`: what is known to be missing on the new primary; '' where nothing is known, which is no proof. */
  | { readonly kind: 'may-have-lost'; readonly because: string; readonly gtids: string };

/** Who can have acknowledged what a primary told its clients. */
export interface AcknowledgementFacts {
  /** As it was last seen. */
  readonly failed: Instance;
  readonly now: UnixMillis;
  /** All its replicas, as they were known before anything was done. */
  readonly replicas: readonly Instance[];
  /** Those whose receivers were stopped, and whose received transactions are known. */
  readonly asked: readonly InstanceKey[];
}

export interface DurabilityFacts extends AcknowledgementFacts {
  /** What the new primary has received when it is promoted. */
  readonly promoted: ReplicaProgress;
  readonly lost: readonly LostServer[];
  /** Up to where in the log of the failed one a binlog server feeds it before that; null: none does. */
  readonly fedUpTo: BinlogCoordinates | null;
  /** What is dropped by order; '' for nothing. */
  readonly discards: string;
}

/**
 * Proven: the primary waited for N acknowledgements until it died, fewer than N of those that give them could not be asked, and whoever was asked has nothing that the new primary has not. Every
 * acknowledged transaction is then on somebody who was asked.
 */
export function durabilityOf(facts: DurabilityFacts): Durability {
  const { failed, promoted, lost, discards } = facts;
  const written = writtenProgress(failed, promoted);
  const isHeld = written === null || hasReceivedAll(promoted, written) || isFedAllOf(failed, facts.fedUpTo);
  const known = isHeld ? '' : onlyReceivedBy(written, promoted);
  const gtids = joinedText([discards, ...lost.map(({ transactionsAtRisk }) => transactionsAtRisk), known]);
  const doubt = doubtAboutAcknowledgements(facts);
  if (doubt !== null) return { kind: 'may-have-lost', because: doubt, gtids };
  if (gtids !== '') return { kind: 'may-have-lost', because: 'others have what the new primary has not', gtids };
  const { sourceWaitForReplicaCount } = failed.semiSync;
  const because = `${instanceKeyText(failed.key)} waited for ${sourceWaitForReplicaCount} acknowledgements, and fewer of those that give them could not be asked`;
  return { kind: 'proven-lossless', because };
}

/** All that it had written when it was last seen: its GTIDs are not known of what comes by place. */
function isFedAllOf({ selfCoordinates }: Instance, fedUpTo: BinlogCoordinates | null): boolean {
  if (fedUpTo === null || hasNoFile(selfCoordinates) || !isOfSameLog(selfCoordinates, fedUpTo)) return false;
  return isBeforeOrAt(selfCoordinates, fedUpTo);
}

/**
 * Why an acknowledged transaction may be with the dead primary, or those that could not be asked, alone; null: it cannot. With the receivers of those stopped that were asked, nothing more can be
 * acknowledged then either.
 */
export function doubtAboutAcknowledgements({ failed, now, replicas, asked }: AcknowledgementFacts): string | null {
  const { sourceEnabled, sourceStatus, sourceTimeoutMillis, sourceWaitForReplicaCount: needed } = failed.semiSync;
  const key = instanceKeyText(failed.key);
  if (!sourceEnabled || !sourceStatus || needed < 1) return `${key} did not wait for acknowledgements`;
  const unseenMillis = failed.lastSeen === null ? Number.POSITIVE_INFINITY : now - failed.lastSeen;
  // It gives semi-sync up when nobody acknowledges for so long, and acknowledges on its own from then on.
  if (unseenMillis >= Number(sourceTimeoutMillis))
    return `${key} may have given up waiting for acknowledgements since it was last seen`;
  const ackers = replicas.filter(({ semiSync }) => semiSync.replicaEnabled);
  const unasked = ackers.filter((replica) => !asked.some((one) => sameKey(one, replica.key)));
  return unasked.length < needed
    ? null
    : `${unasked.map((replica) => instanceKeyText(replica.key)).join(', ')} could not be asked, and may have acknowledged what nobody else has`;
}

/** One line for people. */
export function durabilityText(durability: Durability): string {
  if (durability.kind === 'proven-lossless') return `proven lossless: ${durability.because}`;
  const known = durability.gtids === '' ? '' : `; known to be missing: ${durability.gtids}`;
  return `may have lost transactions: ${durability.because}${known}`;
}
