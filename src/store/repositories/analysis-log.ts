/**
 * Last analysis of each server and the log of its changes (spec/failure-detection.md 11.3).
 */
import type { ObservationStore } from '../../ports/observation-store.ts';
import type { Engine } from '../engine.ts';
import { timestampText } from '../timestamp.ts';

type AnalysisLog = Pick<ObservationStore, 'recordAnalysis'>;

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
  };
}
