/**
 * `SELECT WAIT_FOR_EXECUTED_GTID_SET('…', seconds)` and `SELECT MASTER_GTID_WAIT('…', seconds)`: alone in their statement, since they wait.
 */
import type { Planned } from '../../event-queue.ts';
import { NOTHING_PLANNED } from '../../server/nothing-planned.ts';
import { incorrectArguments } from '../errors.ts';
import type { FamilySql } from '../family-sql.ts';
import type { Expression } from '../parse/expression.ts';
import type { Select } from '../parse/select.ts';
import { NO_ROW } from '../select/bind-expression.ts';
import { bindAlone } from '../select/run-select.ts';
import { type Execution, integerColumn, rowsOutcome, type Statement } from '../statement.ts';

const MILLIS_PER_SECOND = 1000;

/** Null: it is another select. */
export function waitForGtids({ items, tables }: Select, family: FamilySql): Statement | null {
  const [item, ...others] = items;
  const call = item?.expression ?? null;
  if (item === undefined || call?.kind !== 'call' || call.name !== family.gtidWait.name) return null;
  if (others.length > 0 || tables.length > 0) return null;
  const columns = [integerColumn(item.name)];
  const [gtids, seconds] = call.args.map((arg: Expression) => bindAlone(arg, family).calculate);
  return (on) => {
    const text = String(gtids?.(NO_ROW, on) ?? '');
    // Without a time it waits for ever; so does MySQL with 0, and MariaDB with a negative one.
    const patience = seconds === undefined ? null : Number(seconds(NO_ROW, on)) * MILLIS_PER_SECOND;
    if (family.family === 'mysql' && patience !== null && patience < 0) {
      on.done(incorrectArguments(family.gtidWait.name));
      return;
    }
    awaitGtids(text, patience, on, (value) => on.done(rowsOutcome(columns, [[value]])));
  };
}

function awaitGtids(
  gtids: string,
  patienceMillis: number | null,
  on: Execution,
  answer: (value: number) => void,
): void {
  const { server, family } = on;
  let isThere = false;
  let timer: Planned = NOTHING_PLANNED;
  const waiting = server.waitFor(gtids, () => {
    isThere = true;
    timer.cancel();
    answer(0);
  });
  if (waiting === null) on.done(family.messages.malformedGtids(gtids));
  if (waiting === null || isThere) return;
  const isPatient =
    patienceMillis === null || patienceMillis < 0 || (patienceMillis === 0 && family.family === 'mysql');
  if (!isPatient) {
    timer = server.running.process.after(patienceMillis, () => {
      waiting.cancel();
      answer(family.gtidWait.timedOut);
    });
  }
  on.waits(
    () => family.waitStates.gtids,
    () => {
      timer.cancel();
      waiting.cancel();
      return true;
    },
  );
}
