// The sandbox itself, with all releases: what every other test, the demo and the benchmarks stand on.

import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { applicationAccount } from '../../../src/sandbox/accounts.ts';
import { type Fleet, startFleet } from '../../../src/sandbox/fleet.ts';
import { freePorts } from '../../../src/sandbox/free-ports.ts';
import { type RunningServer, startServer } from '../../../src/sandbox/server.ts';
import { serverReleases } from '../../../src/sandbox/server-releases.ts';

const soon = { timeout: 15_000, interval: 30 };

function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}`);
}

describe.each(serverReleases)('a $name fleet of one primary and two replicas', ({ family, release }) => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = await startFleet({ family, release, replicas: 2 });
  });
  afterAll(() => fleet?.stop());

  it('starts without a transaction of anybody, so that no replica is errant', async () => {
    const statement = family === 'mysql' ? 'SELECT @@gtid_executed AS history' : 'SELECT @@gtid_current_pos AS history';
    for (const server of fleet.servers) expect(await server.query(statement)).toMatchObject([{ history: '' }]);
  });

  it('gives every server an identity of its own', async () => {
    const statement = family === 'mysql' ? 'SELECT @@server_uuid AS id' : 'SELECT @@server_id AS id';
    const ids = await Promise.all(fleet.servers.map(async (server) => (await server.query(statement))[0]?.['id']));
    expect(new Set(ids).size).toBe(3);
  });

  it('replicates what the application writes to the primary', async () => {
    await fleet.primary.query('CREATE TABLE demo.t (id INT PRIMARY KEY)', applicationAccount);
    await fleet.primary.query('INSERT INTO demo.t VALUES (42)', applicationAccount);
    for (const replica of fleet.replicas) {
      await vi.waitFor(
        async () => expect(await replica.query('SELECT id FROM demo.t')).toMatchObject([{ id: 42 }]),
        soon,
      );
    }
  });

  it('refuses the application at a replica', async () => {
    const refusal = fleet.replicas[0]?.query('INSERT INTO demo.t VALUES (43)', applicationAccount);
    await expect(refusal).rejects.toMatchObject({ errno: 1290 });
  });

  it('shows replicas a primary killed by signal 9, and takes them back after its restart', async () => {
    const [replica] = fleet.replicas;
    if (replica === undefined) throw new Error('the fleet has replicas');
    const killed = fleet.primary.pid;
    fleet.primary.kill('SIGKILL');
    expect(await fleet.primary.exited).toEqual({ code: null, signal: 'SIGKILL' });
    expect(fleet.primary.isRunning).toBe(false);
    expect(isAlive(killed)).toBe(false);
    await expect(fleet.primary.query('SELECT 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await vi.waitFor(async () => expect(await receiverState(replica)).toBe('Connecting'), soon);

    await fleet.primary.restart();
    expect(fleet.primary.pid).not.toBe(killed);
    await vi.waitFor(async () => expect(await receiverState(replica)).toBe('Yes'), soon);
  });

  it('leaves neither process nor folder behind when it is stopped, a hanging server included', async () => {
    const pids = fleet.servers.map((server) => server.pid);
    fleet.replicas[0]?.kill('SIGSTOP');
    await fleet.stop();
    expect(pids.filter(isAlive)).toEqual([]);
    expect(fleet.servers.filter((server) => existsSync(server.dir))).toEqual([]);
  });
});

describe.each(serverReleases)('a $name fleet with semi-synchronous replication', ({ family, release }) => {
  it('counts its replicas as semi-sync clients of the primary', async () => {
    const fleet = await startFleet({ family, release, replicas: 1, semiSync: true });
    try {
      const name = family === 'mysql' ? 'Rpl_semi_sync_source_clients' : 'Rpl_semi_sync_master_clients';
      const rows = () => fleet.primary.query(`SHOW GLOBAL STATUS LIKE '${name}'`);
      await vi.waitFor(async () => expect(await rows()).toMatchObject([{ Value: '1' }]), soon);
    } finally {
      await fleet.stop();
    }
  });
});

describe('a server that cannot start', () => {
  it('fails with the errors of its log and leaves no folder', async () => {
    const before = workFolders();
    const start = startServer({ family: 'mariadb', extraOptions: ['--no-such-option'] });
    await expect(start).rejects.toThrow(/ended at once \(code \d+\)[\s\S]*no-such-option/);
    expect(workFolders()).toEqual(before);
  });

  it('is not given a folder that has something in it', async () => {
    await expect(startServer({ family: 'mariadb', dir: '/' })).rejects.toThrow('is not empty');
  });
});

describe('a server whose parent dies', () => {
  it('dies too, even when the parent had no time to say good-bye', async () => {
    const parent = spawn(process.execPath, [join(import.meta.dirname, 'orphan-maker.ts')], { stdio: 'pipe' });
    const [pid, folder] = await new Promise<string[]>((told) => {
      parent.stdout.once('data', (line) => told(String(line).trim().split(' ')));
    });
    expect(isAlive(Number(pid))).toBe(true);
    parent.kill('SIGKILL');
    await vi.waitFor(() => expect(isAlive(Number(pid))).toBe(false), soon);

    // The folder of the killed parent goes when the next server of anybody is started.
    const next = await startServer({ family: 'mariadb' });
    await next.stop();
    expect(existsSync(folder ?? '')).toBe(false);
  });
});

describe('freePorts', () => {
  it('gives different ports, ascending, outside the range of outgoing connections', async () => {
    const ports = await freePorts(20);
    expect(new Set(ports).size).toBe(20);
    expect(ports).toEqual([...ports].sort((a, b) => a - b));
    expect(Math.max(...ports)).toBeLessThan(32_768);
  });
});

async function receiverState(replica: RunningServer): Promise<unknown> {
  const [status]: RowDataPacket[] = await replica.query(
    replica.family === 'mysql' ? 'SHOW REPLICA STATUS' : 'SHOW SLAVE STATUS',
  );
  return status?.['Replica_IO_Running'] ?? status?.['Slave_IO_Running'];
}

function workFolders(): string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith(`orcts-${process.pid}-`));
}
