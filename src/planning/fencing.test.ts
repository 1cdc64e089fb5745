/** G6: how sure it is that a primary which is being replaced takes no writes any more. */
import { describe, expect, it } from 'vitest';
import { unixMillis } from '../model/brand.ts';
import { SAMPLE_NOW, sampleReplica, sampleServer } from '../model/topology-samples.ts';
import { type FencingFacts, fencingLevel, fencingRefusal, fencingVerdicts } from './fencing.ts';
import { at, PRIMARY_PORT } from './testing.ts';

const REPLICA = PRIMARY_PORT + 1;

/** Silent, and nothing else is known. */
const facts = (change: Partial<FencingFacts> = {}): FencingFacts => ({
  failed: sampleServer(PRIMARY_PORT),
  now: unixMillis(SAMPLE_NOW + 1_000),
  replicas: [sampleReplica(REPLICA, PRIMARY_PORT)],
  asked: [at(REPLICA)],
  madeReadOnly: false,
  refusesConnections: false,
  hooks: null,
  ...change,
});

/** With semi-sync that never gives up. */
function waiting(): Partial<FencingFacts> {
  const base = sampleServer(PRIMARY_PORT);
  const semiSync = {
    ...base.semiSync,
    sourceEnabled: true,
    sourceStatus: true,
    sourceWaitForReplicaCount: 1,
    sourceTimeoutMillis: 1_000_000_000n,
  };
  const replica = sampleReplica(REPLICA, PRIMARY_PORT, { semiSync: { ...base.semiSync, replicaEnabled: true } });
  return { failed: { ...base, semiSync }, replicas: [replica] };
}

const levels = (change: Partial<FencingFacts> = {}) =>
  Object.fromEntries(fencingVerdicts(facts(change)).map(({ rung, level }) => [rung, level]));

describe('of a primary', () => {
  it('that is silent nothing is known', () => {
    expect(levels()).toEqual({ 'read-only': 'impossible', process: 'impossible' });
  });

  it('that refuses connections it is assumed: whoever supervises it may start it again', () => {
    expect(levels({ refusesConnections: true })).toMatchObject({ process: 'assumed' });
  });

  it('that answered and became read-only it is proven', () => {
    expect(levels({ madeReadOnly: true })).toEqual({ 'read-only': 'proven' });
  });

  it('D11: that waits for acknowledgements it is proven once nobody is left to give any', () => {
    expect(levels(waiting())).toMatchObject({ acknowledgements: 'proven' });
    expect(levels({ ...waiting(), asked: [] })).not.toHaveProperty('acknowledgements');
  });

  it('hooks prove it, or fail to', () => {
    expect(levels({ hooks: { failure: null } })).toMatchObject({ hooks: 'proven' });
    expect(levels({ hooks: { failure: 'exit status 1' } })).toMatchObject({ hooks: 'impossible' });
  });
});

it('the strongest rung counts, against what is demanded', () => {
  const assumed = fencingVerdicts(facts({ refusesConnections: true }));
  expect(fencingLevel(assumed)).toBe('assumed');
  expect([fencingRefusal(assumed, 'none'), fencingRefusal(assumed, 'assumed')]).toEqual([null, null]);
  expect(fencingRefusal(assumed, 'proven')).toMatch(
    /must be proven and is assumed: .*nobody listens at 127.0.0.1:22293/,
  );
  expect(fencingRefusal(fencingVerdicts(facts()), 'none')).toBeNull();
});
