// Ports on loopback that nobody uses now.

import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';

/** Below this are the well-known services. */
const lowestPort = 12_000;

const attemptsPerPort = 200;

const attemptsPerRange = 50;

/**
 * `count` different ports, ascending, that were free on 127.0.0.1 a moment ago, asked of the kernel by binding them.
 *
 * They are taken from below the range out of which the kernel serves outgoing connections: while a killed server is
 * away, some client's connection could otherwise be given its port, and the server could not come back.
 */
export async function freePorts(count: number): Promise<number[]> {
  const lowestEphemeral = ephemeralRangeStart();
  const held: Server[] = [];
  try {
    for (let attempt = 0; held.length < count; attempt++) {
      if (attempt >= attemptsPerPort * count) throw new Error(`found no ${count} free ports on 127.0.0.1`);
      const server = await tryToHold(lowestPort + Math.floor(Math.random() * (lowestEphemeral - lowestPort)));
      if (server !== null) held.push(server);
    }
    return held.map(portOf).sort((a, b) => a - b);
  } finally {
    await Promise.all(held.map((server) => new Promise((closed) => server.close(closed))));
  }
}

/** One such port. */
export async function freePort(): Promise<number> {
  const [port] = await freePorts(1);
  if (port === undefined) throw new Error('found no free port on 127.0.0.1');
  return port;
}

/** The first of `count` consecutive such ports. */
export async function freePortRange(count: number): Promise<number> {
  const room = ephemeralRangeStart() - lowestPort - count;
  for (let attempt = 0; attempt < attemptsPerRange; attempt++) {
    const first = lowestPort + Math.floor(Math.random() * room);
    const ports = Array.from({ length: count }, (_, index) => first + index);
    const held = await Promise.all(ports.map(tryToHold));
    await Promise.all(held.map((server) => server !== null && new Promise((closed) => server.close(closed))));
    if (held.every((server) => server !== null)) return first;
  }
  throw new Error(`found no ${count} consecutive free ports on 127.0.0.1`);
}

/** Whether nobody listens on this port of 127.0.0.1 now. */
export async function isPortFree(port: number): Promise<boolean> {
  const server = await tryToHold(port);
  if (server === null) return false;
  await new Promise((closed) => server.close(closed));
  return true;
}

function ephemeralRangeStart(): number {
  const usual = 32_768;
  try {
    const start = Number.parseInt(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8'), 10);
    return start > lowestPort + 1_000 ? start : usual;
  } catch {
    return usual;
  }
}

function tryToHold(port: number): Promise<Server | null> {
  return new Promise((done) => {
    const server = createServer();
    server.once('error', () => done(null));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => done(server));
  });
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a listening TCP server has a port');
  return address.port;
}
