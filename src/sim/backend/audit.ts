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

  audit: ({ page, key, type, clusterNames }) =>
    engine.read(({ audit }) => {
      const meant = audit.filter(
        (row) =>
          (key === undefined || sameKey(row.key, key)) &&
          (type === undefined || row.type === type) &&
          (clusterNames === undefined || clusterNames.includes(row.clusterName)),
      );
      return pageOf(meant, page).map((row) => ({
        ...row,
        at: readTimeOrZero(row.at),
        key: storedKeyOrNull(row.key),
      }));
    }),
});
