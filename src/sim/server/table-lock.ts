/** What `LOCK TABLES` asks for. */
export interface TableLock {
  /** Null: all of them. */
  readonly table: string | null;
  readonly kind: 'read' | 'write';
}

/** As a long transaction over everything has it. */
export const EVERYTHING: readonly TableLock[] = [{ table: null, kind: 'write' }];

const sameTable = (one: string | null, other: string | null): boolean =>
  one === null || other === null || one === other;

/** Of two sessions. */
export const lockConflicts = (one: TableLock, other: TableLock): boolean =>
  (one.kind === 'write' || other.kind === 'write') && sameTable(one.table, other.table);
