import { describe, expect, it } from 'vitest';
import type { SemiSync } from '../model/instance.ts';
import { preflightFindings } from './preflight.ts';
import { aCluster, codesOf, onlyFinding, PRIMARY } from './testing.ts';

const acker = { semiSync: { available: true, replicaPluginModern: true, replicaEnabled: true, replicaStatus: true } };
const source = (changes: Partial<SemiSync> = {}) => ({
  semiSync: {
    available: true,
    sourcePluginModern: true,
    sourceEnabled: true,
    sourceStatus: true,
    sourceTimeoutMillis: 86_400_000n,
    sourceWaitForReplicaCount: 1,
    sourceClients: 2,
    ...changes,
  },
});
const world = (changes: Partial<SemiSync> = {}, family: 'mysql' | 'mariadb' = 'mysql') =>
  aCluster(2, { [PRIMARY]: source(changes), [PRIMARY + 1]: acker, [PRIMARY + 2]: acker }, family);

describe('semi-sync', () => {
  it('with an acker more than is needed and a long wait is fine', () => {
    expect(codesOf(world())).toEqual([]);
  });

  it('with exactly as many ackers as it needs has none to lose', () => {
    expect(codesOf(world({ sourceClients: 1 }))).toEqual(['3306 semi-sync-no-spare-acker notice']);
  });

  it('with fewer connected than could be', () => {
    const found = onlyFinding(world({ sourceClients: 0, sourceStatus: false }));
    expect(found).toMatchObject({ code: 'semi-sync-too-few-ackers', severity: 'grave' });
    expect(found.consequence).toBe('Every commit waits for an acker that is not there: writes stand still.');
  });

  it('A12: with a count that no replica can satisfy', () => {
    const found = onlyFinding(world({ sourceWaitForReplicaCount: 3, sourceStatus: false }));
    expect(found).toMatchObject({
      code: 'semi-sync-impossible-count',
      remedies: [{ kind: 'set-variables', variables: { rpl_semi_sync_source_wait_for_replica_count: 2 } }],
    });
  });

  it('that falls back to asynchronous without a word, or has done so', () => {
    expect(codesOf(world({ sourceTimeoutMillis: 10_000n, sourceStatus: false }))).toEqual([
      '3306 semi-sync-fallen-back grave',
      '3306 semi-sync-falls-back warning',
    ]);
    const [found] = preflightFindings(world({ sourceTimeoutMillis: 10_000n, sourcePluginModern: false }));
    expect(found?.consequence).toContain('10 s');
    expect(found?.remedies).toEqual([
      { kind: 'set-variables', variables: { rpl_semi_sync_master_timeout: 86_400_000 } },
    ]);
  });

  it('D16: switched on at a replica that has no acker of its own', () => {
    const cluster = aCluster(2, { [PRIMARY + 1]: source({ sourceClients: 0, sourceTimeoutMillis: 10_000n }) });
    expect(onlyFinding(cluster)).toMatchObject({
      code: 'semi-sync-source-on-replica',
      remedies: [{ kind: 'set-variables', variables: { rpl_semi_sync_source_enabled: 'OFF' } }],
    });
  });
});
