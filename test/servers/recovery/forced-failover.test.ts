// A person has a primary replaced, whatever its health (spec/recovery.md 4.2, 4.3; B12): one that is alive loses nothing that it had acknowledged.

import { afterEach, describe, expect, it } from 'vitest';
import type { ServerFamily } from '../../../src/sandbox/server-releases.ts';
import { eventually } from '../support/eventually.ts';
import { type FourWriters, fourWriters } from '../support/four-writers.ts';
import { followsSoon, hang, isWritable, writablePorts } from '../support/servers.ts';
import { openWorld, the, type World } from '../support/world.ts';

let world: World;
let writers: FourWriters | null = null;

afterEach(async () => {
  await writers?.stop();
  writers = null;
  await world?.stop();
});

async function open(family: ServerFamily, configuration = {}): Promise<FourWriters> {
  world = await openWorld({
    family,
    replicas: 3,
    configuration: { RecoverMasterClusterFilters: [], ...configuration },
  });
  writers = await fourWriters(world.fleet.servers, world.primary);
  await moreRows(writers);
  return writers;
}

const moreRows = (some: FourWriters) => eventually(() => some.acknowledged).toBeGreaterThan(some.acknowledged + 200);

describe.each(['mysql', 'mariadb'] as const)('%s: a primary that a person has replaced', (family) => {
  it('B12: is made read-only first where it is alive, and nothing that it has acknowledged is lost, without semi-sync', async () => {
    const some = await open(family, {
      PreFailoverProcesses: ['echo "{command} {failureType}" >> FOLDER/told'],
    });
    const answer = await world.get('force-master-failover/c1');
    expect([answer.code, answer.message]).toEqual(['OK', 'Master failed over']);
    const promoted = await world.promoted();
    expect(world.lines('told')).toEqual(['force-master-failover DeadMaster']);
    await moreRows(some);
    await some.stop();
    expect(await some.missingOn(promoted)).toEqual([]);
    expect(await writablePorts(world.fleet.servers)).toEqual([promoted.port]);
    for (const replica of world.replicas.filter((one) => one !== promoted)) await followsSoon(replica, promoted);
    expect(await world.instance(world.primary)).toMatchObject({
      IsDowntimed: true,
      DowntimeReason: 'lost-in-recovery',
    });
  });

  it('C12: gives way to whom the person names, or to nobody', async () => {
    const some = await open(family);
    const [one, two, three] = world.replicas.map((replica) => the(replica));
    const [designated, child] = [the(two), the(three)];
    await world.get(`relocate/${world.at(child)}/${world.at(the(one))}`);
    await followsSoon(child, the(one));
    const refused = await world.get(`force-master-takeover/c1/${world.at(child)}`);
    expect([refused.code, refused.message]).toEqual([
      'ERROR',
      `You may only promote a direct child of the master ${world.key(world.primary)}. The master of ${world.key(child)} is ${world.key(the(one))}.`,
    ]);
    expect(await isWritable(world.primary)).toBe(true);
    const answer = await world.get(`force-master-takeover/c1/${world.at(designated)}`);
    expect([answer.code, answer.message]).toEqual(['OK', 'Master failed over']);
    expect((await world.promoted()).port).toBe(designated.port);
    await moreRows(some);
    await some.stop();
    expect(await some.missingOn(designated)).toEqual([]);
  });

  it('B12: is replaced at once where it hangs, and takes nothing when it goes on', async () => {
    const some = await open(family);
    await hang(world.primary);
    try {
      const answer = await world.get('force-master-failover/c1');
      expect([answer.code, answer.message]).toEqual(['OK', 'Master failed over']);
      const promoted = await world.promoted();
      await moreRows(some);
      world.primary.kill('SIGCONT');
      await eventually(() => writablePorts(world.fleet.servers)).toEqual([promoted.port]);
    } finally {
      world.primary.kill('SIGCONT');
    }
  });

  it('C14: takes writes again where nobody can be promoted', async () => {
    const some = await open(family, { PromotionIgnoreHostnameFilters: ['127.0.0.1'] });
    const answer = await world.get('force-master-failover/c1');
    expect([answer.code, answer.message]).toEqual(['ERROR', 'Recovery attempted yet no replica promoted']);
    expect(await writablePorts(world.fleet.servers)).toEqual([world.primary.port]);
    await moreRows(some);
    for (const replica of world.replicas) await followsSoon(replica, world.primary);
  });
});
