// The primary's host is out of everybody's reach, for as long as it takes: it is replaced, and comes back believing to be the primary.

import { expect, it } from 'vitest';
import { receivedBy } from '../../../src/sandbox/received-transactions.ts';
import { checkRows, thrownAway } from '../../../src/sandbox/row-check.ts';
import { serverFamilies } from '../../../src/sandbox/server-releases.ts';
import { everybody } from '../../../src/sandbox/test-hosts.ts';
import { startWriter } from '../../../src/sandbox/writer.ts';
import { eventually } from '../support/eventually.ts';
import { describeHosts, openHostsWorld } from '../support/hosts-world.ts';
import { followsSoon, isWritable, others, replication, writablePorts } from '../support/servers.ts';
import { the } from '../support/world.ts';

const faults = [
  ['drop', 'A9, A1, G3: nobody is told anything: heartbeats that stop at every replica prove it'],
  ['reject', 'A1, G3: connections are reset and attempts refused, though the server runs'],
] as const;

describeHosts.each(serverFamilies)('a %s primary whose host nobody reaches', (family) => {
  it.each(faults)('%s: %s', async (fault) => {
    const { world, hosts, close } = await openHostsWorld({ family });
    const { primary, replicas } = world;
    const writer = await startWriter({ addresses: world.fleet.servers, intervalMillis: 5 });
    try {
      await eventually(() => writer.acknowledgedCount).toBeGreaterThan(30);
      await hosts[fault](everybody);
      const received = await receivedBy(replicas);
      const promoted = await world.promoted();
      const [recovery] = await world.recoveries();
      expect(recovery?.AnalysisEntry).toMatchObject({
        Analysis: 'DeadMaster',
        AnalyzedInstanceKey: { Hostname: primary.host, Port: primary.port },
      });
      for (const replica of others(replicas, promoted)) await followsSoon(replica, promoted);
      await eventually(() => writer.port).toBe(promoted.port);
      const { missing } = await checkRows(
        promoted,
        writer.acknowledged().filter((row) => row.port === primary.port),
      );
      expect(thrownAway(missing, received)).toEqual([]);

      // Behind the fault it still takes writes; nobody could tell it to stop.
      const steps = async () => (await world.steps(the(recovery).UID)).join('\n');
      await eventually(steps).toContain('the old primary could not be told to be read-only');
      expect(await isWritable(primary)).toBe(true);

      await hosts.heal();
      await eventually(() => isWritable(primary)).toBe(false);
      await eventually(steps).toContain(`${world.key(primary)} came back writable although it was replaced`);
      await world.afterLooks(promoted);
      expect(await writablePorts(world.fleet.servers)).toEqual([promoted.port]);
      expect(await replication(primary)).toBeNull();
      expect(await world.instance(primary)).toMatchObject({ IsDowntimed: true, DowntimeReason: 'lost-in-recovery' });
      expect(await world.recoveries()).toHaveLength(1);
      expect(writer.port).toBe(promoted.port);
    } finally {
      await writer.stop();
      await close();
    }
  });
});
