// Moves of servers while rows flow, on real servers of both families, with GTID and without: every server has every row once afterwards.

import { describe, expect, it } from 'vitest';
import { serverFamilies } from '../../../src/sandbox/server-releases.ts';
import { keptStages } from '../support/kept-stages.ts';
import type { OperationWorld } from '../support/operation-world.ts';
import { followsSoon, replication } from '../support/servers.ts';
import { withoutGtid } from '../support/without-gtid.ts';

const stages = keptStages();
let stage: OperationWorld;

describe.each(serverFamilies)('with GTID on %s', (family) => {
  const open = async () => {
    stage = await stages.open({ family });
  };

  it('O58, O23, O25, O59, O28: a tree is rearranged', async () => {
    await open();
    const { primary } = stage;
    const [one, two, three] = [stage.replica(1), stage.replica(2), stage.replica(3)];
    await stage.done('relocate', three, two);
    await followsSoon(three, two);
    await stage.done('relocate', two, one);
    await followsSoon(two, one);
    await stage.done('move-up', three);
    await followsSoon(three, one);
    await stage.done('move-below', three, two);
    await followsSoon(three, two);
    await stage.done('relocate-replicas', one, primary);
    await followsSoon(two, primary);
    await stage.done('move-up', three);
    await followsSoon(three, primary);
    await stage.done('take-siblings', one);
    for (const sibling of [two, three]) await followsSoon(sibling, one);
    await stage.done('relocate-replicas', one, primary);
    for (const sibling of [two, three]) await followsSoon(sibling, primary);
    await stage.everyRowOnce();
  });

  it('O26, O29, O30, O20, O21, O53: places are taken, and replicas gather', async () => {
    await open();
    const { primary, world } = stage;
    const [one, two, three] = [stage.replica(1), stage.replica(2), stage.replica(3)];
    await stage.done('move-below-gtid', two, one);
    await followsSoon(two, one);
    await stage.done('take-master', two);
    await followsSoon(two, primary);
    await followsSoon(one, two);
    await stage.done('repoint', three, two);
    await followsSoon(three, two);
    await stage.done('repoint-replicas', two);
    for (const replica of [one, three]) await followsSoon(replica, two);
    await stage.done('move-replicas-gtid', two, primary);
    for (const replica of [one, three]) await followsSoon(replica, primary);
    const promoted = await stage.done('regroup-replicas', primary);
    const chosen = world.serverAt((promoted as { Port: number }).Port);
    for (const replica of world.replicas) await followsSoon(replica, replica === chosen ? primary : chosen);
    await stage.done('relocate-replicas', chosen, primary);
    for (const replica of world.replicas) await followsSoon(replica, primary);
    await stage.everyRowOnce();
  });

  it('O27, A15: a pair of co-primaries is made, and taken apart', async () => {
    await open();
    const { primary, world } = stage;
    const [one, two] = [stage.replica(1), stage.replica(2)];
    await stage.done('make-co-master', one);
    await followsSoon(primary, one);
    expect(await stage.refusal('make-co-master', one)).toContain(
      `instance ${world.key(one)} is already co master of ${world.key(primary)}`,
    );
    await stage.done('relocate', two, one);
    await followsSoon(two, one);
    await stage.done('reset-replica', primary);
    expect(await replication(primary)).toBeNull();
    await stage.done('relocate', two, primary);
    await followsSoon(two, primary);
    await stage.everyRowOnce();
  });

  it('O31, O32: a replica leaves GTID, and comes back to it', async () => {
    await open();
    const { primary, world } = stage;
    const replica = stage.replica(1);
    await stage.done('disable-gtid', replica);
    expect(await world.instance(replica)).toMatchObject({ UsingOracleGTID: false, UsingMariaDBGTID: false });
    await stage.done('enable-gtid', replica);
    await followsSoon(replica, primary);
    expect(await world.instance(replica)).toMatchObject(
      family === 'mysql' ? { UsingOracleGTID: true } : { UsingMariaDBGTID: true },
    );
    await stage.everyRowOnce();
  });
});

describe.each(serverFamilies)('by file and position on %s', (family) => {
  const open = async () => {
    stage = await stages.open({ family, prepare: withoutGtid });
  };

  it('O23, O24, O25, O58: a tree is rearranged', async () => {
    await open();
    const { primary } = stage;
    const [one, two, three] = [stage.replica(1), stage.replica(2), stage.replica(3)];
    await stage.done('move-below', three, two);
    await followsSoon(three, two);
    await stage.done('relocate', two, one);
    await followsSoon(two, one);
    await stage.done('move-up', three);
    await followsSoon(three, one);
    await stage.done('move-up-replicas', one);
    for (const replica of [one, two, three]) await followsSoon(replica, primary);
    await stage.done('relocate-replicas', primary, one);
    for (const replica of [two, three]) await followsSoon(replica, one);
    await stage.done('move-up-replicas', one);
    for (const replica of [two, three]) await followsSoon(replica, primary);
    await stage.everyRowOnce();
  });

  it('O26, O27, O20: places are taken', async () => {
    await open();
    const { primary } = stage;
    const [one, two, three] = [stage.replica(1), stage.replica(2), stage.replica(3)];
    await stage.done('relocate', two, one);
    await followsSoon(two, one);
    await stage.done('take-master', two);
    await followsSoon(two, primary);
    await followsSoon(one, two);
    await stage.done('repoint', three, primary);
    await followsSoon(three, primary);
    await stage.done('make-co-master', two);
    await followsSoon(primary, two);
    await stage.everyRowOnce();
  });
});
