// The program on a backend of MySQL or MariaDB: it watches, recovers and remembers there, outlives a crash of the backend, and its commands find it.

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { type BackendServer, backendAccount, startBackendServer } from '../support/backend-server.ts';
import { eventually } from '../support/eventually.ts';
import { followsSoon, kill, others } from '../support/servers.ts';
import { openWorld, the, type World } from '../support/world.ts';

const LAUNCHER = join(import.meta.dirname, '../../../bin/orchestrator');

let backends: BackendServer | null = null;
let world: World | null = null;

afterEach(async () => {
  await world?.stop();
  await backends?.stop();
  [world, backends] = [null, null];
});

/** Its status and all that it printed. */
function command({ program }: World, ...words: string[]): Promise<{ status: number | null; printed: string }> {
  const started = spawn(LAUNCHER, [`--config=${program.configurationFile}`, ...words]);
  let printed = '';
  for (const stream of [started.stdout, started.stderr]) {
    stream.on('data', (text: Buffer) => {
      printed += text.toString();
    });
  }
  return new Promise((resolve) => started.on('close', (status) => resolve({ status, printed })));
}

it.each([
  { backend: 'mysql', family: 'mariadb' },
  { backend: 'mariadb', family: 'mysql' },
] as const)(
  'on $backend it recovers a cluster of $family and knows of it after a restart',
  async ({ backend, family }) => {
    backends = await startBackendServer(backend);
    const { byHand, server } = backends;
    world = await openWorld({
      family,
      replicas: 2,
      configuration: backends.configuration,
    });
    const { primary, replicas } = world;
    expect(await command(world, '-c', 'clusters')).toEqual({ status: 0, printed: `${world.key(primary)}\n` });
    expect(await byHand.row('select db_backend as b from node_health')).toEqual({ b: `127.0.0.1:${server.port}` });

    // The backend crashes and comes back: the service is none the worse for it, and neither was anything at the servers.
    const written = async () => (await byHand.row('select max(last_checked) as t from database_instance'))?.['t'];
    server.kill('SIGKILL');
    await server.exited;
    await server.restart();
    const before = await written();
    await eventually(written).not.toBe(before);
    await world.seesLeader();
    expect(await world.recoveries()).toEqual([]);

    await kill(primary);
    const promoted = await world.promoted();
    for (const other of others(replicas, promoted)) await followsSoon(other, promoted);
    expect(
      await byHand.row(`select hostname as failed, port, is_successful as done, successor_port as successor,
      analysis, cluster_alias as alias from topology_recovery`),
    ).toEqual({
      failed: primary.host,
      port: primary.port,
      done: 1,
      successor: promoted.port,
      analysis: 'DeadMaster',
      alias: 'c1',
    });
    await eventually(
      async () => (await byHand.rows("select 1 from orc_recovery_journal where step_id = 'end'")).length,
    ).toBe(1);

    const [recovery] = await world.recoveries();
    await world.program.stop();
    expect(world.log()).not.toContain(backendAccount.password);
    await world.startProgram(['--discovery=false']);
    expect(await world.recoveries()).toEqual([recovery]);
    expect(await world.steps(the(recovery).UID)).not.toEqual([]);
    expect((await world.instances()).map(({ Key }) => Key.Port).sort()).toEqual(
      [primary, ...replicas].map(({ port }) => port).sort(),
    );
    expect(await world.clusterInfo('c1')).toMatchObject({ ClusterName: world.key(promoted) });
    expect(await command(world, '-c', 'which-cluster-master', '-alias', 'c1')).toEqual({
      status: 0,
      printed: `${world.key(promoted)}\n`,
    });
  },
);
