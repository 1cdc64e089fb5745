// Moves of servers while rows flow, on real servers of both families, with GTID and without: every server has every row once afterwards.

import { afterEach, describe, expect, it } from 'vitest';
import type { RunningServer } from '../../../src/sandbox/server.ts';
import { serverFamilies } from '../../../src/sandbox/server-releases.ts';
import { flowingRows, type Rows } from '../support/rows.ts';
import { followsSoon, replication } from '../support/servers.ts';
import { withoutGtid } from '../support/without-gtid.ts';
import { openWorld, the, type World, type WorldOptions } from '../support/world.ts';

let world: World | null = null;
let rows: Rows | null = null;

afterEach(async () => {
  await rows?.stop();
  rows = null;
  await world?.stop();
  world = null;
});

async function aWorld(options: WorldOptions): Promise<World> {
  world = await openWorld(options);
  rows = await flowingRows(world.primary);
  return world;
}

/** What an operation of API v1 answers when it has gone well. */
async function done(path: string): Promise<unknown> {
  const answer = await the(world).get(path);
  expect({ path, code: answer.code, message: answer.message }).toMatchObject({ code: 'OK' });
  return answer.details;
}

const move = (verb: string, server: RunningServer, below?: RunningServer) =>
  done([verb, the(world).at(server), ...(below === undefined ? [] : [the(world).at(below)])].join('/'));

async function everyRowOnce(): Promise<void> {
  await the(rows).endOn(the(world).fleet.servers);
  rows = null;
}

describe.each(serverFamilies)('with GTID on %s', (family) => {
  it('O58, O23, O25, O59, O28: a tree is rearranged', async () => {
    const { primary, replicas } = await aWorld({ family });
    const [one, two, three] = [the(replicas[0]), the(replicas[1]), the(replicas[2])];
    await move('relocate', three, two);
    await followsSoon(three, two);
    await move('relocate', two, one);
    await followsSoon(two, one);
    await move('move-up', three);
    await followsSoon(three, one);
    await move('move-below', three, two);
    await followsSoon(three, two);
    await done(`relocate-replicas/${the(world).at(one)}/${the(world).at(primary)}`);
    await followsSoon(two, primary);
    await move('move-up', three);
    await move('take-siblings', one);
    for (const sibling of [two, three]) await followsSoon(sibling, one);
    await everyRowOnce();
  });

  it('O26, O29, O30, O20, O21, O53: places are taken, and replicas gather', async () => {
    const { primary, replicas } = await aWorld({ family });
    const [one, two, three] = [the(replicas[0]), the(replicas[1]), the(replicas[2])];
    await move('move-below-gtid', two, one);
    await followsSoon(two, one);
    await move('take-master', two);
    await followsSoon(two, primary);
    await followsSoon(one, two);
    await move('repoint', three, two);
    await followsSoon(three, two);
    await done(`repoint-replicas/${the(world).at(two)}`);
    for (const replica of [one, three]) await followsSoon(replica, two);
    await done(`move-replicas-gtid/${the(world).at(two)}/${the(world).at(primary)}`);
    for (const replica of [one, three]) await followsSoon(replica, primary);
    const promoted = await done(`regroup-replicas/${the(world).at(primary)}`);
    const chosen = the(world).serverAt((promoted as { Port: number }).Port);
    for (const replica of replicas) await followsSoon(replica, replica === chosen ? primary : chosen);
    await everyRowOnce();
  });

  it('O27, A15: a pair of co-primaries is made, and taken apart', async () => {
    const { primary, replicas } = await aWorld({ family });
    const [one, two] = [the(replicas[0]), the(replicas[1])];
    await move('make-co-master', one);
    await followsSoon(primary, one);
    const again = await the(world).get(`make-co-master/${the(world).at(one)}`);
    expect(again.message).toContain(
      `instance ${the(world).key(one)} is already co master of ${the(world).key(primary)}`,
    );
    await move('relocate', two, one);
    await followsSoon(two, one);
    await move('reset-replica', primary);
    expect(await replication(primary)).toBeNull();
    await everyRowOnce();
  });

  it('O31, O32: a replica leaves GTID, and comes back to it', async () => {
    const { primary, replicas } = await aWorld({ family, replicas: 1 });
    const replica = the(replicas[0]);
    await move('disable-gtid', replica);
    expect(await the(world).instance(replica)).toMatchObject({ UsingOracleGTID: false, UsingMariaDBGTID: false });
    await move('enable-gtid', replica);
    await followsSoon(replica, primary);
    expect(await the(world).instance(replica)).toMatchObject(
      family === 'mysql' ? { UsingOracleGTID: true } : { UsingMariaDBGTID: true },
    );
    await everyRowOnce();
  });
});

describe.each(serverFamilies)('by file and position on %s', (family) => {
  it('O23, O24, O25, O58: a tree is rearranged', async () => {
    const { primary, replicas } = await aWorld({ family, prepare: withoutGtid });
    const [one, two, three] = [the(replicas[0]), the(replicas[1]), the(replicas[2])];
    await move('move-below', three, two);
    await followsSoon(three, two);
    await move('relocate', two, one);
    await followsSoon(two, one);
    await move('move-up', three);
    await followsSoon(three, one);
    await done(`move-up-replicas/${the(world).at(one)}`);
    for (const replica of [two, three]) await followsSoon(replica, primary);
    await done(`relocate-replicas/${the(world).at(primary)}/${the(world).at(one)}`);
    for (const replica of [two, three]) await followsSoon(replica, one);
    await everyRowOnce();
  });

  it('O26, O27, O20: places are taken', async () => {
    const { primary, replicas } = await aWorld({ family, prepare: withoutGtid });
    const [one, two, three] = [the(replicas[0]), the(replicas[1]), the(replicas[2])];
    await move('relocate', two, one);
    await move('take-master', two);
    await followsSoon(two, primary);
    await followsSoon(one, two);
    await move('repoint', three, primary);
    await followsSoon(three, primary);
    await move('make-co-master', two);
    await followsSoon(primary, two);
    await everyRowOnce();
  });
});
