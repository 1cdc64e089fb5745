// Two orchestrators that share nothing were pointed at the same servers (J5).

import { afterEach, expect, it } from 'vitest';
import { freePort } from '../../../src/sandbox/free-ports.ts';
import type { OrchestratorProcess } from '../../../src/sandbox/orchestrator-process.ts';
import { eventually } from '../support/eventually.ts';
import { followsSoon, kill, others, writablePorts } from '../support/servers.ts';
import { openWorld, the, type World } from '../support/world.ts';

let world: World | null = null;

afterEach(async () => {
  await world?.stop();
  world = null;
});

const rows = async (program: OrchestratorProcess, path: string): Promise<readonly unknown[]> =>
  (await (await fetch(`${program.url}/api/${path}`)).json()) as readonly unknown[];

it.each(['mysql', 'mariadb'] as const)('J5: one of them replaces a dead primary, once: %s', async (family) => {
  world = await openWorld({ family });
  const rival = await world.startObserver(await freePort(), { RecoverMasterClusterFilters: ['*'] });
  const seen = async () => {
    const known = (await rows(rival, 'all-instances')) as readonly { IsLastCheckValid: boolean }[];
    return known.filter((one) => one.IsLastCheckValid).length;
  };
  await eventually(seen).toBe(world.fleet.servers.length);
  await kill(world.primary);

  await eventually(async () => (await writablePorts(the(world).replicas)).length).toBe(1);
  const [port] = await writablePorts(world.replicas);
  const promoted = world.serverAt(the(port));
  for (const replica of others(world.replicas, promoted)) await followsSoon(replica, promoted);
  const recovered = async () => [
    ...(await the(world).recoveries()),
    ...((await rows(rival, 'audit-recovery')) as readonly { IsSuccessful: boolean; AllErrors: readonly string[] }[]),
  ];
  await eventually(async () => (await recovered()).filter(({ IsSuccessful }) => IsSuccessful).length).toBe(1);
  // The other one may have begun before it had seen what was done.
  const inVain = (await recovered()).filter(({ IsSuccessful }) => !IsSuccessful);
  for (const { AllErrors } of inVain) expect(AllErrors.join()).toContain('nothing is done');
  expect(await writablePorts(world.replicas)).toEqual([promoted.port]);
});
