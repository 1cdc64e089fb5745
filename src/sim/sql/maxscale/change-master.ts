/**
 * `CHANGE MASTER TO` of a binlog server, stopped: its source, and the account it uses there. Where it goes on, its own copy of the binary log tells: of places it takes that one alone, or the beginning
 * of the file that comes next (its sources, 1.2).
 */
import { changeSource, type PlaceChange } from '../../server/change-source.ts';
import { comparePlaces, FIRST_POSITION, nextFileName } from '../../server/log-place.ts';
import type { ReplicaSettings } from '../../server/replica-settings.ts';
import { TokenReader } from '../parse/token-reader.ts';
import { OK, type Statement } from '../statement.ts';
import { mustStopFirst, notItsPlace, syntaxError } from './messages.ts';

const BEGINS = /^CHANGE\s+MASTER\s+TO\b/i;

const OPTIONS: ReadonlySet<string> = new Set([
  ...['MASTER_HOST', 'MASTER_PORT', 'MASTER_USER', 'MASTER_PASSWORD', 'MASTER_LOG_FILE', 'MASTER_LOG_POS'],
]);

/** Null: it is another statement. */
export function changeMaster(text: string): Statement | null {
  if (!BEGINS.test(text)) return null;
  const options = readOptions(text);
  if (options === null) return ({ done }) => done(syntaxError());
  const change = settingsOf(options);
  return ({ server, done }) => {
    const { receiver, applier } = server.running;
    if (receiver.state !== 'stopped' || applier.state !== 'stopped') return done(mustStopFirst());
    const { end } = server.history.binlog;
    const to = { ...end, ...placeOf(options) };
    const isNext = to.file === nextFileName(end.file) && to.position === FIRST_POSITION;
    if (!isNext && comparePlaces(to, end) !== 0) return done(notItsPlace(to, end));
    if (isNext) server.beginNextCopy(to.file);
    changeSource(server, change, placeOf(options));
    return done(OK);
  };
}

/** As far as it is told. */
function placeOf(options: ReadonlyMap<string, string>): PlaceChange {
  const [file, position] = [options.get('MASTER_LOG_FILE'), options.get('MASTER_LOG_POS')];
  return {
    ...(file === undefined ? {} : { file }),
    ...(position === undefined ? {} : { position: Number(position) }),
  };
}

/** Null: it does not know one of them. */
function readOptions(text: string): ReadonlyMap<string, string> | null {
  const reader = new TokenReader(text, 'MaxScale');
  const options = new Map<string, string>();
  if (!reader.words('CHANGE', 'MASTER', 'TO')) return null;
  do {
    const name = reader.peek()?.upper ?? '';
    const value = reader.peek(2);
    if (!OPTIONS.has(name) || !reader.peekSymbol('=', 1) || value === null || value.kind === 'symbol') return null;
    options.set(name, value.text);
    for (let taken = 0; taken < 3; taken++) reader.next();
  } while (reader.symbol(','));
  return reader.isAtEnd ? options : null;
}

function settingsOf(options: ReadonlyMap<string, string>): Partial<ReplicaSettings> {
  const port = options.get('MASTER_PORT');
  const wanted = {
    host: options.get('MASTER_HOST'),
    port: port === undefined ? undefined : Number(port),
    user: options.get('MASTER_USER'),
    password: options.get('MASTER_PASSWORD'),
  };
  return Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
}
