/** `FLUSH [LOCAL] BINARY LOGS`, and `RELAY LOGS`: a new relay log file, which is of no matter here; old ones are not looked at. */
import { needsPrivilege } from '../errors.ts';
import type { FamilySql } from '../family-sql.ts';
import type { TokenReader } from '../parse/token-reader.ts';
import { OK, type Statement } from '../statement.ts';

export function readFlush(reader: TokenReader, family: FamilySql): Statement {
  reader.expectWords('FLUSH');
  reader.oneOf('LOCAL', 'NO_WRITE_TO_BINLOG');
  const isBinary = reader.words('BINARY', 'LOGS');
  if (!isBinary) reader.expectWords('RELAY', 'LOGS');
  return (on) => {
    if (on.session.privilege !== 'privileged') {
      on.done(needsPrivilege(family.privileges.reload));
      return;
    }
    if (isBinary) on.server.flushBinaryLogs();
    on.done(OK);
  };
}
