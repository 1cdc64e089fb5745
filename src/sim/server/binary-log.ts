/**
 * The files of a server's binary log: which transactions are in which, and where. Transactions are counted through all files, those of deleted ones included.
 */
import {
  eventsOf,
  headerEnd,
  headerOf,
  type LogEntry,
  type LogEvent,
  type LogWriter,
  ROTATE_BYTES,
  rotateTo,
  transactionBytes,
} from './log-events.ts';
import { FIRST_POSITION, type LogPlace, logFileName } from './log-place.ts';

/** Of `--log-bin`. */
export const BINLOG_BASE = 'binlog';

interface BinlogFile {
  readonly number: number;
  readonly name: string;
  /** How many transactions all files before it have. */
  readonly first: number;
  /** Where each of its transactions ends. */
  readonly ends: number[];
  /** GTIDs of what is in files before it. */
  readonly previous: string;
}

/** An event, and where it is. */
export interface PlacedEvent {
  readonly position: number;
  readonly end: number;
  readonly event: LogEvent;
}

/** What a place in the log is to a replica that wants to begin there. */
export type Found =
  /** The transaction that comes next, counted through all files. */
  | { readonly kind: 'transaction'; readonly next: number }
  | { readonly kind: 'no-such-file' }
  | { readonly kind: 'beyond-the-end' }
  | { readonly kind: 'inside-an-event' };

export class BinaryLog {
  #writer: LogWriter;
  readonly #entryAt: (index: number) => LogEntry | undefined;
  #files: BinlogFile[];

  constructor(writer: LogWriter, firstNumber: number, entryAt: (index: number) => LogEntry | undefined) {
    this.#writer = writer;
    this.#entryAt = entryAt;
    this.#files = [newFile(firstNumber, 0, '')];
  }

  get files(): readonly { readonly name: string; readonly bytes: number }[] {
    return this.#files.map((file) => ({ name: file.name, bytes: this.#sizeOf(file) }));
  }

  /** Where the next event will be. */
  get end(): LogPlace {
    const last = this.#last;
    return { file: last.name, position: endOf(last, this.#writer) };
  }

  /** How many transactions are in files that were deleted. */
  get purgedCount(): number {
    return this.#files[0]?.first ?? 0;
  }

  append(isLogged: boolean): void {
    const { ends } = this.#last;
    ends.push(endOf(this.#last, this.#writer) + (isLogged ? transactionBytes(this.#writer) : 0));
  }

  /** A binlog server's copy looks as its source's does. */
  adopt(writer: LogWriter): void {
    this.#writer = writer;
  }

  /** Likewise, and has its places. */
  copy(to: LogPlace): void {
    this.copyFile(to.file);
    this.#last.ends.push(to.position);
  }

  copyFile(name: string): void {
    if (this.#last.name === name) return;
    const number = Number(name.slice(name.lastIndexOf('.') + 1));
    const isUntouched = this.#files.length === 1 && this.#last.ends.length === 0;
    const next = newFile(number, this.#count, '');
    if (isUntouched) this.#files = [next];
    else this.#files.push(next);
  }

  /** The next file. `previous`: all GTIDs until then. */
  rotate(previous: string): void {
    this.#files.push(newFile(this.#last.number + 1, this.#count, previous));
  }

  /** All are gone, and it begins with the first file. */
  reset(): void {
    this.#files = [newFile(1, 0, '')];
  }

  /** What came behind these many was lost. */
  truncate(count: number): void {
    const kept = this.#files.filter(({ first }, index) => index === 0 || first <= count);
    this.#files = kept;
    const last = this.#last;
    last.ends.length = Math.max(0, count - last.first);
  }

  /** Deletes files before that one, up to the first that somebody still needs. False: there is no such file. */
  purgeTo(name: string, isNeeded: (file: { readonly first: number; readonly end: number }) => boolean): boolean {
    const target = this.#files.findIndex((file) => file.name === name);
    if (target < 0) return false;
    const needed = this.#files.findIndex(({ first, ends }) => isNeeded({ first, end: first + ends.length }));
    this.#files = this.#files.slice(needed < 0 ? target : Math.min(target, needed));
    return true;
  }

  /** Behind so many transactions, counted through all files. */
  placeAfter(count: number): LogPlace {
    if (count >= this.#count) return this.end;
    const file = this.#fileOf(Math.max(count - 1, this.purgedCount));
    const position = file.ends[count - 1 - file.first] ?? headerEnd(this.#writer);
    return { file: file.name, position };
  }

  /** Where the transaction of this number begins: behind the rotation, where that comes first. */
  placeBefore(index: number): LogPlace {
    const file = this.#fileOf(index);
    return { file: file.name, position: file.ends[index - file.first - 1] ?? headerEnd(this.#writer) };
  }

  find({ file: name, position }: LogPlace): Found {
    const [oldest] = this.#files;
    const file = name === '' ? oldest : this.#files.find((one) => one.name === name);
    if (file === undefined) return { kind: 'no-such-file' };
    if (position > this.#sizeOf(file)) return { kind: 'beyond-the-end' };
    const at = Math.max(position, FIRST_POSITION);
    const events = this.#placed(file);
    if (at !== this.#sizeOf(file) && !events.some((event) => event.position === at)) return { kind: 'inside-an-event' };
    return { kind: 'transaction', next: this.#nextAt(file, at) };
  }

  /** From this place on; null: there is no such file. */
  events(name: string): readonly PlacedEvent[] | null {
    const file = this.#files.find((one) => one.name === name);
    return file === undefined ? null : this.#placed(file);
  }

  get #last(): BinlogFile {
    const last = this.#files.at(-1);
    if (last === undefined) throw new Error('a binary log has a file');
    return last;
  }

  get #count(): number {
    return this.#last.first + this.#last.ends.length;
  }

  #fileOf(index: number): BinlogFile {
    const file = this.#files.findLast(({ first }) => first <= index);
    if (file === undefined) throw new Error(`transaction ${index} is in no file`);
    return file;
  }

  #sizeOf(file: BinlogFile): number {
    return endOf(file, this.#writer) + (file === this.#last ? 0 : ROTATE_BYTES);
  }

  #placed(file: BinlogFile): readonly PlacedEvent[] {
    const transactions = file.ends.flatMap((_, index) => {
      const entry = this.#entryAt(file.first + index);
      return entry === undefined ? [] : eventsOf(entry, file.first + index, this.#writer);
    });
    const after = this.#files[this.#files.indexOf(file) + 1];
    const rotate = after === undefined ? [] : [rotateTo(this.#writer.serverId, after.name, FIRST_POSITION)];
    return placed([...headerOf(this.#writer, file.previous, file.name), ...transactions, ...rotate]);
  }

  /**
   * Which transaction a replica gets first. One that begins before the rows of one gets all of it; from its rows on, without what tells their table, it loses that
   * transaction without a word (seen on 9.7).
   */
  #nextAt(file: BinlogFile, at: number): number {
    const index = file.ends.findIndex((end) => end > at);
    if (index < 0) return file.first + file.ends.length;
    const begin = file.ends[index - 1] ?? headerEnd(this.#writer);
    const entry = this.#entryAt(file.first + index);
    if (at <= begin || entry === undefined) return file.first + index;
    const events = placed(eventsOf(entry, 0, this.#writer), begin);
    const rows = events.findLast(({ event }) => event.type === 'Table_map' || event.type === 'Query');
    return file.first + index + Number(rows !== undefined && at > rows.position);
  }
}

const newFile = (number: number, first: number, previous: string): BinlogFile => ({
  number,
  name: logFileName(BINLOG_BASE, number),
  first,
  ends: [],
  previous,
});

const endOf = ({ ends }: BinlogFile, writer: LogWriter): number => ends.at(-1) ?? headerEnd(writer);

/** One behind the other. */
export function placed(events: readonly LogEvent[], from = FIRST_POSITION): readonly PlacedEvent[] {
  let position = from;
  return events.map((event) => {
    const begin = position;
    position += event.bytes;
    return { position: begin, end: position, event };
  });
}
