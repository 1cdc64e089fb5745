/** Which places in two binary logs are remembered as the same one (O22). */
import { describe, expect, it } from 'vitest';
import type { Instance } from '../model/instance.ts';
import { sampleReplica } from '../model/topology-samples.ts';
import type { OperationPlan } from '../planning/operations/operation-plan.ts';
import { follow, inOrder, standStill, start } from '../planning/operations/steps.ts';
import { runOperation } from './run-operation.ts';
import { aPlan, BELOW, goingOn, key, own, PRIMARY, TREE } from './run-testing.ts';
import { OperationWorld } from './testing.ts';

describe('equal places', () => {
  const stood = { file: 'source-bin.000001', pos: 100, type: 'binary' } as const;
  const place = { file: 'below-bin.000007', pos: 700, type: 'binary' } as const;
  const byPlace = {
    usingOracleGtid: false,
    supportsOracleGtid: false,
    gtidMode: 'OFF',
    readCoordinates: stood,
    execCoordinates: stood,
  } as const;

  async function moved(changes: Partial<Instance>, at: 'gtid' | 'place', plan: Partial<OperationPlan> = {}) {
    const instance = sampleReplica(3, PRIMARY, { ...own, ...changes });
    const world = new OperationWorld([...TREE.filter((server) => server.key.port !== 3), instance]);
    const relayLog = { kind: 'drained' } as const;
    const steps = inOrder([
      standStill(instance),
      follow({
        instance,
        source: key(BELOW),
        at: at === 'gtid' ? { kind: 'gtid' } : { kind: 'place', place: { kind: 'known', coordinates: place } },
        relayLog,
        back: null,
      }),
      start(instance, key(BELOW)),
    ]);
    await runOperation(aPlan({ ...plan, lanes: [{ server: key(3), steps, effect: '' }] }), world.ports, goingOn());
    return world;
  }

  it('O22: are remembered of a move by place: where it stood, and where it went on', async () => {
    const { remembered, forgotten } = await moved(byPlace, 'place');
    expect(remembered).toEqual([
      [
        { source: key(PRIMARY), coordinates: stood },
        { source: key(BELOW), coordinates: place },
      ],
    ]);
    expect(forgotten).toEqual([3]);
  });

  it('O22, O27: are not of co-primaries: what each has written itself lies in both logs', async () => {
    const { remembered } = await moved(byPlace, 'place', { request: { kind: 'make-co-master', key: key(BELOW) } });
    expect(remembered).toEqual([]);
  });

  it('O22: are not of a move by GTID, in which the two places differ; what was known of its relay logs is void all the same', async () => {
    const { remembered, forgotten } = await moved({}, 'gtid');
    expect([remembered, forgotten]).toEqual([[], [3]]);
  });
});
