/**
 * The scalars of the contract (spec/http-api.md 3.1, 3.2): times, durations, nullable numbers, keys and coordinates.
 */
import type { BinlogCoordinates } from '../../../model/binlog-coordinates.ts';
import type { UnixMillis } from '../../../model/brand.ts';
import { compareKeys, type InstanceKey } from '../../../model/instance-key.ts';
import { exactInteger, type Json, type JsonObject } from './json.ts';

const NANOS_PER_MILLI = 1_000_000n;

/** `YYYY-MM-DD HH:MM:SS` in UTC, '' when absent: one form throughout, since pages compare these as strings (3.1). */
export function timestampJson(at: UnixMillis | null): string {
  return at === null ? '' : new Date(at).toISOString().slice(0, 19).replace('T', ' ');
}

/** RFC 3339 in UTC without zeros at the end of its fraction; null as a time that was never set. */
export function rfc3339Json(at: UnixMillis | null): string {
  return at === null ? UNSET_TIME : new Date(at).toISOString().replace(/\.?0*Z$/, 'Z');
}

/** An RFC 3339 time that was never set. */
export const UNSET_TIME = '0001-01-01T00:00:00Z';

/** Milliseconds as nanoseconds; a year of them does not fit a number exactly. */
export function nanosJson(durationMillis: number): Json {
  return exactInteger(BigInt(Math.trunc(durationMillis)) * NANOS_PER_MILLI);
}

export function nullIntJson(value: number | null): JsonObject {
  return { Int64: value ?? 0, Valid: value !== null };
}

export function nullBoolJson(value: boolean | null): JsonObject {
  return { Bool: value ?? false, Valid: value !== null };
}

/** No key is the empty key. */
export function keyJson(key: InstanceKey | null): JsonObject {
  return { Hostname: key?.hostname ?? '', Port: key?.port ?? 0 };
}

/** By host, then port; never null. */
export function keysJson(keys: readonly InstanceKey[]): readonly JsonObject[] {
  return [...keys].sort(compareKeys).map(keyJson);
}

/** `Type` 0 is a binary log, 1 a relay log. */
export function coordinatesJson(coordinates: BinlogCoordinates): JsonObject {
  return { LogFile: coordinates.file, LogPos: coordinates.pos, Type: coordinates.type === 'relay' ? 1 : 0 };
}
