import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { expect, it } from 'vitest';
import { fairTimeout } from './fair-timeout.ts';

/** As when the process is stopped and goes on: nothing is read, and no timer runs. */
function standStill(forMillis: number): void {
  const until = performance.now() + forMillis;
  while (performance.now() < until);
}

it('comes when it is due', async () => {
  const began = performance.now();
  await new Promise<void>((resolve) => fairTimeout(30, resolve));
  expect(performance.now() - began).toBeGreaterThanOrEqual(29);
});

it('does not come when it was cancelled, neither before it is due nor in its grace', async () => {
  let hasCome = false;
  fairTimeout(1, () => {
    hasCome = true;
  }).cancel();
  const held = fairTimeout(1, () => {
    hasCome = true;
  });
  standStill(150);
  await new Promise(setImmediate);
  held.cancel();
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(hasCome).toBe(false);
});

it('A24: hears first what came while the process stood still', async () => {
  const server = createServer((socket) => socket.write('answer')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const client = connect(port, '127.0.0.1');
  try {
    await once(client, 'connect');
    const heard: string[] = [];
    const both = Promise.all([
      once(client, 'data').then(() => heard.push('answer')),
      new Promise<void>((resolve) => fairTimeout(20, resolve)).then(() => heard.push('timeout')),
    ]);
    standStill(300);
    await both;
    expect(heard).toEqual(['answer', 'timeout']);
  } finally {
    client.destroy();
    server.close();
  }
});
