/**
 * A packet as statements. Those behind one that cannot be read are not read: the server stops there.
 */
import { emptyQuery } from '../errors.ts';
import type { FamilySql } from '../family-sql.ts';
import { selectStatement } from '../select/run-select.ts';
import { refusalOf } from '../sql-refusal.ts';
import { OK, rowsOutcome, type Statement, textColumn } from '../statement.ts';
import { readChangeOfRows, readChangeOfSchema } from '../statements/change-data.ts';
import { readChangeSource } from '../statements/change-source.ts';
import { readFlush } from '../statements/flush.ts';
import { readInsert } from '../statements/insert.ts';
import { readKill } from '../statements/kill.ts';
import { readLockTables, readUnlockTables } from '../statements/lock-tables.ts';
import { readPurge } from '../statements/purge.ts';
import { readReset, readStart, readStop } from '../statements/replica-control.ts';
import { readSet } from '../statements/set.ts';
import { readShow } from '../statements/show.ts';
import { readBegin, readCommit, readRollback } from '../statements/transaction.ts';
import { waitForGtids } from '../statements/wait-for-gtids.ts';
import { waitForPlace } from '../statements/wait-for-place.ts';
import { parseSelect } from './select.ts';
import { TokenReader } from './token-reader.ts';

export interface ParsedStatement {
  readonly text: string;
  readonly run: Statement;
}

type ReadStatement = (reader: TokenReader, family: FamilySql) => Statement;

const BY_FIRST_WORD: ReadonlyMap<string, ReadStatement> = new Map<string, ReadStatement>([
  ['SELECT', readSelect],
  ['SHOW', readShow],
  ['SET', readSet],
  ['KILL', readKill],
  ['START', readStart],
  ['STOP', readStop],
  ['RESET', readReset],
  ['CHANGE', readChangeSource],
  ['INSERT', readInsert],
  ['REPLACE', readChangeOfRows],
  ['UPDATE', readChangeOfRows],
  ['DELETE', readChangeOfRows],
  ['CREATE', readChangeOfSchema],
  ['DROP', readChangeOfSchema],
  ['ALTER', readChangeOfSchema],
  ['TRUNCATE', readChangeOfSchema],
  ['RENAME', readChangeOfSchema],
  ['GRANT', readChangeOfSchema],
  ['REVOKE', readChangeOfSchema],
  ['LOCK', readLockTables],
  ['UNLOCK', readUnlockTables],
  ['FLUSH', readFlush],
  ['PURGE', readPurge],
  ['BEGIN', readBegin],
  ['COMMIT', readCommit],
  ['ROLLBACK', readRollback],
  ['USE', readUse],
]);

/** `answers`: to statements by their exact text, one row with one column each. */
export function parsePacket(
  sql: string,
  family: FamilySql,
  answers: ReadonlyMap<string, string>,
): readonly ParsedStatement[] {
  const reader = new TokenReader(sql, family.messages.product);
  const statements: ParsedStatement[] = [];
  if (reader.isStatementEnd) return [{ text: '', run: (on) => on.done(emptyQuery()) }];
  do {
    const text = reader.statementText;
    const answer = answers.get(text);
    try {
      if (answer !== undefined) reader.skipStatement();
      const run = answer === undefined ? readStatement(reader, family) : answerStatement(text, answer);
      if (!reader.isStatementEnd) throw reader.failure();
      statements.push({ text, run });
    } catch (error) {
      const refusal = refusalOf(error);
      return [...statements, { text, run: (on) => on.done(refusal) }];
    }
  } while (reader.symbol(';') && !reader.isAtEnd);
  return statements;
}

function readStatement(reader: TokenReader, family: FamilySql): Statement {
  const read = BY_FIRST_WORD.get(reader.peek()?.upper ?? '');
  if (read === undefined) throw reader.failure();
  return read(reader, family);
}

function readSelect(reader: TokenReader, family: FamilySql): Statement {
  const select = parseSelect(reader);
  return waitForGtids(select, family) ?? waitForPlace(select, family) ?? selectStatement(select, family);
}

function readUse(reader: TokenReader): Statement {
  reader.expectWords('USE');
  const schema = reader.name();
  return (on) => {
    on.session.schema = schema;
    on.done(OK);
  };
}

function answerStatement(text: string, answer: string): Statement {
  const outcome = rowsOutcome([textColumn(text)], [[answer]]);
  return (on) => on.done(outcome);
}
