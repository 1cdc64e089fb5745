// Stands between a client and a server on loopback and counts the requests: a run of bytes from the client after the server spoke.

import { connect, createServer, type Socket } from 'node:net';

export interface CountingProxy {
  readonly port: number;
  requests(): number;
  reset(): void;
  close(): Promise<void>;
}

export async function countingProxy(serverPort: number): Promise<CountingProxy> {
  let requests = 0;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(serverPort, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => sockets.delete(socket));
    }
    let serverSpokeLast = true;
    client.on('data', (bytes) => {
      if (serverSpokeLast) requests += 1;
      serverSpokeLast = false;
      upstream.write(bytes);
    });
    upstream.on('data', (bytes) => {
      serverSpokeLast = true;
      client.write(bytes);
    });
    client.on('end', () => upstream.end());
    upstream.on('end', () => client.end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server without a port');
  return {
    port: address.port,
    requests: () => requests,
    reset: () => {
      requests = 0;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
