// A TCP proxy before a database server that counts what clients ask: one command is one round trip of the protocol.

import { connect, createServer, type Server, type Socket } from 'node:net';

export interface CountingProxy {
  readonly port: number;
  /** Commands (not logins) sent so far by connections of this user. */
  commandsOf(user: string): number;
  /** Connections of this user so far. */
  connectionsOf(user: string): number;
  close(): Promise<void>;
}

/** Listens on `port` of 127.0.0.1 and passes everything on to `serverPort`. */
export async function startCountingProxy(port: number, serverPort: number): Promise<CountingProxy> {
  const counters: ClientCounter[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect({ host: '127.0.0.1', port: serverPort });
    const counter = new ClientCounter();
    counters.push(counter);
    client.on('data', (bytes: Buffer) => counter.take(bytes));
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.setNoDelay(true);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  await listening(server, port);
  const of = (user: string) => counters.filter((counter) => counter.user === user);
  return {
    port,
    commandsOf: (user) => of(user).reduce((sum, counter) => sum + counter.commands, 0),
    connectionsOf: (user) => of(user).length,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((closed) => server.close(closed));
    },
  };
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((done, failed) => {
    server.once('error', failed);
    server.listen(port, '127.0.0.1', done);
  });
}

const headerLength = 4;
/** Capabilities, packet size, character set, and 23 zero bytes stand before the user's name in a login. */
const userOffset = 32;

/** Reads the client's side of one connection (MySQL protocol, no TLS). Commands start a sequence anew: their number is 0. */
class ClientCounter {
  user: string | null = null;
  commands = 0;
  #pending = Buffer.alloc(0);

  take(bytes: Buffer): void {
    this.#pending = Buffer.concat([this.#pending, bytes]);
    while (this.#pending.length >= headerLength) {
      const end = headerLength + this.#pending.readUIntLE(0, 3);
      if (this.#pending.length < end) return;
      const sequence = this.#pending[3];
      if (sequence === 0) this.commands++;
      else this.user ??= userOf(this.#pending.subarray(headerLength, end));
      this.#pending = this.#pending.subarray(end);
    }
  }
}

function userOf(login: Buffer): string {
  return login.toString('utf8', userOffset, login.indexOf(0, userOffset));
}
