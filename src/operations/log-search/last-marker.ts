/**
 * The last marker of pseudo-GTID that a server has in its logs (spec/topology-operations.md 4.4, O45).
 */
import { type BinlogCoordinates, compareCoordinates, hasNoFile } from '../../model/binlog-coordinates.ts';
import type { BinlogEvent } from '../../model/binlog-event.ts';
import type { BinlogFormat, Instance } from '../../model/instance.ts';
import { instanceKeyText } from '../../model/instance-key.ts';
import type { MarkerRules } from '../../planning/log-search/marker-rules.ts';
import { lastInFile } from './last-in-file.ts';
import { binaryLogsBackwards, relayLogsBackwards } from './log-files.ts';
import type { LogSearch } from './log-search.ts';
import { found, refuse, type Search } from './search-refusal.ts';

export interface MarkerWish {
  /** Back to the oldest log; else the newest alone. */
  readonly allLogs: boolean;
  /** Of the server whose logs are searched afterwards: in another format its events would never be the same. Null: it does not matter. */
  readonly otherFormat: BinlogFormat | null;
  /** In its binary log: nothing behind it counts, and its relay logs do not either. */
  readonly maximum: BinlogCoordinates | null;
}

/** In its binary logs where they hold what it has replicated; else, or where there is none, in what it has applied of its relay logs. */
export async function lastMarker(search: LogSearch, own: Instance, wish: MarkerWish): Promise<Search<BinlogEvent>> {
  const { markers } = search.rules;
  if (markers === null) return refuse('no-pattern', 'PseudoGTIDPattern not configured; cannot use Pseudo-GTID');
  let refusal = refuse('no-pseudo-gtid', `no pseudo-GTID entry in the logs of ${instanceKeyText(own.key)}`);
  if (wish.maximum !== null || binaryLogsServe(search, own, wish)) {
    const inBinary = await inBinaryLogs(search, own, wish, markers);
    if (inBinary.kind === 'found' || inBinary.code === 'called-off' || inBinary.code === 'too-long') return inBinary;
    refusal = inBinary;
  }
  if (wish.maximum !== null || hasNoFile(own.relayLogCoordinates)) return refusal;
  return inRelayLogs(search, own, wish, markers);
}

function binaryLogsServe({ rules }: LogSearch, own: Instance, { otherFormat }: MarkerWish): boolean {
  const isSameFormat = otherFormat === null || otherFormat === own.binlogFormat;
  return own.logBinEnabled && own.logReplicaUpdatesEnabled && isSameFormat && !rules.relayLogsOnly;
}

async function inBinaryLogs(
  search: LogSearch,
  { key }: Instance,
  { allLogs, maximum }: MarkerWish,
  markers: MarkerRules,
): Promise<Search<BinlogEvent>> {
  const files = await binaryLogsBackwards(search, key, maximum);
  if (files.kind === 'refused') return files;
  const hint = await search.hints.recentSelf(key);
  const isBeyond = (event: BinlogEvent): boolean =>
    maximum !== null && compareCoordinates(event.coordinates, maximum) > 0;
  for (const file of allLogs ? files.value : files.value.slice(0, 1)) {
    const last = await lastInFile(search, { key, file, type: 'binary' }, { hint, isBeyond, matches: markers.isMarker });
    if (last.kind === 'refused') return last;
    // Purged meanwhile, and all before it too.
    if (last.value === 'no-such-file') break;
    if (last.value !== null) return found(last.value);
  }
  return refuse('no-pseudo-gtid', `no pseudo-GTID entry in the binary logs of ${instanceKeyText(key)}`);
}

/** What is received and not applied yet is no part of what the server has. */
async function inRelayLogs(
  search: LogSearch,
  { key, relayLogCoordinates }: Instance,
  { allLogs }: MarkerWish,
  markers: MarkerRules,
): Promise<Search<BinlogEvent>> {
  const hint = await search.hints.previousRelay(key, relayLogCoordinates);
  const isBeyond = (event: BinlogEvent): boolean => compareCoordinates(event.coordinates, relayLogCoordinates) >= 0;
  for (const file of relayLogsBackwards(relayLogCoordinates)) {
    const last = await lastInFile(search, { key, file, type: 'relay' }, { hint, isBeyond, matches: markers.isMarker });
    if (last.kind === 'refused') return last;
    if (last.value === 'no-such-file') break;
    if (last.value !== null) return found(last.value);
    if (!allLogs) break;
  }
  return refuse('no-pseudo-gtid', `no pseudo-GTID entry in the relay logs of ${instanceKeyText(key)}`);
}
