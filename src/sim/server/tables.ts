/** Tables as far as this world knows them: which there are, their columns' names, and the primary keys of their rows. */
import type { TableChange, Write } from '../transaction.ts';

interface Table {
  readonly columns: readonly string[];
  readonly rows: Set<number>;
}

/** What a table has that nobody has created by a statement. */
const USUAL_COLUMNS: readonly string[] = ['n'];

const NO_ROWS: ReadonlySet<number> = new Set();

export class Tables {
  readonly #tables: Map<string, Table>;

  constructor(tables: ReadonlyMap<string, Table> = new Map()) {
    this.#tables = new Map([...tables].map(([name, { columns, rows }]) => [name, { columns, rows: new Set(rows) }]));
  }

  copy(): Tables {
    return new Tables(this.#tables);
  }

  rowsOf(table: string): ReadonlySet<number> {
    return this.#tables.get(table)?.rows ?? NO_ROWS;
  }

  /** The first is the primary key. Null: there is no such table. */
  columnsOf(table: string): readonly string[] | null {
    return this.#tables.get(table)?.columns ?? null;
  }

  change(write: Write): void {
    if (write.kind === 'empty') return;
    if (write.kind === 'statement') {
      if (write.change !== undefined) this.#changeTables(write.change);
      return;
    }
    const { rows } = this.#table(write.table, USUAL_COLUMNS);
    for (const row of write.rows) rows.add(row);
  }

  #changeTables(change: TableChange): void {
    switch (change.kind) {
      case 'create':
        this.#table(change.table, change.columns);
        break;
      case 'drop':
        for (const table of change.tables) this.#tables.delete(table);
        break;
      case 'empty':
        for (const table of change.tables) this.#tables.get(table)?.rows.clear();
    }
  }

  #table(name: string, columns: readonly string[]): Table {
    const table = this.#tables.get(name) ?? { columns, rows: new Set<number>() };
    this.#tables.set(name, table);
    return table;
  }
}
