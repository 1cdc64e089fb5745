import { connect, type Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { clusterName, millis, unixMillis } from '../../model/brand.ts';
import type { NodeEvent } from '../../service/events.ts';
import { buildApp } from '../app.ts';
import { listen } from '../listen.ts';
import { type FakeCalls, fakeCalls, settingsWith } from '../testing/fake-calls.ts';
import type { EventStreamOptions } from './events.ts';

const started: NodeEvent = {
  kind: 'recovery-started',
  at: unixMillis(1000),
  clusterName: clusterName('a:1'),
  uid: '1:ab',
  key: { hostname: 'a', port: 1 },
  code: 'DeadMaster',
};
const changed = (name: string): NodeEvent => ({
  kind: 'cluster-changed',
  at: unixMillis(1),
  clusterName: clusterName(name),
});

let app: FastifyInstance | undefined;
const readers: AbortController[] = [];
const sockets: Socket[] = [];

afterEach(async () => {
  for (const reader of readers.splice(0)) reader.abort();
  for (const socket of sockets.splice(0)) socket.destroy();
  await app?.close();
});

async function serve(
  events: EventStreamOptions = {},
): Promise<{ calls: FakeCalls; url: string; app: FastifyInstance }> {
  const settings = settingsWith({ ListenAddress: '127.0.0.1:0', URLPrefix: '/orc' });
  const calls = fakeCalls({ settings: () => settings });
  app = await buildApp({ calls, settings, events });
  const result = await listen(app, settings, { listenAddressGiven: true });
  if (result.kind !== 'ok') throw new Error(result.reason);
  return { calls, url: `${result.address}/orc/api/v2/events`, app };
}

interface Reader {
  readonly response: Response;
  /** Reads until the text has come, or the stream ends. */
  until(text: string): Promise<string>;
  leave(): void;
}

async function open(url: string): Promise<Reader> {
  const controller = new AbortController();
  readers.push(controller);
  const response = await fetch(url, { signal: controller.signal });
  const stream = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let seen = '';
  const until = async (text: string): Promise<string> => {
    while (!seen.includes(text)) {
      const { value, done } = (await stream?.read()) ?? { value: undefined, done: true };
      if (done) break;
      seen += value ?? '';
    }
    return seen;
  };
  return { response, until, leave: () => controller.abort() };
}

describe('event stream', () => {
  it('tells what happens, as it happens', async () => {
    const { calls, url } = await serve();
    const reader = await open(url);
    expect(reader.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(reader.response.headers.get('cache-control')).toBe('no-store');
    await reader.until(': connected');
    calls.emit(started);
    expect(await reader.until('DeadMaster')).toContain(
      'event: recovery-started\ndata: {"kind":"recovery-started","at":1000,"clusterName":"a:1","uid":"1:ab","key":{"hostname":"a","port":1},"code":"DeadMaster"}\n\n',
    );
  });

  it('keeps a line of data on one line, whatever is in it', async () => {
    const { calls, url } = await serve();
    const reader = await open(url);
    await reader.until(': connected');
    calls.emit(changed('a\n\nevent: forged\ndata: {}'));
    expect(await reader.until('forged')).not.toMatch(/^event: forged/m);
  });

  it('sends heartbeats while nothing happens', async () => {
    const { url } = await serve({ heartbeatPeriod: millis(20) });
    const reader = await open(url);
    expect(await reader.until(': heartbeat')).toContain(': heartbeat\n\n');
  });

  it('listens to the node only while somebody listens to it', async () => {
    const { calls, url } = await serve();
    expect(calls.listeners.size).toBe(0);
    const [first, second] = [await open(url), await open(url)];
    expect(calls.listeners.size).toBe(1);
    first.leave();
    second.leave();
    await vi.waitFor(() => expect(calls.listeners.size).toBe(0));
  });

  it('has room for so many and says so to the next, until one leaves', async () => {
    const { url } = await serve({ subscribersMax: 1 });
    const first = await open(url);
    await first.until(': connected');
    const refusal = await fetch(url);
    expect([refusal.status, await refusal.text()]).toEqual([503, 'too many event streams are open on this node\n']);
    first.leave();
    await vi.waitFor(async () => {
      const next = await open(url);
      if (next.response.status !== 200) next.leave();
      expect(next.response.status).toBe(200);
    });
  });

  it('drops a client that does not read', async () => {
    const { calls, url } = await serve({ backlogBytesMax: 64 * 1024 });
    const { port, pathname } = new URL(url);
    const sleeper = connect(Number(port), '127.0.0.1');
    sockets.push(sleeper);
    sleeper.on('error', () => undefined);
    sleeper.write(`GET ${pathname} HTTP/1.1\r\nHost: x\r\n\r\n`);
    sleeper.pause();
    await vi.waitFor(() => expect(calls.listeners.size).toBe(1));
    const big = changed('x'.repeat(100_000));
    await vi.waitFor(
      () => {
        for (let count = 0; count < 20; count++) calls.emit(big);
        expect(calls.listeners.size).toBe(0);
      },
      { timeout: 10_000, interval: 5 },
    );
  });

  it('ends with the server', async () => {
    const { url, app: running } = await serve();
    const reader = await open(url);
    await reader.until(': connected');
    await running.close();
    expect(await reader.until('never')).not.toContain('never');
  });

  it('answers HEAD with headers alone', async () => {
    const { calls, url } = await serve();
    const answer = await fetch(url, { method: 'HEAD' });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
    expect(calls.listeners.size).toBe(0);
  });
});
