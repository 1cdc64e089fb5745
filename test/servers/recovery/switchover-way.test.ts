// A planned switchover under a writer, there and back again, with both families: nobody loses a row, and everybody ends in the right place.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkRows } from '../../../src/sandbox/row-check.ts';
import type { RunningServer } from '../../../src/sandbox/server.ts';
import { serverFamilies } from '../../../src/sandbox/server-releases.ts';
import { startWriter, type Writer } from '../../../src/sandbox/writer.ts';
import { eventually } from '../support/eventually.ts';
import { asRoot, followsSoon, kill, others, replication, writablePorts } from '../support/servers.ts';
import { openWorld, the, type World } from '../support/world.ts';

describe.each(serverFamilies)('a planned switchover of %s', (family) => {
  let world: World;
  let writer: Writer;
  let primary: RunningServer;
  beforeAll(async () => {
    world = await openWorld({ family });
    primary = world.primary;
    writer = await startWriter({ addresses: world.fleet.servers, intervalMillis: 5 });
    await eventually(() => writer.acknowledgedCount).toBeGreaterThan(20);
  });
  afterAll(async () => {
    await writer?.stop();
    await world?.stop();
  });

  /** All but the new primary run below it; it alone takes writes; every row that was acknowledged is on it. */
  async function settledUnder(successor: RunningServer, replicas: readonly RunningServer[]): Promise<void> {
    await eventually(() => writer.port).toBe(successor.port);
    for (const replica of replicas) await followsSoon(replica, successor);
    expect(await replication(successor)).toBeNull();
    expect(await writablePorts(world.fleet.servers)).toEqual([successor.port]);
    // Those of now: it writes on while they are looked for.
    const rows = [...writer.acknowledged()];
    expect(new Set(rows.map((row) => row.port)).size).toBeGreaterThan(1);
    expect((await checkRows(successor, rows)).missing).toEqual([]);
    for (const replica of replicas) await eventually(async () => (await checkRows(replica, rows)).missing).toEqual([]);
    expect(await world.clusterInfo('c1')).toMatchObject({ ClusterName: world.key(successor), ClusterAlias: 'c1' });
    await eventually(() => world.codeOf(successor)).toBe('NoProblem');
  }

  it('I1, I2, I4: goes to the designated replica, and the old primary replicates from it', async () => {
    const successor = the(world.replicas[1]);
    const answer = await world.get(`graceful-master-takeover-auto/c1/${world.at(successor)}`);
    expect(answer).toMatchObject({
      status: 200,
      code: 'OK',
      message: 'graceful-master-takeover: successor promoted',
      details: {
        IsSuccessful: true,
        SuccessorKey: { Hostname: successor.host, Port: successor.port },
        AnalysisEntry: { Analysis: 'DeadMaster', CommandHint: 'graceful-master-takeover' },
      },
    });
    await settledUnder(successor, others(world.fleet.servers, successor));
    if (family === 'mysql') {
      expect(await asRoot(primary, 'SELECT @@global.super_read_only AS value')).toMatchObject([{ value: 1 }]);
    }
    primary = successor;
  });

  it('I1: goes back, to a replica that is chosen by itself, and no block stands in the way', async () => {
    for (let round = 0; round < 2; round++) {
      const before = primary;
      expect(await world.get('graceful-master-takeover-auto/c1')).toMatchObject({ code: 'OK' });
      primary = world.serverAt(the((await world.recoveries())[0]).SuccessorKey.Port);
      expect(primary).not.toBe(before);
      await settledUnder(primary, others(world.fleet.servers, primary));
    }
  });

  it('I4: leaves the old primary stopped, with its new source set, where not asked to start it', async () => {
    const before = primary;
    const successor = the(others(world.fleet.servers, primary)[0]);
    expect(await world.get(`graceful-master-takeover/c1/${world.at(successor)}`)).toMatchObject({ code: 'OK' });
    primary = successor;
    expect(await replication(before)).toEqual({
      host: successor.host,
      port: successor.port,
      receiver: 'No',
      applier: 'No',
    });
    expect(await world.get(`start-replica/${world.at(before)}`)).toMatchObject({ code: 'OK' });
    await settledUnder(successor, others(world.fleet.servers, successor));
  });

  it('B4: does not keep its new primary from being failed over a moment later', async () => {
    const count = (await world.recoveries()).length;
    await kill(primary);
    const promoted = await world.promoted(count + 1);
    for (const replica of others(world.fleet.servers, primary, promoted)) await followsSoon(replica, promoted);
    expect(await writablePorts(world.fleet.servers)).toEqual([promoted.port]);
  });
});

it.each(serverFamilies)('I1: there and back again on %s while nobody writes', async (family) => {
  const world = await openWorld({ family, replicas: 2 });
  try {
    const [replica] = world.replicas;
    for (const successor of [the(replica), world.primary, the(replica)]) {
      expect(await world.get(`graceful-master-takeover-auto/c1/${world.at(successor)}`)).toMatchObject({ code: 'OK' });
      for (const other of others(world.fleet.servers, successor)) await followsSoon(other, successor);
      expect(await writablePorts(world.fleet.servers)).toEqual([successor.port]);
    }
  } finally {
    await world.stop();
  }
});

it('I1: the only replica needs no designation', async () => {
  const world = await openWorld({ family: 'mariadb', replicas: 1 });
  try {
    const [only] = world.replicas;
    expect(await world.get(`graceful-master-takeover/${world.at(world.primary)}`)).toMatchObject({
      code: 'OK',
      details: { SuccessorKey: { Port: the(only).port } },
    });
    expect(await writablePorts(world.fleet.servers)).toEqual([the(only).port]);
  } finally {
    await world.stop();
  }
});
