// A planned switchover that is given up in its middle: writes go on where they were, and everybody is back in the old place.

import { afterEach, describe, expect, it } from 'vitest';
import { applicationAccount } from '../../../src/sandbox/accounts.ts';
import type { RunningServer } from '../../../src/sandbox/server.ts';
import { serverFamilies } from '../../../src/sandbox/server-releases.ts';
import { eventually } from '../support/eventually.ts';
import {
  asRoot,
  followsSoon,
  hasNumbers,
  holdApplier,
  kill,
  numbersOn,
  replication,
  writablePorts,
  writeNumbers,
} from '../support/servers.ts';
import { openWorld, the, type World, write } from '../support/world.ts';

let world: World | null = null;

afterEach(async () => {
  await world?.stop();
  world = null;
});

/** After the siblings have moved and before anything is read-only, the takeover waits until a test has done its evil. */
const pauseBefore = [
  'touch FOLDER/paused',
  'for i in $(seq 400); do [ -e FOLDER/go ] && exit 0; sleep 0.05; done; exit 1',
];

async function everythingAsItWas({ primary, replicas, fleet }: World): Promise<void> {
  expect(await writablePorts(fleet.servers)).toEqual([primary.port]);
  for (const replica of replicas) await followsSoon(replica, primary);
  expect(await replication(primary)).toBeNull();
  await write(primary, 'INSERT INTO demo.numbers VALUES (99)');
  for (const replica of replicas) await eventually(() => numbersOn(replica)).toContain(99);
}

async function closedAsFailed(failed: World): Promise<void> {
  const [recovery] = await failed.recoveries();
  expect(recovery).toMatchObject({ IsSuccessful: false, IsActive: false });
  expect(the(recovery).RecoveryEndTimestamp).not.toBe('');
  expect((await failed.get('downtimed')).details).toEqual([]);
  expect(await failed.clusterInfo('c1')).toMatchObject({ ClusterName: failed.key(failed.primary) });
}

describe.each(serverFamilies)('%s', (family) => {
  it('I2: the designated one cannot catch up within the limit: the old primary takes writes again', async () => {
    world = await openWorld({
      family,
      configuration: {
        ReasonableMaintenanceReplicationLagSeconds: 2,
        PreGracefulTakeoverProcesses: pauseBefore,
        PostUnsuccessfulFailoverProcesses: ['echo {command} {isSuccessful} >> FOLDER/failed'],
        PostMasterFailoverProcesses: ['touch FOLDER/promoted'],
      },
    });
    const { primary, replicas } = world;
    const designated = the(replicas[0]);
    const answering = world.get(`graceful-master-takeover-auto/c1/${world.at(designated)}`);
    await pausedIn(world);
    for (const sibling of replicas.slice(1)) await followsSoon(sibling, designated);
    const hold = await holdApplier(designated);
    await writeNumbers(primary, [1], [designated]);
    world.touch('go');

    const answer = await answering;
    expect(answer.code).toBe('ERROR');
    expect(answer.message).toMatch(/^WaitForExecBinlogCoordinatesToReach: reached maxWait/);
    await hold.release();
    await everythingAsItWas(world);
    await hasNumbers(designated, [1, 99]);
    await closedAsFailed(world);
    await eventually(() => the(world).lines('failed')).toEqual(['graceful-master-takeover false']);
    expect(world.lines('promoted')).toEqual([]);

    // And it is no obstacle to the next one.
    const again = await world.get(`graceful-master-takeover-auto/c1/${world.at(designated)}`);
    expect(again).toMatchObject({ code: 'OK', message: 'graceful-master-takeover: successor promoted' });
    expect(await writablePorts(world.fleet.servers)).toEqual([designated.port]);
  });

  it('D12: the primary cannot be made read-only while somebody holds a lock: it stays writable, also when the lock is gone', async () => {
    world = await openWorld({ family, replicas: 2 });
    const { primary, replicas } = world;
    const holder = await primary.connect(applicationAccount);
    await holder.query('LOCK TABLES demo.numbers WRITE');
    const answer = await world.get(`graceful-master-takeover-auto/c1/${world.at(the(replicas[0]))}`);
    expect(answer.code).toBe('ERROR');
    expect(answer.message).toContain(`could not make ${world.key(primary)} read-only`);
    await holder.end();
    // What was sent and given up may still stand in the server's queue: nothing of it may take effect now.
    await eventually(() => readOnlyStatements(primary)).toEqual([]);
    await everythingAsItWas(world);
    await closedAsFailed(world);
  });
});

const readOnlyStatements = (server: RunningServer) =>
  asRoot(server, "SELECT info FROM information_schema.processlist WHERE info LIKE 'SET GLOBAL%read_only%'");

it('I3: a hook that says no to the takeover: nothing became read-only, and the siblings are back', async () => {
  world = await openWorld({
    family: 'mariadb',
    configuration: {
      PreGracefulTakeoverProcesses: ['exit 7'],
      PreFailoverProcesses: ['touch FOLDER/later'],
      OnFailureDetectionProcesses: ['touch FOLDER/later'],
    },
  });
  const { replicas } = world;
  expect(await world.get(`graceful-master-takeover-auto/c1/${world.at(the(replicas[0]))}`)).toMatchObject({
    code: 'ERROR',
    message: 'Failed running PreGracefulTakeoverProcesses: exit status 7',
  });
  expect(world.lines('later')).toEqual([]);
  expect(world.journal().filter((line) => line.step.endsWith('read-only'))).toEqual([]);
  await everythingAsItWas(world);
  await closedAsFailed(world);
});

it('I7: the designated one dies in the middle: the old primary takes writes again', async () => {
  world = await openWorld({
    family: 'mariadb',
    configuration: { PreGracefulTakeoverProcesses: pauseBefore },
  });
  const { primary, replicas } = world;
  const designated = the(replicas[0]);
  const answering = world.get(`graceful-master-takeover-auto/c1/${world.at(designated)}`);
  await pausedIn(world);
  await kill(designated);
  world.touch('go');
  expect((await answering).code).toBe('ERROR');
  expect(await writablePorts(world.fleet.servers)).toEqual([primary.port]);
  await closedAsFailed(world);
});

it('I7: the old primary dies in the middle: somebody takes writes in the end, and only one', async () => {
  world = await openWorld({
    family: 'mariadb',
    configuration: { PreGracefulTakeoverProcesses: pauseBefore },
  });
  const { primary, replicas } = world;
  const designated = the(replicas[0]);
  const answering = world.get(`graceful-master-takeover-auto/c1/${world.at(designated)}`);
  await pausedIn(world);
  await kill(primary);
  world.touch('go');
  await answering;
  await eventually(async () => (await writablePorts(replicas)).length).toBe(1);
  const [port] = await writablePorts(replicas);
  const promoted = world.serverAt(the(port));
  for (const replica of replicas.filter((one) => one !== promoted)) await followsSoon(replica, promoted);
});

async function pausedIn(paused: World): Promise<void> {
  await eventually(() => paused.exists('paused')).toBe(true);
}
