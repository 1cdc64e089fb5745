// Operations that come to grief in their middle: the destination dies, somebody holds a server, the program is killed. No row is lost, and nobody is left behind.

import { describe, expect, it } from 'vitest';
import type { RunningServer } from '../../../src/sandbox/server.ts';
import { serverFamilies } from '../../../src/sandbox/server-releases.ts';
import { eventually, inTime } from '../support/eventually.ts';
import { keptStages } from '../support/kept-stages.ts';
import type { OperationWorld } from '../support/operation-world.ts';
import { followsSoon, hang, holdApplier, kill, replication, writeAside } from '../support/servers.ts';
import { withoutGtid } from '../support/without-gtid.ts';
import { write } from '../support/world.ts';

const stages = keptStages();
let stage: OperationWorld;

/** Nobody recovers anything here: what is seen is what the operation left. */
const NO_RECOVERIES = { RecoverMasterClusterFilters: [], RecoverIntermediateMasterClusterFilters: [] };

interface SeenMaintenance {
  readonly MaintenanceId: number;
  readonly Key: { readonly Port: number };
  readonly Reason: string;
}

const maintenance = async (): Promise<readonly SeenMaintenance[]> =>
  (await stage.world.get('maintenance')).details as readonly SeenMaintenance[];

describe.each(serverFamilies)('on %s', (family) => {
  const open = async () => {
    stage = await stages.open({ family, configuration: NO_RECOVERIES });
  };

  it('O58: the destination does not let the replica in, which then replicates from its old source with both threads', async () => {
    await open();
    const { primary, world } = stage;
    const [one, two] = [stage.replica(1), stage.replica(2)];
    await writeAside(one, "ALTER USER 'repl'@'%' ACCOUNT LOCK");
    const ended = await stage.operate({ kind: 'relocate', key: world.key(two), below: world.key(one) });
    expect(ended).toMatchObject({ status: 409, body: { outcome: 'failed' } });
    await followsSoon(two, primary);
    await writeAside(one, "ALTER USER 'repl'@'%' ACCOUNT UNLOCK");
    await stage.everyRowOnce();
  });

  it('O58, K12: the program is killed while a replica is moved by GTID, which then replicates from its old source or its new one', async () => {
    await open();
    const { primary, world } = stage;
    const [one, two] = [stage.replica(1), stage.replica(2)];
    const held = await holdApplier(two);
    await write(primary, 'INSERT INTO demo.numbers VALUES (1)');
    const moving = stage.operate({ kind: 'relocate', key: world.key(two), below: world.key(one) }).catch(() => null);
    // Between the two is less than the time between two looks, at times.
    const isBegun = async () => {
      const seen = await replication(two);
      return seen?.receiver === 'No' || seen?.port === one.port;
    };
    await eventually(isBegun).toBe(true);
    await world.killProgram();
    await held.release();
    await moving;
    await world.startProgram(['--grab-election']);
    await world.seesLeader();
    await eventually(async () => (await maintenance()).length).toBe(0);
    await eventually(() => stopped(two), inTime).toBe(false);
    await stands(two, primary, one);
    if (await follows(two, one)) await stage.done('move-up', two);
    await followsSoon(two, primary);
    await stage.everyRowOnce();
  });

  it('L4: replication stops everywhere at once, also while one of the replicas hangs', async () => {
    await open();
    const { primary } = stage;
    const [one, two, three] = [stage.replica(1), stage.replica(2), stage.replica(3)];
    await hang(two);
    const panic = stage.operate({ kind: 'panic-stop', clusterName: 'c1', which: 'all' });
    for (const replica of [one, three]) {
      await eventually(() => replication(replica), sooner).toMatchObject({ receiver: 'No', applier: 'No' });
    }
    two.kill('SIGCONT');
    expect((await panic).body.outcome).not.toBe('refused');
    for (const replica of [one, three]) {
      expect(await replication(replica)).toMatchObject({ receiver: 'No', applier: 'No' });
    }
    for (const replica of [one, two, three]) await stage.done('start-replica', replica);
    for (const replica of [one, two, three]) await followsSoon(replica, primary);
    await stage.everyRowOnce();
  });

  it('O59, D4: the destination dies while replicas wait to go below it, and they go on as they were', async () => {
    await open();
    const { primary, world } = stage;
    const [one, two, three] = [stage.replica(1), stage.replica(2), stage.replica(3)];
    const fields = { kind: 'relocate-replicas', key: world.key(primary), below: world.key(one) };
    await hang(one);
    const moving = stage.operate(fields);
    await kill(one);
    const ended = await moving;
    expect(ended).toMatchObject({ status: 409 });
    for (const replica of [two, three]) await followsSoon(replica, primary);
    expect(await maintenance()).toEqual([]);
    await stage.everyRowOnce([primary, two, three]);
  });
});

describe.each(serverFamilies)('by file and position on %s', (family) => {
  const open = async () => {
    stage = await stages.open({ family, configuration: NO_RECOVERIES, prepare: withoutGtid });
  };

  it('O58, K12: the program is killed while a replica and its sibling stand still, and both replicate again', async () => {
    await open();
    const { primary, world } = stage;
    const [one, two] = [stage.replica(1), stage.replica(2)];
    const held = await holdApplier(two);
    await write(primary, 'INSERT INTO demo.numbers VALUES (1)');
    const moving = stage.operate({ kind: 'move-below', key: world.key(two), below: world.key(one) }).catch(() => null);
    await eventually(async () => (await replication(one))?.applier).toBe('No');
    const locked = (await maintenance()).map(({ Key }) => Key.Port).sort();
    expect(locked).toEqual([one.port, two.port].sort());
    await world.killProgram();
    await held.release();
    await moving;
    await world.startProgram(['--grab-election']);
    await world.seesLeader();
    // What the dead process held is nobody's: the server can be locked, and moved, at once.
    await eventually(async () => (await maintenance()).length).toBe(0);
    await stands(one, primary);
    await stands(two, primary, one);
    for (const server of [one, two]) await eventually(() => stopped(server), inTime).toBe(false);
    if (await follows(two, one)) await stage.done('move-up', two);
    await followsSoon(two, primary);
    await stage.everyRowOnce();
  });

  it('O58, D4: the destination dies between the order and the start, and the replica is back where it was', async () => {
    await open();
    const { primary, world } = stage;
    const [one, two] = [stage.replica(1), stage.replica(2)];
    // It cannot be level with the other before the lock is gone: that is the middle.
    const held = await holdApplier(two);
    await write(primary, 'INSERT INTO demo.numbers VALUES (1)');
    const moving = stage.operate({ kind: 'move-below', key: world.key(two), below: world.key(one) });
    await eventually(async () => (await replication(one))?.applier).toBe('No');
    await kill(one);
    await held.release();
    const ended = await moving;
    expect(ended).toMatchObject({ status: 409, body: { outcome: 'failed' } });
    await followsSoon(two, primary);
    // It is held until it can be put back, so that everybody sees why it stands still.
    expect((await maintenance()).map(({ Key }) => Key.Port)).toEqual([one.port]);
    await one.restart([...(family === 'mysql' ? ['--gtid-mode=OFF', '--skip-replica-start'] : ['--skip-slave-start'])]);
    await followsSoon(one, primary);
    await eventually(async () => (await maintenance()).length).toBe(0);
    await stage.everyRowOnce();
  });
});

/** Below the 15 seconds that somebody who does not answer is given when it is read. */
const sooner = { timeout: 14_000 };

const stopped = async (server: RunningServer): Promise<boolean> => {
  const seen = await replication(server);
  return seen?.receiver !== 'Yes' || seen.applier !== 'Yes';
};

const follows = async (server: RunningServer, source: RunningServer): Promise<boolean> =>
  (await replication(server))?.port === source.port;

/** It replicates from one of these, and from nobody else. */
async function stands(server: RunningServer, ...sources: readonly RunningServer[]): Promise<void> {
  const seen = await replication(server);
  expect(sources.map(({ port }) => port)).toContain(seen?.port);
}
