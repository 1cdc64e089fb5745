/**
 * Shares the events of a node among many streams: one subscription, each event written once as text, limits for everybody.
 */
import type { OrchestratorCalls } from '../../service/calls.ts';
import type { NodeEvent } from '../../service/events.ts';

/** Where frames go; a response in service, a recorder in tests. */
export interface EventSink {
  write(frame: string): void;
  /** Bytes written but not yet taken by the client. */
  backlogBytes(): number;
  end(): void;
  /** Breaks off: the client does not read and must not cost memory. */
  drop(): void;
}

export interface EventLimits {
  readonly subscribersMax: number;
  readonly backlogBytesMax: number;
}

/** A comment that keeps proxies from closing an idle stream, and lets us notice clients that are gone. */
const HEARTBEAT_FRAME = ': heartbeat\n\n';

export class EventHub {
  readonly #calls: Pick<OrchestratorCalls, 'subscribe'>;
  readonly #limits: EventLimits;
  readonly #sinks = new Set<EventSink>();
  #unsubscribe: (() => void) | null = null;

  constructor(calls: Pick<OrchestratorCalls, 'subscribe'>, limits: EventLimits) {
    this.#calls = calls;
    this.#limits = limits;
  }

  get subscribers(): number {
    return this.#sinks.size;
  }

  /** False: there are as many streams as allowed. The node is asked for events only while somebody listens. */
  attach(sink: EventSink): boolean {
    if (this.#sinks.size >= this.#limits.subscribersMax) return false;
    this.#sinks.add(sink);
    this.#unsubscribe ??= this.#calls.subscribe((event) => this.#broadcast(eventFrame(event)));
    return true;
  }

  detach(sink: EventSink): void {
    if (!this.#sinks.delete(sink) || this.#sinks.size > 0) return;
    this.#unsubscribe?.();
    this.#unsubscribe = null;
  }

  heartbeat(): void {
    this.#broadcast(HEARTBEAT_FRAME);
  }

  close(): void {
    for (const sink of this.#sinks) {
      this.detach(sink);
      sink.end();
    }
  }

  #broadcast(frame: string): void {
    for (const sink of this.#sinks) {
      // A browser tab that sleeps would collect every event of a busy fleet in our memory; it reconnects and reads afresh.
      if (sink.backlogBytes() > this.#limits.backlogBytesMax) {
        this.detach(sink);
        sink.drop();
      } else {
        sink.write(frame);
      }
    }
  }
}

/** One event as a frame of the event stream: its kind as `event:`, itself as JSON in one line of `data:`. */
export function eventFrame(event: NodeEvent): string {
  return `event: ${event.kind}\ndata: ${JSON.stringify(event)}\n\n`;
}
