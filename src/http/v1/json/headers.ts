/**
 * The echo of request headers (spec/http-api.md 3.8): canonical names, each with all its values.
 */
import type { JsonObject } from './json.ts';

/** `rawHeaders`: names and values in turn, as received. `Host` is not part of it. */
export function headersJson(rawHeaders: readonly string[]): JsonObject {
  const values = new Map<string, string[]>();
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = canonicalName(rawHeaders[index] ?? '');
    if (name === 'Host') continue;
    values.set(name, [...(values.get(name) ?? []), rawHeaders[index + 1] ?? '']);
  }
  // Not by assignment: a header named `__proto__` would change what the object is.
  return Object.fromEntries([...values].sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** `x-forwarded-user` is `X-Forwarded-User`. */
function canonicalName(name: string): string {
  return name
    .toLowerCase()
    .replace(/(^|-)([a-z])/g, (_match, dash: string, letter: string) => dash + letter.toUpperCase());
}
