// A takeover run by a command beside a service on the same backend, and orders to stop in the middle of a recovery: who brings what to an end.

import { type ChildProcess, spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { RunningServer } from '../../../src/sandbox/server.ts';
import { eventually } from '../support/eventually.ts';
import {
  asRoot,
  followsSoon,
  hang,
  kill,
  letOrchestratorIn,
  lockOrchestratorOut,
  others,
  writablePorts,
} from '../support/servers.ts';
import { openWorld, the, type World } from '../support/world.ts';

const LAUNCHER = join(import.meta.dirname, '../../../bin/orchestrator');

let world: World | null = null;
let command: ChildProcess | null = null;

afterEach(async () => {
  // Hooks that wait for it outlive the program that was killed.
  world?.touch('go');
  command?.kill('SIGKILL');
  await world?.stop();
  [world, command] = [null, null];
});

const hookThatWaits = 'touch FOLDER/reached; while [ -d FOLDER ] && [ ! -e FOLDER/go ]; do sleep 0.05; done';

/** The same program, configuration and backend as the service. In a process group of its own, so that its hooks outlive it. */
function takeoverByCommand({ program, replicas, key }: World): {
  ended: Promise<{ code: number | null; out: string }>;
} {
  const args = [
    `--config=${program.configurationFile}`,
    '-c',
    'graceful-master-takeover-auto',
    '-alias',
    'c1',
    '-d',
    key(the(replicas[0])),
  ];
  const started = spawn(LAUNCHER, args, {
    stdio: ['ignore', 'pipe', 'ignore'],
    // What it leaves when it is killed goes with the world.
    env: { ...process.env, TMPDIR: dirname(program.configurationFile) },
  });
  command = started;
  let out = '';
  started.stdout.on('data', (text: Buffer) => {
    out += text.toString();
  });
  return { ended: new Promise((resolve) => started.on('exit', (code) => resolve({ code, out }))) };
}

it('K12: a takeover that a living command runs is no cut one, however long it takes', async () => {
  world = await openWorld({ family: 'mariadb', configuration: { PreGracefulTakeoverProcesses: [hookThatWaits] } });
  const { ended } = takeoverByCommand(world);
  await eventually(() => the(world).exists('reached')).toBe(true);
  await world.program.stop();
  await world.startProgram(['--grab-election']);
  await world.seesLeader();
  await world.afterLooks(the(world.replicas[0]), 5);
  world.touch('go');

  const { code, out } = await ended;
  const successor = the(world.replicas[0]);
  expect({ code, out }).toMatchObject({ code: 0, out: expect.stringContaining(`${world.key(successor)}\n`) });
  expect(await writablePorts(world.fleet.servers)).toEqual([successor.port]);
  for (const other of others(world.fleet.servers, successor)) await followsSoon(other, successor);
  const [recovery] = await world.recoveries();
  expect(await world.recoveries()).toHaveLength(1);
  expect(recovery).toMatchObject({ IsSuccessful: true });
  expect((await world.steps(the(recovery).UID)).join('\n')).not.toContain('was cut');
});

it('K12: one whose command is killed is brought to an end by the service that runs', async () => {
  world = await openWorld({ family: 'mariadb', configuration: { PreGracefulTakeoverProcesses: [hookThatWaits] } });
  const { ended } = takeoverByCommand(world);
  await eventually(() => the(world).exists('reached')).toBe(true);
  the(command).kill('SIGKILL');
  await ended;
  const recovery = await world.recoveryEnded();
  expect(recovery.IsSuccessful).toBe(false);
  expect((await world.steps(recovery.UID)).join('\n')).toContain('was cut');
  expect(await writablePorts(world.fleet.servers)).toEqual([world.primary.port]);
});

it('K12: a service that is told to stop brings its recovery to an end first', async () => {
  world = await openWorld({ family: 'mariadb', configuration: { PreFailoverProcesses: [hookThatWaits] } });
  await kill(world.primary);
  await eventually(() => the(world).exists('reached')).toBe(true);
  const stopped = world.program.stop();
  world.touch('go');
  await stopped;
  const [port] = await writablePorts(world.replicas);
  const promoted = world.serverAt(the(port));
  for (const replica of others(world.replicas, promoted)) await followsSoon(replica, promoted);
  expect(world.journaled('end', 'done')).toBe(true);
});

/** How many it has received, of MariaDB. A receiver that waits calls itself connected, whether it hears anything or not. */
async function heartbeats(replica: RunningServer): Promise<number> {
  const [row] = await asRoot(replica, 'SHOW ALL SLAVES STATUS');
  return Number(the(row).Slave_received_heartbeats);
}

it('A8, B9: a primary that its replicas hear again after the hooks is not replaced, also where it does not answer us', async () => {
  world = await openWorld({ family: 'mariadb', configuration: { PreFailoverProcesses: [hookThatWaits] } });
  const { primary, replicas } = world;
  await lockOrchestratorOut(primary);
  await hang(primary);
  await eventually(() => the(world).exists('reached')).toBe(true);
  const heardBefore = await Promise.all(replicas.map(heartbeats));
  primary.kill('SIGCONT');
  for (const [index, replica] of replicas.entries())
    await eventually(() => heartbeats(replica)).toBeGreaterThan(the(heardBefore[index]));
  world.touch('go');

  const recovery = await world.recoveryEnded();
  expect(recovery).toMatchObject({ IsSuccessful: false, IsActive: false });
  expect(recovery.AllErrors.join()).toContain('not proven dead any more: still heard by');
  for (const replica of replicas) await followsSoon(replica, primary);
  expect(await writablePorts(replicas)).toEqual([]);
  await letOrchestratorIn(primary);
});
