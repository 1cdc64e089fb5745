// A primary that hung, was replaced, and goes on believing to be the primary.

import { expect, it } from 'vitest';
import { applicationAccount } from '../../../src/sandbox/accounts.ts';
import { serverFamilies } from '../../../src/sandbox/server-releases.ts';
import { eventually } from '../support/eventually.ts';
import { hang, isWritable, writablePorts } from '../support/servers.ts';
import { openWorld, the, type World } from '../support/world.ts';

const FOR_EVER_MILLIS = 1_000_000_000;

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
      await hang(primary);
      const promoted = await world.promoted();
      await toldInVain(world);
      primary.kill('SIGCONT');
      await eventually(() => isWritable(primary)).toBe(false);
      // Its sessions are ended after that, also the one that asks.
      await eventually(() => writablePorts(world.fleet.servers)).toEqual([promoted.port]);
      const [recovery] = await world.recoveries();
      const made = `${world.key(primary)} came back writable although it was replaced by ${world.key(promoted)}: made read-only`;
      await eventually(async () => (await world.steps(the(recovery).UID)).join('\n')).toContain(made);
    } finally {
      primary.kill('SIGCONT');
      await world.stop();
    }
  },
);

// What it wrote last was acknowledged by nobody, and it would wait for that for ever.
it.each(serverFamilies)(
  'G4: %s: is made read-only past a commit that waits, whose client is never told so',
  async (family) => {
    const world = await openWorld({ family, replicas: 2, semiSync: true, semiSyncTimeoutMillis: FOR_EVER_MILLIS });
    const { primary } = world;
    const client = await primary.connect(applicationAccount);
    try {
      await hang(primary);
      const answer = client.query('INSERT INTO demo.numbers VALUES (1)');
      const lost = expect(answer).rejects.toMatchObject({ code: 'PROTOCOL_CONNECTION_LOST' });
      await world.promoted();
      await toldInVain(world);
      primary.kill('SIGCONT');
      await eventually(() => isWritable(primary)).toBe(false);
      await lost;
    } finally {
      client.destroy();
      primary.kill('SIGCONT');
      await world.stop();
    }
  },
);

it('leaves a former primary alone whose downtime a person has ended', async () => {
  const world = await openWorld({ family: 'mariadb', replicas: 2 });
  const { primary } = world;
  try {
    await hang(primary);
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
