// The writer that measures failovers, against failovers done by hand: what it says must be true before anything is judged by it.

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { applicationAccount } from '../../../src/sandbox/accounts.ts';
import { type Fleet, startFleet } from '../../../src/sandbox/fleet.ts';
import { receivedBy } from '../../../src/sandbox/received-transactions.ts';
import { checkRows, thrownAway } from '../../../src/sandbox/row-check.ts';
import type { RunningServer } from '../../../src/sandbox/server.ts';
import { type ServerFamily, serverFamilies } from '../../../src/sandbox/server-releases.ts';
import { startWriter, type Writer, type WriterChange } from '../../../src/sandbox/writer.ts';

const soon = { timeout: 15_000, interval: 10 };

const statements = {
  mysql: {
    promote: ['STOP REPLICA', 'RESET REPLICA ALL', 'SET GLOBAL read_only = 0'],
    pause: 'STOP REPLICA IO_THREAD',
  },
  mariadb: { promote: ['STOP SLAVE', 'RESET SLAVE ALL', 'SET GLOBAL read_only = 0'], pause: 'STOP SLAVE IO_THREAD' },
};

async function promote(server: RunningServer): Promise<void> {
  for (const statement of statements[server.family].promote) await server.query(statement);
}

describe.each(serverFamilies)('a writer on a %s fleet', (family: ServerFamily) => {
  let fleet: Fleet;
  let writer: Writer;
  let replica: RunningServer;
  const changes: WriterChange[] = [];
  beforeAll(async () => {
    fleet = await startFleet({ family, replicas: 2 });
    const [first] = fleet.replicas;
    if (first === undefined) throw new Error('the fleet has replicas');
    replica = first;
    // The primary comes last: where it stands in the list must not matter.
    const addresses = [...fleet.servers].reverse();
    writer = await startWriter({ addresses, intervalMillis: 5, onChange: (change) => changes.push(change) });
  });
  afterAll(async () => {
    await writer?.stop();
    await fleet?.stop();
  });

  it('finds the one server that takes writes, and knows the transaction of every row', async () => {
    await vi.waitFor(() => expect(writer.acknowledgedCount).toBeGreaterThan(20), soon);
    expect(writer.port).toBe(fleet.primary.port);
    expect(new Set(writer.acknowledged().map((row) => row.gtid)).size).toBe(writer.acknowledged().length);
    expect(writer.acknowledged().every((row) => row.gtid !== '')).toBe(true);
    expect(changes).toEqual([]);
  });

  it('tells rows that a replica received from those that it did not', async () => {
    await replica.query(statements[family].pause);
    const before = writer.acknowledged().at(-1);
    await vi.waitFor(() => expect(writer.acknowledgedCount).toBeGreaterThan((before?.sequence ?? 0) + 20), soon);
    const received = await receivedBy([replica]);
    const rows = writer.acknowledged();
    expect(received.includes(rows[0]?.gtid ?? '')).toBe(true);
    expect(received.includes(rows.at(-1)?.gtid ?? '')).toBe(false);
    const absent = await checkRows(replica, rows);
    expect(absent.checked).toBe(rows.length);
    expect(absent.missing.length).toBeGreaterThan(10);
    expect(thrownAway(absent.missing, received)).toEqual([]);
    await replica.query(family === 'mysql' ? 'START REPLICA' : 'START SLAVE');
    await vi.waitFor(async () => expect((await checkRows(replica, rows)).missing).toEqual([]), soon);
  });

  it('goes to the promoted server, and its gap spans from the last row before to the first one after', async () => {
    const killedAt = performance.now();
    fleet.primary.kill('SIGKILL');
    await fleet.primary.exited;
    const received = await receivedBy([replica]);
    await vi.waitFor(() => expect(changes.at(-1)).toMatchObject({ kind: 'lost', port: fleet.primary.port }), soon);
    expect(writer.port).toBeNull();
    await promote(replica);
    const promotedAt = performance.now();
    await vi.waitFor(() => expect(changes.at(-1)).toMatchObject({ kind: 'writes-again', port: replica.port }), soon);

    const gap = writer.longestGap(killedAt);
    expect([gap.before?.port, gap.after?.port]).toEqual([fleet.primary.port, replica.port]);
    expect(gap.before?.atMillis).toBeLessThan(killedAt + 50);
    expect(gap.millis).toBeGreaterThan(promotedAt - killedAt - 200);
    const { missing } = await checkRows(replica, writer.acknowledged());
    expect(thrownAway(missing, received)).toEqual([]);
  });

  it('would notice rows that were acknowledged and then thrown away', async () => {
    const rows = writer.acknowledged();
    const victim = rows.at(-1);
    await replica.query(`DELETE FROM demo.trickle WHERE sequence = ${victim?.sequence}`, applicationAccount);
    const { missing } = await checkRows(replica, rows);
    expect(missing).toContainEqual(victim);
    expect(thrownAway([victim ?? raise()], { includes: (gtid) => gtid === victim?.gtid })).toEqual([victim]);
  });

  it('finds its way back to a server that was only away for a moment', async () => {
    changes.length = 0;
    await replica.query('SET GLOBAL read_only = 1');
    await vi.waitFor(() => expect(changes.at(-1)).toMatchObject({ kind: 'lost', port: replica.port }), soon);
    await replica.query('SET GLOBAL read_only = 0');
    await vi.waitFor(() => expect(changes.at(-1)).toMatchObject({ kind: 'writes-again', port: replica.port }), soon);
    expect(changes.length).toBe(2);
  });

  it('is not held up by a server that hangs', async () => {
    const [, other] = fleet.replicas;
    changes.length = 0;
    replica.kill('SIGSTOP');
    const stoppedAt = performance.now();
    await promote(other ?? raise());
    await vi.waitFor(() => expect(changes.at(-1)).toMatchObject({ kind: 'writes-again', port: other?.port }), soon);
    expect(writer.longestGap(stoppedAt).after?.port).toBe(other?.port);
  });
});

function raise(): never {
  throw new Error('the test is set up wrong');
}
