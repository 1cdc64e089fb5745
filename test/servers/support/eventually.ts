// Waiting for a condition, in tests and in their hooks (where `expect.poll` is not to be had).

import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';

/** For whatever has no promise about its time: on a machine with much else to do everything takes many times as long. Milliseconds. */
export const soon = { timeout: 40_000 };

/** For what takes seconds by itself on a machine with nothing else to do: a replication group suspects a silent member after five. */
export const inTime = { timeout: 80_000 };

/** Between two looks: little at first, so that what is there at once is seen at once; more later, since whoever is asked all the time gets nothing else done. */
const PAUSE_MILLIS_FIRST = 10;
const PAUSE_MILLIS_LAST = 50;
const PAUSE_GROWTH = 1.2;

export interface Eventually {
  toBe(wanted: unknown): Promise<void>;
  not: { toBe(unwanted: unknown): Promise<void> };
  toEqual(wanted: unknown): Promise<void>;
  toMatchObject(wanted: object): Promise<void>;
  toContain(wanted: unknown): Promise<void>;
  toBeGreaterThan(wanted: number): Promise<void>;
}

/** Reads again and again until the value is as wanted; fails with the last difference. */
export function eventually<Value>(read: () => Value | Promise<Value>, patience = soon): Eventually {
  const until = (check: (value: Value) => void) => passes(async () => check(await read()), patience.timeout);
  return {
    toBe: (wanted) => until((value) => expect(value).toBe(wanted)),
    not: { toBe: (unwanted) => until((value) => expect(value).not.toBe(unwanted)) },
    toEqual: (wanted) => until((value) => expect(value).toEqual(wanted)),
    toMatchObject: (wanted) => until((value) => expect(value).toMatchObject(wanted)),
    toContain: (wanted) => until((value) => expect(value).toContain(wanted)),
    toBeGreaterThan: (wanted) => until((value) => expect(value).toBeGreaterThan(wanted)),
  };
}

/** Looks until a look does not throw; throws what the last one threw when time is up. */
async function passes(look: () => Promise<void>, timeoutMillis: number): Promise<void> {
  const giveUpAt = performance.now() + timeoutMillis;
  for (let waits = PAUSE_MILLIS_FIRST; ; waits = Math.min(waits * PAUSE_GROWTH, PAUSE_MILLIS_LAST)) {
    try {
      return await look();
    } catch (error) {
      if (performance.now() > giveUpAt) throw error;
    }
    await pause(waits);
  }
}
