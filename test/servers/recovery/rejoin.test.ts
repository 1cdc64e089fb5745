// A primary that was killed and replaced comes back with nothing of its own, and is attached below its successor where that is wished (G2).

import { afterEach, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { followsSoon, hasNumbers, kill, writablePorts } from '../support/servers.ts';
import { openWorld, type World, write } from '../support/world.ts';

let world: World;

afterEach(() => world?.stop());

it.each(['mysql', 'mariadb'] as const)(
  'G2: %s: is made read-only, replicates, and is no lost server any more',
  async (family) => {
    world = await openWorld({ family, replicas: 2, configuration: { AutoRejoinDemotedPrimary: true } });
    const { primary, replicas } = world;
    await write(primary, 'INSERT INTO demo.numbers VALUES (1)');
    for (const replica of replicas) await hasNumbers(replica, [1]);
    await kill(primary);
    const promoted = await world.promoted();
    await write(promoted, 'INSERT INTO demo.numbers VALUES (2)');
    // As it was configured: writable.
    await primary.restart();
    await followsSoon(primary, promoted);
    await hasNumbers(primary, [1, 2]);
    await eventually(() => writablePorts(world.fleet.servers)).toEqual([promoted.port]);
    await world.logged(
      `${world.key(primary)} came back with nothing of its own: it is attached below ${world.key(promoted)}`,
    );
  },
);
