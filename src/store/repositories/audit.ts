/**
 * The audit trail in the backend (`audit`), newest first.
 */
import { unixMillis } from '../../model/brand.ts';
import type { AuditStore } from '../../ports/decision-store.ts';
import type { Engine } from '../engine.ts';
import { parseTimestamp, timestampText } from '../timestamp.ts';
import { PAGE_SIZE, pageOffset } from './digest-columns.ts';

export function auditStore(engine: Engine): AuditStore {
  const { db } = engine;
  return {
    async appendAudit(record) {
      await db
        .insertInto('audit')
        .values({
          audit_timestamp: timestampText(record.at),
          audit_type: record.type,
          hostname: record.key?.hostname ?? '',
          port: record.key?.port ?? 0,
          cluster_name: record.clusterName,
          message: record.message,
        })
        .execute();
    },

    async audit({ page, key, type, clusterNames }) {
      // An empty list is no SQL on MySQL.
      if (clusterNames?.length === 0) return [];
      let query = db.selectFrom('audit').selectAll();
      if (key !== undefined) query = query.where('hostname', '=', key.hostname).where('port', '=', key.port);
      if (type !== undefined) query = query.where('audit_type', '=', type);
      if (clusterNames !== undefined) query = query.where('cluster_name', 'in', clusterNames);
      const rows = await query.orderBy('audit_id', 'desc').limit(PAGE_SIZE).offset(pageOffset(page)).execute();
      return rows.map((row) => ({
        id: row.audit_id,
        at: parseTimestamp(row.audit_timestamp) ?? unixMillis(0),
        type: row.audit_type,
        key: row.hostname === '' ? null : { hostname: row.hostname, port: row.port },
        clusterName: row.cluster_name,
        message: row.message,
      }));
    },
  };
}
