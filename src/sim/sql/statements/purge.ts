/** `PURGE BINARY LOGS TO 'file'` (MySQL manual 15.4.1.1): what somebody still reads stays, without an error. */
import { needsPrivilege, noBinaryLog, noSuchBinaryLog } from '../errors.ts';
import type { FamilySql } from '../family-sql.ts';
import type { TokenReader } from '../parse/token-reader.ts';
import { OK, type Statement } from '../statement.ts';

export function readPurge(reader: TokenReader, { privileges }: FamilySql): Statement {
  reader.expectWords('PURGE');
  if (!reader.words('MASTER')) reader.expectWords('BINARY');
  reader.expectWords('LOGS', 'TO');
  const file = reader.next();
  if (file.kind !== 'text') throw reader.failure(-1);
  return ({ session, server, done }) => {
    if (session.privilege !== 'privileged') done(needsPrivilege(privileges.purgeBinlog));
    else if (!server.options.logBin) done(noBinaryLog());
    else done(server.purgeBinaryLogs(file.text) ? OK : noSuchBinaryLog());
  };
}
