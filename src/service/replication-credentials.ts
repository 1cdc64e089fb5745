/** The account of a replica towards its source, as a query tells it (spec/topology-operations.md 3.5, O17). */
import type { ReplicationCredentials } from '../model/server-command.ts';
import { textOf } from '../mysql/row-values.ts';
import type { Rows } from '../ports/server-wire.ts';

/**
 * From the first row: user, password, and where the query has them CA file, certificate and key, whatever the columns are called. Null: no row, or no user in it.
 */
export function credentialsIn([row]: Rows): ReplicationCredentials | null {
  if (row === undefined) return null;
  const [user = '', password = '', caFile = '', certificate = '', key = ''] = Object.keys(row).map((column) =>
    textOf(row, column),
  );
  return user === '' ? null : { user, password, caFile, certificate, key };
}
