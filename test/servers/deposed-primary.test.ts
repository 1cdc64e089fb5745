// A primary that hung, was replaced, and goes on believing to be the primary.

import { expect, it } from 'vitest';
import { serverFamilies } from '../../src/sandbox/server-releases.ts';
import { eventually } from './support/eventually.ts';
import { isWritable, writablePorts } from './support/servers.ts';
import { openWorld, the, type World } from './support/world.ts';

/** The recovery's own attempt, on a server that is most likely dead, is over. */
async function toldInVain(world: World): Promise<void> {
  const [recovery] = await world.recoveries();
  const inVain = 'the old primary could not be told to be read-only';
  await eventually(async () => (await world.steps(the(recovery).UID)).join('\n')).toContain(inVain);
}

it.each(serverFamilies)(
  'G3, A24: %s: is made read-only as soon as it is seen, and takes no write any more',
  async (family) => {
    const world = await openWorld({ family, replicas: 2 });
    const { primary } = world;
    try {
      primary.kill('SIGSTOP');
      const promoted = await world.promoted();
      await toldInVain(world);
      primary.kill('SIGCONT');
      await eventually(() => isWritable(primary)).toBe(false);
      expect(await writablePorts(world.fleet.servers)).toEqual([promoted.port]);
      const [recovery] = await world.recoveries();
      const made = `${world.key(primary)} came back writable although it was replaced by ${world.key(promoted)}: made read-only`;
      await eventually(async () => (await world.steps(the(recovery).UID)).join('\n')).toContain(made);
    } finally {
      primary.kill('SIGCONT');
      await world.stop();
    }
  },
);

it('leaves a former primary alone whose downtime a person has ended', async () => {
  const world = await openWorld({ family: 'mariadb', replicas: 2 });
  const { primary } = world;
  try {
    primary.kill('SIGSTOP');
    await world.promoted();
    await toldInVain(world);
    await world.get(`end-downtime/${world.at(primary)}`);
    primary.kill('SIGCONT');
    await eventually(async () => (await world.instance(primary)).IsLastCheckValid).toBe(true);
    await world.afterLooks(primary, 3);
    expect(await isWritable(primary)).toBe(true);
  } finally {
    primary.kill('SIGCONT');
    await world.stop();
  }
});
