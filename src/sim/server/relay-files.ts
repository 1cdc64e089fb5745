/**
 * The files of a relay log, for those who look into them: a new one begins with each connection to the source and with each new file of the source's binary
 * log; those that are applied are deleted (`relay_log_purge`). Seen on MySQL 9.7 and MariaDB 10.11.
 */
import { type PlacedEvent, placed } from './binary-log.ts';
import { eventsOf, formatDescription, headerEnd, type LogEvent, type LogWriter, rotateTo } from './log-events.ts';
import { FIRST_POSITION, type LogPlace, logFileName } from './log-place.ts';
import type { Received } from './relay-log.ts';

const RELAY_BASE = 'relaylog';

/** Real ones end by size (`max_relay_log_size`). Without an end a world that runs for long would keep all that ever came. */
const MOST_TRANSACTIONS = 10_000;

interface RelayFile {
  readonly number: number;
  readonly head: readonly LogEvent[];
  readonly entries: Received[];
  /** Behind the last whole transaction. */
  end: number;
  /** How many of the entries, and where the last of them ends. */
  applied: number;
  appliedEnd: number;
  readonly source: LogWriter | null;
}

/** `endLogPos`: as the source numbers it, 0 where that says nothing. */
export interface RelayEvent extends PlacedEvent {
  readonly endLogPos: number;
}

export class RelayFiles {
  readonly #own: LogWriter;
  #files: RelayFile[];

  constructor(own: LogWriter) {
    this.#own = own;
    this.#files = [this.#plain(1)];
  }

  get names(): readonly string[] {
    return this.#files.map(({ number }) => logFileName(RELAY_BASE, number));
  }

  get bytes(): number {
    return this.#files.reduce((sum, { end }) => sum + end, 0);
  }

  /** It is told a source anew, or to forget what it has. */
  reset(): void {
    this.#files = [this.#plain(1)];
  }

  /** The source sends from there on. `retrieved`: the GTIDs that were received until now. */
  begin(source: LogWriter, at: LogPlace, retrieved: string): void {
    const number = this.#last.number + 1;
    const head = [...ownHead(this.#own, retrieved), ...sourceHead(source, at)];
    this.#files.push({ number, head, entries: [], end: endOf(head), applied: 0, appliedEnd: endOf(head), source });
  }

  add(received: Received, retrieved: () => string): void {
    const { source, entries } = this.#last;
    if (source !== null && entries.length >= MOST_TRANSACTIONS) this.begin(source, received.from, retrieved());
    const last = this.#last;
    last.entries.push(received);
    last.end += received.to.position - received.from.position;
  }

  /** The first that is not applied yet has been. */
  shift(): void {
    const file = this.#applying;
    const done = file.entries[file.applied];
    if (done === undefined) return;
    file.applied += 1;
    file.appliedEnd += done.to.position - done.from.position;
  }

  /** Where the applier goes on. Files before that are deleted. */
  get place(): LogPlace {
    const file = this.#applying;
    const isAll = file.applied === file.entries.length;
    return { file: logFileName(RELAY_BASE, file.number), position: isAll ? file.end : file.appliedEnd };
  }

  /** Null: there is no such file. */
  events(name: string): readonly RelayEvent[] | null {
    const file = this.#files.find(({ number }) => logFileName(RELAY_BASE, number) === name);
    if (file === undefined) return null;
    const head = placed(file.head).map((event) => ({
      ...event,
      endLogPos: endInItsOwnLog(event, this.#own, file.source),
    }));
    const { source } = file;
    let position = endOf(file.head);
    const rest =
      source === null
        ? []
        : file.entries.flatMap((received) => {
            const events = placed(eventsOf({ ...received, isLogged: true }, received.number, source), position);
            const shift = received.from.position - position;
            position += received.to.position - received.from.position;
            return events.map((event) => ({ ...event, endLogPos: event.end + shift }));
          });
    const after = this.#files[this.#files.indexOf(file) + 1];
    if (after === undefined) return [...head, ...rest];
    const [rotate] = placed(
      [rotateTo(this.#own.serverId, logFileName(RELAY_BASE, after.number), FIRST_POSITION)],
      position,
    );
    return rotate === undefined ? [...head, ...rest] : [...head, ...rest, { ...rotate, endLogPos: rotate.end }];
  }

  get #applying(): RelayFile {
    const index = this.#files.findIndex(({ applied, entries }) => applied < entries.length);
    if (index < 0 && this.#files.length > 1) this.#files = this.#files.slice(-1);
    else if (index > 0) this.#files = this.#files.slice(index);
    return this.#files[0] ?? this.#last;
  }

  get #last(): RelayFile {
    const last = this.#files.at(-1);
    if (last === undefined) throw new Error('a relay log has a file');
    return last;
  }

  /** Before any connection it shows its first place, whatever is in the file. */
  #plain(number: number): RelayFile {
    const head = ownHead(this.#own);
    return { number, head, entries: [], end: FIRST_POSITION, applied: 0, appliedEnd: endOf(head), source: null };
  }
}

const endOf = (head: readonly LogEvent[]): number => head.reduce((at, { bytes }) => at + bytes, FIRST_POSITION);

const PREVIOUS_BYTES = 31;

/** MariaDB's has no list of GTIDs. */
function ownHead(own: LogWriter, retrieved = ''): readonly LogEvent[] {
  const format = formatDescription(own);
  if (own.family === 'mariadb') return [format];
  return [format, { type: 'Previous_gtids', serverId: own.serverId, bytes: PREVIOUS_BYTES, info: retrieved }];
}

function sourceHead(source: LogWriter, { file, position }: LogPlace): readonly LogEvent[] {
  const head = [rotateTo(source.serverId, file, FIRST_POSITION), formatDescription(source)];
  if (source.family === 'mariadb') return head;
  return position > headerEnd(source) ? head : [...head, rotateTo(0, file, headerEnd(source))];
}

/** What the replica made up for itself counts in its own file; what the source made up, nowhere. */
function endInItsOwnLog({ event, end }: PlacedEvent, own: LogWriter, source: LogWriter | null): number {
  if (event.serverId === own.serverId) return end;
  return event.type === 'Rotate' || source === null ? 0 : FIRST_POSITION + event.bytes;
}
