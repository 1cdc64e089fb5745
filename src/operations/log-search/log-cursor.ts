/**
 * Goes through a server's log event by event, from one file into the next, and stays where the log ends for now.
 */
import { type BinlogCoordinates, nextFile } from '../../model/binlog-coordinates.ts';
import type { BinlogEvent } from '../../model/binlog-event.ts';
import { type InstanceKey, instanceKeyText } from '../../model/instance-key.ts';
import { LogPages } from './log-pages.ts';
import type { LogSearch } from './log-search.ts';
import { found, refuse, type Search } from './search-refusal.ts';

/** Every file begins with an event of its own: so many without any in a row are no logs. */
const EMPTY_FILES_MAX = 10;

export class LogCursor {
  readonly #search: LogSearch;
  readonly #key: InstanceKey;
  #file: BinlogCoordinates;
  #pages: LogPages;
  #buffer: readonly BinlogEvent[] = [];
  #index = 0;
  #last: BinlogEvent | null = null;

  /** `start`: where an event begins; it is the first that is given. */
  constructor(search: LogSearch, key: InstanceKey, start: BinlogCoordinates) {
    this.#search = search;
    this.#key = key;
    this.#file = start;
    this.#pages = this.#pagesOf(start);
  }

  /** The event that was given last; null: none yet. */
  get last(): BinlogEvent | null {
    return this.#last;
  }

  /** Null: the log ends here. Asked again, it looks whether there is more by now. */
  async next(): Promise<Search<BinlogEvent | null>> {
    for (let emptyFiles = 0; emptyFiles <= EMPTY_FILES_MAX; emptyFiles += 1) {
      const event = this.#buffer[this.#index];
      if (event !== undefined) {
        this.#index += 1;
        this.#last = event;
        return found(event);
      }
      const more = await this.#readOn();
      if (more.kind === 'refused') return more;
      if (!more.value) return found(null);
    }
    return refuse('unreadable', `${instanceKeyText(this.#key)} has ${EMPTY_FILES_MAX} log files without any event`);
  }

  /** False: there is nothing more. */
  async #readOn(): Promise<Search<boolean>> {
    const page = await this.#page(this.#pages);
    if (page.kind === 'refused') return page;
    if (page.value === 'no-such-file') {
      return refuse('no-such-place', `${instanceKeyText(this.#key)} has no log ${this.#file.file} any more`);
    }
    if (page.value.length > 0) return this.#take(page.value);
    const following = nextFile(this.#file);
    if (following.kind === 'refused') return found(false);
    const pages = this.#pagesOf(following.coordinates);
    const first = await this.#page(pages);
    if (first.kind === 'refused') return first;
    if (first.value === 'no-such-file') return found(false);
    // The file may have been written on between the two looks, up to its end: the rest would be passed over.
    const rest = await this.#page(this.#pages);
    if (rest.kind === 'refused') return rest;
    if (rest.value !== 'no-such-file' && rest.value.length > 0) return this.#take(rest.value);
    this.#file = following.coordinates;
    this.#pages = pages;
    return this.#take(first.value);
  }

  #take(events: readonly BinlogEvent[]): Search<true> {
    this.#buffer = events;
    this.#index = 0;
    return found(true);
  }

  async #page(pages: LogPages): Promise<Search<readonly BinlogEvent[] | 'no-such-file'>> {
    const page = await pages.next();
    if (page.kind === 'refused') return page;
    if (page.value !== 'no-such-place') return found(page.value);
    const at = this.#last ?? null;
    const text = at === null ? `${this.#file.file}:${this.#file.pos}` : `${this.#file.file}:${at.endPos}`;
    return refuse('no-such-place', `no event of ${instanceKeyText(this.#key)} begins at ${text}`);
  }

  #pagesOf({ file, pos, type }: BinlogCoordinates): LogPages {
    return new LogPages(this.#search, { key: this.#key, file, type }, pos);
  }
}
