// Four clients that write as fast as they are answered to whoever takes writes, and an independent count of what they were told is safe.

import { setTimeout as pause } from 'node:timers/promises';
import type { Connection } from 'mysql2/promise';
import { applicationAccount } from '../../../src/sandbox/accounts.ts';
import type { RunningServer } from '../../../src/sandbox/server.ts';
import { write } from './world.ts';

const WRITERS = 4;

/** A client gives an answer so long, and then looks for another server. Milliseconds. */
const ANSWER_MILLIS = 1_000;

/** Between two tries to find a server that takes writes. Milliseconds. */
const SEEK_MILLIS = 10;

export interface FourWriters {
  /** How many rows they were told are safe. */
  readonly acknowledged: number;
  /** Of those, the ones that this server has not, as `writer-number`. */
  missingOn(server: RunningServer): Promise<readonly string[]>;
  stop(): Promise<void>;
}

export async function fourWriters(servers: readonly RunningServer[], primary: RunningServer): Promise<FourWriters> {
  await write(primary, 'CREATE TABLE demo.quads (writer INT, n INT, PRIMARY KEY (writer, n))');
  const acknowledged = new Set<string>();
  let goesOn = true;
  const isGoing = (): boolean => goesOn;
  const writing = Array.from({ length: WRITERS }, async (_, writer) => {
    let connection: Connection | null = null;
    let turn = 0;
    for (let n = 0; isGoing(); n++) {
      try {
        connection ??= await within(servers[turn % servers.length]?.connect(applicationAccount));
        await within(connection.query(`INSERT INTO demo.quads VALUES (${writer}, ${n})`));
        acknowledged.add(`${writer}-${n}`);
      } catch {
        // What became of this row nobody was told; the next one has a number of its own.
        connection?.destroy();
        connection = null;
        turn += 1;
        await pause(SEEK_MILLIS);
      }
    }
    connection?.destroy();
  });
  return {
    get acknowledged() {
      return acknowledged.size;
    },
    async missingOn(server) {
      const rows = await server.query('SELECT writer, n FROM demo.quads', applicationAccount);
      const present = new Set(rows.map((row) => `${row['writer']}-${row['n']}`));
      return [...acknowledged].filter((row) => !present.has(row));
    },
    async stop() {
      goesOn = false;
      await Promise.all(writing);
    },
  };
}

async function within<Value>(work: Promise<Value> | undefined): Promise<Value> {
  if (work === undefined) throw new Error('there is no server');
  // It may fail after nobody waits for it any more.
  work.catch(() => {});
  const late = pause(ANSWER_MILLIS, null, { ref: false }).then((): never => {
    throw new Error('no answer');
  });
  return Promise.race([work, late]);
}
