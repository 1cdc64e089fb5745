// Two primaries of two clusters die at once.

import { afterEach, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { followsSoon, kill, others, writablePorts } from '../support/servers.ts';
import { openWorld, the, type World } from '../support/world.ts';

let world: World | null = null;

afterEach(async () => {
  world?.touch('go');
  await world?.stop();
  world = null;
});

it('A20: both are recovered side by side: the second begins while the first is held up, and neither touches the other', async () => {
  const hook =
    'echo {failureClusterAlias} >> FOLDER/began; while [ -d FOLDER ] && [ ! -e FOLDER/go ]; do sleep 0.05; done';
  world = await openWorld({
    family: 'mariadb',
    clusters: 2,
    replicas: 2,
    configuration: { PreFailoverProcesses: [hook] },
  });
  await Promise.all(world.fleets.map((fleet) => kill(fleet.primary)));
  await eventually(() => [...the(world).lines('began')].sort()).toEqual(['c1', 'c2']);
  expect((await world.recoveries()).map((one) => one.IsSuccessful)).toEqual([false, false]);
  world.touch('go');

  await world.recoveryEnded(2);
  const recoveries = await world.recoveries();
  for (const [index, fleet] of world.fleets.entries()) {
    const recovery = recoveries.find((one) => one.AnalysisEntry.AnalyzedInstanceKey.Port === fleet.primary.port);
    const promoted = world.serverAt(the(recovery).SuccessorKey.Port);
    expect(fleet.replicas).toContain(promoted);
    expect(await writablePorts(fleet.servers)).toEqual([promoted.port]);
    for (const replica of others(fleet.replicas, promoted)) await followsSoon(replica, promoted);
    expect(await world.clusterInfo(`c${index + 1}`)).toMatchObject({ ClusterName: world.key(promoted) });
  }
});
