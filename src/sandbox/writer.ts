// A client that writes a steady trickle of rows to whoever is the writable primary, and remembers what was acknowledged.
//
// It knows the servers and nothing of orchestrator: how long it could not write is the measure of a failover that clients feel.

import { setTimeout as pause } from 'node:timers/promises';
import { type Account, applicationAccount } from './accounts.ts';
import { DoorClosed, type ServerAddress, WriterDoor } from './writer-door.ts';
import { type AcknowledgedRow, type WriteGap, WriterLog } from './writer-log.ts';

/** The table it writes to, in the application's schema; it makes it when it is missing. */
export const trickleTable = 'trickle';

/** Time between two questions to a server whether it takes writes, while nobody does. */
const seekIntervalMillis = 5;

/** All servers together are not asked more often: a failover must not be slow because many are asked how it goes. */
const questionsPerSecondMax = 800;

const millisPerSecond = 1000;

/** How long the first search for a primary may take. */
const startDeadlineMillis = 10_000;

export interface WriterOptions {
  /** All servers, in any order. */
  readonly addresses: readonly ServerAddress[];
  /** From the start of a write to the start of the next. */
  readonly intervalMillis: number;
  /** Default: the sandbox's application account. */
  readonly account?: Account;
  /** How many acknowledged rows are remembered at least. Default: 100,000. */
  readonly rowsKept?: number;
  /** Hears when the writer loses its server and when another takes its rows. */
  readonly onChange?: (change: WriterChange) => void;
}

export type WriterChange =
  | { readonly kind: 'lost'; readonly port: number; readonly reason: string }
  /** `gap`: the time without an acknowledged write before this one. */
  | { readonly kind: 'writes-again'; readonly port: number; readonly gap: WriteGap };

/** Starts a writer; when it returns, its table exists and the primary was found. Throws when no server takes writes. */
export async function startWriter(options: WriterOptions): Promise<Writer> {
  const writer = new Writer(options);
  try {
    await writer.start();
    return writer;
  } catch (error) {
    await writer.stop();
    throw error;
  }
}

export class Writer {
  readonly #options: WriterOptions;
  readonly #log: WriterLog;
  readonly #doors: readonly WriterDoor[];
  readonly #seekIntervalMillis: number;
  readonly #stopping = new AbortController();
  #current: WriterDoor | null = null;
  #isInterrupted = false;
  #sequence = 0;
  #running: Promise<void> = Promise.resolve();

  constructor(options: WriterOptions) {
    this.#options = options;
    this.#log = new WriterLog(options.rowsKept);
    const account = options.account ?? applicationAccount;
    this.#doors = options.addresses.map((address) => new WriterDoor(address, account));
    const rarestMillis = (this.#doors.length * millisPerSecond) / questionsPerSecondMax;
    this.#seekIntervalMillis = Math.max(seekIntervalMillis, rarestMillis);
  }

  async start(): Promise<void> {
    const deadline = AbortSignal.timeout(startDeadlineMillis);
    const door = await this.#seek(deadline);
    if (door === null)
      throw new Error(`no server takes writes: ${this.#doors.map((one) => one.address.port).join(', ')}`);
    await door.write(
      `CREATE TABLE IF NOT EXISTS ${trickleTable} (sequence BIGINT PRIMARY KEY, written_at_millis BIGINT NOT NULL)`,
    );
    this.#sequence = await door.readNumber(`SELECT COALESCE(MAX(sequence), 0) FROM ${trickleTable}`);
    this.#current = door;
    this.#running = this.#run();
  }

  /** Port of the server that takes its rows; null while none does. */
  get port(): number | null {
    return this.#current?.address.port ?? null;
  }

  /** How many rows were acknowledged so far. */
  get acknowledgedCount(): number {
    return this.#log.count;
  }

  get lastAcknowledged(): AcknowledgedRow | null {
    return this.#log.last;
  }

  /** The acknowledged rows it still remembers, oldest first; what is acknowledged afterwards is not among them. */
  acknowledged(): readonly AcknowledgedRow[] {
    return [...this.#log.rows()];
  }

  /** The longest time without an acknowledged write since then (`performance.now()`), one that lasts until now included. */
  longestGap(sinceMillis: number): WriteGap {
    return this.#log.longestGap(sinceMillis, performance.now());
  }

  /** Ends writing and closes its connections. May be called twice. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    for (const door of this.#doors) door.close();
  }

  get #stopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #run(): Promise<void> {
    let nextAt = performance.now();
    while (!this.#stopped) {
      const door = this.#current ?? (await this.#seek(this.#stopping.signal));
      if (door === null) return;
      this.#current = door;
      await this.#writeRow(door);
      // After a gap it goes on with its rhythm instead of making up for what it could not write.
      nextAt = Math.max(nextAt + this.#options.intervalMillis, performance.now());
      await this.#pause(nextAt - performance.now());
    }
  }

  async #writeRow(door: WriterDoor): Promise<void> {
    const sequence = ++this.#sequence;
    const { port } = door.address;
    const before = this.#log.last;
    try {
      const statement = `INSERT INTO ${trickleTable} (sequence, written_at_millis) VALUES (?, ?)`;
      const gtid = await door.write(statement, [sequence, Date.now()]);
      const row = { sequence, port, atMillis: performance.now(), gtid };
      this.#log.add(row);
      if (!this.#isInterrupted) return;
      this.#isInterrupted = false;
      this.#options.onChange?.({
        kind: 'writes-again',
        port,
        gap: { millis: before === null ? 0 : row.atMillis - before.atMillis, before, after: row },
      });
    } catch (error) {
      if (!(error instanceof DoorClosed)) throw error;
      // Whether this row was written is unknown; its number is never used again, so it can never count as acknowledged.
      this.#current = null;
      if (this.#stopped) return;
      if (!this.#isInterrupted) this.#options.onChange?.({ kind: 'lost', port, reason: error.message });
      this.#isInterrupted = true;
    }
  }

  /** Asks all servers at once, again and again, each at its own pace: one that hangs must not delay the others. */
  async #seek(until: AbortSignal): Promise<WriterDoor | null> {
    const found = Promise.withResolvers<WriterDoor | null>();
    let isOver = false;
    const end = (door: WriterDoor | null) => {
      isOver = true;
      found.resolve(door);
    };
    const ended = () => end(null);
    until.addEventListener('abort', ended);
    if (until.aborted) ended();
    const ask = async (door: WriterDoor) => {
      while (!isOver) {
        if (await door.isWritable()) end(door);
        else await this.#pause(this.#seekIntervalMillis);
      }
    };
    try {
      for (const door of this.#doors) ask(door).catch(found.reject);
      return await found.promise;
    } finally {
      isOver = true;
      until.removeEventListener('abort', ended);
    }
  }

  async #pause(millis: number): Promise<void> {
    await pause(Math.max(0, millis), undefined, { signal: this.#stopping.signal }).catch(() => {});
  }
}
