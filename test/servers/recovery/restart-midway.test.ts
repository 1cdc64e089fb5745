// Orchestrator is killed with `kill -9` in the middle of a failover, while one certain statement is on its way. Started again on the same files it brings to an end what
// it had begun, with the same successor. In the middle of waiting, for hooks and for relay logs, it is killed in `program-killed`.

import { afterEach, expect, it } from 'vitest';
import { type ServerFamily, serverFamilies } from '../../../src/sandbox/server-releases.ts';
import { eventually } from '../support/eventually.ts';
import {
  BECOME_WRITABLE,
  endedUnder,
  FOLLOW,
  FORGET_SOURCE,
  heldAt,
  type MidwayWorld,
  openMidway,
  STOP_RECEIVER,
  startAgain,
} from '../support/midway-world.ts';
import { kill, others, replication, writablePorts } from '../support/servers.ts';
import { the, type World } from '../support/world.ts';

let midway: MidwayWorld | null = null;

afterEach(async () => {
  await midway?.close();
  midway = null;
});

async function open(family: ServerFamily, configuration = {}): Promise<MidwayWorld> {
  midway = await openMidway(family, configuration);
  return midway;
}

async function stepsOfLast(world: World): Promise<string> {
  return (await world.steps(the((await world.recoveries())[0]).UID)).join('\n');
}

it.each(serverFamilies)('B5: %s: in the freeze, some receivers are stopped and one was about to be', async (family) => {
  const { world, wires } = await open(family);
  const [last, ...before] = world.replicas;
  const held = heldAt([the(last)], wires, STOP_RECEIVER);
  await kill(world.primary);
  await held;
  for (const replica of before) await eventually(async () => (await replication(replica))?.receiver).toBe('No');
  await world.killProgram();
  expect(await writablePorts(world.replicas)).toEqual([]);

  await startAgain(world);
  const promoted = await world.promoted(2);
  expect((await world.recoveries())[1]?.AllErrors.join()).toContain('it had changed nothing that lasts');
  await endedUnder(world, promoted, others(world.replicas, promoted), 2);
});

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

it.each(serverFamilies)(
  'K12: %s: the new primary takes writes, and its replicas were not moved yet',
  async (family) => {
    const { world, wires } = await open(family);
    const held = world.replicas.map((replica) => heldAt([replica], wires, FOLLOW));
    await kill(world.primary);
    const promoted = await world.promoted();
    await Promise.all(others(world.replicas, promoted).map((replica) => held[world.replicas.indexOf(replica)]));
    await world.killProgram();

    await startAgain(world);
    await world.logged(`finished: ${world.key(promoted)}`);
    await endedUnder(world, promoted, others(world.replicas, promoted));
  },
);
