/**
 * Tags of servers (`database_instance_tags`). They have no end, not even that of the server (spec/backend-schema.md).
 */
import { compareKeys } from '../../model/instance-key.ts';
import { compareTags } from '../../model/tag.ts';
import type { TagStore } from '../../ports/decision-store.ts';
import type { Engine } from '../engine.ts';
import { timestampText } from '../timestamp.ts';

const TABLE = 'database_instance_tags';

export function tagStore(engine: Engine): TagStore {
  const { db } = engine;
  return {
    putTag: ({ key, name, value }, at) =>
      engine.upsert(db, TABLE, {
        hostname: key.hostname,
        port: key.port,
        tag_name: name,
        tag_value: value,
        last_updated: timestampText(at),
      }),

    deleteTags: ({ name, key, value }) =>
      // One transaction: what is told to have gone is what went.
      engine.transaction(async (transaction) => {
        const rows = await transaction
          .selectFrom(TABLE)
          .select(['hostname', 'port'])
          .where('tag_name', '=', name)
          .$if(value !== undefined, (query) => query.where('tag_value', '=', value ?? ''))
          .$if(key !== undefined, (query) =>
            query.where('hostname', '=', key?.hostname ?? '').where('port', '=', key?.port ?? 0),
          )
          .execute();
        for (const { hostname, port } of rows) {
          await transaction
            .deleteFrom(TABLE)
            .where('hostname', '=', hostname)
            .where('port', '=', port)
            .where('tag_name', '=', name)
            .execute();
        }
        return rows.sort(compareKeys);
      }),

    async loadTags({ key, name } = {}) {
      const rows = await db
        .selectFrom(TABLE)
        .select(['hostname', 'port', 'tag_name', 'tag_value'])
        .$if(name !== undefined, (query) => query.where('tag_name', '=', name ?? ''))
        .$if(key !== undefined, (query) =>
          query.where('hostname', '=', key?.hostname ?? '').where('port', '=', key?.port ?? 0),
        )
        .execute();
      return rows
        .map((row) => ({
          key: { hostname: row.hostname, port: row.port },
          name: row.tag_name,
          value: row.tag_value,
        }))
        .sort(compareTags);
    },
  };
}
