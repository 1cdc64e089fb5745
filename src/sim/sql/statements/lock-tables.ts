/** `LOCK TABLES`, `UNLOCK TABLES` (MySQL manual 15.3.6). Locking again gives the former locks up first. */
import type { TableLock } from '../../server/table-lock.ts';
import { awaitLock } from '../lock-wait.ts';
import { parseTableName } from '../parse/select.ts';
import type { TokenReader } from '../parse/token-reader.ts';
import { columnsOf, qualifiedTable } from '../select/run-select.ts';
import { OK, type Statement } from '../statement.ts';
import { readOnlyError } from './write-statement.ts';

export function readLockTables(reader: TokenReader): Statement {
  reader.expectWords('LOCK');
  if (!reader.words('TABLES')) reader.expectWords('TABLE');
  const wanted = reader.list(() => readLock(reader));
  const writes = wanted.some(({ kind }) => kind === 'write');
  return (on) => {
    const { gate } = on.server.running;
    const { id, privilege } = on.session;
    const locks = wanted.map(
      ({ schema, name, kind }): TableLock => ({ table: qualifiedTable(schema, name, on), kind }),
    );
    gate.unlockTables(id);
    if (writes && gate.refuses(privilege)) {
      on.done(readOnlyError(on));
      return;
    }
    for (const { table } of locks) columnsOf(table ?? '', on);
    awaitLock(on, (taken) =>
      gate.awaitTables(id, locks, () => {
        taken();
        on.done(OK);
      }),
    );
  };
}

function readLock(reader: TokenReader): {
  readonly schema: string | null;
  readonly name: string;
  readonly kind: TableLock['kind'];
} {
  const { schema, name } = parseTableName(reader);
  if (reader.words('AS')) reader.name();
  if (reader.words('WRITE')) return { schema, name, kind: 'write' };
  reader.expectWords('READ');
  reader.words('LOCAL');
  return { schema, name, kind: 'read' };
}

export function readUnlockTables(reader: TokenReader): Statement {
  reader.expectWords('UNLOCK');
  if (!reader.words('TABLES')) reader.expectWords('TABLE');
  return (on) => {
    on.server.running.gate.unlockTables(on.session.id);
    on.done(OK);
  };
}
