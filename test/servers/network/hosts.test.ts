// Hosts that tests make: what every test of a failing network stands on.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Connection } from 'mysql2/promise';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RunningServer, startServer } from '../../../src/sandbox/server.ts';
import { everybody, makeTestHosts, type TestHosts } from '../../../src/sandbox/test-hosts.ts';
import { eventually } from '../support/eventually.ts';
import { describeHosts } from '../support/hosts-world.ts';

/** A server on a host of this machine answers in a millisecond; who has heard nothing for so long will not hear anything. */
const SILENCE_MILLIS = 300;

describeHosts('a server on a host of its own', () => {
  let hosts: TestHosts;
  let server: RunningServer;
  let client: Connection;
  beforeAll(async () => {
    hosts = await makeTestHosts();
    server = await startServer({ family: 'mariadb', host: hosts.primary });
    client = await server.connect();
  });
  afterAll(async () => {
    client?.destroy();
    await server?.stop();
    await hosts?.remove();
  });

  it('is reached at the address of that host, and keeps its process id', async () => {
    expect(server.host).toBe(hosts.primary.address);
    expect(readFileSync(join(server.dir, 'pid'), 'utf8').trim()).toBe(String(server.pid));
  });

  it('says nothing when its host is black-holed, and nobody else does: its connections go on afterwards', async () => {
    await hosts.drop(everybody);
    const answer = client.query('SELECT 1 AS one');
    const silence = new Promise((over) => setTimeout(over, SILENCE_MILLIS, 'silence'));
    expect(await Promise.race([answer, server.connect().catch(String), silence])).toBe('silence');
    await hosts.heal();
    expect((await answer)[0]).toEqual([{ one: 1 }]);
  });

  it('is refused at once when its host is rejected, and its connections are reset when they are used', async () => {
    await hosts.reject(everybody);
    await expect(server.connect()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await expect(client.query('SELECT 1')).rejects.toMatchObject({ code: 'ECONNRESET' });
    await hosts.heal();
    expect(await server.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});

describeHosts('hosts', () => {
  it('leave nothing behind when they are removed', async () => {
    const before = traces();
    const hosts = await makeTestHosts();
    const made = traces().filter((trace) => !before.includes(trace));
    expect(made.length).toBeGreaterThan(0);
    await hosts.remove();
    await gone(made);
    await hosts.remove();
  });

  it('of a process that was killed are removed by the next one that makes some', async () => {
    const before = traces();
    const maker = await startOrphanMaker();
    const left = traces().filter((trace) => !before.includes(trace));
    expect(left.filter((trace) => trace.includes(`-${maker.pid}-`)).length).toBeGreaterThan(0);
    maker.kill('SIGKILL');
    await once(maker, 'exit');
    await (await makeTestHosts()).remove();
    await gone(left);
  });
});

/** Everything on this machine by which hosts can be told: their namespaces and our ends of their wires. */
function traces(): readonly string[] {
  const folder = '/var/run/netns';
  const namespaces = existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith('orcts-')) : [];
  const wires = readFileSync('/proc/net/dev', 'utf8').match(/\boc\d+-\w+/g) ?? [];
  return [...namespaces, ...wires].sort();
}

const orphanMaker = join(import.meta.dirname, '../sandbox/orphan-maker.ts');

/** Resolves when its server runs. */
async function startOrphanMaker(): Promise<ChildProcess> {
  const maker = spawn(process.execPath, [orphanMaker, 'hosts'], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(maker.stdout, 'data');
  return maker;
}

/** Others on this machine may have made some at the same time: they go too. */
const gone = (made: readonly string[]) =>
  eventually(() => traces().filter((trace) => made.includes(trace))).toEqual([]);
