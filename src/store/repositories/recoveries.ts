/**
 * Recoveries (`topology_recovery`): at most one open active period a server; that row is the anti-flapping lock (spec/recovery.md 1.6).
 */
import type { Selectable } from 'kysely';
import { unixMillis } from '../../model/brand.ts';
import {
  type Acknowledgement,
  JOURNAL_END,
  type RecoveryRecord,
  type RecoveryUid,
} from '../../model/recovery-record.ts';
import type { RecoveryQuery, RecoveryStore } from '../../ports/decision-store.ts';
import type { Engine, Executor } from '../engine.ts';
import { keysToCommaText, parseKeyList } from '../key-list.ts';
import type { Database } from '../schema/schema.ts';
import { parseTimestamp, timestampText } from '../timestamp.ts';
import { lastDetectionId } from './detections.ts';
import { digestOfRow, digestToColumns, nodeOfRow, nodeToColumns, PAGE_SIZE, pageOffset } from './digest-columns.ts';

const TABLE = 'topology_recovery';
const ERROR_SEPARATOR = '\n';

type RecoveryRow = Selectable<Database[typeof TABLE]>;

const acknowledgementOfRow = (row: RecoveryRow): Acknowledgement | null =>
  row.acknowledged === 0
    ? null
    : {
        at: parseTimestamp(row.acknowledged_at) ?? unixMillis(0),
        by: row.acknowledged_by,
        comment: row.acknowledge_comment,
      };

const recoveryOfRow = (row: RecoveryRow): RecoveryRecord => ({
  id: row.recovery_id,
  uid: row.uid as RecoveryUid,
  digest: digestOfRow(row),
  inActivePeriod: row.in_active_period !== 0,
  start: parseTimestamp(row.start_active_period) ?? unixMillis(0),
  end: parseTimestamp(row.end_recovery),
  node: nodeOfRow(row),
  isSuccessful: row.is_successful !== 0,
  // After a failure the columns hold an empty host and port 0, before the end null.
  successorKey: row.successor_hostname ? { hostname: row.successor_hostname, port: row.successor_port ?? 0 } : null,
  successorAlias: row.successor_alias ?? '',
  lostReplicas: parseKeyList(row.lost_slaves),
  participants: parseKeyList(row.participating_instances),
  errors: row.all_errors === '' ? [] : row.all_errors.split(ERROR_SEPARATOR),
  acknowledgement: acknowledgementOfRow(row),
  lastDetectionId: Number(row.last_detection_id),
});

/** Ids, not times, give the order: several recoveries may begin within one second. */
const newestFirst = (executor: Executor) => executor.selectFrom(TABLE).selectAll().orderBy('recovery_id', 'desc');

const filtered = (executor: Executor, query: RecoveryQuery) => {
  let rows = newestFirst(executor);
  if (query.id !== undefined) rows = rows.where('recovery_id', '=', query.id);
  if (query.uid !== undefined) rows = rows.where('uid', '=', query.uid);
  if (query.clusterName !== undefined) rows = rows.where('cluster_name', '=', query.clusterName);
  if (query.clusterAlias !== undefined) rows = rows.where('cluster_alias', '=', query.clusterAlias);
  if (query.unacknowledgedOnly === true) rows = rows.where('acknowledged', '=', 0);
  return rows.limit(PAGE_SIZE).offset(pageOffset(query.page));
};

type RecordStore = Pick<
  RecoveryStore,
  'registerRecovery' | 'resolveRecovery' | 'recoveries' | 'activeRecoveries' | 'unfinishedRecoveries'
>;

export function recoveryRecordStore(engine: Engine): RecordStore {
  const { db } = engine;
  return {
    registerRecovery: (uid, digest, node, at) =>
      engine.transaction(async (transaction) => {
        const inserted = await engine.insertIfAbsent(transaction, TABLE, {
          ...digestToColumns(digest),
          ...nodeToColumns(node),
          uid,
          in_active_period: 1,
          start_active_period: timestampText(at),
          end_active_period_unixtime: 0,
          participating_instances: '',
          lost_slaves: '',
          all_errors: '',
          acknowledged_by: '',
          acknowledge_comment: '',
          last_detection_id: await lastDetectionId(transaction, digest.key),
        });
        if (!inserted) return { kind: 'already-registered' };
        const row = await newestFirst(transaction).where('uid', '=', uid).executeTakeFirstOrThrow();
        return { kind: 'registered', record: recoveryOfRow(row) };
      }),

    async resolveRecovery(uid, outcome, at) {
      const result = await db
        .updateTable(TABLE)
        .set({
          end_recovery: timestampText(at),
          is_successful: outcome.successorKey === null ? 0 : 1,
          successor_hostname: outcome.successorKey?.hostname ?? '',
          successor_port: outcome.successorKey?.port ?? 0,
          successor_alias: outcome.successorAlias,
          lost_slaves: keysToCommaText(outcome.lostReplicas),
          participating_instances: keysToCommaText(outcome.participants),
          all_errors: outcome.errors.join(ERROR_SEPARATOR),
        })
        .where('uid', '=', uid)
        .executeTakeFirst();
      if (result.numUpdatedRows === 0n) throw new Error(`there is no recovery ${uid} to resolve`);
    },

    recoveries: async (query) => (await filtered(db, query).execute()).map(recoveryOfRow),

    activeRecoveries: async () =>
      (await newestFirst(db).where('in_active_period', '=', 1).execute()).map(recoveryOfRow),

    unfinishedRecoveries: async () =>
      (
        await newestFirst(db)
          .where((where) => where.or([where('end_recovery', 'is', null), where('uid', 'in', journalsWithoutEnd(db))]))
          .execute()
      ).map(recoveryOfRow),
  };
}

/** Recoveries that have a journal and not its last line. Those of other versions have no journal and are none of them. */
function journalsWithoutEnd(db: Engine['db']) {
  const ended = db.selectFrom('orc_recovery_journal').select('uid').where('step_id', '=', JOURNAL_END);
  return db.selectFrom('orc_recovery_journal').select('uid').where('uid', 'not in', ended);
}
