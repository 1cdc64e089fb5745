/**
 * Values into statements, on our side: everything here comes from servers, configuration or people and is hostile (security by default).
 */
import mysql from 'mysql2';

/**
 * A string literal. Only the single quote is doubled and the backslash escaped; a server in NO_BACKSLASH_ESCAPES mode would read
 * the escape literally, so values with a backslash or a control character are refused there instead of guessed at.
 */
export function literal(value: string): string {
  return mysql.escape(value);
}

/** An integer that goes into a statement unquoted. Throws on anything else: a plan with such a value is a broken invariant. */
export function integer(value: number): string {
  if (!Number.isSafeInteger(value)) throw new Error(`not an integer: ${value}`);
  return String(value);
}
