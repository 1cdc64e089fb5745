// A primary is killed while somebody writes: the whole way on real servers of all releases, from the crash to the old primary's return.

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { receivedBy } from '../../../src/sandbox/received-transactions.ts';
import { checkRows, thrownAway } from '../../../src/sandbox/row-check.ts';
import type { RunningServer } from '../../../src/sandbox/server.ts';
import { serverReleases } from '../../../src/sandbox/server-releases.ts';
import { startWriter, type Writer } from '../../../src/sandbox/writer.ts';
import type { SeenRecovery } from '../support/answers.ts';
import { eventually } from '../support/eventually.ts';
import { executed, followsSoon, isWritable, kill, others, replication, writablePorts } from '../support/servers.ts';
import { openWorld, type World } from '../support/world.ts';

describe.each(serverReleases)('the primary of a $name cluster is killed under a writer', ({ family, release }) => {
  let world: World;
  let writer: Writer;
  let promoted: RunningServer;
  let recovery: SeenRecovery;
  let recordedAsReceived: Awaited<ReturnType<typeof receivedBy>>;

  beforeAll(async () => {
    world = await openWorld({ family, release });
    writer = await startWriter({ addresses: world.fleet.servers, intervalMillis: 5 });
    await eventually(() => writer.acknowledgedCount).toBeGreaterThan(30);
    await kill(world.primary);
    recordedAsReceived = await receivedBy(world.replicas);
    recovery = await world.recoveryEnded();
    promoted = world.serverAt(recovery.SuccessorKey.Port);
  });
  afterAll(async () => {
    await writer?.stop();
    await world?.stop();
  });

  it('A1, E1: one replica takes writes, has no source any more, and the writer found it', async () => {
    expect(world.replicas).toContain(promoted);
    await eventually(() => writer.port).toBe(promoted.port);
    expect(await replication(promoted)).toBeNull();
    expect(await writablePorts(world.fleet.servers)).toEqual([promoted.port]);
  });

  it('D1: the two others run below it', async () => {
    for (const replica of others(world.replicas, promoted)) await followsSoon(replica, promoted);
    const below = async () => (await world.instances()).filter((one) => one.MasterKey.Port === promoted.port).length;
    await eventually(below).toBe(2);
  });

  it('keeps every acknowledged row that a replica had received, and their followers get them all', async () => {
    const rows = writer.acknowledged().filter((row) => row.port === world.primary.port);
    expect(rows.length).toBeGreaterThan(30);
    const { missing } = await checkRows(promoted, rows);
    expect(thrownAway(missing, recordedAsReceived)).toEqual([]);
    const kept = rows.filter((row) => !missing.includes(row));
    for (const replica of others(world.replicas, promoted)) {
      await eventually(async () => (await checkRows(replica, kept)).missing).toEqual([]);
    }
  });

  it('D7: marks the dead one as lost, and nobody else', async () => {
    const downtimed = (await world.get('downtimed')).details;
    expect(downtimed).toMatchObject([
      { Key: { Port: world.primary.port }, IsDowntimed: true, DowntimeReason: 'lost-in-recovery' },
    ]);
    expect(recovery.LostReplicas).toEqual([]);
  });

  it('A19, L1: keeps record of the detection, the recovery, its steps and its journal', async () => {
    expect(await world.detections()).toMatchObject([
      { AnalysisEntry: { Analysis: 'DeadMaster', AnalyzedInstanceKey: { Port: world.primary.port } } },
    ]);
    expect(await world.recoveries()).toHaveLength(1);
    expect(recovery).toMatchObject({ IsSuccessful: true, IsActive: true, AllErrors: [''] });
    expect(recovery.AnalysisEntry).toMatchObject({
      Analysis: 'DeadMaster',
      AnalyzedInstanceKey: { Hostname: '127.0.0.1', Port: world.primary.port },
    });
    const steps = await world.steps(recovery.UID);
    expect(steps).toContain(`promoted replica: ${world.key(promoted)}`);
    expect(steps).toContain(`RecoverDeadMaster: successfully promoted ${world.key(promoted)}`);
    for (const phase of ['intended', 'done']) {
      expect(world.journaled(`drain ${world.key(promoted)}`, phase)).toBe(true);
      expect(world.journaled(`promote ${world.key(promoted)}`, phase)).toBe(true);
      for (const replica of others(world.replicas, promoted)) {
        const step = `point ${world.key(replica)} at ${world.key(promoted)}`;
        await eventually(() => world.journaled(step, phase)).toBe(true);
      }
    }
    expect(new Set(world.journal().map((line) => line.uid))).toEqual(new Set([recovery.UID]));
  });

  it('J4: the alias goes with the new primary, and the cluster bears its name', async () => {
    expect(await world.clusterInfo('c1')).toMatchObject({ ClusterName: world.key(promoted), ClusterAlias: 'c1' });
    expect((await world.get('master/c1')).details).toMatchObject({ Key: { Port: promoted.port } });
  });

  it('E5, G1, G3: the old primary, come back writable, is made read-only, stays by itself, and is told nothing else', async () => {
    const old = world.primary;
    const log = `${old.dir}/general.log`;
    await writer.stop();
    await old.restart(['--general-log=1', `--general-log-file=${log}`]);
    const history = await executed(old);
    await eventually(async () => (await world.instance(old)).IsLastCheckValid).toBe(true);
    await world.afterLooks(old);
    expect(await world.instance(old)).toMatchObject({ ClusterName: world.key(old), MasterKey: { Port: 0 } });
    expect(await replication(old)).toBeNull();
    expect(await executed(old)).toBe(history);
    await eventually(() => isWritable(old)).toBe(false);
    const said = readFileSync(log, 'utf8');
    expect(said).toContain('orc@');
    const told = said.match(/\b(CHANGE|START|STOP|RESET|SET GLOBAL|INSERT|KILL)\b.*/g);
    expect(told).toEqual([expect.stringMatching(/^SET GLOBAL (super_)?read_only = 1$/)]);
    expect(await world.recoveries()).toHaveLength(1);
    expect(await world.clusterInfo('c1')).toMatchObject({ ClusterName: world.key(promoted) });
  });
});
