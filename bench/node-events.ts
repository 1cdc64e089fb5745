// What a running orchestrator says of itself, as it says it.

export interface HeardEvent {
  readonly kind: string;
  readonly key?: { readonly hostname: string; readonly port: number };
  readonly code?: string;
}

export interface NodeEvents {
  stop(): void;
}

/** Resolves when the stream is open. `hear` is called for each event. */
export async function listenTo(url: string, hear: (event: HeardEvent) => void): Promise<NodeEvents> {
  const ending = new AbortController();
  const answer = await fetch(`${url}/api/v2/events`, { signal: ending.signal });
  if (answer.body === null) throw new Error(`${url} has no events`);
  void read(answer.body, hear).catch(() => {});
  return { stop: () => ending.abort() };
}

async function read(body: ReadableStream<Uint8Array>, hear: (event: HeardEvent) => void): Promise<void> {
  let rest = '';
  const decoder = new TextDecoder();
  for await (const piece of body) {
    const frames = (rest + decoder.decode(piece, { stream: true })).split('\n\n');
    rest = frames.pop() ?? '';
    for (const frame of frames) {
      const data = /^data: (.*)$/m.exec(frame)?.[1];
      if (data !== undefined) hear(JSON.parse(data) as HeardEvent);
    }
  }
}
