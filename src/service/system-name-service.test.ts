import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { systemNameService } from './system-name-service.ts';

const TIMEOUT_MILLIS = 5_000;

it('tells whether somebody listens on a port, and what is in the way', async () => {
  const server = createServer((socket) => socket.destroy());
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
  const key = { hostname: '127.0.0.1', port };
  expect(await systemNameService.reach(key, TIMEOUT_MILLIS)).toBeNull();
  await new Promise((resolve) => server.close(resolve));
  expect(await systemNameService.reach(key, TIMEOUT_MILLIS)).toBe('connection refused');
});

it.each(['127.0.0.1', '::1'])('takes an address for its own canonical name: %s', async (address) => {
  expect(await systemNameService.canonicalName(address)).toBe(address);
});
