/**
 * Parameters of statements, checked before they reach an engine's driver: drivers make something of everything, of an object for instance a list
 * of columns.
 */
export type SqlValue = string | number | bigint | null | Uint8Array;

const isSqlValue = (value: unknown): value is SqlValue =>
  value === null || ['string', 'number', 'bigint'].includes(typeof value) || value instanceof Uint8Array;

/** Throws for what no column can hold: a slip in the code that asks. */
export function sqlValues(parameters: readonly unknown[]): SqlValue[] {
  return parameters.map((value) => {
    if (isSqlValue(value)) return value;
    throw new TypeError(`a statement parameter of type ${typeof value} cannot be stored`);
  });
}
