/**
 * Makes the values of the query builder's inserts and updates fit their columns, on their way to the server.
 */
import {
  ColumnNode,
  type ColumnUpdateNode,
  InsertQueryNode,
  type KyselyPlugin,
  type PluginTransformQueryArgs,
  type PluginTransformResultArgs,
  PrimitiveValueListNode,
  type QueryResult,
  type RootOperationNode,
  TableNode,
  type UnknownRow,
  UpdateQueryNode,
  ValueNode,
  type ValuesItemNode,
  ValuesNode,
} from 'kysely';

/** A value as the column of the table can hold it. */
export type FitColumn = (table: string, column: string, value: unknown) => unknown;

function fitRow(row: ValuesItemNode, fitItem: (value: unknown, index: number) => unknown): ValuesItemNode {
  if (PrimitiveValueListNode.is(row)) return { ...row, values: row.values.map(fitItem) };
  return {
    ...row,
    values: row.values.map((item, index) =>
      ValueNode.is(item) ? { ...item, value: fitItem(item.value, index) } : item,
    ),
  };
}

function fitInsert(query: InsertQueryNode, fitColumn: FitColumn): InsertQueryNode {
  const { into, columns, values } = query;
  if (into === undefined || columns === undefined || values === undefined || !ValuesNode.is(values)) return query;
  const table = into.table.identifier.name;
  const fitItem = (value: unknown, index: number) => fitColumn(table, columns[index]?.column.name ?? '', value);
  const fitted: ValuesNode = { ...values, values: values.values.map((row) => fitRow(row, fitItem)) };
  return { ...query, values: fitted };
}

function fitUpdate(query: UpdateQueryNode, fitColumn: FitColumn): UpdateQueryNode {
  const { table, updates } = query;
  if (table === undefined || !TableNode.is(table) || updates === undefined) return query;
  const { name } = table.table.identifier;
  const fitted = updates.map((update): ColumnUpdateNode => {
    const { column, value } = update;
    if (!ColumnNode.is(column) || !ValueNode.is(value)) return update;
    const fittedValue: ValueNode = { ...value, value: fitColumn(name, column.column.name, value.value) };
    return { ...update, value: fittedValue };
  });
  return { ...query, updates: fitted };
}

export class FittingPlugin implements KyselyPlugin {
  readonly #fitColumn: FitColumn;

  constructor(fitColumn: FitColumn) {
    this.#fitColumn = fitColumn;
  }

  transformQuery({ node }: PluginTransformQueryArgs): RootOperationNode {
    if (InsertQueryNode.is(node)) return fitInsert(node, this.#fitColumn);
    return UpdateQueryNode.is(node) ? fitUpdate(node, this.#fitColumn) : node;
  }

  async transformResult({ result }: PluginTransformResultArgs): Promise<QueryResult<UnknownRow>> {
    return result;
  }
}
