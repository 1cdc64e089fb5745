/**
 * Last analysis of each server and the log of its changes (spec/failure-detection.md 11.3).
 */
import { unixMillis } from '../../model/brand.ts';
import type { AnalysisChangelogStore } from '../../ports/analysis-changelog-store.ts';
import type { ObservationStore } from '../../ports/observation-store.ts';
import type { Engine } from '../engine.ts';
import { parseTimestamp, timestampText } from '../timestamp.ts';

type AnalysisLog = Pick<ObservationStore, 'recordAnalysis'> & AnalysisChangelogStore;

export function analysisLog(engine: Engine): AnalysisLog {
  return {
    recordAnalysis: (key, code, at) =>
      engine.transaction(async (transaction) => {
        const row = {
          hostname: key.hostname,
          port: key.port,
          analysis_timestamp: timestampText(at),
          analysis: code,
        };
        const changed = await transaction
          .updateTable('database_instance_last_analysis')
          .set({ analysis: code, analysis_timestamp: row.analysis_timestamp })
          .where('hostname', '=', key.hostname)
          .where('port', '=', key.port)
          .where('analysis', '!=', code)
          .executeTakeFirst();
        if (changed.numUpdatedRows === 0n) {
          await engine.insertIfAbsent(transaction, 'database_instance_last_analysis', row);
          return false;
        }
        await transaction.insertInto('database_instance_analysis_changelog').values(row).execute();
        return true;
      }),
    async lastAnalysis(key) {
      const row = await engine.db
        .selectFrom('database_instance_last_analysis')
        .select(['analysis_timestamp', 'analysis'])
        .where('hostname', '=', key.hostname)
        .where('port', '=', key.port)
        .executeTakeFirst();
      if (row === undefined) return null;
      return { key, at: parseTimestamp(row.analysis_timestamp) ?? unixMillis(0), code: row.analysis };
    },
    async analysisChangelog() {
      const rows = await engine.db
        .selectFrom('database_instance_analysis_changelog')
        .select(['hostname', 'port', 'analysis_timestamp', 'analysis'])
        .orderBy('hostname')
        .orderBy('port')
        .orderBy('changelog_id')
        .execute();
      return rows.map(({ hostname, port, analysis_timestamp: at, analysis: code }) => ({
        key: { hostname, port },
        at: parseTimestamp(at) ?? unixMillis(0),
        code,
      }));
    },
  };
}
