// A partition that parts the primary from orchestrator alone, or from its replicas alone: whoever still reaches it says that it lives, and nothing is done.

import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { serverFamilies } from '../../../src/sandbox/server-releases.ts';
import { startWriter } from '../../../src/sandbox/writer.ts';
import { eventually } from '../support/eventually.ts';
import { connectOnHost, describeHosts, type HostsWorld, openHostsWorld } from '../support/hosts-world.ts';
import { followsSoon, hasNumbers, replication, writablePorts } from '../support/servers.ts';
import { the, type World } from '../support/world.ts';

const faults = ['drop', 'reject'] as const;

describeHosts.each(serverFamilies)('a %s primary on one side of a partition', (family) => {
  let opened: HostsWorld;
  let world: World;
  beforeAll(async () => {
    const configuration = { OnFailureDetectionProcesses: ['echo {failureType} >> FOLDER/detected'] };
    opened = await openHostsWorld({ family, configuration });
    world = opened.world;
  });
  beforeEach(async () => {
    // A test that failed must not make the next one fail.
    await opened.hosts.heal();
    await wellAgain();
    // One open detection silences the next of its kind (contract).
    await world.get(`ack-recovery/instance/${world.at(world.primary)}?comment=next`);
  });
  afterAll(() => opened?.close());

  async function wellAgain(): Promise<void> {
    for (const replica of world.replicas) await followsSoon(replica, world.primary);
    await eventually(() => world.codeOf(world.primary)).toBe('NoProblem');
    await world.seesAllWell();
  }

  /** After some more looks there was no recovery, nobody else takes writes, and every replica is where it was. */
  async function untouched(): Promise<void> {
    await world.afterLooks(the(world.replicas[0]), 3);
    expect(await world.recoveries()).toEqual([]);
    expect(await writablePorts(world.fleet.servers)).toEqual([world.primary.port]);
    for (const replica of world.replicas) expect((await replication(replica))?.port).toBe(world.primary.port);
  }

  it.each(faults)('A2: %s: unreachable for orchestrator alone: its replicas deny that it is dead', async (fault) => {
    const { primary, replicas } = world;
    const client = await connectOnHost(primary);
    try {
      await opened.hosts[fault](['this-machine']);
      await eventually(() => world.codeOf(primary)).toBe('UnreachableMaster');
      await client.query('DELETE FROM numbers');
      for (const number of [1, 2, 3]) await client.query(`INSERT INTO numbers VALUES (${number})`);
      for (const replica of replicas) await hasNumbers(replica, [1, 2, 3]);
      await untouched();
      expect(await world.codeOf(primary)).toBe('UnreachableMaster');
      expect(world.lines('detected').at(-1)).toBe('UnreachableMaster');
    } finally {
      client.destroy();
    }
    await opened.hosts.heal();
    await wellAgain();
  });

  it.each(faults)(
    'A21: %s: unreachable for its replicas alone: a problem of replication, and writes go on',
    async (fault) => {
      const { primary, replicas } = world;
      const writer = await startWriter({ addresses: world.fleet.servers, intervalMillis: 5 });
      try {
        await opened.hosts[fault](['replicas']);
        await eventually(() => world.codeOf(primary)).toBe('AllMasterReplicasNotReplicating');
        // Once receivers have given the connection up they say so themselves.
        for (const replica of replicas) {
          await eventually(async () => (await replication(replica))?.receiver).toBe('Connecting');
        }
        const writtenBefore = writer.acknowledgedCount;
        await untouched();
        expect(writer.acknowledgedCount).toBeGreaterThan(writtenBefore);
        expect(await world.codeOf(primary)).toBe('AllMasterReplicasNotReplicating');
        expect(world.lines('detected').at(-1)).toBe('AllMasterReplicasNotReplicating');
      } finally {
        await writer.stop();
      }
      await opened.hosts.heal();
      await wellAgain();
      for (const replica of replicas) await followsSoon(replica, primary);
    },
  );
});
