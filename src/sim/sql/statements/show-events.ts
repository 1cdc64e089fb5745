/**
 * `SHOW BINLOG EVENTS` and `SHOW RELAYLOG EVENTS` (MySQL manual 15.7.7.3, 15.7.7.34): one file, from a place on, some of its events.
 */
import type { PlacedEvent } from '../../server/binary-log.ts';
import { FIRST_POSITION } from '../../server/log-place.ts';
import type { SqlOutcome, SqlValue } from '../../sql-session.ts';
import { needsPrivilege, noBinaryLog, wrongOffset } from '../errors.ts';
import type { FamilySql } from '../family-sql.ts';
import type { TokenReader } from '../parse/token-reader.ts';
import { type Asking, integerColumn, rowsOutcome, type Statement, textColumn } from '../statement.ts';
import { ofChannel } from './channel.ts';

/** An event with the end that is shown of it: in a relay log, that in its source's binary log. */
type ShownEvent = PlacedEvent & { readonly endLogPos?: number };

interface Wanted {
  /** Null: the oldest. */
  readonly file: string | null;
  readonly from: number;
  readonly skip: number;
  readonly limit: number;
}

const COLUMNS = [
  textColumn('Log_name'),
  integerColumn('Pos'),
  textColumn('Event_type'),
  integerColumn('Server_id'),
  integerColumn('End_log_pos'),
  textColumn('Info'),
];

const NO_SUCH_FILE = 'Could not find target log';

/** Null: it shows something else. */
export function readShowEvents(reader: TokenReader, family: FamilySql): Statement | null {
  if (reader.words('BINLOG', 'EVENTS')) {
    const wanted = readWanted(reader);
    return asAllowed(family.privileges.binlogEvents, (on) => binlogEvents(wanted, on));
  }
  if (!reader.words('RELAYLOG', 'EVENTS')) return null;
  const wanted = readWanted(reader);
  return ofChannel(
    reader,
    asAllowed(family.privileges.relayEvents, (on) => relayEvents(wanted, on)),
  );
}

const asAllowed =
  (privileges: string, outcomeOf: (on: Asking) => SqlOutcome): Statement =>
  (on) =>
    on.done(on.session.privilege === 'privileged' ? outcomeOf(on) : needsPrivilege(privileges));

function readWanted(reader: TokenReader): Wanted {
  const file = reader.words('IN') ? readOf(reader, 'text') : null;
  const from = reader.words('FROM') ? Number(readOf(reader, 'number')) : 0;
  if (!reader.words('LIMIT')) return { file, from, skip: 0, limit: Number.POSITIVE_INFINITY };
  const first = Number(readOf(reader, 'number'));
  if (!reader.symbol(',')) return { file, from, skip: 0, limit: first };
  return { file, from, skip: first, limit: Number(readOf(reader, 'number')) };
}

function readOf(reader: TokenReader, kind: 'text' | 'number'): string {
  const token = reader.next();
  if (token.kind !== kind) throw reader.failure(-1);
  return token.text;
}

function binlogEvents(wanted: Wanted, { server }: Asking): SqlOutcome {
  if (!server.options.logBin) return noBinaryLog();
  const { binlog } = server.history;
  const file = wanted.file ?? binlog.files[0]?.name ?? '';
  return shown({ ...wanted, file }, binlog.events(file), 'BINLOG', server.options.family);
}

/** Of a server that never replicated there is nothing to see, whatever is asked for. */
function relayEvents(wanted: Wanted, { server, family }: Asking): SqlOutcome {
  if (server.settings === null) return rowsOutcome(COLUMNS, []);
  const { relayLog } = server;
  const file = wanted.file ?? relayLog.fileNames[0] ?? '';
  return shown({ ...wanted, file }, relayLog.events(file), family.messages.relayEvents, server.options.family);
}

function shown(
  { file, from, skip, limit }: Wanted & { readonly file: string },
  events: readonly ShownEvent[] | null,
  what: string,
  family: FamilySql['family'],
): SqlOutcome {
  if (events === null) return wrongOffset(what, NO_SUCH_FILE);
  const first = Math.max(from, FIRST_POSITION);
  const end = events.at(-1)?.end ?? FIRST_POSITION;
  // MySQL looks for the next event, and for none behind the end (seen on 9.7 and 10.11).
  if (family === 'mariadb' && first > end) {
    const why = `Invalid pos specified. Requested from pos:${first} is greater than actual file size:${end}`;
    return wrongOffset(what, why);
  }
  const isEvent = first === end || events.some(({ position }) => position === first);
  if (family === 'mariadb' && !isEvent) return wrongOffset(what, 'Wrong offset or I/O error');
  const page = events.filter(({ position }) => position >= first).slice(skip, skip + limit);
  return rowsOutcome(
    COLUMNS,
    page.map((event) => rowOf(file, event)),
  );
}

const rowOf = (file: string, { position, end, endLogPos = end, event }: ShownEvent): readonly SqlValue[] => [
  file,
  position,
  event.type,
  event.serverId,
  endLogPos,
  event.info,
];
