/**
 * The files of a server's log from the newest back to the oldest.
 */
import { type BinlogCoordinates, compareLogFiles, previousFile } from '../../model/binlog-coordinates.ts';
import type { InstanceKey } from '../../model/instance-key.ts';
import type { LogSearch } from './log-search.ts';
import type { Search } from './search-refusal.ts';

/** Binary logs, none newer than `newest`, if that is given. */
export async function binaryLogsBackwards(
  search: LogSearch,
  key: InstanceKey,
  newest: BinlogCoordinates | null,
): Promise<Search<readonly string[]>> {
  const files = await search.files(key);
  if (files.kind === 'refused') return files;
  const wanted = files.value.filter((file) => newest === null || compareLogFiles(file, newest.file) <= 0);
  return { kind: 'found', value: wanted.toReversed() };
}

/**
 * Names of relay logs from `newest` on backwards, as they must be called: no statement lists them. Whoever reads them stops at the first that is not there; servers
 * delete the oldest first.
 */
export function* relayLogsBackwards(newest: BinlogCoordinates): Generator<string> {
  yield newest.file;
  for (let before = previousFile(newest); before.kind === 'ok'; before = previousFile(before.coordinates)) {
    yield before.coordinates.file;
  }
}
