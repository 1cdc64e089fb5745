// Orchestrator is killed with `kill -9` in the middle of a switchover, or of a repair, while one certain statement is on its way: nobody stays read-only who should take
// writes, and nothing is done twice.

import { afterEach, expect, it } from 'vitest';
import { type ServerFamily, serverFamilies } from '../../../src/sandbox/server-releases.ts';
import { eventually } from '../support/eventually.ts';
import {
  endedUnder,
  FOLLOW,
  FORGET_SOURCE,
  heldAt,
  type MidwayWorld,
  openMidway,
  startAgain,
} from '../support/midway-world.ts';
import { followsSoon, hasNumbers, kill, others, replication, writablePorts } from '../support/servers.ts';
import { the, write } from '../support/world.ts';

let midway: MidwayWorld | null = null;

afterEach(async () => {
  await midway?.close();
  midway = null;
});

async function open(family: ServerFamily, configuration = {}): Promise<MidwayWorld> {
  midway = await openMidway(family, configuration);
  return midway;
}

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

it.each(serverFamilies)(
  'I7, K12: %s: in a switchover, the successor takes writes, and the old primary does not follow it yet',
  async (family) => {
    const { world, wires } = await open(family);
    const { primary, fleet } = world;
    const successor = the(world.replicas[0]);
    const held = heldAt([primary], wires, FOLLOW);
    const answer = world.get(`graceful-master-takeover-auto/c1/${world.at(successor)}`).catch(() => null);
    await held;
    expect(await writablePorts(fleet.servers)).toEqual([successor.port]);
    await world.killProgram();
    await answer;
    expect(await replication(primary)).toBeNull();

    await startAgain(world);
    expect(await world.promoted()).toBe(successor);
    await endedUnder(world, successor, others(fleet.servers, successor));
  },
);

it.each(serverFamilies)('H1, K12: %s: in a repair, an orphan was about to be moved', async (family) => {
  const { world, wires } = await open(family, { RecoverIntermediateMasterClusterFilters: ['*'] });
  const { primary } = world;
  const [sibling, dying, orphan] = world.replicas.map((replica) => the(replica));
  const above = { dead: the(dying), below: the(orphan) };
  expect(await world.get(`relocate/${world.at(above.below)}/${world.at(above.dead)}`)).toMatchObject({ code: 'OK' });
  await followsSoon(above.below, above.dead, world.hostOf(above.dead));
  const held = heldAt([above.below], wires, FOLLOW);
  await kill(above.dead);
  await held;
  await world.killProgram();

  await startAgain(world);
  await followsSoon(above.below, the(sibling), world.hostOf(primary));
  await world.promoted(2);
  const cut = (await world.recoveries())[1];
  expect(cut).toMatchObject({ IsSuccessful: false, IsActive: false });
  expect(cut?.AllErrors.join()).toContain('a repair is begun anew where it is still needed');
  await write(primary, 'INSERT INTO demo.numbers VALUES (4)');
  for (const replica of [the(sibling), above.below]) await hasNumbers(replica, [1, 2, 3, 4]);
  expect(await writablePorts(world.fleet.servers)).toEqual([primary.port]);
});
