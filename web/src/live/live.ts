/**
 * Joins the event stream with the kept answers: what an event makes stale is fetched again, at most a few times a second, and
 * what it tells is shown at once. One object for the page's life.
 */
import type { QueryClient } from '@tanstack/react-query';
import { apiRoot } from '../api/client.ts';
import { subjectsOf } from '../api/queries.ts';
import { createCoalescer } from './coalescer.ts';
import { isStale, type LiveEvent, type Stale, staleAfter } from './events.ts';
import { emptyLiveState, type LiveState, withBrokenStream, withEvent } from './live-state.ts';
import { openLiveStream, type StreamStatus } from './live-stream.ts';

/** At most five refetches of one answer a second. */
const REFETCH_INTERVAL_MILLIS = 200;

export interface Live {
  readonly subscribe: (listener: () => void) => () => void;
  readonly state: () => LiveState;
  readonly status: () => StreamStatus;
  /** Opens the stream; the returned function ends it. */
  readonly start: () => () => void;
}

export function createLive(queryClient: QueryClient): Live {
  let state = emptyLiveState;
  let status: StreamStatus = 'connecting';
  const listeners = new Set<() => void>();
  const tell = (): void => {
    for (const listener of listeners) listener();
  };

  const coalescer = createCoalescer<Stale>(
    REFETCH_INTERVAL_MILLIS,
    ({ resource, about }) => `${resource} ${about ?? '*'}`,
    (stale) => stale.filter((item) => !refetch(queryClient, item)),
    {
      now: () => performance.now(),
      later: (callback, millis) => {
        const timer = setTimeout(callback, millis);
        return () => clearTimeout(timer);
      },
    },
  );

  const onEvent = (event: LiveEvent): void => {
    state = withEvent(state, event);
    coalescer.add(staleAfter(event));
    tell();
  };
  const onStatus = (next: StreamStatus): void => {
    if (next === status) return;
    // Whatever happened between two streams was not told: everything may be stale.
    if (next === 'live') void queryClient.invalidateQueries();
    if (status === 'live') state = withBrokenStream(state);
    status = next;
    tell();
  };

  return {
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    state: () => state,
    status: () => status,
    start: () => {
      const close = openLiveStream(`${apiRoot()}v2/events`, { onEvent, onStatus });
      return () => {
        close();
        coalescer.stop();
      };
    },
  };
}

/** False: one of the meant answers is just being fetched and may miss the event; to be asked again later. */
function refetch(queryClient: QueryClient, stale: Stale): boolean {
  const isMeant = ({ queryKey, state }: { queryKey: readonly unknown[]; state: { data: unknown } }): boolean =>
    isStale(stale, queryKey[0], subjectsOf(queryKey, state.data));
  if (queryClient.isFetching({ predicate: isMeant }) > 0) return false;
  void queryClient.invalidateQueries({ predicate: isMeant });
  return true;
}
