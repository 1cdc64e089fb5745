/**
 * The events of one log file, page by page, each of them once.
 */
import type { LogType } from '../../model/binlog-coordinates.ts';
import type { BinlogEvent } from '../../model/binlog-event.ts';
import { type InstanceKey, instanceKeyText } from '../../model/instance-key.ts';
import type { LogSearch } from './log-search.ts';
import { found, refuse, type Search } from './search-refusal.ts';

export interface LogFile {
  readonly key: InstanceKey;
  readonly file: string;
  readonly type: LogType;
}

/** The next page; empty: the file ends there, for now. */
export type NextPage = Search<readonly BinlogEvent[] | 'no-such-file' | 'no-such-place'>;

export class LogPages {
  readonly #search: LogSearch;
  readonly #log: LogFile;
  #fromPos: number;
  #skip = 0;

  /** `fromPos`: where an event begins; 0: the first. */
  constructor(search: LogSearch, log: LogFile, fromPos: number) {
    this.#search = search;
    this.#log = log;
    this.#fromPos = fromPos;
  }

  async next(): Promise<NextPage> {
    const { key, file, type } = this.#log;
    const limit = this.#search.pageEvents;
    const page = await this.#search.events(key, { file, type, fromPos: this.#fromPos, skip: this.#skip, limit });
    if (page.kind === 'refused' || typeof page.value === 'string') return page;
    const last = page.value.at(-1);
    if (last === undefined) return page;
    if (page.value.length > limit || last.coordinates.pos < this.#fromPos) return makesNoSense(this.#log);
    if (type === 'relay') this.#skip += page.value.length;
    // A server that says an event ends before it begins would be asked for the same page for ever.
    else if (last.endPos <= last.coordinates.pos) return makesNoSense(this.#log);
    else this.#fromPos = last.endPos;
    return page;
  }
}

const makesNoSense = ({ key, file }: LogFile) =>
  refuse('unreadable', `${instanceKeyText(key)} tells of events in ${file} that cannot be there`);

/** `stop`: the rest of the file is of no interest. */
export type Visit = (event: BinlogEvent) => 'go-on' | 'stop';

export type FileScan = 'ended' | 'stopped' | 'no-such-file' | 'no-such-place';

/** Shows each event of a file, from `fromPos` on, in the order of the log. */
export async function scanFile(
  search: LogSearch,
  log: LogFile,
  fromPos: number,
  visit: Visit,
): Promise<Search<FileScan>> {
  const pages = new LogPages(search, log, fromPos);
  for (;;) {
    const page = await pages.next();
    if (page.kind === 'refused') return page;
    if (typeof page.value === 'string') return found(page.value);
    for (const event of page.value) if (visit(event) === 'stop') return found('stopped');
    if (page.value.length < search.pageEvents) return found('ended');
  }
}
