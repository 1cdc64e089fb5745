/**
 * Reading JSON that may be anything: what is missing or of another type becomes the neutral value, so that one odd record
 * never blanks the page that somebody needs at night.
 */

export type JsonObject = Readonly<Record<string, unknown>>;

export function objectOf(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

/** Elements of an array; none for `null`, which the contract uses for empty lists. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function numberOf(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}

export function flagOf(value: unknown): boolean {
  return value === true;
}

export function textsOf(value: unknown): readonly string[] {
  return listOf(value).filter((item): item is string => typeof item === 'string');
}

/** `{"Int64":5,"Valid":true}` → 5; SQL NULL → null. */
export function nullableNumberOf(value: unknown): number | null {
  const { Int64, Valid } = objectOf(value);
  return Valid === true ? numberOf(Int64) : null;
}

/** `{"Hostname":"db1","Port":3306}` → `db1:3306`; the empty key → null. Also takes the lower-case names of our own events. */
export function keyOf(value: unknown): string | null {
  const record = objectOf(value);
  const host = textOf(record.Hostname) || textOf(record.hostname) || textOf(record.host);
  const port = numberOf(record.Port) || numberOf(record.port);
  return host === '' || host === '_' ? null : `${host}:${port}`;
}

export function keysOf(value: unknown): readonly string[] {
  return listOf(value)
    .map(keyOf)
    .filter((key): key is string => key !== null);
}

/** `{"LogFile":"binlog.000001","LogPos":464}` → `binlog.000001:464`; empty → ''. */
export function coordinatesOf(value: unknown): string {
  const { LogFile, LogPos } = objectOf(value);
  return textOf(LogFile) === '' ? '' : `${textOf(LogFile)}:${numberOf(LogPos)}`;
}

/**
 * The contract quotes error texts as ASCII string literals, `"can't \u2026"`; shown unquoted. Whatever is no such literal
 * stays as it is.
 */
export function unquoted(value: unknown): string {
  const text = textOf(value);
  if (!text.startsWith('"')) return text;
  try {
    return textOf(JSON.parse(text)) || text;
  } catch {
    return text;
  }
}
