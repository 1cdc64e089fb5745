/**
 * Searches an entry by its exact text in a server's binary logs, backwards from the newest (spec/topology-operations.md 4.5 step 4, O46).
 */
import type { BinlogCoordinates } from '../../model/binlog-coordinates.ts';
import type { BinlogEvent } from '../../model/binlog-event.ts';
import { type InstanceKey, instanceKeyText } from '../../model/instance-key.ts';
import type { MarkerRules } from '../../planning/log-search/marker-rules.ts';
import { binaryLogsBackwards } from './log-files.ts';
import { type LogFile, scanFile } from './log-pages.ts';
import type { LogSearch } from './log-search.ts';
import { found, refuse, type Search, type SearchRefusal, shownText } from './search-refusal.ts';

export interface EntryWish {
  readonly key: InstanceKey;
  readonly text: string;
  /** It is a marker, of those that ascend: a file that begins with a later one cannot have it. */
  readonly ascendingBy: MarkerRules | null;
  /** Before each file: whether to go on. */
  readonly beforeFile: () => Promise<SearchRefusal | null>;
}

/** Where the entry begins. In a file that has it several times, the first. */
export async function findEntry(search: LogSearch, wish: EntryWish): Promise<Search<BinlogCoordinates>> {
  const { key } = wish;
  const files = await binaryLogsBackwards(search, key, null);
  if (files.kind === 'refused') return files;
  const passedOver: string[] = [];
  for (const file of files.value) {
    const inFile = await inOneFile(search, file, wish);
    if (inFile.kind === 'refused') return inFile;
    if (inFile.value === 'no-such-file') break;
    if (inFile.value === 'begins-later') passedOver.push(file);
    else if (inFile.value !== null) return found(inFile.value);
  }
  // Markers of one second ascend by chance alone, and a new primary's clock may be behind: the oldest that was passed over is the likeliest. Where that is
  // the oldest of all, the entry is most likely purged: no other one is read in vain.
  const oldestFirst = passedOver.toReversed();
  const isPurged = passedOver.length === files.value.length;
  for (const file of isPurged ? oldestFirst.slice(0, 1) : oldestFirst) {
    const inFile = await inOneFile(search, file, { ...wish, ascendingBy: null });
    if (inFile.kind === 'refused') return inFile;
    if (inFile.value !== null && typeof inFile.value === 'object') return found(inFile.value);
  }
  return refuse(
    'entry-not-found',
    `no binary log of ${instanceKeyText(key)} has the entry ${shownText(wish.text)}: it may have less than the other, or have purged it`,
  );
}

type InFile = BinlogCoordinates | null | 'no-such-file' | 'begins-later';

async function inOneFile(search: LogSearch, file: string, wish: EntryWish): Promise<Search<InFile>> {
  const refusal = await wish.beforeFile();
  if (refusal !== null) return refusal;
  const hint = await search.hints.recentSelf(wish.key);
  return firstInFile(search, { key: wish.key, file, type: 'binary' }, hint, wish);
}

async function firstInFile(
  search: LogSearch,
  log: LogFile,
  hint: BinlogCoordinates | null,
  { text, ascendingBy }: EntryWish,
): Promise<Search<InFile>> {
  let begins: 'earlier' | 'later' | null = null;
  for (const fromPos of hint !== null && hint.file === log.file && hint.pos > 0 ? [hint.pos, 0] : [0]) {
    begins = null;
    const entry: { event?: BinlogEvent } = {};
    const scan = await scanFile(search, log, fromPos, (event) => {
      if (event.info === text) {
        entry.event = event;
        return 'stop';
      }
      if (begins === null && ascendingBy?.isMarker(event) === true) begins = isLater(event, text, ascendingBy);
      return begins === 'later' ? 'stop' : 'go-on';
    });
    if (scan.kind === 'refused') return scan;
    if (scan.value === 'no-such-file') return found('no-such-file');
    if (entry.event !== undefined) return found(entry.event.coordinates);
  }
  return found(begins === 'later' ? 'begins-later' : null);
}

const isLater = ({ info }: BinlogEvent, text: string, { ascends }: MarkerRules): 'earlier' | 'later' =>
  ascends(info) && info > text ? 'later' : 'earlier';
