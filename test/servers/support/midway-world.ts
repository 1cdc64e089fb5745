// A world in which orchestrator is killed with `kill -9` while one certain statement is on its way: the wire holds it, so that the moment is always the same.

import { expect } from 'vitest';
import type { RunningServer } from '../../../src/sandbox/server.ts';
import type { ServerFamily } from '../../../src/sandbox/server-releases.ts';
import { eventually } from './eventually.ts';
import { openProxiedWorld, type ProxiedWorld } from './proxied-world.ts';
import { followsSoon, hasNumbers, replication, writablePorts, writeNumbers } from './servers.ts';
import type { World } from './world.ts';
import { write } from './world.ts';

export const STOP_RECEIVER = /STOP (SLAVE|REPLICA) IO_THREAD/;
export const FORGET_SOURCE = /RESET (SLAVE|REPLICA) ALL/;
export const BECOME_WRITABLE = /SET GLOBAL (super_)?read_only = 0/;
export const FOLLOW = /CHANGE (MASTER|REPLICATION SOURCE) TO/;

export interface MidwayWorld {
  readonly world: World;
  readonly wires: ProxiedWorld;
  close(): Promise<void>;
}

/** A primary and three replicas that all have three rows. */
export async function openMidway(family: ServerFamily, configuration = {}): Promise<MidwayWorld> {
  const wires = await openProxiedWorld({ family, configuration });
  const { world } = wires;
  await writeNumbers(world.primary, [1, 2, 3], world.replicas);
  for (const replica of world.replicas) await hasNumbers(replica, [1, 2, 3]);
  const close = async () => {
    await world.stop();
    wires.close();
  };
  return { world, wires, close };
}

/** At once: the dead one's lease of leadership would last some seconds more. */
export function startAgain(world: World): Promise<void> {
  return world.startProgram(['--grab-election']);
}

/** The first of these servers to which such a statement was on its way. */
export function heldAt(
  servers: readonly RunningServer[],
  { wire }: ProxiedWorld,
  statement: RegExp,
): Promise<RunningServer> {
  return Promise.race(
    servers.map((server) =>
      wire(server)
        .hold(statement)
        .then(() => server),
    ),
  );
}

/** One server takes writes, all living others run below it, the records are closed, and nothing was recovered twice: `begun` anew at most where nothing had been done. */
export async function endedUnder(
  world: World,
  primary: RunningServer,
  replicas: readonly RunningServer[],
  begun = 1,
): Promise<void> {
  await eventually(() => writablePorts(world.fleet.servers)).toEqual([primary.port]);
  expect(await replication(primary)).toBeNull();
  for (const replica of replicas) await followsSoon(replica, primary, world.hostOf(primary));
  await write(primary, 'INSERT INTO demo.numbers VALUES (4)');
  for (const replica of replicas) await hasNumbers(replica, [1, 2, 3, 4]);
  await world.recoveryEnded(begun);
  await world.afterLooks(primary);
  expect(await world.recoveries()).toHaveLength(begun);
  expect(await world.clusterInfo('c1')).toMatchObject({ ClusterName: world.key(primary) });
}
