import { useSyncExternalStore } from 'react';

/** One clock for all that shows an age, so that the page ticks as a whole. */
const TICK_MILLIS = 1000;

let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, TICK_MILLIS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** Unix milliseconds, at most a second old. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}
