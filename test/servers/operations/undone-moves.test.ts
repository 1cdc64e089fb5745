// A move that fails at its last step, on real servers of both families: what failed runs as it did before, both threads of it.

import { afterEach, describe, expect, it } from 'vitest';
import { replicationAccount } from '../../../src/sandbox/accounts.ts';
import { serverFamilies } from '../../../src/sandbox/server-releases.ts';
import { eventually } from '../support/eventually.ts';
import { flowingRows, type Rows } from '../support/rows.ts';
import { asRoot, followsSoon, replication } from '../support/servers.ts';
import { openWorld, the, type World } from '../support/world.ts';

let world: World | null = null;
let rows: Rows | null = null;

afterEach(async () => {
  await rows?.stop();
  await world?.stop();
  [world, rows] = [null, null];
});

describe.each(serverFamilies)('servers of %s', (family) => {
  it('O58, H: a replica that its new source does not let in replicates from its former one again', async () => {
    world = await openWorld({ family, replicas: 2 });
    const { primary, replicas, fleet } = world;
    rows = await flowingRows(world.fleet);
    const [one, two] = [the(replicas[0]), the(replicas[1])];
    const isMysql = family === 'mysql';
    await asRoot(
      one,
      ...(isMysql ? ['SET GLOBAL super_read_only = 0'] : []),
      `ALTER USER '${replicationAccount.user}'@'%' IDENTIFIED BY 'another'`,
      ...(isMysql ? ['SET GLOBAL super_read_only = 1'] : []),
    );
    const answer = await world.get(`relocate/${world.at(two)}/${world.at(one)}`);
    expect(answer).toMatchObject({ status: 500, code: 'ERROR' });
    expect(answer.message).toContain('1045');
    await followsSoon(two, primary);
    await eventually(() => replication(one)).toMatchObject({ port: primary.port, receiver: 'Yes', applier: 'Yes' });
    await rows.endOn(fleet.servers);
    rows = null;
  });
});
