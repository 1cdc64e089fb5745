// A world in which everything goes over a wire that tests can hold and cut: each server is known at another loopback address, where a
// proxy of ours listens. Replicas follow their source that way, and so does orchestrator; tests ask the servers directly.

import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Fleet } from '../../../src/sandbox/fleet.ts';
import type { RunningServer } from '../../../src/sandbox/server.ts';
import { followsSoon, replicationWord } from './servers.ts';
import { openWorld, the, type World, type WorldOptions } from './world.ts';

/** On the same ports as the servers have at 127.0.0.1. */
const WIRE_HOST = '127.0.0.2';

/** The wire to one server. */
export class Wire {
  readonly #port: number;
  readonly #connections = new Set<() => void>();
  #listener: Server | null = null;
  #held: Held | null = null;
  #bytesBeforeCut = Number.POSITIVE_INFINITY;

  constructor(port: number) {
    this.#port = port;
  }

  open(): Promise<void> {
    const listener = createServer((client) => this.#accept(client));
    this.#listener = listener;
    return new Promise((done, failed) => {
      listener.once('error', failed);
      listener.listen(this.#port, WIRE_HOST, done);
    });
  }

  /** The next statement to the server that looks like this does not arrive. Resolves when there is one. */
  hold(pattern: RegExp): Promise<void> {
    return new Promise((caught) => {
      this.#held = { pattern, caught, towards: null, chunk: Buffer.alloc(0) };
    });
  }

  /** Lets the held statement arrive, late as it is. */
  release(): void {
    const { towards, chunk } = the(this.#held);
    the(towards).write(chunk);
    this.#held = null;
  }

  /** Everything is cut, and nobody is let in any more, as soon as one connection has brought so many bytes from the server. */
  cutAfter(bytes: number): void {
    this.#bytesBeforeCut = bytes;
  }

  close(): void {
    this.#listener?.close();
    for (const end of this.#connections) end();
  }

  #accept(client: Socket): void {
    const server = connect(this.#port, '127.0.0.1');
    const end = () => {
      client.destroy();
      server.destroy();
      this.#connections.delete(end);
    };
    this.#connections.add(end);
    server.on('error', end).on('close', end);
    client
      .on('error', () => {})
      .on('close', () => {
        // What is held of a client that died is still on its way.
        if (this.#held?.towards !== server) end();
      });
    client.on('data', (chunk: Buffer) => this.#towardsServer(chunk, server));
    let brought = 0;
    server.on('data', (chunk: Buffer) => {
      brought += chunk.length;
      client.write(chunk);
      if (brought < this.#bytesBeforeCut) return;
      // What was brought arrives: a reset would take part of it back.
      this.#connections.delete(end);
      server.removeAllListeners('close').destroy();
      client.end();
      this.close();
    });
  }

  #towardsServer(chunk: Buffer, server: Socket): void {
    const held = this.#held;
    if (held === null || held.towards !== null || !held.pattern.test(chunk.toString('latin1'))) {
      server.write(chunk);
      return;
    }
    this.#held = { ...held, towards: server, chunk };
    held.caught();
  }
}

interface Held {
  readonly pattern: RegExp;
  readonly caught: () => void;
  /** Null while nothing is held yet. */
  readonly towards: Socket | null;
  readonly chunk: Buffer;
}

export interface ProxiedWorld {
  readonly world: World;
  /** The wire to a server. */
  wire(server: RunningServer): Wire;
  /** Cuts all wires, after the world was stopped. */
  close(): void;
}

export async function openProxiedWorld(options: WorldOptions): Promise<ProxiedWorld> {
  const wires = new Map<number, Wire>();
  const closeAll = () => {
    for (const wire of wires.values()) wire.close();
  };
  const prepare = async (fleet: Fleet) => {
    for (const { port } of fleet.servers) {
      const wire = new Wire(port);
      wires.set(port, wire);
      await wire.open();
    }
    for (const replica of fleet.replicas) await goThroughWire(replica, fleet.primary);
  };
  try {
    const extraOptions = [...(options.extraOptions ?? []), `--report-host=${WIRE_HOST}`];
    const world = await openWorld({ ...options, extraOptions, host: WIRE_HOST, prepare });
    return {
      world,
      wire: (server) => the(wires.get(server.port)),
      close: closeAll,
    };
  } catch (error) {
    closeAll();
    throw error;
  }
}

async function goThroughWire(replica: RunningServer, source: RunningServer): Promise<void> {
  const word = replicationWord(replica);
  const change =
    replica.family === 'mysql'
      ? `CHANGE REPLICATION SOURCE TO SOURCE_HOST = '${WIRE_HOST}'`
      : `CHANGE MASTER TO MASTER_HOST = '${WIRE_HOST}', MASTER_PORT = ${source.port}`;
  for (const statement of [`STOP ${word}`, change, `START ${word}`]) await replica.query(statement);
  await followsSoon(replica, source, WIRE_HOST);
}
