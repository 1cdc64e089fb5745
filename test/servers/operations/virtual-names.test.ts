// Virtual names of hosts on real servers of both families (spec/cli.md 5.10, spec/discovery.md 11.3): 127.0.0.2 is the same host as 127.0.0.1 here, and names stay as
// they are dialled.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import type { RunningServer } from '../../../src/sandbox/server.ts';
import { serverFamilies } from '../../../src/sandbox/server-releases.ts';
import { eventually } from '../support/eventually.ts';
import { GENERAL_LOG, statementsOf } from '../support/general-log.ts';
import { followsSoon, replication } from '../support/servers.ts';
import { openWorld, the, type World } from '../support/world.ts';

const LAUNCHER = join(import.meta.dirname, '../../../bin/orchestrator');
const VIRTUAL = '127.0.0.2';
/** Nobody has this name (RFC 2606). */
const NOWHERE = 'nowhere.invalid';

let world: World | null = null;

afterEach(async () => {
  await world?.stop();
  world = null;
});

async function aWorld(family: (typeof serverFamilies)[number]): Promise<World> {
  world = await openWorld({ family, extraOptions: ['--bind-address=0.0.0.0', ...GENERAL_LOG] });
  return world;
}

const register = async (name: string): Promise<void> => {
  const { primary } = the(world);
  const path =
    name === ''
      ? `deregister-hostname-unresolve/${the(world).at(primary)}`
      : `register-hostname-unresolve/${the(world).at(primary)}/${name}`;
  expect(await the(world).get(path)).toMatchObject({ code: 'OK' });
};

const relocate = (server: RunningServer, below: RunningServer) =>
  the(world).get(`relocate/${the(world).at(server)}/${the(world).at(below)}`);

/** Under which hosts the program knows servers, and their sources. */
async function hostsSeen(): Promise<readonly string[]> {
  const seen = await the(world).instances();
  return [...new Set(seen.flatMap((one) => [one.Key.Hostname, one.MasterKey.Hostname]))].filter((host) => host !== '');
}

const threadsOf = (server: RunningServer): readonly string[] =>
  statementsOf(server, 'orc').filter((sql) => /^(STOP|START|CHANGE)/i.test(sql));

/** The same program and backend, as a command; what it printed. */
async function command(...words: readonly string[]): Promise<{ readonly code: number; readonly printed: string }> {
  const args = [`--config=${the(world).program.configurationFile}`, ...words];
  try {
    const { stdout, stderr } = await promisify(execFile)(LAUNCHER, args);
    return { code: 0, printed: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as {
      readonly code: number;
      readonly stdout: string;
      readonly stderr: string;
    };
    return { code, printed: stdout + stderr };
  }
}

describe.each(serverFamilies)('a host with a virtual name, servers of %s', (family) => {
  it('O58, O23: replicas are told of it by that name, and nobody is shown twice', async () => {
    const { primary, replicas, program } = await aWorld(family);
    const [one, two] = [the(replicas[0]), the(replicas[1])];
    await register(VIRTUAL);
    const before = threadsOf(two);
    const plan = await fetch(`${program.url}/api/v2/operations?dry-run=true`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ kind: 'relocate', key: the(world).key(two), below: the(world).key(one) }),
    });
    const shown = await plan.text();
    expect(plan.status).toBe(200);
    expect(shown).toContain(`_HOST = '${VIRTUAL}'`);
    expect(shown).toContain(`by its virtual name ${VIRTUAL}`);
    expect(threadsOf(two)).toEqual(before);

    expect(await relocate(two, one)).toMatchObject({ code: 'OK' });
    await followsSoon(two, one, VIRTUAL);
    await the(world).afterLooks(two, 3);
    expect(await hostsSeen()).toEqual([primary.host]);
    expect((await the(world).instance(two)).MasterKey).toEqual({ Hostname: one.host, Port: one.port });

    // A program that begins anew finds out by itself who is behind the name.
    await program.stop();
    await the(world).startProgram();
    await the(world).seesLeader();
    await eventually(async () => (await the(world).instance(two)).MasterKey.Hostname).toBe(one.host);
    await the(world).afterLooks(two, 3);
    expect(await hostsSeen()).toEqual([primary.host]);

    // Up by its own name: the contract has it so.
    expect(await the(world).get(`move-up/${the(world).at(two)}`)).toMatchObject({ code: 'OK' });
    await followsSoon(two, primary);
  });

  it('O58: a name that leads elsewhere refuses before anything is stopped, unless switches say otherwise', async () => {
    const { primary, replicas, key } = await aWorld(family);
    const [one, two, three] = [the(replicas[0]), the(replicas[1]), the(replicas[2])];
    await register(NOWHERE);
    const before = threadsOf(two);
    const refused = await relocate(two, one);
    expect(refused).toMatchObject({ status: 500, code: 'ERROR' });
    expect(refused.message).toMatch(
      /Error unresolving; hostname=127\.0\.0\.1, unresolved=nowhere\.invalid: it cannot be read/,
    );
    expect(refused.message).toContain('--skip-unresolve-check');
    expect(threadsOf(two)).toEqual(before);
    await eventually(() => replication(two)).toMatchObject({ host: primary.host, port: primary.port, receiver: 'Yes' });

    const asked = ['-c', 'relocate', '-i', key(two), '-d', key(one)];
    expect(await command(...asked)).toMatchObject({ code: 1, printed: expect.stringContaining('Error unresolving; ') });
    expect(await command('--skip-unresolve-check', ...asked)).toMatchObject({ code: 0 });
    await followsSoon(two, one);

    await register(VIRTUAL);
    const other = ['-c', 'relocate', '-i', key(three), '-d', key(one)];
    expect(await command('--skip-unresolve', ...other)).toMatchObject({ code: 0 });
    await followsSoon(three, one);

    await register('');
    expect(await relocate(three, two)).toMatchObject({ code: 'OK' });
    await followsSoon(three, two);
  });
});
