/**
 * Lists of instance keys as columns hold them: a JSON array in `database_instance`, comma text in the recovery tables.
 * Written sorted; both forms are read everywhere (spec/backend-schema.md 7, weak point 4).
 */
import { compareKeys, type InstanceKey, instanceKeyFrom, instanceKeyText } from '../model/instance-key.ts';

const sorted = (keys: readonly InstanceKey[]): InstanceKey[] => [...keys].sort(compareKeys);

/** `[{"Hostname":"h","Port":3306}]` */
export const keysToJson = (keys: readonly InstanceKey[]): string =>
  keys.length === 0 ? '[]' : JSON.stringify(sorted(keys).map((key) => ({ Hostname: key.hostname, Port: key.port })));

/** `h:3306,i:3306` */
export const keysToCommaText = (keys: readonly InstanceKey[]): string => sorted(keys).map(instanceKeyText).join(',');

function keyOfJson(item: unknown): InstanceKey[] {
  if (typeof item !== 'object' || item === null || !('Hostname' in item) || !('Port' in item)) return [];
  const { Hostname: hostname, Port: port } = item;
  return typeof hostname === 'string' && typeof port === 'number' ? [{ hostname, port }] : [];
}

/** The port is behind the last colon: an IPv6 host is written here without brackets. */
function keyOfText(item: string): InstanceKey[] {
  const colon = item.lastIndexOf(':');
  if (colon < 0) return [];
  const parsed = instanceKeyFrom(item.slice(0, colon).trim(), item.slice(colon + 1).trim());
  return parsed.kind === 'ok' ? [parsed.key] : [];
}

function parseJsonArray(text: string): unknown[] | null {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

/** Either form. What cannot be read is left out: a damaged list must not make the whole row unreadable. */
export function parseKeyList(text: string): readonly InstanceKey[] {
  if (text === '' || text === '[]') return [];
  const items = parseJsonArray(text);
  return sorted(items === null ? text.split(',').flatMap(keyOfText) : items.flatMap(keyOfJson));
}
