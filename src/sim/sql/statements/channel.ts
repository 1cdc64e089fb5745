/** `FOR CHANNEL 'name'`, MySQL (manual 19.2.2): a pretended replica has one channel, without a name. */
import { noSuchChannel } from '../errors.ts';
import type { TokenReader } from '../parse/token-reader.ts';
import type { Statement } from '../statement.ts';

/** What the statement is where it names another channel; otherwise as it is. */
export function ofChannel(reader: TokenReader, run: Statement): Statement {
  if (!reader.words('FOR', 'CHANNEL')) return run;
  const name = reader.next();
  if (name.kind !== 'text') throw reader.failure(-1);
  return name.text === '' ? run : ({ done }) => done(noSuchChannel(name.text));
}
