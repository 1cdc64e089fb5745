/**
 * The audit trail, newest first.
 */
import { sameKey } from '../../model/instance-key.ts';
import type { AuditStore } from '../../ports/decision-store.ts';
import type { MemoryEngine } from './engine.ts';
import { nextId, pageOf } from './rows.ts';
import { storedKey, storedKeyOrNull } from './stored-keys.ts';
import { readTimeOrZero, storedTime } from './timestamp.ts';

/** What a record about no server has in its columns. */
const NO_SERVER = { hostname: '', port: 0 };

export const auditStore = (engine: MemoryEngine): AuditStore => ({
  appendAudit: ({ at, type, key, clusterName, message }) =>
    engine.write(({ audit }) => {
      const row = { at: storedTime(at), type, key: storedKey(key ?? NO_SERVER), clusterName, message };
      audit.push({ id: nextId(audit), ...row });
    }),

  audit: ({ page, key }) =>
    engine.read(({ audit }) => {
      const meant = key === undefined ? audit : audit.filter((row) => sameKey(row.key, key));
      return pageOf(meant, page).map((row) => ({
        ...row,
        at: readTimeOrZero(row.at),
        key: storedKeyOrNull(row.key),
      }));
    }),
});
