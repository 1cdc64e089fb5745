/** Setting `gtid_purged` of MySQL (manual 19.1.6.5): it grows only, and what is added has not been executed here. */
import { contains, intersect, isEmpty, subtract, union } from '../../model/gtid-set.ts';
import { parseGtidSet } from '../../model/gtid-set-text.ts';
import type { SqlOutcome, SqlValue } from '../sql-session.ts';
import { sqlError, wrongValue } from './errors.ts';
import type { Execution } from './statement.ts';

const NAME = 'gtid_purged';

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Null: it is so. */
export function setGtidPurged(value: SqlValue, { server }: Execution): SqlOutcome | null {
  const text = String(value ?? '');
  const isAdded = text.startsWith('+');
  const parsed = parseGtidSet(isAdded ? text.slice(1) : text);
  if (parsed.kind !== 'ok' || !parsed.set.entries.every(({ uuid }) => UUID.test(uuid))) {
    return wrongValue(NAME, text);
  }
  let refusal: SqlOutcome | null = null;
  server.setPurged((state) => {
    const wanted = isAdded ? union(state.purged, parsed.set) : parsed.set;
    const added = isAdded ? parsed.set : subtract(wanted, state.purged);
    if (!contains(wanted, state.purged)) refusal = refused('the new value must be a superset of the old value');
    else if (!isEmpty(intersect(added, state.executedSet))) {
      refusal = refused('the added gtid set must not overlap with @@GLOBAL.GTID_EXECUTED');
    } else state.purge(wanted);
    return refusal === null;
  });
  return refusal;
}

const refused = (why: string): SqlOutcome => sqlError(3546, 'HY000', `@@GLOBAL.GTID_PURGED cannot be changed: ${why}`);
