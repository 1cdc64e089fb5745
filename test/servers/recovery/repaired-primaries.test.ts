// Primaries that live and take no writes: read-only ones (spec/recovery.md 3.5; A23), and those that wait for acknowledgements in vain (3.6; A12).

import { afterEach, describe, expect, it } from 'vitest';
import type { RunningServer } from '../../../src/sandbox/server.ts';
import { eventually } from '../support/eventually.ts';
import { asRoot, hasNumbers, isWritable, kill, replicationWord, writablePorts } from '../support/servers.ts';
import { openWorld, type World, write } from '../support/world.ts';

let world: World;

afterEach(() => world?.stop());

const makeReadOnly = (server: RunningServer) =>
  asRoot(server, server.family === 'mysql' ? 'SET GLOBAL super_read_only = 1' : 'SET GLOBAL read_only = 1');

describe.each(['mysql', 'mariadb'] as const)('%s: a primary that is read-only', (family) => {
  it('A23: takes writes again, once, where such ones are to be recovered', async () => {
    world = await openWorld({ family, replicas: 2, configuration: { RecoverNonWriteableMaster: true } });
    const { primary } = world;
    await makeReadOnly(primary);
    const recovery = await world.recoveryEnded();
    expect(recovery).toMatchObject({
      IsSuccessful: true,
      SuccessorKey: { Port: primary.port },
      AnalysisEntry: { Analysis: 'NoWriteableMasterStructureWarning', AnalyzedInstanceKey: { Port: primary.port } },
    });
    await write(primary, 'INSERT INTO demo.numbers VALUES (1)');
    for (const replica of world.replicas) await hasNumbers(replica, [1]);
    // B4: somebody who makes it read-only again wants it so.
    await makeReadOnly(primary);
    await world.logged('has recently experienced a recovery (NoWriteableMasterStructureWarning)');
    expect(await isWritable(primary)).toBe(false);
    // 12.2 #9: that keeps nobody from replacing it.
    await kill(primary);
    const promoted = await world.promoted(2);
    await eventually(() => writablePorts(world.fleet.servers)).toEqual([promoted.port]);
  });
});

describe.each(['mysql', 'mariadb'] as const)('%s: a primary that starts read-only', (family) => {
  it('A23, E6: takes writes again when it has restarted before anybody replaced it, and never where a person made it read-only', async () => {
    world = await openWorld({ family, replicas: 2 });
    const { primary } = world;
    // One that restarts within two seconds of its start cannot be told from one that runs on.
    await eventually(async () => (await world.instance(primary)).Uptime > 3).toBe(true);
    expect(await world.get('disable-global-recoveries')).toMatchObject({ code: 'OK' });
    await kill(primary);
    await eventually(() => world.codeOf(primary)).toBe('DeadMaster');
    await primary.restart(['--read-only=1', ...(family === 'mysql' ? ['--super-read-only=1'] : [])]);
    expect(await isWritable(primary)).toBe(false);
    await eventually(() => world.instance(primary)).toMatchObject({ IsLastCheckValid: true, ReadOnly: true });
    expect(await world.get('enable-global-recoveries')).toMatchObject({ code: 'OK' });
    const recovery = await world.recoveryEnded();
    expect(recovery).toMatchObject({
      IsSuccessful: true,
      SuccessorKey: { Port: primary.port },
      AnalysisEntry: { Analysis: 'NoWriteableMasterStructureWarning', AnalyzedInstanceKey: { Port: primary.port } },
    });
    await write(primary, 'INSERT INTO demo.numbers VALUES (1)');
    for (const replica of world.replicas) await hasNumbers(replica, [1]);
    await makeReadOnly(primary);
    await eventually(() => world.instance(primary)).toMatchObject({ IsLastCheckValid: true, ReadOnly: true });
    expect(await world.codeOf(primary)).toBe('NoProblem');
  });
});

describe.each(['mysql', 'mariadb'] as const)('%s: a primary that waits for acknowledgements in vain', (family) => {
  const [source, replica] = family === 'mysql' ? ['source', 'replica'] : ['master', 'slave'];

  it('A12: gets as many replicas that acknowledge as it lacks, and its commits are answered', async () => {
    world = await openWorld({
      family,
      replicas: 3,
      semiSync: true,
      configuration: {
        RecoverLockedSemiSyncMaster: true,
        ReasonableLockedSemiSyncMasterSeconds: 2,
        DetectSemiSyncEnforcedQuery: 'select 1',
      },
    });
    const { primary, replicas } = world;
    for (const one of replicas) {
      const word = replicationWord(one);
      await asRoot(
        one,
        `SET GLOBAL rpl_semi_sync_${replica}_enabled = 0`,
        `STOP ${word} IO_THREAD`,
        `START ${word} IO_THREAD`,
      );
    }
    const clients = async () => {
      const [row] = await asRoot(primary, `SHOW GLOBAL STATUS LIKE 'Rpl_semi_sync_${source}_clients'`);
      return Number(row?.['Value']);
    };
    await eventually(clients).toBe(0);
    const waiting = write(primary, 'INSERT INTO demo.numbers VALUES (1)');
    const recovery = await world.recoveryEnded();
    expect(recovery).toMatchObject({
      IsSuccessful: true,
      SuccessorKey: { Port: primary.port },
      AnalysisEntry: { Analysis: 'LockedSemiSyncMaster' },
    });
    await eventually(clients).toBe(1);
    await write(primary, 'INSERT INTO demo.numbers VALUES (2)');
    await waiting;
    for (const one of replicas) await hasNumbers(one, [1, 2]);
  });
});
