/**
 * The same event in the relay logs of two replicas of one server (spec/topology-operations.md O48).
 */
import {
  type BinlogCoordinates,
  coordinatesText,
  hasNoFile,
  isBefore,
  nextFile,
  sameCoordinates,
} from '../../model/binlog-coordinates.ts';
import type { BinlogEvent } from '../../model/binlog-event.ts';
import type { Instance } from '../../model/instance.ts';
import { type InstanceKey, instanceKeyText, sameKey } from '../../model/instance-key.ts';
import { isStreamEvent } from '../../planning/log-search/event-kinds.ts';
import { sourceFileAfter } from '../../planning/log-search/source-file.ts';
import { relayLogsBackwards } from './log-files.ts';
import { scanFile } from './log-pages.ts';
import type { LogSearch } from './log-search.ts';
import { found, refuse, type Search, shownText } from './search-refusal.ts';

export interface RelayLogCorrelation {
  readonly own: BinlogCoordinates;
  readonly correlated: BinlogCoordinates;
  /** Where the other's relay log goes on; where it does not, where its applier stands if that is behind, else `correlated`. */
  readonly next: BinlogCoordinates;
}

/** An event, and the source's binary log that it is in; null: not known. */
interface RelayedEvent {
  readonly event: BinlogEvent;
  readonly sourceFile: string | null;
}

/** `coordinates`: of an event in the relay logs of `own`; null: the last one. */
export async function correlateRelayLogs(
  search: LogSearch,
  own: Instance,
  coordinates: BinlogCoordinates | null,
  other: Instance,
): Promise<Search<RelayLogCorrelation>> {
  if (own.sourceKey === null || !sameKey(own.sourceKey, other.sourceKey))
    return refuse(
      'not-siblings',
      `${instanceKeyText(own.key)} and ${instanceKeyText(other.key)} do not replicate from the same server`,
    );
  for (const { key, relayLogCoordinates } of [own, other])
    if (hasNoFile(relayLogCoordinates)) return refuse('no-logs', `${instanceKeyText(key)} has no relay logs`);
  const wanted = coordinates === null ? await lastRelayed(search, own) : await relayedAt(search, own.key, coordinates);
  if (wanted.kind === 'refused') return wanted;
  return sameInOther(search, wanted.value, other);
}

async function relayedAt(
  search: LogSearch,
  key: InstanceKey,
  coordinates: BinlogCoordinates,
): Promise<Search<RelayedEvent>> {
  const place = { ...coordinates, type: 'relay' } as const;
  const at = await lastRelayedInFile(search, key, place.file, ({ event }) => sameCoordinates(event.coordinates, place));
  if (at.kind === 'refused') return at;
  if (at.value.match !== null) return found(at.value.match);
  return refuse('no-such-place', `no event of ${instanceKeyText(key)} begins at ${coordinatesText(coordinates)}`);
}

async function lastRelayed(search: LogSearch, { key, relayLogCoordinates }: Instance): Promise<Search<RelayedEvent>> {
  const newest = await newestRelayLog(search, key, relayLogCoordinates);
  if (newest.kind === 'refused') return newest;
  for (const file of relayLogsBackwards(newest.value)) {
    const last = await lastRelayedInFile(search, key, file, ({ event }) => isStreamEvent(event, []));
    if (last.kind === 'refused') return last;
    if (last.value.match !== null) return found(last.value.match);
    if (!last.value.exists) break;
  }
  return refuse('entry-not-found', `there is no event in the relay logs of ${instanceKeyText(key)}`);
}

/** The receiver writes ahead of where the applier stands. */
async function newestRelayLog(
  search: LogSearch,
  key: InstanceKey,
  from: BinlogCoordinates,
): Promise<Search<BinlogCoordinates>> {
  let newest = from;
  for (let next = nextFile(from); next.kind === 'ok'; next = nextFile(newest)) {
    const page = await search.events(key, {
      file: next.coordinates.file,
      type: 'relay',
      fromPos: 0,
      skip: 0,
      limit: 1,
    });
    if (page.kind === 'refused') return page;
    if (page.value === 'no-such-file') break;
    newest = next.coordinates;
  }
  return found(newest);
}

interface InFile {
  readonly exists: boolean;
  readonly match: RelayedEvent | null;
  /** Of the event behind it. */
  readonly next: BinlogCoordinates | null;
  readonly first: BinlogCoordinates | null;
}

async function lastRelayedInFile(
  search: LogSearch,
  key: InstanceKey,
  file: string,
  matches: (relayed: RelayedEvent) => boolean,
): Promise<Search<InFile>> {
  let sourceFile: string | null = null;
  let seen: InFile = { exists: true, match: null, next: null, first: null };
  const scan = await scanFile(search, { key, file, type: 'relay' }, 0, (event) => {
    sourceFile = sourceFileAfter(sourceFile, event);
    const { match, next, first } = seen;
    seen = { ...seen, first: first ?? event.coordinates, next: match === null ? null : (next ?? event.coordinates) };
    const relayed = { event, sourceFile };
    if (matches(relayed)) seen = { ...seen, match: relayed, next: null };
    return 'go-on';
  });
  if (scan.kind === 'refused') return scan;
  return found(scan.value === 'no-such-file' ? { ...seen, exists: false } : seen);
}

async function sameInOther(
  search: LogSearch,
  wanted: RelayedEvent,
  { key, relayLogCoordinates }: Instance,
): Promise<Search<RelayLogCorrelation>> {
  const newest = await newestRelayLog(search, key, relayLogCoordinates);
  if (newest.kind === 'refused') return newest;
  let following: BinlogCoordinates | null = null;
  for (const file of relayLogsBackwards(newest.value)) {
    const inFile = await lastRelayedInFile(search, key, file, (relayed) => isSameRelayed(wanted, relayed));
    if (inFile.kind === 'refused') return inFile;
    const { exists, match, next, first } = inFile.value;
    if (match !== null) {
      const correlated = match.event.coordinates;
      const end = isBefore(correlated, relayLogCoordinates) ? relayLogCoordinates : correlated;
      return found({ own: wanted.event.coordinates, correlated, next: next ?? following ?? end });
    }
    if (!exists) break;
    following = first ?? following;
  }
  return refuse(
    'entry-not-found',
    `no relay log of ${instanceKeyText(key)} has the event ${shownText(wanted.event.info)} that ends at ${wanted.event.endPos}`,
  );
}

/** The same offset in two files of the source is not the same place: where it is known which file it is, that counts too. */
function isSameRelayed(one: RelayedEvent, other: RelayedEvent): boolean {
  const isKnown = one.sourceFile !== null && other.sourceFile !== null;
  if (isKnown && one.sourceFile !== other.sourceFile) return false;
  return (
    one.event.endPos === other.event.endPos &&
    one.event.type === other.event.type &&
    one.event.serverId === other.event.serverId &&
    one.event.info === other.event.info
  );
}
