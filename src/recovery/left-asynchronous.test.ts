/** E2: a primary that waits for nobody waits again once enough replicas acknowledge. */
import { describe, expect, it } from 'vitest';
import type { Instance, SemiSync } from '../model/instance.ts';
import { sampleReplica, sampleServer } from '../model/topology-samples.ts';
import { stepId } from '../planning/plan.ts';
import { at, PRIMARY_PORT } from '../planning/testing.ts';
import { saySemiSync, waitAgain, wordAbout } from './left-asynchronous.ts';
import { RecoveryRun } from './recovery-run.ts';
import { aRecord, RecoveryWorld } from './testing.ts';

const [PROMOTED, ACKER] = [PRIMARY_PORT, PRIMARY_PORT + 1];
const semiSync = (change: Partial<SemiSync>): Pick<Instance, 'semiSync'> => ({
  semiSync: { ...sampleServer(PROMOTED).semiSync, available: true, sourceWaitForReplicaCount: 1, ...change },
});
const promoted = sampleServer(PROMOTED, semiSync({}));
const acker = (change: Partial<Instance> = {}) =>
  sampleReplica(ACKER, PROMOTED, { ...semiSync({ replicaEnabled: true }), ...change });

function worldOf(...servers: readonly Instance[]) {
  const world = new RecoveryWorld(servers);
  return { world, run: new RecoveryRun(aRecord(), world.ports) };
}

const journals = async (run: RecoveryRun) => [await run.ports.store.journal(run.uid)];

describe('a primary that was left without acknowledgements', () => {
  it('is told to wait once enough replicas acknowledge, and the journal knows it from then on', async () => {
    const { world, run } = worldOf(promoted, acker());
    saySemiSync(run, at(PROMOTED), { kind: 'left-off', text: 'nobody acknowledges' });
    await waitAgain(run, at(PROMOTED));
    expect(world.told).toEqual([`${PROMOTED} set-semi-sync-source`]);
    // Switched off after this it was so by a person.
    expect(wordAbout(at(PROMOTED), await journals(run))).toBe('switched-on');
    expect(world.audited).toHaveLength(1);
  });

  it('is left as it is while they do not replicate from it, or were not told to acknowledge', async () => {
    const lines = [{ receiverState: 'stopped', receiverRunning: false }, semiSync({ replicaEnabled: false })] as const;
    for (const change of lines) {
      const { world, run } = worldOf(promoted, acker(change));
      saySemiSync(run, at(PROMOTED), { kind: 'left-off', text: 'nobody acknowledges' });
      await waitAgain(run, at(PROMOTED));
      expect(world.told).toEqual([]);
      expect(wordAbout(at(PROMOTED), await journals(run))).toBe('left-off');
    }
  });

  it('is known by the newest journal that says something of it, and by none where it waited from the beginning', async () => {
    const { run } = worldOf(promoted);
    saySemiSync(run, at(PROMOTED), { kind: 'switched-on', text: 'it waits' });
    await run.note({ id: stepId('something else') }, 'done', '');
    expect(wordAbout(at(PROMOTED), await journals(run))).toBe('none');
    const { run: other } = worldOf(promoted);
    saySemiSync(other, at(PROMOTED), { kind: 'left-off', text: 'nobody acknowledges' });
    await other.note({ id: stepId('something else') }, 'done', '');
    expect(wordAbout(at(PROMOTED), [...(await journals(run)), ...(await journals(other))])).toBe('left-off');
    expect(wordAbout(at(ACKER), await journals(other))).toBe('none');
  });
});
