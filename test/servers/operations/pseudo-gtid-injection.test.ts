// Markers of pseudo-GTID that the running program injects: where they go, who counts as using them, and who keeps a cluster out of it.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ServerFamily, serverFamilies } from '../../../src/sandbox/server-releases.ts';
import { eventually, inTime } from '../support/eventually.ts';
import { asRoot } from '../support/servers.ts';
import { openWorld, the, type World } from '../support/world.ts';

const GRANT = "GRANT DROP ON `\\_pseudo\\_gtid\\_`.* TO 'orc'@'%'";

describe.each(serverFamilies)('O50: injection into a cluster of %s servers', (family: ServerFamily) => {
  let world: World;

  beforeAll(async () => {
    world = await openWorld({
      family,
      replicas: 1,
      configuration: { AutoPseudoGTID: true },
      // Whatever the accounts of the sandbox are granted elsewhere.
      prepare: async (fleet) => {
        for (const server of fleet.servers) {
          for (const schema of ['_pseudo_gtid_', '\\_pseudo\\_gtid\\_']) {
            await asRoot(server, `REVOKE DROP ON \`${schema}\`.* FROM 'orc'@'%'`).catch(() => []);
          }
        }
      },
    });
  });
  afterAll(() => world?.stop());

  const markers = async (): Promise<readonly string[]> => {
    const files = await world.primary.query('SHOW BINARY LOGS');
    const found: string[] = [];
    for (const file of files) {
      const events = await world.primary.query(`SHOW BINLOG EVENTS IN '${file['Log_name']}'`);
      const infos = events.map((event) => String(event['Info']));
      found.push(...infos.filter((info) => info.includes('drop view if exists `_pseudo_gtid_`.`_asc:')));
    }
    return found;
  };

  const usesPseudoGtid = async (): Promise<readonly unknown[]> => {
    const servers = [world.primary, the(world.replicas[0])];
    const seen = await Promise.all(servers.map((server) => world.instance(server)));
    return seen.map((instance) => Reflect.get(instance, 'UsingPseudoGTID'));
  };

  it('without the privilege there are no markers, and that is told', async () => {
    await world.logged(`no pseudo-GTID on ${world.key(world.primary)}: its account is not granted DROP`);
    expect(await markers()).toEqual([]);
    expect(await usesPseudoGtid()).toEqual([false, false]);
  });

  it('with it there are markers that ascend, and all servers of the cluster count as using them', async () => {
    await asRoot(world.primary, GRANT);
    await world.program.stop();
    await world.startProgram();
    await eventually(async () => (await markers()).length, inTime).toBeGreaterThan(2);
    const found = await markers();
    expect([...found].sort()).toEqual([...found]);
    await eventually(usesPseudoGtid, inTime).toEqual([true, true]);
  }, 90_000);
});
