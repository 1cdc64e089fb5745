/**
 * Attributes of hosts (`host_attributes`).
 */
import { compareHosts } from '../../model/host-attribute.ts';
import type { HostAttributeStore } from '../../ports/decision-store.ts';
import type { Engine } from '../engine.ts';
import { parseTimestamp, timestampText } from '../timestamp.ts';

const TABLE = 'host_attributes';

export function hostAttributeStore(engine: Engine): HostAttributeStore {
  const { db } = engine;
  return {
    setHostAttribute: ({ hostname, name, value }, at) =>
      engine.upsert(db, TABLE, {
        hostname,
        attribute_name: name,
        attribute_value: value,
        submit_timestamp: timestampText(at),
        expire_timestamp: null,
      }),

    async loadHostAttributes(name) {
      const rows = await db.selectFrom(TABLE).selectAll().where('attribute_name', '=', name).execute();
      return rows
        .map((row) => ({
          hostname: row.hostname,
          name: row.attribute_name,
          value: row.attribute_value,
          submitted: parseTimestamp(row.submit_timestamp),
          expires: parseTimestamp(row.expire_timestamp),
        }))
        .sort(compareHosts);
    },
  };
}
