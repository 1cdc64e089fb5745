/**
 * `SHOW GRANTS [FOR CURRENT_USER()]`: what accounts may do here, in the servers' words. A privileged one may do everything, the others what they want with the
 * schema of the sandbox.
 */
import type { TokenReader } from '../parse/token-reader.ts';
import { rowsOutcome, type Statement, textColumn } from '../statement.ts';

/** Null: it shows something else. */
export function readShowGrants(reader: TokenReader): Statement | null {
  if (!reader.words('GRANTS')) return null;
  if (reader.words('FOR')) {
    reader.expectWords('CURRENT_USER');
    if (reader.symbol('(')) reader.expectSymbol(')');
  }
  return ({ session, done }) => {
    const { user, privilege } = session;
    const to = `TO \`${user}\`@\`%\``;
    const grants =
      privilege === 'privileged'
        ? [`GRANT ALL PRIVILEGES ON *.* ${to}`]
        : [`GRANT USAGE ON *.* ${to}`, `GRANT ALL PRIVILEGES ON \`demo\`.* ${to}`];
    done(
      rowsOutcome(
        [textColumn(`Grants for ${user}@%`)],
        grants.map((grant) => [grant]),
      ),
    );
  };
}
