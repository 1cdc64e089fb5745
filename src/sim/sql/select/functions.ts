/** The functions that clients of a topology manager use. */
import type { SqlColumn, SqlValue } from '../../sql-session.ts';
import { outOfRange } from '../errors.ts';
import { SqlRefusal } from '../sql-refusal.ts';
import type { Asking } from '../statement.ts';
import { timeText, unixSeconds } from '../wall-time.ts';

export interface SqlFunction {
  readonly type: SqlColumn['type'];
  call(args: readonly SqlValue[], on: Asking): SqlValue;
}

const account = ({ session }: Asking): string => `${session.user}@${session.clientHost}`;

const now = ({ server }: Asking): string => timeText(server.running.process.now);

const firstNotNull = (args: readonly SqlValue[]): SqlValue => args.find((value) => value !== null) ?? null;

/** A power that is no number any more ends the statement, and what was sent behind it (seen on 9.7 and 10.11). */
function power(exponent: SqlValue): SqlValue {
  if (exponent === null) return null;
  const value = Math.exp(Number(exponent));
  if (!Number.isFinite(value)) throw new SqlRefusal(outOfRange(`exp(${exponent})`));
  return value;
}

/** Null: nobody has it. */
const holderOf = (lock: string, { sessions }: Asking): number | null =>
  [...sessions.values()].find(({ state }) => state.namedLocks.has(lock))?.state.id ?? null;

/** For a timeout of 0: nobody waits here. */
function getLock(name: SqlValue, on: Asking): SqlValue {
  if (name === null) return null;
  const lock = String(name).toLowerCase();
  const holder = holderOf(lock, on);
  const { id, namedLocks } = on.session;
  if (holder !== null && holder !== id) return 0;
  namedLocks.set(lock, (namedLocks.get(lock) ?? 0) + 1);
  return 1;
}

/** 0: somebody else has it. Null: nobody has. */
function releaseLock(name: SqlValue, on: Asking): SqlValue {
  if (name === null) return null;
  const lock = String(name).toLowerCase();
  const { namedLocks } = on.session;
  const taken = namedLocks.get(lock);
  if (taken === undefined) return holderOf(lock, on) === null ? null : 0;
  if (taken > 1) namedLocks.set(lock, taken - 1);
  else namedLocks.delete(lock);
  return 1;
}

const ENTRIES: readonly (readonly [string, SqlFunction])[] = [
  ['CONNECTION_ID', { type: 'integer', call: (_, { session }) => session.id }],
  ['ROW_COUNT', { type: 'integer', call: (_, { session }) => session.rowCount }],
  ['VERSION', { type: 'text', call: (_, { server }) => server.options.version }],
  ['DATABASE', { type: 'text', call: (_, { session }) => session.schema }],
  ['USER', { type: 'text', call: (_, on) => account(on) }],
  ['CURRENT_USER', { type: 'text', call: (_, { session }) => `${session.user}@%` }],
  ['COALESCE', { type: 'text', call: firstNotNull }],
  ['IFNULL', { type: 'text', call: firstNotNull }],
  [
    'UNIX_TIMESTAMP',
    {
      type: 'text',
      call: ([time], on) => (time == null ? Math.floor(Number(unixSeconds(now(on)))) : unixSeconds(String(time))),
    },
  ],
  ['GET_LOCK', { type: 'integer', call: ([name = null], on) => getLock(name, on) }],
  ['RELEASE_LOCK', { type: 'integer', call: ([name = null], on) => releaseLock(name, on) }],
  [
    'IS_USED_LOCK',
    { type: 'integer', call: ([name = null], on) => (name === null ? null : holderOf(String(name).toLowerCase(), on)) },
  ],
  ['EXP', { type: 'text', call: ([exponent = null]) => power(exponent) }],
  ['NOW', { type: 'text', call: (_, on) => now(on) }],
  [
    'MICROSECOND',
    { type: 'integer', call: ([time = null]) => (time === null ? null : Number(String(time).slice(20))) },
  ],
  [
    'REPLACE',
    {
      type: 'text',
      call: ([text = null, from = null, to = null]) =>
        text === null || from === null || to === null ? null : String(text).replaceAll(String(from), String(to)),
    },
  ],
  [
    'CONCAT',
    { type: 'text', call: (args) => (args.includes(null) ? null : args.map((value) => String(value)).join('')) },
  ],
];

export const FUNCTIONS: ReadonlyMap<string, SqlFunction> = new Map(ENTRIES);

export type Aggregate = (values: readonly SqlValue[]) => SqlValue;

const extreme =
  (pick: (...values: number[]) => number): Aggregate =>
  (values) => {
    const numbers = values.filter((value) => value !== null).map(Number);
    return numbers.length === 0 ? null : numbers.reduce((one, other) => pick(one, other));
  };

/** Over all rows; `COUNT(*)` gets a value for each of them. */
export const AGGREGATES: ReadonlyMap<string, Aggregate> = new Map<string, Aggregate>([
  ['COUNT', (values) => values.filter((value) => value !== null).length],
  ['MAX', extreme(Math.max)],
  ['MIN', extreme(Math.min)],
]);
