/**
 * `SELECT SOURCE_POS_WAIT('file', position[, seconds])` and `SELECT MASTER_POS_WAIT(…)`: alone in their statement, since they wait (MySQL manual 14.25).
 */
import type { Planned } from '../../event-queue.ts';
import { NOTHING_PLANNED } from '../../server/nothing-planned.ts';
import type { SqlValue } from '../../sql-session.ts';
import { incorrectArguments } from '../errors.ts';
import type { FamilySql } from '../family-sql.ts';
import type { Select } from '../parse/select.ts';
import { NO_ROW } from '../select/bind-expression.ts';
import { bindAlone } from '../select/run-select.ts';
import { type Execution, integerColumn, rowsOutcome, type Statement } from '../statement.ts';

const MILLIS_PER_SECOND = 1000;
const TIMED_OUT = -1;

/** As many events as it has waited for; how many there were nobody asks. */
const WAITED = 1;

/** What can be compared with the names of log files. */
const LOG_FILE = /\.\d+$/;

/** Null: it is another select. */
export function waitForPlace({ items, tables }: Select, family: FamilySql): Statement | null {
  const [item, ...others] = items;
  const call = item?.expression ?? null;
  if (item === undefined || call?.kind !== 'call' || call.name !== family.placeWait) return null;
  if (others.length > 0 || tables.length > 0) return null;
  const columns = [integerColumn(item.name)];
  const [file, position, seconds] = call.args.map((arg) => bindAlone(arg, family).calculate);
  return (on) => {
    // Without a time, and with 0, it waits for ever.
    const patience = Number(seconds?.(NO_ROW, on) ?? 0) * MILLIS_PER_SECOND;
    if (family.family === 'mysql' && patience < 0) {
      on.done(incorrectArguments(family.placeWait));
      return;
    }
    const place = { file: String(file?.(NO_ROW, on) ?? ''), position: Number(position?.(NO_ROW, on) ?? 0) };
    const answer = (value: SqlValue): void => on.done(rowsOutcome(columns, [[value]]));
    if (LOG_FILE.test(place.file)) awaitPlace(place, patience, on, answer);
    else answer(null);
  };
}

function awaitPlace(
  place: { readonly file: string; readonly position: number },
  patienceMillis: number,
  on: Execution,
  answer: (value: SqlValue) => void,
): void {
  const { server, family } = on;
  let timer: Planned = NOTHING_PLANNED;
  let isOver = false;
  let isLater = false;
  const waiting = server.waitForPlace(place, (outcome) => {
    isOver = true;
    timer.cancel();
    if (outcome === 'stopped') answer(null);
    else answer(isLater ? WAITED : 0);
  });
  if (waiting === null) answer(null);
  if (waiting === null || isOver) return;
  isLater = true;
  if (patienceMillis > 0) {
    timer = server.running.process.after(patienceMillis, () => {
      waiting.cancel();
      answer(TIMED_OUT);
    });
  }
  on.waits(
    () => family.waitStates.place,
    () => {
      timer.cancel();
      waiting.cancel();
      return true;
    },
  );
}
