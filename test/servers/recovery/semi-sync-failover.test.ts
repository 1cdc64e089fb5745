// Semi-sync on, four writers: whatever dies, nothing of what they were told is safe is lost (E2, G4, M: zero acknowledged writes lost).

import { afterEach, describe, expect, it } from 'vitest';
import type { RunningServer } from '../../../src/sandbox/server.ts';
import type { ServerFamily } from '../../../src/sandbox/server-releases.ts';
import { eventually } from '../support/eventually.ts';
import { type FourWriters, fourWriters } from '../support/four-writers.ts';
import { asRoot, hang, kill, writablePorts } from '../support/servers.ts';
import { openWorld, type World } from '../support/world.ts';

let world: World;
let writers: FourWriters | null = null;

afterEach(async () => {
  await writers?.stop();
  writers = null;
  await world?.stop();
});

const FOR_EVER_MILLIS = 1_000_000_000;

async function open(family: ServerFamily): Promise<FourWriters> {
  world = await openWorld({
    family,
    replicas: 3,
    semiSync: true,
    semiSyncTimeoutMillis: FOR_EVER_MILLIS,
    configuration: { RecoveryPeriodBlockSeconds: 1 },
  });
  writers = await fourWriters(world.fleet.servers, world.primary);
  await moreRows(writers);
  return writers;
}

/** They go on: so many more were told that their rows are safe. */
const moreRows = (some: FourWriters) => eventually(() => some.acknowledged).toBeGreaterThan(some.acknowledged + 200);

/** Replicas that acknowledge to it. */
async function ackers(server: RunningServer): Promise<number> {
  const word = server.family === 'mysql' ? 'source' : 'master';
  const [row] = await asRoot(server, `SHOW GLOBAL STATUS LIKE 'Rpl_semi_sync_${word}_clients'`);
  return Number(row?.['Value']);
}

async function waits(server: RunningServer): Promise<boolean> {
  const variable = server.family === 'mysql' ? 'rpl_semi_sync_source_enabled' : 'rpl_semi_sync_master_enabled';
  const [row] = await asRoot(server, `SELECT @@global.${variable} AS value`);
  return Number(row?.['value']) === 1;
}

async function nothingIsLost(some: FourWriters, promoted: RunningServer): Promise<void> {
  await some.stop();
  expect(await some.missingOn(promoted)).toEqual([]);
  expect(await writablePorts(world.fleet.servers)).toContain(promoted.port);
  for (const replica of world.replicas.filter((one) => one.isRunning && one !== promoted)) {
    await eventually(() => some.missingOn(replica)).toEqual([]);
  }
}

describe.each(['mysql', 'mariadb'] as const)('%s, with semi-sync and four writers', (family) => {
  it('E2: the primary is killed: nothing is lost, and the new one waits for acknowledgements too', async () => {
    const some = await open(family);
    await kill(world.primary);
    const promoted = await world.promoted();
    expect(await waits(promoted)).toBe(true);
    await moreRows(some);
    await eventually(() => ackers(promoted)).toBe(2);
    await nothingIsLost(some, promoted);
  });

  it('D16: replicas that wait as semi-sync sources themselves apply what they have received, and nothing is lost', async () => {
    const some = await open(family);
    const variable = family === 'mysql' ? 'rpl_semi_sync_source_enabled' : 'rpl_semi_sync_master_enabled';
    for (const replica of world.replicas) await asRoot(replica, `SET GLOBAL ${variable} = 1`);
    await moreRows(some);
    await eventually(() => world.instance(world.replicas[0] ?? world.primary)).toMatchObject({
      SemiSyncMasterEnabled: true,
    });
    await kill(world.primary);
    const promoted = await world.promoted();
    expect(await waits(promoted)).toBe(true);
    await moreRows(some);
    await nothingIsLost(some, promoted);
  });

  it('E2: a new primary that nobody acknowledges to waits for nobody, and again once one is back', async () => {
    const some = await open(family);
    const [promotable, one, other] = world.replicas;
    if (promotable === undefined || one === undefined || other === undefined) throw new Error('three replicas');
    for (const replica of [one, other]) {
      await kill(replica);
      await eventually(() => world.instance(replica)).toMatchObject({ IsLastCheckValid: false });
    }
    await kill(world.primary);
    const promoted = await world.promoted();
    expect([promoted.port, await waits(promoted)]).toEqual([promotable.port, false]);
    await moreRows(some);
    await one.restart();
    await eventually(() => waits(promoted)).toBe(true);
    await moreRows(some);
    await eventually(() => ackers(promoted)).toBe(1);
    await some.stop();
    await eventually(() => some.missingOn(one)).toEqual(await some.missingOn(promoted));
  });

  it('E2, E7: the new primary is killed as well: nothing is lost', async () => {
    const some = await open(family);
    await kill(world.primary);
    const first = await world.promoted();
    await moreRows(some);
    await eventually(() => ackers(first)).toBe(2);
    await kill(first);
    const second = await world.promoted(2);
    await moreRows(some);
    await nothingIsLost(some, second);
  });

  it('A9: the primary hangs: nothing is lost, and it takes nothing when it goes on', async () => {
    const some = await open(family);
    await hang(world.primary);
    try {
      const promoted = await world.promoted();
      await moreRows(some);
      world.primary.kill('SIGCONT');
      await eventually(() => writablePorts(world.fleet.servers)).toEqual([promoted.port]);
      await nothingIsLost(some, promoted);
    } finally {
      world.primary.kill('SIGCONT');
    }
  });

  it('I2: a planned switchover: nothing is lost, and the old primary does not wait as a replica', async () => {
    const some = await open(family);
    const answer = await world.get('graceful-master-takeover-auto/c1');
    expect([answer.code, answer.message]).toEqual(['OK', 'graceful-master-takeover: successor promoted']);
    const promoted = await world.promoted();
    expect([await waits(promoted), await waits(world.primary)]).toEqual([true, false]);
    await moreRows(some);
    await nothingIsLost(some, promoted);
    await eventually(() => some.missingOn(world.primary)).toEqual([]);
  });
});
