/** B11: whether a failover is proven to have lost nothing. */
import { describe, expect, it } from 'vitest';
import { unixMillis } from '../model/brand.ts';
import type { Instance, SemiSync } from '../model/instance.ts';
import { SAMPLE_NOW, sampleReplica, sampleServer } from '../model/topology-samples.ts';
import { type DurabilityFacts, durabilityOf, durabilityText } from './durability.ts';
import { at, has, PRIMARY_PORT, progressOf, trx } from './testing.ts';

const [ONE, TWO] = [PRIMARY_PORT + 1, PRIMARY_PORT + 2];

function facts(waits: Partial<SemiSync> = {}, change: Partial<DurabilityFacts> = {}): DurabilityFacts {
  const base = sampleServer(PRIMARY_PORT, has(9));
  const semiSync: SemiSync = {
    ...base.semiSync,
    sourceEnabled: true,
    sourceStatus: true,
    sourceWaitForReplicaCount: 1,
    sourceTimeoutMillis: 10_000n,
    ...waits,
  };
  const acker = (port: number): Instance =>
    sampleReplica(port, PRIMARY_PORT, { semiSync: { ...base.semiSync, replicaEnabled: true } });
  return {
    failed: { ...base, semiSync },
    now: unixMillis(SAMPLE_NOW + 1_000),
    replicas: [acker(ONE), acker(TWO)],
    asked: [at(ONE), at(TWO)],
    promoted: progressOf(has(9)),
    lost: [],
    fedUpTo: null,
    discards: '',
    ...change,
  };
}

describe('a failover', () => {
  it('is proven lossless where fewer of those who acknowledge than the primary waited for could not be asked', () => {
    expect(durabilityOf(facts()).kind).toBe('proven-lossless');
    const waitsForTwo = facts({ sourceWaitForReplicaCount: 2 }, { asked: [at(ONE)] });
    expect(durabilityOf(waitsForTwo).kind).toBe('proven-lossless');
    expect(durabilityText(durabilityOf(facts()))).toMatch(/^proven lossless: 127.0.0.1:22293 waited for 1 /);
  });

  it.each<[string, DurabilityFacts, string]>([
    ['the primary did not wait', facts({ sourceEnabled: false }), 'did not wait'],
    ['it had given up', facts({ sourceStatus: false }), 'did not wait'],
    ['it may have given up since', facts({ sourceTimeoutMillis: 500n }), 'may have given up'],
    [
      'one who may have acknowledged was not asked',
      facts({}, { asked: [at(ONE)] }),
      '127.0.0.1:22295 could not be asked',
    ],
  ])('may have lost something where %s', (_, some, because) => {
    const durability = durabilityOf(some);
    expect(durability.kind).toBe('may-have-lost');
    expect(durability.because).toContain(because);
  });

  it('names what is known to be missing', () => {
    const behind = facts({ sourceEnabled: false }, { promoted: progressOf(has(7)) });
    expect(durabilityOf(behind)).toMatchObject({ kind: 'may-have-lost', gtids: trx('8-9') });
    const place = (pos: number) => ({ file: 'binlog.000007', pos, type: 'binary' }) as const;
    const failed = { ...behind.failed, selfCoordinates: place(700) };
    // D9: what comes from a binlog server has no GTIDs that are known beforehand.
    expect(durabilityOf({ ...behind, failed, fedUpTo: place(700) })).toMatchObject({ gtids: '' });
    expect(durabilityOf({ ...behind, failed, fedUpTo: place(699) })).toMatchObject({ gtids: trx('8-9') });
    const lost = [{ key: at(TWO), reason: 'it has more', transactionsAtRisk: trx('10-11') }];
    const left = durabilityOf(facts({}, { lost }));
    expect(left).toMatchObject({ kind: 'may-have-lost', gtids: trx('10-11') });
    expect(durabilityText(left)).toContain(`known to be missing: ${trx('10-11')}`);
  });
});
