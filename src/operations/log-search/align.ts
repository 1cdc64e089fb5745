/**
 * Walks two servers' logs in step from a marker that both have, and tells where in the other's log the first one ends (spec/topology-operations.md 4.5, steps 5 to
 * 7). Every event of the stream must be the same in both: a replica that begins anywhere else loses transactions or applies them twice.
 */
import { type BinlogCoordinates, compareCoordinates, coordinatesText } from '../../model/binlog-coordinates.ts';
import type { BinlogEvent } from '../../model/binlog-event.ts';
import { type InstanceKey, instanceKeyText } from '../../model/instance-key.ts';
import { isStreamEvent, type TransactionState, transactionStateAfter } from '../../planning/log-search/event-kinds.ts';
import { isSameEvent } from '../../planning/log-search/same-event.ts';
import type { LogCursor } from './log-cursor.ts';
import { found, refuse, type Search, type SearchRefusal, shownText } from './search-refusal.ts';

/** Where the first one ends. */
export type AlignmentEnd =
  /** Where its binary log does, which is at `place` or behind. */
  | { readonly kind: 'log-end'; readonly place: BinlogCoordinates }
  /** At that place in its relay logs: what is behind is not applied. */
  | { readonly kind: 'applied'; readonly place: BinlogCoordinates }
  /** At that place in its binary log. */
  | { readonly kind: 'maximum'; readonly place: BinlogCoordinates };

export interface Walk {
  readonly own: { readonly key: InstanceKey; readonly cursor: LogCursor };
  readonly other: { readonly key: InstanceKey; readonly cursor: LogCursor };
  readonly end: AlignmentEnd;
  /** `SkipBinlogEventsContaining` */
  readonly skippedTexts: readonly string[];
  /** The other's log ends here: whether to look again, after a moment. */
  readonly lookAgain: () => Promise<boolean>;
}

export interface Alignment {
  /** In the other's binary log: what the first one has ends right before. */
  readonly coordinates: BinlogCoordinates;
  /** Events that were the same. */
  readonly matched: number;
}

interface Matched {
  readonly count: number;
  /** Behind the last one, in the other's log. */
  readonly after: BinlogCoordinates | null;
  readonly transaction: TransactionState;
}

export async function align(walk: Walk): Promise<Search<Alignment>> {
  let matched: Matched = { count: 0, after: null, transaction: 'outside' };
  for (;;) {
    const next = await walk.own.cursor.next();
    if (next.kind === 'refused') return next;
    const event = next.value;
    if (event === null) return whereLogEnds(walk, matched);
    const order = walk.end.kind === 'log-end' ? -1 : compareCoordinates(event.coordinates, walk.end.place);
    if (order > 0) return passed(walk);
    if (order === 0) return walk.end.kind === 'maximum' ? atMaximum(walk, matched, event) : ended(walk, matched);
    const transaction = transactionStateAfter(matched.transaction, event);
    if (!isStreamEvent(event, walk.skippedTexts)) {
      matched = { ...matched, transaction };
      continue;
    }
    const match = await matchOf(walk, event);
    if (match.kind === 'refused') return match;
    if (match.value === null) return moreAdvanced(walk);
    matched = { count: matched.count + 1, after: endOf(match.value), transaction };
  }
}

/** The same event of the other; null: its log ends before. */
async function matchOf(walk: Walk, event: BinlogEvent): Promise<Search<BinlogEvent | null>> {
  const next = await nextInOther(walk);
  if (next.kind === 'refused' || next.value === null) return next;
  return isSameEvent(event, next.value) ? found(next.value) : mismatch(walk, event, next.value);
}

async function nextInOther({ other, skippedTexts, lookAgain }: Walk): Promise<Search<BinlogEvent | null>> {
  for (;;) {
    const next = await other.cursor.next();
    if (next.kind === 'refused') return next;
    if (next.value === null) {
      if (await lookAgain()) continue;
      return next;
    }
    if (isStreamEvent(next.value, skippedTexts)) return next;
  }
}

const endOf = ({ coordinates, endPos }: BinlogEvent): BinlogCoordinates => ({ ...coordinates, pos: endPos });

/** A place that a person has asked for: also in the middle of a transaction, since nobody replicates from there. */
async function atMaximum(walk: Walk, matched: Matched, event: BinlogEvent): Promise<Search<Alignment>> {
  if (!isStreamEvent(event, walk.skippedTexts)) return result(walk, matched);
  const match = await matchOf(walk, event);
  if (match.kind === 'refused') return match;
  if (match.value === null) return result(walk, matched);
  return found({ coordinates: match.value.coordinates, matched: matched.count + 1 });
}

function whereLogEnds(walk: Walk, matched: Matched): Search<Alignment> {
  const { own, end } = walk;
  const { last } = own.cursor;
  if (end.kind === 'applied') {
    // Where a relay log ends cannot be told from its events, only in which file.
    const isThere = last !== null && last.coordinates.file === end.place.file;
    return isThere ? ended(walk, matched) : cutShort(walk);
  }
  const order = last === null ? -1 : compareCoordinates(endOf(last), end.place);
  if (end.kind === 'maximum') return order === 0 ? result(walk, matched) : passed(walk);
  return order < 0 ? cutShort(walk) : ended(walk, matched);
}

/** A replica that begins here goes on where the first one has stopped: that must be between two transactions. */
function ended(walk: Walk, matched: Matched): Search<Alignment> {
  if (matched.transaction === 'outside') return result(walk, matched);
  const name = instanceKeyText(walk.own.key);
  return refuse('log-incomplete', `what ${name} has ends in the middle of a transaction`);
}

function result({ own, other }: Walk, { count, after }: Matched): Search<Alignment> {
  if (after !== null) return found({ coordinates: after, matched: count });
  return refuse(
    'nothing-matched',
    `no event of ${instanceKeyText(own.key)} could be compared with one of ${instanceKeyText(other.key)}`,
  );
}

const cutShort = ({ own, end }: Walk): SearchRefusal =>
  refuse('log-incomplete', `the log of ${instanceKeyText(own.key)} ends before ${coordinatesText(end.place)}`);

const passed = ({ own, end }: Walk): SearchRefusal =>
  refuse('no-such-place', `no event of ${instanceKeyText(own.key)} begins at ${coordinatesText(end.place)}`);

const moreAdvanced = ({ own, other }: Walk): SearchRefusal =>
  refuse(
    'more-advanced',
    `${instanceKeyText(own.key)} has more than ${instanceKeyText(other.key)}: try the other way round`,
  );

function mismatch({ own, other }: Walk, one: BinlogEvent, another: BinlogEvent): SearchRefusal {
  const shown = ({ coordinates, serverId, info }: BinlogEvent): string =>
    `${coordinatesText(coordinates)} of server ${serverId}: ${shownText(info)}`;
  return refuse(
    'mismatch',
    `mismatching entries: ${instanceKeyText(own.key)} at ${shown(one)}; ${instanceKeyText(other.key)} at ${shown(another)}`,
  );
}
