/**
 * Registered promotion rules (`candidate_database_instance`).
 */
import { storedPromotionRule } from '../../model/promotion-rule.ts';
import type { CandidateStore } from '../../ports/decision-store.ts';
import type { Engine } from '../engine.ts';
import { NEVER_TEXT } from '../schema/column.ts';
import { parseTimestamp, timestampText, timestampTextOrNever } from '../timestamp.ts';

export function candidateStore(engine: Engine): CandidateStore {
  const { db } = engine;
  return {
    registerCandidate: ({ key, rule, lastSuggested }) =>
      engine.upsert(db, 'candidate_database_instance', {
        hostname: key.hostname,
        port: key.port,
        promotion_rule: rule,
        last_suggested: timestampTextOrNever(lastSuggested),
      }),

    async loadCandidates() {
      const rows = await db
        .selectFrom('candidate_database_instance')
        .select(['hostname', 'port', 'promotion_rule', 'last_suggested'])
        .orderBy('hostname')
        .orderBy('port')
        .execute();
      return rows.map((row) => ({
        key: { hostname: row.hostname, port: row.port },
        rule: storedPromotionRule(row.promotion_rule),
        lastSuggested: parseTimestamp(row.last_suggested),
      }));
    },

    async deleteCandidatesOlderThan(oldest) {
      const result = await db
        .deleteFrom('candidate_database_instance')
        .where('last_suggested', '<', timestampText(oldest))
        // Without a time, as rows written by hand are (spec/backend-schema.md 4), there is no age: dropping a `must_not` that somebody wrote
        // would let that server be promoted.
        .where('last_suggested', '>', NEVER_TEXT)
        .executeTakeFirst();
      return Number(result.numDeletedRows);
    },
  };
}
