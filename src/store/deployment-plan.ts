/**
 * What must be created so that a database holds the declared schema. Pure: declared and existing in, list of additions out.
 * Forward only: nothing is ever dropped, renamed or retyped (spec/backend-schema.md 2).
 */
import type { Column } from './schema/column.ts';
import type { Index, Table } from './schema/table.ts';

export interface ExistingIndex {
  readonly columns: readonly string[];
  readonly unique: boolean;
}

export interface ExistingTable {
  readonly columns: ReadonlySet<string>;
  /** The primary key counts as a unique one. */
  readonly indexes: readonly ExistingIndex[];
}

export type DeploymentStep =
  | { readonly kind: 'create-table'; readonly table: Table }
  | { readonly kind: 'add-column'; readonly table: Table; readonly name: string; readonly column: Column }
  | { readonly kind: 'create-index'; readonly table: Table; readonly index: Index };

const sameColumns = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((name, position) => name === b[position]);

/** Indexes are told apart by their columns: their names differ between engines and ages of the schema (1.3). */
const isCovered = (index: Index, existing: readonly ExistingIndex[]): boolean =>
  existing.some((other) => sameColumns(index.columns, other.columns) && (other.unique || !index.unique));

/**
 * The steps in the order they must be taken. A table whose key columns are not unique in the existing database gets a
 * unique index on them: without it an upsert by key cannot work.
 */
export function planDeployment(
  declared: readonly Table[],
  existing: ReadonlyMap<string, ExistingTable>,
): readonly DeploymentStep[] {
  return declared.flatMap((table): DeploymentStep[] => {
    const present = existing.get(table.name);
    const createIndex = (index: Index): DeploymentStep => ({ kind: 'create-index', table, index });
    if (present === undefined) {
      return [{ kind: 'create-table', table }, ...table.indexes.map(createIndex)];
    }
    const missingColumns = Object.entries(table.columns).filter(([name]) => !present.columns.has(name));
    const keyIndex: Index = { columns: table.key, unique: true };
    return [
      ...missingColumns.map(([name, column]): DeploymentStep => ({ kind: 'add-column', table, name, column })),
      ...[keyIndex, ...table.indexes].filter((index) => !isCovered(index, present.indexes)).map(createIndex),
    ];
  });
}

/** One line for people: what is missing first. */
export function describeStep(step: DeploymentStep): string {
  switch (step.kind) {
    case 'create-table':
      return `table ${step.table.name}`;
    case 'add-column':
      return `column ${step.table.name}.${step.name}`;
    case 'create-index':
      return `index on ${step.table.name} (${step.index.columns.join(', ')})`;
  }
}
