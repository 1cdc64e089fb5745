/**
 * What a server knows of GTIDs, in the terms of its family: what it has executed, what its own next one is, and whether it has seen another's.
 */
import type { Gtid } from '../transaction.ts';
import type { Position } from './gtid-position.ts';
import { MariadbState } from './mariadb-gtid-state.ts';
import { AnonymousState, OracleState } from './oracle-gtid-state.ts';
import type { ServerOptions } from './server-options.ts';

export interface GtidState {
  /** Of the next transaction that is written here. */
  next(): Gtid;
  /** `own`: written here, not replicated. */
  note(gtid: Gtid, own: boolean): void;
  has(gtid: Gtid): boolean;
  /** Passed over by an applier that was told to: it counts as replicated, and is in no log. */
  noteSkipped(gtid: Gtid): void;
  /** `RESET BINARY LOGS AND GTIDS`: MariaDB still knows what was replicated. */
  forget(): void;
  copy(): GtidState;
  /** MariaDB with `gtid_strict_mode`: the last of its domain, behind which this one may not be written. Null: it may. */
  forbids(gtid: Gtid): Gtid | null;
  /** All that was executed, replicated or own. */
  executed(): Position;
  /** MariaDB: what was replicated here, `gtid_slave_pos`. MySQL knows no difference. */
  replicated(): Position;
  /** Is all of this text executed? Null: it cannot be read. */
  hasAllOf(text: string): boolean | null;
  /** As the family's variables show it: `gtid_executed`, or `gtid_binlog_pos` and its like. */
  text(variable: 'executed' | 'binlog' | 'replicated'): string;
}

export function gtidStateOf(options: ServerOptions): GtidState {
  if (options.family === 'mariadb') return new MariadbState(options.serverId, options.gtidStrictMode);
  return options.gtidMode === 'OFF' ? new AnonymousState(options.uuid) : new OracleState(options.uuid);
}
