/**
 * Many events, few refetches: what comes within one interval is handed on together. The first is handed on at once, since
 * somebody is looking.
 */

export interface Coalescer<Item> {
  add(items: readonly Item[]): void;
  stop(): void;
}

export interface CoalescerPorts {
  readonly now: () => number;
  /** Calls back once after some milliseconds; the result cancels that. */
  readonly later: (callback: () => void, millis: number) => () => void;
}

/**
 * `flush` gets what was added since the last time, each once by `nameOf`, at most once per `intervalMillis`. What it returns
 * is kept for the next time: an answer that is just being fetched must be fetched again, but not over and over cancelled.
 */
export function createCoalescer<Item>(
  intervalMillis: number,
  nameOf: (item: Item) => string,
  flush: (items: readonly Item[]) => readonly Item[],
  ports: CoalescerPorts,
): Coalescer<Item> {
  const waiting = new Map<string, Item>();
  let lastFlush = Number.NEGATIVE_INFINITY;
  let cancel: (() => void) | null = null;

  const put = (items: readonly Item[]): void => {
    for (const item of items) waiting.set(nameOf(item), item);
  };
  const run = (): void => {
    cancel = null;
    lastFlush = ports.now();
    const items = [...waiting.values()];
    waiting.clear();
    put(flush(items));
    arrange();
  };
  const arrange = (): void => {
    if (cancel || waiting.size === 0) return;
    cancel = ports.later(run, Math.max(0, lastFlush + intervalMillis - ports.now()));
  };

  return {
    add(items) {
      put(items);
      arrange();
    },
    stop() {
      cancel?.();
      cancel = null;
      waiting.clear();
    },
  };
}
