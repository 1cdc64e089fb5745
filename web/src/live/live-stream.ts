/** Keeps the event stream open: reconnects for ever, and says how it stands. */
import { EVENT_KINDS, type LiveEvent, parseEvent } from './events.ts';

export type StreamStatus = 'connecting' | 'live' | 'reconnecting';

export interface StreamListener {
  readonly onEvent: (event: LiveEvent) => void;
  readonly onStatus: (status: StreamStatus) => void;
}

/** The browser gives up for good after an answer that is no stream (a proxy's 502, a restart): then we try again ourselves. */
const RETRY_MILLIS = 2_000;

/** Opens the stream at `url`; the returned function closes it. */
export function openLiveStream(url: string, listener: StreamListener): () => void {
  let source: EventSource | null = null;
  let retry: ReturnType<typeof setTimeout> | undefined;

  const onMessage = (message: MessageEvent<unknown>): void => {
    const event = typeof message.data === 'string' ? parseEvent(message.data) : null;
    if (event) listener.onEvent(event);
  };
  const open = (): void => {
    source = new EventSource(url);
    source.onopen = () => listener.onStatus('live');
    source.onerror = () => {
      listener.onStatus('reconnecting');
      if (source?.readyState !== EventSource.CLOSED) return;
      retry = setTimeout(open, RETRY_MILLIS);
    };
    // Named or not: the kind is in the data as well.
    source.onmessage = onMessage;
    for (const kind of EVENT_KINDS) source.addEventListener(kind, onMessage);
  };

  open();
  return () => {
    clearTimeout(retry);
    source?.close();
  };
}
