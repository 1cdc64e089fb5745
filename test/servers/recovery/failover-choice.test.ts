// Who is promoted, and that nothing received is lost on the way: what was received counts, it is applied first, and who is left behind
// keeps what it alone has.

import { afterEach, describe, expect, it } from 'vitest';
import { applicationAccount } from '../../../src/sandbox/accounts.ts';
import { receivedBy } from '../../../src/sandbox/received-transactions.ts';
import { serverFamilies } from '../../../src/sandbox/server-releases.ts';
import { eventually } from '../support/eventually.ts';
import { openProxiedWorld, type ProxiedWorld } from '../support/proxied-world.ts';
import {
  executed,
  followsSoon,
  hasNumbers,
  holdApplier,
  isWritable,
  kill,
  numbersOn,
  others,
  replication,
  stopApplier,
  stopReceiver,
  writablePorts,
  writeAside,
  writeNumbers,
} from '../support/servers.ts';
import { openWorld, the, type World, write } from '../support/world.ts';

let world: World | null = null;
let proxied: ProxiedWorld | null = null;

afterEach(async () => {
  await world?.stop();
  world = null;
  proxied?.close();
  proxied = null;
});

describe.each(serverFamilies)('what %s replicas received and did not apply yet', (family) => {
  it('D2, D4: is applied before the chosen one takes writes, and by all of them', async () => {
    world = await openWorld({ family });
    const { primary, replicas } = world;
    const holds = await Promise.all(replicas.map(holdApplier));
    await writeNumbers(primary, [1, 2, 3], replicas);
    await kill(primary);

    const isDraining = () =>
      the(world)
        .journal()
        .some((line) => line.step.startsWith('drain ') && line.phase === 'intended');
    await eventually(isDraining).toBe(true);
    expect(await writablePorts(replicas)).toEqual([]);
    for (const replica of replicas) expect(await numbersOn(replica)).toEqual([]);

    for (const hold of holds) await hold.release();
    const promoted = await world.promoted();
    expect(await isWritable(promoted)).toBe(true);
    expect(await numbersOn(promoted)).toEqual([1, 2, 3]);
    for (const replica of others(replicas, promoted)) {
      await followsSoon(replica, promoted);
      await hasNumbers(replica, [1, 2, 3]);
    }
  });

  it('D2, D3: is applied also where every applier had been stopped', async () => {
    world = await openWorld({ family });
    const { primary, replicas } = world;
    for (const replica of replicas) await stopApplier(replica);
    await writeNumbers(primary, [1, 2, 3], replicas);
    await kill(primary);
    const promoted = await world.promoted();
    expect(await numbersOn(promoted)).toEqual([1, 2, 3]);
    for (const replica of others(replicas, promoted)) {
      await followsSoon(replica, promoted);
      await hasNumbers(replica, [1, 2, 3]);
    }
  });

  it('C1: decides; having applied more does not', async () => {
    world = await openWorld({ family });
    const { primary, replicas } = world;
    const [fed, ...starved] = replicas;
    const hold = await holdApplier(the(fed));
    await writeNumbers(primary, [1], replicas);
    for (const replica of starved) await hasNumbers(replica, [1]);
    for (const replica of starved) await stopReceiver(replica);
    await writeNumbers(primary, [2, 3], [the(fed)]);
    await kill(primary);
    // It has applied nothing when it is chosen.
    await eventually(() => the(world).journaled(`drain ${the(world).key(the(fed))}`, 'intended')).toBe(true);
    expect(await numbersOn(the(fed))).toEqual([]);
    await hold.release();
    expect(await world.promoted()).toBe(fed);
    expect(await numbersOn(the(fed))).toEqual([1, 2, 3]);
    for (const replica of starved) {
      await followsSoon(replica, the(fed));
      await hasNumbers(replica, [1, 2, 3]);
    }
  });

  it('C18: does not count where the applier is broken; that one is passed over, marked, and keeps its relay log', async () => {
    world = await openWorld({ family });
    const { primary, replicas } = world;
    const [broken, ...sound] = replicas;
    await writeAside(the(broken), 'INSERT INTO demo.numbers VALUES (1)');
    await writeNumbers(primary, [1], replicas);
    await eventually(async () => (await replication(the(broken)))?.applier).toBe('No');
    for (const replica of sound) await hasNumbers(replica, [1]);
    for (const replica of sound) await stopReceiver(replica);
    await writeNumbers(primary, [2, 3], [the(broken)]);
    const history = await executed(primary);
    await kill(primary);

    const promoted = await world.promoted();
    expect(sound).toContain(promoted);
    expect((await receivedBy([the(broken)])).includes(history)).toBe(true);
    expect(await isWritable(the(broken))).toBe(false);
    const [recovery] = await world.recoveries();
    expect(recovery?.LostReplicas).toMatchObject([{ Port: the(broken).port }]);
    expect(await world.instance(the(broken))).toMatchObject({ DowntimeReason: 'lost-in-recovery' });
    expect(the(recovery).AllErrors.join('\n')).toContain(`transactions that only ${world.key(the(broken))} has: `);
    const steps = (await world.steps(the(recovery).UID)).join('\n');
    expect(steps).toContain(`not a candidate: ${world.key(the(broken))} cannot apply what it received`);
  });

  it('B8, C18: is accepted as lost, by name, where nobody can apply it and people want it so', async () => {
    world = await openWorld({ family, configuration: { AcceptLossIfSQLThreadNotUpToDate: true } });
    const { primary, replicas } = world;
    for (const replica of replicas) await writeAside(replica, 'INSERT INTO demo.numbers VALUES (1)');
    const before = await executed(primary);
    await writeNumbers(primary, [1, 2], replicas);
    for (const replica of replicas) await eventually(async () => (await replication(replica))?.applier).toBe('No');
    const lost = await executed(primary);
    await kill(primary);

    const promoted = await world.promoted();
    const errors = the((await world.recoveries())[0]).AllErrors.join('\n');
    expect(errors).toContain('accepted as lost (AcceptLossIfSQLThreadNotUpToDate): ');
    // What it names ends where the old primary ended, and was not there before.
    const end = /(\d+)$/.exec(lost)?.[1];
    expect(errors).toMatch(new RegExp(`accepted as lost .*[-:]${end}\\b`));
    expect(before).not.toBe(lost);
    await write(promoted, 'INSERT INTO demo.numbers VALUES (3)');
    for (const replica of others(replicas, promoted)) {
      await followsSoon(replica, promoted);
      await hasNumbers(replica, [1, 3]);
    }
  });

  it('C10: the preferred one, which is behind, is fed by another and promoted; nothing is lost', async () => {
    world = await openWorld({ family });
    const { primary, replicas } = world;
    const [preferred, ...fed] = replicas;
    expect(await world.get(`register-candidate/${world.at(the(preferred))}/prefer`)).toMatchObject({ code: 'OK' });
    await stopReceiver(the(preferred));
    await writeNumbers(primary, [1, 2], fed);
    await kill(primary);
    expect(await world.promoted()).toBe(preferred);
    expect(await numbersOn(the(preferred))).toEqual([1, 2]);
    const [recovery] = await world.recoveries();
    expect(recovery?.LostReplicas).toEqual([]);
    for (const replica of fed) await followsSoon(replica, the(preferred), world.hostOf(the(preferred)));
  });

  it('D4, D5, D7: one that may not be promoted and is ahead applies what it alone has, then is detached and marked', async () => {
    world = await openWorld({ family, configuration: { PromotionDrainSeconds: 2 } });
    const { primary, replicas } = world;
    const [ahead, ...behind] = replicas;
    expect(await world.get(`register-candidate/${world.at(the(ahead))}/must_not`)).toMatchObject({ code: 'OK' });
    const hold = await holdApplier(the(ahead));
    await writeNumbers(primary, [1], replicas);
    for (const replica of behind) await hasNumbers(replica, [1]);
    for (const replica of behind) await stopReceiver(replica);
    await writeNumbers(primary, [2, 3], [the(ahead)]);
    const history = await executed(primary);
    await kill(primary);

    // It is waited for so long as it may feed the others; then service is back before it is done with.
    await eventually(async () => (await writablePorts(behind)).length).toBe(1);
    expect((await receivedBy([the(ahead)])).includes(history)).toBe(true);
    await hold.release();
    await hasNumbers(the(ahead), [1, 2, 3]);
    await eventually(async () => (await replication(the(ahead)))?.host).toBe(`//${world.hostOf(primary)}`);
    expect(await world.promoted()).not.toBe(ahead);
    const [recovery] = await world.recoveries();
    expect(recovery?.LostReplicas).toMatchObject([{ Port: the(ahead).port }]);
    await eventually(async () => (await the(world).instance(the(ahead))).DowntimeReason).toBe('lost-in-recovery');
    expect(await isWritable(the(ahead))).toBe(false);
  });
});

it.each(['mariadb'] as const)(
  'D15: a %s primary died in the middle of a transaction: the whole ones count, the rest is nobody’s',
  async (family) => {
    proxied = await openProxiedWorld({ family, replicas: 2 });
    world = proxied.world;
    const { primary, replicas } = world;
    await write(primary, 'CREATE TABLE demo.big (id INT PRIMARY KEY, filling LONGTEXT)');
    await writeNumbers(primary, [1], replicas);
    proxied.wire(primary).cutAfter(1_000_000);
    const rows = [1, 2, 3].map((id) => `(${id}, REPEAT('x', 900000))`);
    await write(primary, `INSERT INTO demo.big VALUES ${rows.join(', ')}`);
    await kill(primary);

    const promoted = await world.promoted();
    expect(await numbersOn(promoted)).toEqual([1]);
    expect(await promoted.query('SELECT COUNT(*) AS count FROM demo.big', applicationAccount)).toMatchObject([
      { count: 0 },
    ]);
    await write(promoted, 'INSERT INTO demo.numbers VALUES (2)');
    for (const replica of others(replicas, promoted)) {
      await followsSoon(replica, promoted, world.hostOf(promoted));
      await hasNumbers(replica, [1, 2]);
    }
  },
);
