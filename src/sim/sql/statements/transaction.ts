/**
 * `BEGIN`, `COMMIT`, `ROLLBACK`, as far as somebody needs them: each statement that writes is a transaction of its own here, and a transaction without any is
 * one only where the session has given it a GTID (MySQL manual 19.1.4, `gtid_next`).
 */
import type { FamilySql } from '../family-sql.ts';
import { gtidRefusal, ownGtid, setGtidUsed } from '../gtid-next.ts';
import type { TokenReader } from '../parse/token-reader.ts';
import { OK, type Statement } from '../statement.ts';
import { runWrite } from './write-statement.ts';

export function readBegin(reader: TokenReader): Statement {
  reader.expectWords('BEGIN');
  reader.words('WORK');
  return (on) => {
    on.session.isInTransaction = true;
    on.done(OK);
  };
}

export function readCommit(reader: TokenReader, family: FamilySql): Statement {
  reader.expectWords('COMMIT');
  reader.words('WORK');
  return (on) => {
    const { session, server } = on;
    const wasOpen = session.isInTransaction;
    session.isInTransaction = false;
    const gtid = wasOpen && family.family === 'mysql' ? ownGtid(on) : null;
    if (gtid === null || gtidRefusal(on) !== null) {
      on.done(OK);
      return;
    }
    setGtidUsed(on);
    // It is known already: nothing has to be done (seen on 9.7).
    if (server.history.gtids.has(gtid)) on.done(OK);
    else runWrite(on, { kind: 'empty' }, 0, { gtid });
  };
}

export function readRollback(reader: TokenReader): Statement {
  reader.expectWords('ROLLBACK');
  reader.words('WORK');
  return (on) => {
    on.session.isInTransaction = false;
    if (ownGtid(on) !== null) setGtidUsed(on);
    on.done(OK);
  };
}
