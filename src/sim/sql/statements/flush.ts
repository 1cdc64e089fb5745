/** `FLUSH [LOCAL] RELAY LOGS`: a new relay log file, which is of no matter here; old ones are not looked at. */
import { needsPrivilege } from '../errors.ts';
import type { FamilySql } from '../family-sql.ts';
import type { TokenReader } from '../parse/token-reader.ts';
import { OK, type Statement } from '../statement.ts';

export function readFlush(reader: TokenReader, family: FamilySql): Statement {
  reader.expectWords('FLUSH');
  reader.oneOf('LOCAL', 'NO_WRITE_TO_BINLOG');
  reader.expectWords('RELAY', 'LOGS');
  return (on) => on.done(on.session.privilege === 'privileged' ? OK : needsPrivilege(family.privileges.reload));
}
