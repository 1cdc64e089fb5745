/**
 * What a replica has applied last, by its relay logs (spec/topology-operations.md O49).
 */
import { compareCoordinates, hasNoFile } from '../../model/binlog-coordinates.ts';
import type { BinlogEvent } from '../../model/binlog-event.ts';
import type { Instance } from '../../model/instance.ts';
import { instanceKeyText } from '../../model/instance-key.ts';
import { isStreamEvent } from '../../planning/log-search/event-kinds.ts';
import { lastInFile } from './last-in-file.ts';
import { relayLogsBackwards } from './log-files.ts';
import type { LogSearch } from './log-search.ts';
import { found, refuse, type Search } from './search-refusal.ts';

/** The last event before the place where its applier stands. Refused where its relay logs hold none any more. */
export async function lastExecutedEntry(
  search: LogSearch,
  { key, relayLogCoordinates }: Pick<Instance, 'key' | 'relayLogCoordinates'>,
): Promise<Search<BinlogEvent>> {
  const name = instanceKeyText(key);
  if (hasNoFile(relayLogCoordinates)) return refuse('no-logs', `${name} has no relay logs`);
  const wish = {
    hint: await search.hints.previousRelay(key, relayLogCoordinates),
    isBeyond: (event: BinlogEvent) => compareCoordinates(event.coordinates, relayLogCoordinates) >= 0,
    matches: (event: BinlogEvent) => isStreamEvent(event, []),
  };
  for (const file of relayLogsBackwards(relayLogCoordinates)) {
    const last = await lastInFile(search, { key, file, type: 'relay' }, wish);
    if (last.kind === 'refused') return last;
    if (last.value === 'no-such-file') break;
    if (last.value !== null) return found(last.value);
  }
  return refuse('entry-not-found', `nothing that ${name} has applied is in its relay logs any more`);
}
