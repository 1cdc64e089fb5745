/** Reading what a journal's line holds, which another version may have written: nothing is taken for granted. */
import type { InstanceKey } from '../model/instance-key.ts';

/** Undefined: it is no object, or has no such field. */
export function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

/** Null: it is none. */
export function keyOf(value: unknown): InstanceKey | null {
  const [hostname, port] = [fieldOf(value, 'hostname'), fieldOf(value, 'port')];
  return typeof hostname === 'string' && typeof port === 'number' ? { hostname, port } : null;
}
