/**
 * Values into statements, on our side: everything here comes from servers, configuration or people and is hostile (security by default).
 */

/**
 * A string literal that cannot be left, whatever is in it and whatever the session's `sql_mode`: the quote is doubled, never escaped, since
 * with NO_BACKSLASH_ESCAPES an escaped quote ends the literal. The backslash is doubled too, which such a session would take for two:
 * `BACKSLASH_ESCAPES_SQL` must have been sent before, for the value to be right.
 */
export function literal(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

/** Makes the session read literals as `literal` writes them. Needs no privilege; the other modes stay. */
export const BACKSLASH_ESCAPES_SQL = "SET SESSION sql_mode = REPLACE(@@SESSION.sql_mode, 'NO_BACKSLASH_ESCAPES', '')";

/** An integer that goes into a statement unquoted. Throws on anything else: a plan with such a value is a broken invariant. */
export function integer(value: number): string {
  if (!Number.isSafeInteger(value)) throw new Error(`not an integer: ${value}`);
  return String(value);
}
