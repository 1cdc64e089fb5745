/**
 * Switching the source's side of semi-synchronous replication on and off. Which of two plugins is loaded cannot be told from the release: from 8.0.26 to
 * 8.4 either may be (MySQL manual 19.4.10.2), MariaDB has the older names always.
 */
import type { ReadThenSend } from './dialect.ts';
import { textOf } from './row-values.ts';

const FLAGS = ['rpl_semi_sync_source_enabled', 'rpl_semi_sync_master_enabled'] as const;

const FLAGS_SQL = `SHOW GLOBAL VARIABLES WHERE Variable_name IN (${FLAGS.map((flag) => `'${flag}'`).join(', ')})`;

/** As the list of statements shows it. */
export const SEMI_SYNC_SOURCE_STATEMENT = `${FLAGS_SQL}; SET GLOBAL … = …`;

/** Sends nothing where no plugin is loaded: nobody waits for anything there. */
export const setSemiSyncSource = (enabled: boolean): ReadThenSend => ({
  reads: FLAGS_SQL,
  sends: (rows) => {
    const loaded = rows.map((row) => textOf(row, 'Variable_name').toLowerCase());
    return FLAGS.filter((flag) => loaded.includes(flag)).map((flag) => `SET GLOBAL ${flag} = ${enabled ? 1 : 0}`);
  },
  doneAlready: [],
});
