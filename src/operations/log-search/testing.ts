/** For tests of searches in logs: servers whose logs are lists of events, cut into files as a test wishes. */
import type { LogType } from '../../model/binlog-coordinates.ts';
import type { BinlogEvent } from '../../model/binlog-event.ts';
import { blankInstance } from '../../model/blank-instance.ts';
import { millis, unixMillis } from '../../model/brand.ts';
import type { Instance } from '../../model/instance.ts';
import { type InstanceKey, keyId } from '../../model/instance-key.ts';
import { markerRules } from '../../planning/log-search/marker-rules.ts';
import type { BinaryLogs, EventPage, LogRead } from '../../ports/binary-logs.ts';
import type { Clock } from '../../ports/clock.ts';
import { FoundEntries } from './found-entries.ts';
import { LogSearch, type LogSearchOptions, NO_HINTS, SEARCH_LIMITS, type SearchRules } from './log-search.ts';

export const at = (port: number): InstanceKey => ({ hostname: 'db', port });

/** An event without its place. */
export interface Written {
  readonly type: string;
  readonly info: string;
  readonly serverId: number;
  /** In the event before it: it takes no room of its own, and is told to be where that one ends. */
  readonly isInner?: true;
}

export type Family = 'mysql' | 'mysql-56' | 'mariadb';

export const PRIMARY_ID = 1;

/** A transaction as the family logs it. Rows of one table look all alike, as they do on servers. `own` numbers are the server's own. */
export function transaction(number: number, family: Family = 'mysql', serverId = PRIMARY_ID, own = number): Written[] {
  const event = (type: string, info: string): Written => ({ type, info, serverId });
  const rows = [
    event('Table_map', `table_id: ${own} (demo.t)`),
    event('Write_rows', `table_id: ${own} flags: STMT_END_F`),
    event('Xid', `COMMIT /* xid=${own} */`),
  ];
  if (family === 'mariadb') return [event('Gtid', `BEGIN GTID 0-${serverId}-${number} cid=${own}`), ...rows];
  const begun = [event('Query', 'BEGIN'), ...rows];
  return family === 'mysql-56' ? begun : [anonymous(serverId), ...begun];
}

export const anonymous = (serverId = PRIMARY_ID): Written => ({
  type: 'Anonymous_Gtid',
  info: "SET @@SESSION.GTID_NEXT= 'ANONYMOUS'",
  serverId,
});

/** The same with all that is in it in one event, as MySQL writes it with compression. */
export function compressed(events: readonly Written[]): Written[] {
  const begin = events.findIndex(({ type }) => type === 'Query');
  const payload = { type: 'Transaction_payload', info: "compression='ZSTD'", serverId: PRIMARY_ID };
  return [
    ...events.slice(0, begin),
    payload,
    ...events.slice(begin).map((event) => ({ ...event, isInner: true as const })),
  ];
}

const MARKER_DIGITS = 8;

export const markerInfo = (number: number): string =>
  `drop view if exists \`_pseudo_gtid_\`.\`_asc:${number.toString(16).padStart(MARKER_DIGITS, '0')}:00000001:0123456789abcdef\``;

export function marker(number: number, family: Family = 'mysql', serverId = PRIMARY_ID): Written[] {
  const query = { type: 'Query', info: markerInfo(number), serverId };
  if (family === 'mysql-56') return [query];
  if (family === 'mysql') return [anonymous(serverId), query];
  return [{ type: 'Gtid', info: `GTID 0-${serverId}-${number}`, serverId }, query];
}

export interface ServerLogs {
  readonly binary: ReadonlyMap<string, readonly BinlogEvent[]>;
  readonly relay: ReadonlyMap<string, readonly BinlogEvent[]>;
}

const FIRST_POS = 4;

/** Sizes differ from event to event, so that a place in one log is none in another by chance. */
const sizeOf = ({ info }: Written, salt: number): number => 20 + (info.length % 7) + salt;

const fileName = (base: string, number: number): string => `${base}.${String(number).padStart(6, '0')}`;

/** How a server's files begin. */
const headOf = (family: Family, serverId: number): Written[] => [
  { type: 'Format_desc', info: 'Server ver: 1', serverId },
  ...(family === 'mysql' ? [{ type: 'Previous_gtids', info: '', serverId }] : []),
  ...(family === 'mariadb' ? [{ type: 'Gtid_list', info: `[0-${serverId}-1]`, serverId }] : []),
];

export interface LogMaking {
  readonly family?: Family;
  readonly serverId?: number;
  /** Number of the first file. */
  readonly firstFile?: number;
  /** Added to the size of each event. */
  readonly salt?: number;
}

/** A binary log of these files; each begins as the family's do, and each but the last ends with a rotation. */
export function binaryLog(
  files: readonly (readonly Written[])[],
  { family = 'mysql', serverId = PRIMARY_ID, firstFile = 1, salt = 0 }: LogMaking = {},
): Map<string, BinlogEvent[]> {
  const log = new Map<string, BinlogEvent[]>();
  for (const [index, written] of files.entries()) {
    const file = fileName('binlog', firstFile + index);
    const isLast = index === files.length - 1;
    const rotate: Written = { type: 'Rotate', info: `${fileName('binlog', firstFile + index + 1)};pos=4`, serverId };
    let pos = FIRST_POS;
    const events = [...headOf(family, serverId), ...written, ...(isLast ? [] : [rotate])].map((event) => {
      const coordinates = { file, pos, type: 'binary' as const };
      if (event.isInner !== true) pos += sizeOf(event, salt);
      const { type, info } = event;
      return { coordinates, endPos: pos, type, info, serverId: event.serverId };
    });
    log.set(file, events);
  }
  return log;
}

/** What a receiver has made of its source's binary log, in files with so many events each. */
export function relayLog(
  source: ReadonlyMap<string, readonly BinlogEvent[]>,
  eventsAFile: readonly number[],
  { family = 'mysql', serverId = 2, firstFile = 1 }: LogMaking = {},
): Map<string, BinlogEvent[]> {
  const received = [...source.values()]
    .flat()
    .filter(({ type }) => type !== 'Format_desc' && type !== 'Previous_gtids');
  const log = new Map<string, BinlogEvent[]>();
  let from = 0;
  for (const [index, count] of eventsAFile.entries()) {
    const part = received.slice(from, from + count);
    from += count;
    const file = fileName('relay', firstFile + index);
    const sourceFile = part[0]?.coordinates.file ?? fileName('binlog', 1);
    const isLast = index === eventsAFile.length - 1;
    const written: (Written & { endPos?: number })[] = [
      ...headOf(family, serverId),
      { type: 'Rotate', info: `${sourceFile};pos=4`, serverId: PRIMARY_ID, endPos: 0 },
      ...part,
      ...(isLast ? [] : [{ type: 'Rotate', info: `${fileName('relay', firstFile + index + 1)};pos=4`, serverId }]),
    ];
    let pos = FIRST_POS;
    log.set(
      file,
      written.map((event) => {
        const coordinates = { file, pos, type: 'relay' as const };
        pos += sizeOf(event, 3);
        const { type, info } = event;
        return { coordinates, endPos: event.endPos ?? pos, type, info, serverId: event.serverId };
      }),
    );
  }
  return log;
}

export class PretendLogs implements BinaryLogs {
  readonly servers = new Map<string, ServerLogs>();
  /** Every page that was asked for. */
  readonly pages: EventPage[] = [];
  /** As MariaDB does, an offset without event is refused; MySQL goes on with the next. */
  minds = false;

  set(key: InstanceKey, logs: Partial<ServerLogs>): void {
    this.servers.set(keyId(key), { binary: logs.binary ?? new Map(), relay: logs.relay ?? new Map() });
  }

  async files(key: InstanceKey): Promise<LogRead<readonly string[]>> {
    return { kind: 'read', value: [...this.#of(key, 'binary').keys()] };
  }

  async events(key: InstanceKey, page: EventPage): Promise<LogRead<readonly BinlogEvent[]>> {
    this.pages.push(page);
    const events = this.#of(key, page.type).get(page.file);
    if (events === undefined) return { kind: 'no-such-file' };
    const from = Math.max(FIRST_POS, page.fromPos);
    const end = page.type === 'binary' ? (events.at(-1)?.endPos ?? FIRST_POS) : Number.POSITIVE_INFINITY;
    const begins = from === end || events.some(({ coordinates }) => coordinates.pos === from);
    if (this.minds && !begins) return { kind: 'no-such-place' };
    // In a relay log it is by chance that an event begins at the offset at which it ends in its source's.
    const isInner = ({ coordinates, endPos }: BinlogEvent): boolean =>
      page.type === 'binary' && endPos === coordinates.pos;
    const first = events.findIndex((event) => event.coordinates.pos >= from && !isInner(event));
    const rest = first < 0 ? [] : events.slice(first);
    return { kind: 'read', value: rest.slice(page.skip, page.skip + page.limit) };
  }

  #of(key: InstanceKey, type: LogType): ReadonlyMap<string, readonly BinlogEvent[]> {
    return this.servers.get(keyId(key))?.[type] ?? new Map<string, readonly BinlogEvent[]>();
  }
}

/** Where a log ends. */
export function endOf(log: ReadonlyMap<string, readonly BinlogEvent[]>) {
  const last = [...log.values()].at(-1)?.at(-1);
  if (last === undefined) throw new Error('a log has events');
  return { ...last.coordinates, pos: last.endPos };
}

/** Of the event with this text, counted from 0. */
export function placeOf(log: ReadonlyMap<string, readonly BinlogEvent[]>, info: string, nth = 0): BinlogEvent {
  const event = [...log.values()].flat().filter((one) => one.info === info)[nth];
  if (event === undefined) throw new Error(`no event ${info}`);
  return event;
}

export function aServer(port: number, change: Partial<Instance> = {}): Instance {
  return {
    ...blankInstance(at(port)),
    logBinEnabled: true,
    logReplicaUpdatesEnabled: true,
    binlogFormat: 'ROW',
    ...change,
  };
}

export const PATTERN = 'drop view if exists `_pseudo_gtid_`';

export const RULES: SearchRules = {
  markers: markerRules({ pattern: PATTERN, isFixedSubstring: true, monotonicHint: 'asc:', finds: () => false }),
  pageEvents: 3,
  skippedTexts: [],
  lagSecondsMax: 20,
  relayLogsOnly: false,
};

/** Time passes when somebody sleeps. */
export function aClock(onSleep: () => void = () => {}): Clock {
  let now = 0;
  return {
    now: () => unixMillis(now),
    monotonic: () => millis(now),
    after: () => ({ cancel: () => {} }),
    sleep: async (delay) => {
      now += delay;
      onSleep();
    },
  };
}

export interface SearchWanted extends Partial<Omit<LogSearchOptions, 'rules'>> {
  readonly rules?: Partial<SearchRules>;
}

export function aSearch(logs: BinaryLogs, { rules = {}, ...wanted }: SearchWanted = {}): LogSearch {
  return new LogSearch({
    logs,
    clock: aClock(),
    rules: { ...RULES, ...rules },
    hints: NO_HINTS,
    entries: new FoundEntries(),
    observe: async (key) => ({ kind: 'observed', instance: blankInstance(key) }),
    mayGoOn: () => true,
    limits: SEARCH_LIMITS,
    ...wanted,
  });
}
