/**
 * Where in the binary logs of another server one stands, by pseudo-GTID (spec/topology-operations.md 4.5, O38, O47).
 */
import type { BinlogCoordinates } from '../../model/binlog-coordinates.ts';
import type { BinlogEvent } from '../../model/binlog-event.ts';
import type { Instance } from '../../model/instance.ts';
import { instanceKeyText } from '../../model/instance-key.ts';
import { type Alignment, type AlignmentEnd, align } from './align.ts';
import { findEntry } from './find-entry.ts';
import { lastMarker } from './last-marker.ts';
import { LogCursor } from './log-cursor.ts';
import type { LogSearch } from './log-search.ts';
import { OtherLag } from './other-lag.ts';
import { found, refuse, type Search } from './search-refusal.ts';

export interface CorrelationWish {
  /** As read just now, its replication stopped; else with a maximum. */
  readonly own: Instance;
  /** In its binary log: where it ends. Null: where its binary log does, or where it stands in its relay log. */
  readonly maximum: BinlogCoordinates | null;
  readonly other: Instance;
}

/** The place in the binary logs of `other` from which `own` would have to replicate. */
export async function correlate(search: LogSearch, wish: CorrelationWish): Promise<Search<Alignment>> {
  const { own, other, maximum } = wish;
  const otherName = instanceKeyText(other.key);
  if (other.isBinlogServer) return refuse('no-logs', `${otherName} is a binlog server: its logs cannot be searched`);
  if (!other.logBinEnabled) return refuse('no-logs', `${otherName} writes no binary log`);
  const marker = await lastMarker(search, own, { allLogs: true, otherFormat: other.binlogFormat, maximum });
  if (marker.kind === 'refused') return marker;
  const lag = new OtherLag(search, other);
  const start = await whereOtherHas(search, marker.value, other, lag);
  if (start.kind === 'refused') return start;
  return align({
    own: { key: own.key, cursor: new LogCursor(search, own.key, marker.value.coordinates) },
    other: { key: other.key, cursor: new LogCursor(search, other.key, start.value) },
    end: endOf(wish, marker.value),
    skippedTexts: search.rules.skippedTexts,
    lookAgain: () => lag.moment(),
  });
}

function endOf({ own, maximum }: CorrelationWish, marker: BinlogEvent): AlignmentEnd {
  if (maximum !== null) return { kind: 'maximum', place: maximum };
  if (marker.coordinates.type === 'relay') return { kind: 'applied', place: own.relayLogCoordinates };
  return { kind: 'log-end', place: own.selfCoordinates };
}

async function whereOtherHas(
  search: LogSearch,
  { info: text }: BinlogEvent,
  { key }: Instance,
  lag: OtherLag,
): Promise<Search<BinlogCoordinates>> {
  const known = search.entries.get(key, text, search.now());
  if (known !== null) {
    const isThere = await isStillThere(search, known, text, key);
    if (isThere.kind === 'refused') return isThere;
    if (isThere.value) return found(known);
    search.entries.forget(key, text);
  }
  const { markers } = search.rules;
  const ascendingBy = markers?.ascends(text) === true ? markers : null;
  const entry = await findEntry(search, { key, text, ascendingBy, beforeFile: () => lag.wait() });
  if (entry.kind === 'found') search.entries.set(key, text, entry.value, search.now());
  return entry;
}

/** Logs are purged and begin anew: what was found minutes ago may be something else by now. */
async function isStillThere(
  search: LogSearch,
  { file, pos, type }: BinlogCoordinates,
  text: string,
  key: Instance['key'],
): Promise<Search<boolean>> {
  const page = await search.events(key, { file, type, fromPos: pos, skip: 0, limit: 1 });
  if (page.kind === 'refused') return page;
  const event = typeof page.value === 'string' ? undefined : page.value[0];
  return found(event?.info === text && event.coordinates.pos === pos);
}
