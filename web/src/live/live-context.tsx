/** What components see of the live connection. */
import { createContext, type ReactNode, useContext, useEffect, useSyncExternalStore } from 'react';
import { reachability } from '../api/client.ts';
import { POLL_MILLIS } from '../api/queries.ts';
import type { Live } from './live.ts';
import type { LiveState } from './live-state.ts';
import type { StreamStatus } from './live-stream.ts';

const LiveContext = createContext<Live | null>(null);

export function LiveProvider({ live, children }: { live: Live; children: ReactNode }) {
  useEffect(() => live.start(), [live]);
  return <LiveContext value={live}>{children}</LiveContext>;
}

function useLive(): Live {
  const live = useContext(LiveContext);
  if (!live) throw new Error('outside of LiveProvider');
  return live;
}

export function useLiveState(): LiveState {
  const live = useLive();
  return useSyncExternalStore(live.subscribe, live.state);
}

export function useStreamStatus(): StreamStatus {
  const live = useLive();
  return useSyncExternalStore(live.subscribe, live.status);
}

/** Unix milliseconds since when orchestrator does not answer; null while it does. */
export function useSilentSince(): number | null {
  return useSyncExternalStore(reachability.subscribe, reachability.silentSince);
}

/** How often to ask without being told to. */
export function usePolling(): { readonly refetchInterval: number } {
  return { refetchInterval: useStreamStatus() === 'live' ? POLL_MILLIS.withStream : POLL_MILLIS.withoutStream };
}
