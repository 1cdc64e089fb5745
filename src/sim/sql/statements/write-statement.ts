/** What all statements that write have in common: who may, whose locks are in the way, and what the client is told. */
import type { WriteResult } from '../../server/write-attempt.ts';
import type { Gtid, Write } from '../../transaction.ts';
import { lockedForReading, lockWaitTimeout, notLocked, sqlError } from '../errors.ts';
import { gtidRefusal, ownGtid, setGtidUsed } from '../gtid-next.ts';
import { lockPatience } from '../lock-wait.ts';
import { columnsOf, qualifiedTable } from '../select/run-select.ts';
import { type SqlError, SqlRefusal } from '../sql-refusal.ts';
import { type Asking, affected, type Execution } from '../statement.ts';
import { variableValue } from '../system-variable.ts';

/** Null: the session may write there, for all that is known before it tries. `table`: null where it is none. */
export function writeRefusal(table: string | null, on: Asking): SqlError | null {
  const { gate } = on.server.running;
  const { privilege, id } = on.session;
  if (gate.refuses(privilege)) return readOnlyError(on);
  const locks = gate.locksOf(id);
  if (table === null || locks.length === 0) return null;
  const own = locks.filter((lock) => lock.table === table);
  const name = table.slice(table.indexOf('.') + 1);
  if (own.length === 0) return notLocked(name);
  return own.some(({ kind }) => kind === 'write') ? null : lockedForReading(name);
}

/** Its name with its schema. Throws a refusal where the session may not write there, and where there is no such table. */
export function writableTable(schema: string | null, name: string, on: Asking): string {
  const table = qualifiedTable(schema, name, on);
  const refusal = writeRefusal(table, on);
  if (refusal !== null) throw new SqlRefusal(refusal);
  columnsOf(table, on);
  return table;
}

/** Clients are told of the weaker option, also where the stronger is on. */
export function readOnlyError({ family, session }: Asking): SqlError {
  const option = session.privilege === 'client' ? '--read-only' : '--super-read-only';
  const message = `The ${family.messages.product} server is running with the ${option} option so it cannot execute this statement`;
  return sqlError(1290, 'HY000', message);
}

export interface WriteOptions {
  /** It goes over the network in two pieces. */
  readonly isLarge?: boolean;
  /** That it is to have; null: the session's own, or the server's next. */
  readonly gtid?: Gtid | null;
}

export function runWrite(on: Execution, write: Write, affectedRows: number, options: WriteOptions = {}): void {
  const refusal = options.gtid === undefined ? gtidRefusal(on) : null;
  const gtid = options.gtid ?? ownGtid(on);
  if (refusal !== null) {
    on.done(refusal);
    return;
  }
  if (gtid !== null) setGtidUsed(on);
  // Whoever gives a transaction a GTID that has been executed wants nothing to happen (manual 19.1.4).
  if (gtid !== null && on.server.history.gtids.has(gtid)) on.done(affected(0));
  else startWrite(on, write, affectedRows, { isLarge: options.isLarge ?? false, gtid });
}

function startWrite(
  on: Execution,
  write: Write,
  affectedRows: number,
  { isLarge, gtid }: { readonly isLarge: boolean; readonly gtid: Gtid | null },
): void {
  const { server, session, family } = on;
  const { gate } = server.running;
  const patience = lockPatience(on, () => {
    if (!attempt.hasBegun && attempt.interrupt()) on.done(lockWaitTimeout());
  });
  const done = (result: WriteResult): void => {
    patience.cancel();
    if (result.kind === 'committed') on.done(affected(affectedRows));
    else if (result.reason === 'read-only') on.done(readOnlyError(on));
    else on.done(family.messages.duplicate(result.row, write.kind === 'rows' ? write.table : ''));
  };
  const attempt = logsBinlog(on)
    ? server.write(write, session.privilege, isLarge, done, session.id, gtid)
    : server.writeUnlogged({ write, who: session.privilege, session: session.id }, done);
  const state = (): string => {
    const { acknowledgement, globalReadLock, tableLock } = family.waitStates;
    if (attempt.hasBegun) return acknowledgement;
    return gate.isSwitching ? globalReadLock : tableLock;
  };
  on.waits(state, () => {
    const isGivenUp = attempt.interrupt();
    if (isGivenUp) patience.cancel();
    return isGivenUp;
  });
}

function logsBinlog(on: Asking): boolean {
  const found = on.family.variables.get('sql_log_bin');
  return found === undefined || variableValue(found, 'session', on) !== 0;
}
