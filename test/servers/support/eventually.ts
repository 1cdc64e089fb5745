// Waiting for a condition, in tests and in their hooks (where `expect.poll` is not to be had).

import { expect, vi } from 'vitest';

/** For whatever has no promise about its time. Looked for often: a condition that holds is seen at once. */
export const soon = { timeout: 20_000, interval: 20 };

export interface Eventually {
  toBe(wanted: unknown): Promise<void>;
  not: { toBe(unwanted: unknown): Promise<void> };
  toEqual(wanted: unknown): Promise<void>;
  toMatchObject(wanted: object): Promise<void>;
  toContain(wanted: unknown): Promise<void>;
  toBeGreaterThan(wanted: number): Promise<void>;
}

/** For what takes seconds by itself on a machine with nothing else to do: a replication group suspects a silent member after five. */
export const inTime = { ...soon, timeout: 60_000 };

/** Reads again and again until the value is as wanted; fails with the last difference. */
export function eventually<Value>(read: () => Value | Promise<Value>, patience = soon): Eventually {
  const until = (check: (value: Value) => void) => vi.waitFor(async () => check(await read()), patience);
  return {
    toBe: (wanted) => until((value) => expect(value).toBe(wanted)),
    not: { toBe: (unwanted) => until((value) => expect(value).not.toBe(unwanted)) },
    toEqual: (wanted) => until((value) => expect(value).toEqual(wanted)),
    toMatchObject: (wanted) => until((value) => expect(value).toMatchObject(wanted)),
    toContain: (wanted) => until((value) => expect(value).toContain(wanted)),
    toBeGreaterThan: (wanted) => until((value) => expect(value).toBeGreaterThan(wanted)),
  };
}
