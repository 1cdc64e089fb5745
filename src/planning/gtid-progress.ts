/**
 * How far a server has come, by GTID, for both families alike: what it has applied, and what it has received (architecture rule 1).
 *
 * Oracle: sets; received is Retrieved ∪ Executed. MariaDB: one position a domain; received is the further of Gtid_IO_Pos and the current
 * position. Only complete transactions count in either (D15).
 */
import type { ServerUuid } from '../model/brand.ts';
import {
  contains,
  count,
  EMPTY_GTID_SET,
  equals,
  type GtidSet,
  gtidSetOf,
  isEmpty,
  subtract,
  union,
  uuidsOf,
} from '../model/gtid-set.ts';
import { gtidSetText, parseGtidSet } from '../model/gtid-set-text.ts';
import type { Instance } from '../model/instance.ts';
import {
  comparePositions,
  containsPosition,
  domainsOf,
  furthestPosition,
  type MariadbGtid,
  type MariadbPosition,
  mariadbPosition,
  mariadbPositionText,
  parseMariadbPosition,
} from '../model/mariadb-gtid.ts';
import type { GtidContainment } from '../model/relay-log-safe.ts';
import { isMariaDb, parseServerVersion } from '../model/server-version.ts';

export type GtidProgress =
  | { readonly family: 'oracle'; readonly executed: GtidSet; readonly received: GtidSet }
  | {
      readonly family: 'mariadb';
      readonly executed: MariadbPosition;
      readonly received: MariadbPosition;
      /** Of what is executed, what came from a source. */
      readonly replicated: MariadbPosition;
      /** Of what is in the relay log, what was not applied. */
      readonly unapplied: readonly MariadbGtid[];
    };

export type ProgressOrder = 'equal' | 'ahead' | 'behind' | 'diverged';

/** Null when the server shows no readable GTID state. */
export function gtidProgress(instance: Instance): GtidProgress | null {
  const evidence = instance.evidence;
  if (isMariaDb(parseServerVersion(instance.version, instance.versionComment))) {
    const executed = parseMariadbPosition(evidence?.mariadbCurrentPosition ?? '');
    const inRelayLog = parseMariadbPosition(evidence?.receivedGtid ?? '');
    const replicated = parseMariadbPosition(evidence?.mariadbReplicatedPosition ?? '');
    if (executed.kind === 'refused' || inRelayLog.kind === 'refused' || replicated.kind === 'refused') return null;
    const unapplied = inRelayLog.position.gtids.filter(
      (gtid) => !isApplied(gtid, executed.position, replicated.position),
    );
    const waiting = new Set(unapplied.map(({ domain }) => domain));
    const received = inRelayLog.position.gtids.filter(({ domain }) => waiting.has(domain));
    const elsewhere = executed.position.gtids.filter(({ domain }) => !waiting.has(domain));
    return {
      family: 'mariadb',
      executed: executed.position,
      received: furthestPosition(
        mariadbPosition([...elsewhere, ...received]),
        withoutDomains(inRelayLog.position, waiting),
      ),
      replicated: replicated.position,
      unapplied,
    };
  }
  const executed = parseGtidSet(instance.executedGtidSet);
  const inRelayLog = parseGtidSet(evidence?.receivedGtid ?? '');
  if (executed.kind === 'refused' || inRelayLog.kind === 'refused') return null;
  return { family: 'oracle', executed: executed.set, received: union(executed.set, inRelayLog.set) };
}

/**
 * A sequence number alone does not tell: a row that was written by mistake on a replica, 0-2-2, has the number of the source's 0-1-2, which cannot be
 * applied any more. What was replicated counts, and what the same server wrote (C18, D4).
 */
function isApplied(gtid: MariadbGtid, executed: MariadbPosition, replicated: MariadbPosition): boolean {
  const { domain, server, sequence } = gtid;
  const reached = replicated.gtids.find((other) => other.domain === domain);
  if (reached !== undefined && reached.sequence > sequence) return true;
  if (reached !== undefined && reached.sequence === sequence && reached.server === server) return true;
  const own = executed.gtids.find((other) => other.domain === domain);
  return own !== undefined && own.server === server && own.sequence >= sequence;
}

const withoutDomains = (position: MariadbPosition, domains: ReadonlySet<number>): MariadbPosition =>
  mariadbPosition(position.gtids.filter(({ domain }) => !domains.has(domain)));

/** How the first's received stands to the second's. Different families are diverged. */
export function compareReceived(one: GtidProgress, other: GtidProgress): ProgressOrder {
  if (one.family === 'mariadb' && other.family === 'mariadb') return comparePositions(one.received, other.received);
  if (one.family !== 'oracle' || other.family !== 'oracle') return 'diverged';
  if (equals(one.received, other.received)) return 'equal';
  if (contains(one.received, other.received)) return 'ahead';
  return contains(other.received, one.received) ? 'behind' : 'diverged';
}

/**
 * Has the server whose progress is `outer` received all that `inner` has? MariaDB: also where the numbers of `outer` have passed those of `inner`, what
 * a former source wrote after `outer` had left it is not there.
 */
export function receivedContains(outer: GtidProgress, inner: GtidProgress): boolean {
  if (outer.family === 'mariadb' && inner.family === 'mariadb') {
    return inner.received.gtids.every((gtid) => {
      const waits = outer.unapplied.some(
        ({ domain, server, sequence }) =>
          domain === gtid.domain &&
          (sequence > gtid.sequence || (sequence === gtid.sequence && server === gtid.server)),
      );
      return waits || isApplied(gtid, outer.executed, outer.replicated);
    });
  }
  const order = compareReceived(outer, inner);
  return order === 'equal' || order === 'ahead';
}

/** As the server itself writes it; what a drain waits for. */
export function receivedText(progress: GtidProgress): string {
  return progress.family === 'oracle' ? gtidSetText(progress.received) : mariadbPositionText(progress.received);
}

export function executedText(progress: GtidProgress): string {
  return progress.family === 'oracle' ? gtidSetText(progress.executed) : mariadbPositionText(progress.executed);
}

/** All that was received is applied. */
export function isDrained(progress: GtidProgress): boolean {
  return progress.family === 'oracle'
    ? contains(progress.executed, progress.received)
    : progress.unapplied.length === 0;
}

/** As it is once all that was received is applied. */
export const asApplied = (progress: GtidProgress): GtidProgress =>
  progress.family === 'oracle'
    ? { ...progress, executed: progress.received }
    : { ...progress, executed: progress.received, unapplied: [] };

/** As if it had received nothing but what it has applied. */
export const asFarAsApplied = (progress: GtidProgress): GtidProgress =>
  progress.family === 'oracle'
    ? { ...progress, received: progress.executed }
    : { ...progress, received: progress.executed, unapplied: [] };

/** As if it had received nothing but what it has not applied. */
export const onlyUnapplied = (progress: GtidProgress): GtidProgress =>
  progress.family === 'oracle'
    ? { ...progress, received: subtract(progress.received, progress.executed) }
    : { ...progress, received: mariadbPosition(furthestOfEachDomain(progress.unapplied)) };

/** What is in the relay log and is not applied; '' if nothing. */
export function unappliedText(progress: GtidProgress): string {
  return progress.family === 'oracle'
    ? gtidSetText(subtract(progress.received, progress.executed))
    : mariadbPositionText(mariadbPosition(furthestOfEachDomain(progress.unapplied)));
}

function furthestOfEachDomain(gtids: readonly MariadbGtid[]): readonly MariadbGtid[] {
  const furthest = new Map<number, MariadbGtid>();
  for (const gtid of gtids) {
    const known = furthest.get(gtid.domain);
    if (known === undefined || known.sequence < gtid.sequence) furthest.set(gtid.domain, gtid);
  }
  return [...furthest.values()];
}

/**
 * What `received` has of what `origin` has executed, as text. MariaDB: of each domain that both know, the position of whoever is less far.
 */
export function sharedText(received: GtidProgress, origin: GtidProgress): string {
  if (received.family === 'oracle' && origin.family === 'oracle') {
    return gtidSetText(subtract(received.received, subtract(received.received, origin.executed)));
  }
  if (received.family !== 'mariadb' || origin.family !== 'mariadb') return '';
  const shared = received.received.gtids.flatMap((gtid) => {
    const written = origin.executed.gtids.find(({ domain }) => domain === gtid.domain);
    if (written === undefined) return [];
    return [written.sequence < gtid.sequence ? written : gtid];
  });
  return mariadbPositionText(mariadbPosition(shared));
}

/** What `has` received and `lacks` did not, as text for records; '' if nothing. MariaDB: the position of the one that is ahead. */
export function missingFrom(has: GtidProgress, lacks: GtidProgress): string {
  if (has.family === 'oracle' && lacks.family === 'oracle') return gtidSetText(subtract(has.received, lacks.received));
  return receivedContains(lacks, has) ? '' : receivedText(has);
}

/** All that any of them has received and `lacks` did not, as text; '' if nothing. MariaDB: of each domain the furthest. */
export function missingFromAny(progresses: readonly GtidProgress[], lacks: GtidProgress): string {
  if (lacks.family === 'oracle') return joinedText(progresses.map((has) => missingFrom(has, lacks)));
  const missing = progresses.flatMap((has) =>
    has.family === 'mariadb'
      ? has.received.gtids.filter((gtid) => !receivedContains(lacks, { ...has, received: mariadbPosition([gtid]) }))
      : [],
  );
  return mariadbPositionText(mariadbPosition(furthestOfEachDomain(missing)));
}

/**
 * What of it came from the originators (MariaDB: in the domains) that `others` know, or from the server `writer`. A server with several sources has
 * transactions of other clusters too, which nobody here can lack.
 */
export function receivedOf(
  progress: GtidProgress,
  others: readonly GtidProgress[],
  writer: ServerUuid | '',
): GtidProgress {
  if (progress.family === 'oracle') {
    const known = others.flatMap((other) => (other.family === 'oracle' ? uuidsOf(other.received) : []));
    const uuids = new Set<string>([writer.toLowerCase(), ...known]);
    const entries = progress.received.entries.filter(({ uuid }) => uuids.has(uuid));
    return { ...progress, received: gtidSetOf(entries) };
  }
  const known = others.flatMap((other) => (other.family === 'mariadb' ? domainsOf(other.received) : []));
  const gtids = progress.received.gtids.filter(({ domain }) => known.includes(domain));
  return { ...progress, received: mariadbPosition(gtids) };
}

/**
 * A number to tell further from less far, also where neither contains the other. Transactions that are not in `without`, or sequence
 * numbers summed over domains.
 */
export function receivedAmount(progress: GtidProgress, without: GtidSet = EMPTY_GTID_SET): number {
  if (progress.family === 'oracle') return count(subtract(progress.received, without));
  return progress.received.gtids.reduce((sum, gtid) => sum + gtid.sequence, 0);
}

/** All that is known to be errant on any of them. MariaDB: nothing, positions do not show it. */
export function errantOf(instances: readonly Instance[]): GtidSet {
  return instances.reduce((errant, { gtidErrant }) => {
    const parsed = parseGtidSet(gtidErrant);
    return parsed.kind === 'ok' ? union(errant, parsed.set) : errant;
  }, EMPTY_GTID_SET);
}

/** Several texts of sets as one, for records: each transaction is named once. Positions, which do not add up, stand side by side. */
export function joinedText(texts: readonly string[]): string {
  const named = [...new Set(texts)].filter((text) => text !== '');
  const sets = named.map(parseGtidSet);
  if (!sets.every((parsed) => parsed.kind === 'ok')) return named.join(',');
  return gtidSetText(sets.reduce((all, { set }) => union(all, set), EMPTY_GTID_SET));
}

/** Transactions that the would-be source has already purged and this replica never received: it could not be fed (spec/topology-operations.md 3.7). */
export function purgedAndMissing(source: Instance, replica: Instance): string {
  const purged = parseGtidSet(source.gtidPurged);
  const progress = gtidProgress(replica);
  if (purged.kind === 'refused' || progress?.family !== 'oracle') return '';
  const missing = subtract(purged.set, progress.executed);
  return isEmpty(missing) ? '' : gtidSetText(missing);
}

/** For the witnesses of `relay-log-safe.ts`: works on the texts of either family. */
export const gtidContainment: GtidContainment = {
  contains(outer, inner) {
    const sets = [parseGtidSet(outer), parseGtidSet(inner)] as const;
    if (sets[0].kind === 'ok' && sets[1].kind === 'ok') return contains(sets[0].set, sets[1].set);
    const positions = [parseMariadbPosition(outer), parseMariadbPosition(inner)] as const;
    if (positions[0].kind === 'ok' && positions[1].kind === 'ok') {
      return containsPosition(positions[0].position, positions[1].position);
    }
    return null;
  },
};

/** All that any of them has received, as one text to wait for; '' for none. Families are not mixed: the first one's counts. */
export function mergedReceivedText(progresses: readonly GtidProgress[]): string {
  const [first] = progresses;
  if (first === undefined) return '';
  return receivedText(progresses.slice(1).reduce(mergeReceived, first));
}

function mergeReceived(one: GtidProgress, other: GtidProgress): GtidProgress {
  if (one.family === 'oracle' && other.family === 'oracle') {
    return { ...one, received: union(one.received, other.received) };
  }
  if (one.family === 'mariadb' && other.family === 'mariadb') {
    return {
      ...one,
      received: furthestPosition(one.received, other.received),
      unapplied: [...one.unapplied, ...other.unapplied],
    };
  }
  return one;
}
