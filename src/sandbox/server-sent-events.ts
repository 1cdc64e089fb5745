// Reads a stream of server-sent events: fields `event` and `data`; comments and everything else are skipped.

export interface ServerSentEvent {
  readonly event: string;
  readonly data: string;
}

/** An event longer than this is none of ours. */
const eventLengthMax = 1_000_000;

/** Opens the stream; throws when the server refuses. The events end when `signal` is aborted or the server goes away. */
export async function serverSentEvents(url: string, signal: AbortSignal): Promise<AsyncIterable<ServerSentEvent>> {
  const answer = await fetch(url, { signal, headers: { accept: 'text/event-stream' } });
  if (!answer.ok || answer.body === null) throw new Error(`${url} answered ${answer.status}`);
  return eventsOf(answer.body.pipeThrough(new TextDecoderStream()), signal);
}

async function* eventsOf(chunks: AsyncIterable<string>, signal: AbortSignal): AsyncGenerator<ServerSentEvent> {
  let pending = '';
  try {
    for await (const chunk of chunks) {
      const blocks = (pending + chunk).split('\n\n');
      pending = blocks.pop() ?? '';
      if (pending.length > eventLengthMax) throw new Error('an event without an end');
      yield* blocks.map(eventOf).filter((event) => event !== null);
    }
  } catch (error) {
    // A server that dies breaks the stream off; both are its end.
    if (!signal.aborted && !(error instanceof TypeError)) throw error;
  }
}

function eventOf(block: string): ServerSentEvent | null {
  const fields = block.split('\n').map((line) => /^(\w+): ?(.*)$/.exec(line));
  const named = (name: string) => fields.filter((field) => field?.[1] === name).map((field) => field?.[2] ?? '');
  const data = named('data');
  return data.length === 0 ? null : { event: named('event').at(-1) ?? 'message', data: data.join('\n') };
}
