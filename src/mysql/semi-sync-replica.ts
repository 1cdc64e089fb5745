/**
 * Switching the replica's side of semi-synchronous replication on and off. As with the source's side, which of two plugins is loaded cannot be told from the
 * release. A receiver tells its source only when it connects whether it acknowledges (MySQL manual 19.4.10.3), so one that runs is started anew.
 */
import type { ReadThenSend } from './dialect.ts';
import { textOf } from './row-values.ts';

const FLAGS = ['rpl_semi_sync_replica_enabled', 'rpl_semi_sync_slave_enabled'] as const;

const FLAGS_SQL = `SHOW GLOBAL VARIABLES WHERE Variable_name IN (${FLAGS.map((flag) => `'${flag}'`).join(', ')})`;

/** As the list of statements shows it. */
export const SEMI_SYNC_REPLICA_STATEMENT = `${FLAGS_SQL}; SET GLOBAL … = …`;

/** `restart`: what starts its receiver anew; empty: it does not run. Sends nothing where no plugin is loaded. */
export const setSemiSyncReplica = (enabled: boolean, restart: readonly string[]): ReadThenSend => ({
  reads: FLAGS_SQL,
  sends: (rows) => {
    const loaded = rows.map((row) => textOf(row, 'Variable_name').toLowerCase());
    const flags = FLAGS.filter((flag) => loaded.includes(flag)).map(
      (flag) => `SET GLOBAL ${flag} = ${enabled ? 1 : 0}`,
    );
    return flags.length === 0 ? [] : [...flags, ...restart];
  },
  doneAlready: [],
});
