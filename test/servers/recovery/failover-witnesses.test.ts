// When the topology says that a primary lives, or that nobody can know, nothing is done to it.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import {
  followsSoon,
  kill,
  letOrchestratorIn,
  lockOrchestratorOut,
  replication,
  startApplier,
  startReceiver,
  stopApplier,
  stopReceiver,
  writablePorts,
} from '../support/servers.ts';
import { openWorld, the, type World, write } from '../support/world.ts';

describe('a living primary', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld({
      family: 'mariadb',
      configuration: { OnFailureDetectionProcesses: ['echo {failureType} >> FOLDER/detected'] },
    });
  });
  beforeEach(async () => {
    // A test that failed must not make the next one fail.
    await letOrchestratorIn(world.primary);
    for (const replica of world.replicas) {
      await startReceiver(replica);
      await startApplier(replica);
      await followsSoon(replica, world.primary);
    }
    await world.seesAllWell();
    // One open detection silences the next of its kind (contract).
    await world.get(`ack-recovery/instance/${world.at(world.primary)}?comment=next`);
  });
  afterAll(() => world?.stop());

  /** It still takes writes, its replicas are where they were, and there is no recovery. */
  async function untouched(): Promise<void> {
    await world.afterLooks(the(world.replicas[0]), 3);
    expect(await world.recoveries()).toEqual([]);
    expect(await writablePorts(world.fleet.servers)).toEqual([world.primary.port]);
    for (const replica of world.replicas) expect((await replication(replica))?.port).toBe(world.primary.port);
    await write(world.primary, 'REPLACE INTO demo.numbers VALUES (1)');
  }

  it('A2: is unreachable for us alone: its replicas deny that it is dead', async () => {
    await lockOrchestratorOut(world.primary);
    await eventually(() => world.codeOf(world.primary)).toBe('UnreachableMaster');
    await untouched();
    expect(await world.codeOf(world.primary)).toBe('UnreachableMaster');
    expect(world.lines('detected')).toEqual(['UnreachableMaster']);
    await letOrchestratorIn(world.primary);
    await eventually(() => world.codeOf(world.primary)).toBe('NoProblem');
  });

  it('A8: the same with every applier stopped: the contract’s code says dead, the receivers say that it lives, and nothing is done', async () => {
    for (const replica of world.replicas) await stopApplier(replica);
    await eventually(() => world.codeOf(world.primary)).toBe('AllMasterReplicasNotReplicating');
    await lockOrchestratorOut(world.primary);
    await eventually(() => world.codeOf(world.primary)).toBe('DeadMaster');
    await world.logged('not recovered: not proven dead: still heard by');
    await untouched();
  });

  it('A5: answers while no replica replicates: that is a problem of replication', async () => {
    for (const replica of world.replicas) await stopReceiver(replica);
    await eventually(() => world.codeOf(world.primary)).toBe('AllMasterReplicasNotReplicating');
    await untouched();
    expect(world.lines('detected')).toContain('AllMasterReplicasNotReplicating');
  });

  it('A16: a dead leaf is nobody’s failover', async () => {
    const [leaf, other] = world.replicas;
    await kill(the(leaf));
    await eventually(async () => (await world.instance(the(leaf))).IsLastCheckValid).toBe(false);
    await world.afterLooks(the(other), 3);
    expect(await world.recoveries()).toEqual([]);
    expect(await world.codeOf(world.primary)).toBe('NoProblem');
    await the(leaf).restart();
  });
});

describe('a primary that dies together with others', () => {
  it('A4: with all its replicas: nobody is left to testify, and nothing is done', async () => {
    const world = await openWorld({ family: 'mariadb', replicas: 2 });
    try {
      // A replica that outlives its source by a moment testifies in it, and a recovery begins, to be given up: nobody is left from the first moment on.
      await Promise.all(world.replicas.map(kill));
      await kill(world.primary);
      await eventually(() => world.codeOf(world.primary)).toBe('DeadMasterAndReplicas');
      await world.logged('DeadMasterAndReplicas on');
      expect(await world.recoveries()).toEqual([]);
      // A replica comes back and says that its source is gone: now it is known.
      const [first] = world.replicas;
      await the(first).restart();
      expect(await world.promoted()).toBe(first);
    } finally {
      await world.stop();
    }
  });

  it('A3: with one of them: the others say enough, and who cannot answer is left as it is', async () => {
    const world = await openWorld({ family: 'mariadb' });
    try {
      const [silent] = world.replicas;
      await Promise.all([kill(world.primary), kill(the(silent))]);
      const promoted = await world.promoted();
      expect(promoted).not.toBe(silent);
      const [recovery] = await world.recoveries();
      expect(recovery?.AnalysisEntry.Analysis).toBe('DeadMasterAndSomeReplicas');
      expect(recovery?.LostReplicas).toEqual([]);
      expect((await world.instance(the(silent))).IsDowntimed).toBe(false);
    } finally {
      await world.stop();
    }
  });
});
