// Commands of operations that write GTIDs or forget them, on real servers of all releases.

import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Instance } from '../../../src/model/instance.ts';
import { startFleet } from '../../../src/sandbox/fleet.ts';
import { serverReleases } from '../../../src/sandbox/server-releases.ts';
import { COMMAND_TIMEOUTS, closeLinks, keyOf, linkTo, rootConnection, soon, World } from '../support/server-world.ts';

afterEach(closeLinks);

const FOREIGN = '00000000-0000-0000-0000-00000000000a';

describe.each(serverReleases)('GTIDs of $name servers', (choice) => {
  const { family } = choice;
  let world: World;
  beforeAll(async () => {
    world = new World(await startFleet({ ...choice, replicas: 1 }));
  });
  afterAll(() => world?.fleet.stop());

  const replicating = async (): Promise<Instance> => {
    const gtid = await world.executedBy(world.primary);
    const rows = await world.command(world.replica(0), [{ kind: 'wait-for-gtid', gtid, timeoutSeconds: 10 }]);
    expect(rows[0]?.['waited']).toBe(0);
    return world.see(world.replica(0));
  };

  if (family === 'mysql') {
    it('O36: inject empty transactions with and without a tag, which go to the replicas', async () => {
      const gtids = [`${FOREIGN}:1`, `${FOREIGN}:5`, `${FOREIGN}:tag:3`];
      await world.command(world.primary, [{ kind: 'inject-empty', gtids }]);
      const expected = `${FOREIGN}:1:5:tag:3`;
      expect(await world.executedBy(world.primary)).toContain(expected);
      expect((await replicating()).executedGtidSet).toContain(expected);
    });

    it('O36: one that fails midway leaves nothing behind on the connections of commands', async () => {
      const link = linkTo(keyOf(world.primary));
      const refused = await link.execute(
        [{ kind: 'inject-empty', gtids: [`${FOREIGN}:7`, 'no GTID', `${FOREIGN}:8`] }],
        world.dialect,
        COMMAND_TIMEOUTS,
      );
      expect(refused).toMatchObject({ kind: 'failed', mayStillLand: false, failure: { kind: 'server-error' } });
      const marker = { kind: 'inject-pseudo-gtid', marker: '_asc:1' } as const;
      expect(await link.execute([marker], world.dialect, COMMAND_TIMEOUTS)).toMatchObject({ kind: 'done' });
      const { executedGtidSet, serverUuid } = await world.see(world.primary);
      expect(executedGtidSet).toContain(serverUuid);
      expect(executedGtidSet).toContain(`${FOREIGN}:1:5:7:tag:3`);
    });

    it('O35: forget transactions that nobody else has, and replicate on', async () => {
      const replica = world.replica(0);
      const wanted = (await replicating()).executedGtidSet;
      const root = await rootConnection(replica);
      await root.query('SET GLOBAL super_read_only = 0');
      await root.query('CREATE DATABASE errant');
      await root.query('SET GLOBAL super_read_only = 1');
      root.destroy();
      const { serverUuid, executedGtidSet } = await world.see(replica);
      expect(executedGtidSet).toContain(serverUuid);
      await world.command(replica, [
        { kind: 'stop-replication' },
        { kind: 'reset-binary-logs' },
        { kind: 'set-gtid-purged', gtid: wanted },
        { kind: 'start-replication' },
      ]);
      await world.write('CREATE TABLE demo.after_reset (id INT PRIMARY KEY)');
      const seen = await replicating();
      expect(seen.executedGtidSet).not.toContain(serverUuid);
      expect(seen.gtidPurged).toBe(wanted);
      expect(await world.hasTable(replica, 'after_reset')).toBe(true);
    });
  } else {
    it('O37: delete all binary logs', async () => {
      const replica = world.replica(0);
      await world.write('CREATE TABLE demo.logged (id INT PRIMARY KEY)');
      await replicating();
      await world.command(replica, [{ kind: 'stop-replication' }, { kind: 'reset-binary-logs' }]);
      const [binlog] = await replica.query('SELECT @@gtid_binlog_pos AS position');
      expect(binlog?.['position']).toBe('');
      await world.command(replica, [{ kind: 'start-replication' }]);
      await vi.waitFor(async () => expect((await world.see(replica)).receiverState).toBe('running'), soon);
    });

    it('O36: cannot be injected one by one, and nothing is sent', async () => {
      const link = linkTo(keyOf(world.primary));
      const inject = { kind: 'inject-empty', gtids: ['0-1-9'] } as const;
      const result = await link.execute([inject], world.dialect, COMMAND_TIMEOUTS);
      expect(result).toMatchObject({ kind: 'failed', completed: 0, failure: { code: 'UNABLE' } });
    });
  }
});
