// Orchestrator is killed with `kill -9` while one certain statement is on its way: the wire holds it, so that the moment is always the same.
// Started again on the same files it brings to an end what it had begun, with the same successor.

import { afterEach, expect, it } from 'vitest';
import type { RunningServer } from '../../../src/sandbox/server.ts';
import { type ServerFamily, serverFamilies } from '../../../src/sandbox/server-releases.ts';
import { eventually } from '../support/eventually.ts';
import { openProxiedWorld, type ProxiedWorld } from '../support/proxied-world.ts';
import { followsSoon, hasNumbers, kill, others, replication, writablePorts, writeNumbers } from '../support/servers.ts';
import { the, type World, write } from '../support/world.ts';

let proxied: ProxiedWorld | null = null;

afterEach(async () => {
  await proxied?.world.stop();
  proxied?.close();
  proxied = null;
});

const FORGET_SOURCE = /RESET (SLAVE|REPLICA) ALL/;
const BECOME_WRITABLE = /SET GLOBAL (super_)?read_only = 0/;
const FOLLOW = /CHANGE (MASTER|REPLICATION SOURCE) TO/;

async function open(family: ServerFamily): Promise<{ world: World; wires: ProxiedWorld }> {
  proxied = await openProxiedWorld({ family });
  await writeNumbers(proxied.world.primary, [1, 2, 3], proxied.world.replicas);
  for (const replica of proxied.world.replicas) await hasNumbers(replica, [1, 2, 3]);
  return { world: proxied.world, wires: proxied };
}

/** At once: the dead one's lease of leadership would last some seconds more. */
function startAgain(world: World): Promise<void> {
  return world.startProgram(['--grab-election']);
}

/** The first of these servers to which such a statement was on its way. */
function heldAt(servers: readonly RunningServer[], { wire }: ProxiedWorld, statement: RegExp): Promise<RunningServer> {
  return Promise.race(
    servers.map((server) =>
      wire(server)
        .hold(statement)
        .then(() => server),
    ),
  );
}

/** One server takes writes, all living others run below it, the records are closed, and nothing was recovered twice. */
async function endedUnder(world: World, primary: RunningServer, replicas: readonly RunningServer[]): Promise<void> {
  await eventually(() => writablePorts(world.fleet.servers)).toEqual([primary.port]);
  expect(await replication(primary)).toBeNull();
  for (const replica of replicas) await followsSoon(replica, primary, world.hostOf(primary));
  await write(primary, 'INSERT INTO demo.numbers VALUES (4)');
  for (const replica of replicas) await hasNumbers(replica, [1, 2, 3, 4]);
  await world.recoveryEnded();
  await world.afterLooks(primary);
  expect(await world.recoveries()).toHaveLength(1);
  expect(await world.clusterInfo('c1')).toMatchObject({ ClusterName: world.key(primary) });
}

async function stepsOfLast(world: World): Promise<string> {
  return (await world.steps(the((await world.recoveries())[0]).UID)).join('\n');
}

it.each(serverFamilies)('K12, B5: %s: the promotion was on its way and never arrives', async (family) => {
  const { world, wires } = await open(family);
  const held = heldAt(world.replicas, wires, FORGET_SOURCE);
  await kill(world.primary);
  const chosen = await held;
  expect(world.journaled(`promote ${world.key(chosen)}`, 'intended')).toBe(true);
  expect(world.journaled(`promote ${world.key(chosen)}`, 'done')).toBe(false);
  await world.killProgram();
  expect(await writablePorts(world.replicas)).toEqual([]);

  await startAgain(world);
  expect(await world.promoted()).toBe(chosen);
  await endedUnder(world, chosen, others(world.replicas, chosen));
  expect(await stepsOfLast(world)).toContain('this recovery was cut by the end of ');
});

it('D12, K12: the promotion arrives after the death of who sent it', async () => {
  const { world, wires } = await open('mariadb');
  const held = heldAt(world.replicas, wires, FORGET_SOURCE);
  await kill(world.primary);
  const chosen = await held;
  await world.killProgram();
  wires.wire(chosen).release();
  await eventually(() => replication(chosen)).toBe(null);
  expect(await writablePorts(world.replicas)).toEqual([]);

  await startAgain(world);
  expect(await world.promoted()).toBe(chosen);
  await endedUnder(world, chosen, others(world.replicas, chosen));
});

it('K12: the source is forgotten, and the promoted one is still read-only', async () => {
  const { world, wires } = await open('mariadb');
  const held = heldAt(world.replicas, wires, BECOME_WRITABLE);
  await kill(world.primary);
  const chosen = await held;
  await world.killProgram();
  expect(await replication(chosen)).toBeNull();

  await startAgain(world);
  expect(await world.promoted()).toBe(chosen);
  await endedUnder(world, chosen, others(world.replicas, chosen));
});

it('K12: the new primary takes writes, and its replicas were not moved yet', async () => {
  const { world, wires } = await open('mariadb');
  const held = world.replicas.map((replica) => heldAt([replica], wires, FOLLOW));
  await kill(world.primary);
  const promoted = await world.promoted();
  await Promise.all(others(world.replicas, promoted).map((replica) => held[world.replicas.indexOf(replica)]));
  await world.killProgram();

  await startAgain(world);
  await world.logged(`finished: ${world.key(promoted)}`);
  await endedUnder(world, promoted, others(world.replicas, promoted));
});

it('I7, K12: in a switchover, everybody read-only and the promotion on its way', async () => {
  const { world, wires } = await open('mariadb');
  const [designated] = world.replicas;
  const held = heldAt([the(designated)], wires, FORGET_SOURCE);
  const answer = world.get(`graceful-master-takeover-auto/c1/${world.at(the(designated))}`).catch(() => null);
  await held;
  expect(await writablePorts(world.fleet.servers)).toEqual([]);
  await world.killProgram();
  await answer;

  await startAgain(world);
  await world.recoveryEnded();
  await eventually(async () => (await writablePorts(world.fleet.servers)).length).toBe(1);
  const [port] = await writablePorts(world.fleet.servers);
  await write(world.serverAt(the(port)), 'INSERT INTO demo.numbers VALUES (4)');
  for (const server of world.fleet.servers) await hasNumbers(server, [1, 2, 3, 4]);
  // It was wanted by somebody who is not there any more, and blocks nobody.
  expect(await world.get(`graceful-master-takeover-auto/c1/${world.at(the(designated))}`)).toMatchObject({
    code: 'OK',
  });
});
