// One of two primaries that replicate from each other dies (spec/recovery.md 3.2 and 11.2, `co-master-failover`).

import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { OperationWorld } from '../support/operation-world.ts';
import { followsSoon, kill, replication, writablePorts } from '../support/servers.ts';
import { write } from '../support/world.ts';

let stage: OperationWorld;

afterEach(() => stage?.close());

describe.each(['mysql', 'mariadb'] as const)('%s: a dead co-primary', (family) => {
  it('A15: the writable one goes on writing, and gets the replicas of the dead one', async () => {
    stage = await OperationWorld.open({ family, replicas: 3 });
    const { world, primary } = stage;
    const [one, dying, two] = [stage.replica(1), stage.replica(2), stage.replica(3)];
    await stage.done('make-co-master', dying);
    await stage.done('relocate', two, dying);
    await kill(dying);
    const recovery = await world.recoveryEnded();
    expect(recovery).toMatchObject({
      IsSuccessful: true,
      SuccessorKey: { Port: primary.port },
      AnalysisEntry: { Analysis: 'DeadCoMaster', AnalyzedInstanceKey: { Port: dying.port } },
    });
    await followsSoon(two, primary);
    await followsSoon(one, primary);
    expect(await writablePorts(world.fleet.servers)).toEqual([primary.port]);
    // It is still seen as what it was: one entry, and none of its own for the other one.
    expect(await replication(primary)).toMatchObject({ port: dying.port, receiver: 'No', applier: 'No' });
    await eventually(async () =>
      (await world.analyses()).map(({ Analysis, AnalyzedInstanceKey: { Port } }) => [Analysis, Port]),
    ).toEqual([['DeadCoMaster', dying.port]]);
    const downtimed = (await world.instances()).filter(({ IsDowntimed }) => IsDowntimed);
    expect(downtimed.map(({ Key, DowntimeReason }) => [Key.Port, DowntimeReason])).toEqual([
      [dying.port, 'lost-in-recovery'],
    ]);
    await stage.everyRowOnce([primary, one, two]);
  });

  it('A15: where the writable one dies, the other one takes writes', async () => {
    stage = await OperationWorld.open({ family, replicas: 2 });
    const { world, primary } = stage;
    const [other, one] = [stage.replica(1), stage.replica(2)];
    await stage.done('make-co-master', other);
    await stage.stopRows();
    await kill(primary);
    const { IsSuccessful, SuccessorKey } = await world.recoveryEnded();
    expect([IsSuccessful, SuccessorKey.Port]).toEqual([true, other.port]);
    await followsSoon(one, other);
    expect(await writablePorts(world.fleet.servers)).toEqual([other.port]);
    await write(other, 'INSERT INTO demo.numbers VALUES (1)');
    // Back as it was configured, writable: it is made read-only, for it is lost.
    await primary.restart();
    await eventually(() => writablePorts(world.fleet.servers)).toEqual([other.port]);
  });
});
