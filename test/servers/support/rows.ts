// Rows that flow while operations are under way, and the proof that every server has each of them once.

import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import { applicationAccount } from '../../../src/sandbox/accounts.ts';
import type { Fleet } from '../../../src/sandbox/fleet.ts';
import type { RunningServer } from '../../../src/sandbox/server.ts';
import { eventually } from './eventually.ts';

/** Between two rows, by the number of servers that apply each of them: fifty of them would do nothing else. Milliseconds. */
const ROW_PAUSE_MILLIS_A_SERVER = 1;
const ROW_PAUSE_MILLIS_MIN = 5;

export interface Rows {
  /** Ends the writing; every one of these servers then has all rows, each once. */
  endOn(servers: readonly RunningServer[]): Promise<void>;
  /** Ends the writing, whatever the servers have. */
  stop(): Promise<void>;
}

/** The table has no key that would refuse a row that is applied twice. */
export async function flowingRows({ primary, servers }: Fleet): Promise<Rows> {
  const pauseMillis = Math.max(ROW_PAUSE_MILLIS_MIN, ROW_PAUSE_MILLIS_A_SERVER * servers.length);
  const connection = await primary.connect(applicationAccount);
  await connection.query('CREATE TABLE IF NOT EXISTS demo.flowing (n INT)');
  let written = 0;
  let goesOn = true;
  let failure: unknown = null;
  const writing = (async () => {
    while (goesOn) {
      await connection.query(`INSERT INTO demo.flowing VALUES (${written})`);
      written += 1;
      await pause(pauseMillis);
    }
  })().catch((error: unknown) => {
    failure = error;
  });
  const stop = async (): Promise<void> => {
    goesOn = false;
    await writing;
    connection.destroy();
  };
  return {
    stop,
    async endOn(servers) {
      await stop();
      expect(failure).toBeNull();
      for (const server of servers) {
        await eventually(async () => (await counted(server)).rows).toBe(written);
        expect(await counted(server)).toEqual({ rows: written, different: written });
      }
    },
  };
}

async function counted(server: RunningServer): Promise<{ readonly rows: number; readonly different: number }> {
  const [row] = await server.query(
    'SELECT COUNT(*) AS counted, COUNT(DISTINCT n) AS different FROM demo.flowing',
    applicationAccount,
  );
  return { rows: Number(row?.['counted']), different: Number(row?.['different']) };
}
