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

/** MySQL: a whole transaction in one event (`binlog_transaction_compression`). The events in it are told behind it, all at the place where it ends. */
const PAYLOAD = 'Transaction_payload';

interface Payload {
  readonly event: BinlogEvent;
  /** Events of it that were given, itself included. */
  given: number;
}

export class LogPages {
  readonly #search: LogSearch;
  readonly #log: LogFile;
  #fromPos: number;
  #skip = 0;
  /** The last event that was given, if it is one, or the one that is in it. */
  #payload: Payload | null = null;

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
    const events = page.value.map((event) => this.#placed(event));
    const last = events.at(-1);
    if (last === undefined) return found([]);
    if (events.length > limit || !this.#goOnBehind(last, events.length)) return makesNoSense(this.#log);
    return found(events);
  }

  /**
   * What is in a transaction's payload is where that begins: by the place that the server tells it would come behind its transaction, where the next one is, and a
   * search up to there would end before it.
   */
  #placed(event: BinlogEvent): BinlogEvent {
    const payload = this.#payload;
    if (event.type === PAYLOAD) this.#payload = { event, given: 1 };
    else if (payload !== null && event.endPos === payload.event.endPos) {
      payload.given += 1;
      return { ...event, coordinates: payload.event.coordinates };
    } else this.#payload = null;
    return event;
  }

  /** False: what the server says makes no sense, and the same page would be asked for for ever. */
  #goOnBehind(last: BinlogEvent, count: number): boolean {
    if (this.#log.type === 'relay') {
      this.#skip += count;
      return true;
    }
    const { pos } = last.coordinates;
    if (last.endPos <= pos || pos < this.#fromPos) return false;
    // A page may end within it, and nothing can be asked for from there.
    this.#fromPos = this.#payload === null ? last.endPos : pos;
    this.#skip = this.#payload?.given ?? 0;
    return true;
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
