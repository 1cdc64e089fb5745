/**
 * The last event of one log file that matches.
 */
import type { BinlogCoordinates } from '../../model/binlog-coordinates.ts';
import type { BinlogEvent } from '../../model/binlog-event.ts';
import { type LogFile, scanFile } from './log-pages.ts';
import type { LogSearch } from './log-search.ts';
import { found, type Search } from './search-refusal.ts';

export interface LastInFileWish {
  /** Where to begin, if it is in this file; where that shows nothing, the whole file is read. */
  readonly hint: BinlogCoordinates | null;
  /** It and all that follows it does not count. */
  readonly isBeyond: (event: BinlogEvent) => boolean;
  readonly matches: (event: BinlogEvent) => boolean;
}

/** Null: none matches. */
export async function lastInFile(
  search: LogSearch,
  log: LogFile,
  { hint, isBeyond, matches }: LastInFileWish,
): Promise<Search<BinlogEvent | null | 'no-such-file'>> {
  for (const fromPos of hint !== null && hint.file === log.file && hint.pos > 0 ? [hint.pos, 0] : [0]) {
    const last: { event?: BinlogEvent } = {};
    const scan = await scanFile(search, log, fromPos, (event) => {
      if (isBeyond(event)) return 'stop';
      if (matches(event)) last.event = event;
      return 'go-on';
    });
    if (scan.kind === 'refused') return scan;
    if (scan.value === 'no-such-file') return found('no-such-file');
    if (last.event !== undefined) return found(last.event);
  }
  return found(null);
}
