/** E2, E3: whether the new primary waits for acknowledgements from its first write on. */
import { describe, expect, it } from 'vitest';
import type { Instance, SemiSync } from '../model/instance.ts';
import { sampleReplica, sampleServer } from '../model/topology-samples.ts';
import { promotionSemiSync, semiSyncCommands } from './promotion-semi-sync.ts';
import { PRIMARY_PORT } from './testing.ts';

const PROMOTED = PRIMARY_PORT + 1;

const semiSync = (change: Partial<SemiSync>): Pick<Instance, 'semiSync'> => ({
  semiSync: { ...sampleServer(PRIMARY_PORT).semiSync, available: true, sourceWaitForReplicaCount: 1, ...change },
});
const replaced = (sourceEnabled: boolean) => sampleServer(PRIMARY_PORT, semiSync({ sourceEnabled }));
const promoted = (change: Partial<SemiSync> = {}) => sampleReplica(PROMOTED, PRIMARY_PORT, semiSync(change));
const ackers = (count: number) =>
  Array.from({ length: count }, (_, index) =>
    sampleReplica(PROMOTED + 1 + index, PRIMARY_PORT, semiSync({ replicaEnabled: true })),
  );

describe('semi-sync of a server that becomes the primary', () => {
  it('is switched on where the former primary waited, and enough of its replicas acknowledge', () => {
    const decision = promotionSemiSync(promoted(), replaced(true), ackers(1));
    expect(decision).toEqual({
      kind: 'switched-on',
      text: `127.0.0.1:${PROMOTED} waits for 1 acknowledgements, as the former primary did`,
    });
    expect(semiSyncCommands(decision)).toEqual([{ kind: 'set-semi-sync-source', enabled: true }]);
  });

  it('is left off where every write would wait for nobody, and that is told', () => {
    const silent = sampleReplica(PROMOTED + 1, PRIMARY_PORT, semiSync({ replicaEnabled: false }));
    for (const followers of [[], [silent]]) {
      const decision = promotionSemiSync(promoted(), replaced(true), followers);
      expect(decision).toEqual({
        kind: 'left-off',
        text: `127.0.0.1:${PROMOTED} would wait for 1 acknowledgements, and 0 replicas acknowledge`,
      });
      expect(semiSyncCommands(decision)).toEqual([]);
    }
    const two = promotionSemiSync(promoted({ sourceWaitForReplicaCount: 2 }), replaced(true), ackers(1));
    expect(two.kind).toBe('left-off');
    expect(promotionSemiSync(promoted({ available: false }), replaced(true), ackers(1)).kind).toBe('left-off');
  });

  it('is left as it is where nobody waited, or it waits already', () => {
    expect(promotionSemiSync(promoted(), replaced(false), ackers(1)).kind).toBe('as-it-is');
    expect(promotionSemiSync(promoted({ sourceEnabled: true }), replaced(true), []).kind).toBe('as-it-is');
  });

  it('is switched on by its priority, as the contract has it, whoever acknowledges', () => {
    expect(promotionSemiSync(promoted({ priority: 1 }), replaced(false), []).kind).toBe('switched-on');
  });
});
