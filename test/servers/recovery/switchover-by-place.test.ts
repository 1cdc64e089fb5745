// Planned switchovers in a cluster that replicates by file and position, with GTIDs switched off, under a writer: everybody goes on at the right place, and nobody applies anything twice.

import { afterEach, describe, expect, it } from 'vitest';
import { JOURNAL_END } from '../../../src/model/recovery-record.ts';
import { checkRows } from '../../../src/sandbox/row-check.ts';
import type { RunningServer } from '../../../src/sandbox/server.ts';
import { serverFamilies } from '../../../src/sandbox/server-releases.ts';
import { startWriter, type Writer } from '../../../src/sandbox/writer.ts';
import { eventually } from '../support/eventually.ts';
import { followsSoon, others, replication, writablePorts } from '../support/servers.ts';
import { withoutGtid } from '../support/without-gtid.ts';
import { openWorld, the, type World } from '../support/world.ts';

let world: World | null = null;
let writer: Writer | null = null;

afterEach(async () => {
  await writer?.stop();
  writer = null;
  await world?.stop();
  world = null;
});

/** All others run below it, and everybody has every row that was acknowledged: one that were applied twice would break an applier. */
async function settledUnder(open: World, writing: Writer, successor: RunningServer): Promise<void> {
  const { servers } = open.fleet;
  await eventually(() => writing.port).toBe(successor.port);
  const before = writing.acknowledgedCount;
  await eventually(() => writing.acknowledgedCount).toBeGreaterThan(before + 20);
  for (const replica of others(servers, successor)) await followsSoon(replica, successor);
  expect(await replication(successor)).toBeNull();
  expect(await writablePorts(servers)).toEqual([successor.port]);
  const rows = [...writing.acknowledged()];
  expect(new Set(rows.map((row) => row.port)).size).toBeGreaterThan(1);
  for (const server of servers) await eventually(async () => (await checkRows(server, rows)).missing).toEqual([]);
  for (const replica of others(servers, successor)) await followsSoon(replica, successor);
}

describe.each(serverFamilies)('%s without GTIDs', (family) => {
  it('I1, I2, I4: goes to the designated replica under a writer, and back again, and nobody loses a row', async () => {
    const open = await openWorld({ family, replicas: 2, prepare: withoutGtid });
    world = open;
    const { primary, replicas, fleet } = open;
    const writing = await startWriter({ addresses: fleet.servers, intervalMillis: 5 });
    writer = writing;
    await eventually(() => writing.acknowledgedCount).toBeGreaterThan(20);
    const successor = the(replicas[1]);
    for (const to of [successor, primary]) {
      const answer = await open.get(`graceful-master-takeover-auto/c1/${open.at(to)}`);
      expect(answer).toMatchObject({ code: 'OK', message: 'graceful-master-takeover: successor promoted' });
      expect((await open.recoveries())[0]).toMatchObject({ IsSuccessful: true, LostReplicas: [], AllErrors: [''] });
      await settledUnder(open, writing, to);
    }
  });

  it('I1: what is told of it beforehand is done, and nothing else', async () => {
    const open = await openWorld({ family, replicas: 2, prepare: withoutGtid });
    world = open;
    const to = the(open.replicas[0]);
    const told = await open.get(`v2/clusters/c1/plan-takeover?designated=${open.key(to)}`);
    expect([told.status, told.code]).toEqual([200, '']);
    const { stages } = told.details as { stages: { steps: { id: string }[] }[] };
    expect(stages.map(({ steps }) => steps.length)).toEqual([4, 6]);
    expect((await open.get(`graceful-master-takeover-auto/c1/${open.at(to)}`)).code).toBe('OK');
    const done = () =>
      open.journal().flatMap(({ step, phase }) => (phase === 'done' && step !== JOURNAL_END ? [step] : []));
    await eventually(() => done().sort()).toEqual(stages.flatMap(({ steps }) => steps.map(({ id }) => id)).sort());
  });
});
