/**
 * One-time clean-up of timestamps in forms that do not compare as text: databases restored from a raft snapshot of the
 * reference hold `YYYY-MM-DDTHH:MM:SSZ`, empty texts and year 1 (spec/backend-schema.md 3.2, trap 6).
 */
import type { DatabaseSync } from 'node:sqlite';
import { CONTRACT_TABLES } from '../schema/schema.ts';
import { quoted } from './ddl.ts';

const WITH_T = '____-__-__T__:__:__%';
const YEAR_ONE = '0001-01-01%';

/** Rewrites what is odd, touches nothing else. "Never" becomes null where the column may be null. */
export function normaliseTimestamps(database: DatabaseSync): void {
  for (const table of CONTRACT_TABLES) {
    for (const [name, column] of Object.entries(table.columns)) {
      if (column.type.kind !== 'timestamp') continue;
      const [target, field] = [quoted(table.name), quoted(name)];
      database
        .prepare(
          `update ${target} set ${field} = substr(${field}, 1, 10) || ' ' || substr(${field}, 12, 8) where ${field} like ?`,
        )
        .run(WITH_T);
      if (!column.nullable) continue;
      database.prepare(`update ${target} set ${field} = null where ${field} = '' or ${field} like ?`).run(YEAR_ONE);
    }
  }
}
