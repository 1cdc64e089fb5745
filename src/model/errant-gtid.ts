/**
 * Errant transactions: executed on a replica and not on its source. Promote such a replica and they spread, or, once purged, stop
 * every other replica. spec/topology-operations.md 1.3 "Errant GTID", computed here instead of on the server (discovery.md 25.6).
 */
import { type ServerUuid, serverUuid } from './brand.ts';
import { intersect, isEmpty, ofServers, subtract, union, withoutServers } from './gtid-set.ts';
import { gtidSetText, parseGtidSet } from './gtid-set-text.ts';
import type { Instance } from './instance.ts';

/**
 * The errant GTID set as text; '' when there is none or it cannot be told (no source, no sets, unreadable sets, or further sources: what came
 * from those is not errant, and which that is cannot be told from its first source).
 *
 * `source` is the server it hangs under: the group's primary for a group secondary. Transactions of servers above are left out
 * by their UUIDs in `ancestryUuid`, since the source's set may be older than the replica's; so `instance` must carry the ancestry that
 * the topology computed. For co-primaries the own ones are left out too: the partner may simply not have applied them yet.
 *
 * Unlike the reference, transactions of the source's own are not taken out of the source's set first: that could only call
 * errant what the source has executed as well.
 */
export function errantGtidSet(instance: Instance, source: Instance | undefined): string {
  if (instance.otherChannels.length > 0) return '';
  if (source === undefined || instance.executedGtidSet === '' || source.executedGtidSet === '') return '';
  const own = parseGtidSet(instance.executedGtidSet);
  if (own.kind === 'refused') return '';
  const suspect = withoutServers(own.set, ...trustedServers(instance));
  if (isEmpty(suspect)) return '';
  const known = parseGtidSet(source.executedGtidSet);
  return known.kind === 'refused' ? '' : gtidSetText(subtract(suspect, known.set));
}

/**
 * Of what seems errant by a source that was read before the replica: what is so all the same. Transactions that came through the source since it was
 * read seem errant and are not; those of the replica's own never came from there, and what was errant before has not come from there either.
 */
export function errantForCertain(seeming: string, before: string, own: ServerUuid): string {
  const parsed = parseGtidSet(seeming);
  if (parsed.kind === 'refused') return '';
  const known = parseGtidSet(before);
  const ownOnes = ofServers(parsed.set, own);
  return gtidSetText(known.kind === 'refused' ? ownOnes : union(ownOnes, intersect(parsed.set, known.set)));
}

/**
 * What a server has written itself and another has not, as text; '' where there is none, or it cannot be told. It tells of a former primary that follows its successor
 * what it alone has, however old either was when it was read: nothing of its own comes to it from there.
 */
export function ownUnknownTo(instance: Instance, other: Instance): string {
  const [own, known] = [instance, other].map(({ executedGtidSet }) => parseGtidSet(executedGtidSet));
  if (own?.kind !== 'ok' || known?.kind !== 'ok' || other.executedGtidSet === '') return '';
  return gtidSetText(subtract(ofServers(own.set, instance.serverUuid), known.set));
}

/** Whose transactions are never errant here. The ancestry's last server is the instance itself, whose own transactions are suspect. */
function trustedServers(instance: Instance): ServerUuid[] {
  const ancestry = instance.ancestryUuid.split(',').map(serverUuid);
  return instance.isCoPrimary
    ? [...ancestry, instance.serverUuid]
    : ancestry.filter((uuid) => uuid !== instance.serverUuid);
}
