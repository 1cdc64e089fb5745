/**
 * Registered promotion rules (`candidate_database_instance`).
 */
import { storedPromotionRule } from '../../model/promotion-rule.ts';
import type { CandidateStore } from '../../ports/decision-store.ts';
import type { Engine } from '../engine.ts';
import { parseTimestamp, timestampText } from '../timestamp.ts';

/** A row written by hand has no time (spec/backend-schema.md 4). */
const NO_TIME = '';

export function candidateStore(engine: Engine): CandidateStore {
  const { db } = engine;
  return {
    registerCandidate: ({ key, rule, lastSuggested }) =>
      engine.upsert(db, 'candidate_database_instance', {
        hostname: key.hostname,
        port: key.port,
        promotion_rule: rule,
        last_suggested: lastSuggested === null ? NO_TIME : timestampText(lastSuggested),
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
        // Without a time there is no age: dropping a `must_not` somebody wrote by hand would let that server be promoted.
        .where('last_suggested', '!=', NO_TIME)
        .executeTakeFirst();
      return Number(result.numDeletedRows);
    },
  };
}
