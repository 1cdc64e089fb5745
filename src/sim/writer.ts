/**
 * A client that writes a row at a time to whoever takes writes, and remembers what it was told: what the cluster has promised is what it acknowledged here.
 */
import type { Planned } from './event-queue.ts';
import type { Listener, StreamEnd } from './network.ts';
import type { PretendServer, WriteResult } from './server/pretend-server.ts';
import type { World } from './world.ts';

export interface Acknowledged {
  readonly row: number;
  readonly server: string;
  readonly at: number;
}

export interface WriterOptions {
  readonly place: string;
  readonly intervalMillis: number;
  /** An answer that takes longer is given up; what was written is then unknown. */
  readonly answerMillis: number;
  readonly isLarge: (row: number) => boolean;
  readonly onAcknowledged: (acknowledged: Acknowledged) => void;
}

interface ToServer {
  readonly row: number;
  readonly isLarge: boolean;
}

interface ToClient {
  readonly row: number;
  readonly result: WriteResult;
}

export const TABLE = 'demo.rows';

/** As servers see it. */
const CLIENTS_HOST = 'app';

export class Writer {
  readonly acknowledged: Acknowledged[] = [];
  /** Neither acknowledged nor refused: it may be there or not. */
  readonly unknown: number[] = [];
  readonly #world: World;
  readonly #options: WriterOptions;
  #stream: StreamEnd<ToServer> | null = null;
  /** Where it writes, counted through the servers. */
  #at = 0;
  #row = 0;
  #deadline: Planned | null = null;
  #waitsFor: number | null = null;
  #stopped = true;
  /** What comes from a stream that was given up is no answer. */
  #attempt = 0;

  constructor(world: World, options: WriterOptions) {
    this.#world = world;
    this.#options = options;
  }

  start(): void {
    this.#stopped = false;
    this.#next();
  }

  stop(): void {
    this.#stopped = true;
    this.#giveUp();
  }

  #next(): void {
    this.#world.queue.after(this.#options.intervalMillis, () => {
      if (this.#stopped) return;
      if (this.#stream === null) this.#dial();
      else this.#write();
    });
  }

  #dial(): void {
    const { network, servers } = this.#world;
    const server = servers[this.#at % servers.length];
    if (server === undefined) return;
    this.#attempt += 1;
    const attempt = this.#attempt;
    const mine =
      <Args extends readonly unknown[]>(work: (...args: Args) => void) =>
      (...args: Args): void => {
        if (attempt === this.#attempt && !this.#stopped) work(...args);
      };
    this.#expectAnswer();
    this.#stream = network.dial(this.#options.place, writersDoor(server), {
      onOpen: mine(() => this.#write()),
      onRefused: mine(() => this.#elsewhere()),
      onMessage: mine((message: ToClient) => this.#answered(server, message)),
      onClosed: mine(() => this.#elsewhere()),
    });
  }

  #write(): void {
    this.#row += 1;
    this.#waitsFor = this.#row;
    this.#expectAnswer();
    this.#stream?.send({ row: this.#row, isLarge: this.#options.isLarge(this.#row) });
  }

  #answered(server: PretendServer, { row, result }: ToClient): void {
    if (row !== this.#waitsFor) return;
    this.#waitsFor = null;
    this.#deadline?.cancel();
    if (result.kind === 'committed') {
      const acknowledged = { row, server: server.name, at: this.#world.queue.now };
      this.acknowledged.push(acknowledged);
      this.#options.onAcknowledged(acknowledged);
      this.#next();
      return;
    }
    this.#elsewhere();
  }

  #elsewhere(): void {
    this.#giveUp();
    this.#at += 1;
    this.#next();
  }

  #giveUp(): void {
    this.#attempt += 1;
    this.#deadline?.cancel();
    if (this.#waitsFor !== null) this.unknown.push(this.#waitsFor);
    this.#waitsFor = null;
    this.#stream?.close();
    this.#stream = null;
  }

  #expectAnswer(): void {
    this.#deadline?.cancel();
    const attempt = this.#attempt;
    this.#deadline = this.#world.queue.after(this.#options.answerMillis, () => {
      if (attempt === this.#attempt) this.#elsewhere();
    });
  }
}

function writersDoor(server: PretendServer): Listener<ToServer, ToClient> {
  return {
    place: server.name,
    process: () => server.process,
    door: () => (server.isCrowded && server.door() === 'open' ? 'closed' : server.door()),
    accept(end) {
      const { process } = server.running;
      // A host without power tells nobody.
      const death = server.onDeath(() => {
        if (server.door() !== 'dark') end.close();
      });
      const connection = server.connect({ user: 'app', host: CLIENTS_HOST, onKilled: () => end.close() });
      return {
        onMessage: ({ row, isLarge }) =>
          process.run(() =>
            connection.write({ kind: 'rows', table: TABLE, rows: [row] }, isLarge, (result) =>
              end.send({ row, result }),
            ),
          ),
        onClosed() {
          death.cancel();
          process.run(() => connection.close());
        },
      };
    },
  };
}
