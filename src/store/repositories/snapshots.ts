/**
 * Snapshots of the whole topology (`database_instance_topology_history`), each under the second in which it was taken.
 */
import { clusterName, type UnixMillis, unixMillis } from '../../model/brand.ts';
import type { SnapshotServer } from '../../model/topology-snapshot.ts';
import type { SnapshotStore } from '../../ports/snapshot-store.ts';
import type { Engine } from '../engine.ts';
import type { SqlValue } from '../sql-values.ts';
import { unixSeconds } from '../timestamp.ts';

const TABLE = 'database_instance_topology_history';
const COLUMNS = [
  'snapshot_unix_timestamp',
  'hostname',
  'port',
  'master_host',
  'master_port',
  'cluster_name',
  'version',
] as const;

const MILLIS_PER_SECOND = 1000;

const momentOf = (second: number): UnixMillis => unixMillis(second * MILLIS_PER_SECOND);

const parametersOf = (second: number, server: SnapshotServer): readonly SqlValue[] => [
  second,
  server.key.hostname,
  server.key.port,
  server.sourceKey?.hostname ?? '',
  server.sourceKey?.port ?? 0,
  server.clusterName,
  server.version,
];

export function snapshotStore(engine: Engine): SnapshotStore {
  const { db } = engine;
  const insertSql = engine.upsertSql(TABLE, COLUMNS);
  return {
    saveSnapshot(servers, at) {
      const second = unixSeconds(at);
      return engine.runBatch([
        { sql: `delete from ${TABLE} where snapshot_unix_timestamp = ?`, rows: [{ parameters: [second] }] },
        { sql: insertSql, rows: servers.map((server) => ({ parameters: parametersOf(second, server) })) },
      ]);
    },

    async newestSnapshot(notLaterThan) {
      const row = await db
        .selectFrom(TABLE)
        .select('snapshot_unix_timestamp as second')
        .where('snapshot_unix_timestamp', '<=', unixSeconds(notLaterThan))
        .orderBy('snapshot_unix_timestamp', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row === undefined ? null : momentOf(row.second);
    },

    snapshotTimes: async () => (await engine.keyStarts(TABLE)).map(momentOf),

    async snapshotServers(at) {
      const rows = await db
        .selectFrom(TABLE)
        .selectAll()
        .where('snapshot_unix_timestamp', '=', unixSeconds(at))
        .orderBy('hostname')
        .orderBy('port')
        .execute();
      return rows.map((row) => ({
        key: { hostname: row.hostname, port: row.port },
        sourceKey: row.master_host === '' ? null : { hostname: row.master_host, port: row.master_port },
        clusterName: clusterName(row.cluster_name),
        version: row.version,
      }));
    },
  };
}
