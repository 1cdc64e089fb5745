import { describe, expect, it } from 'vitest';
import { NO_EVIDENCE } from '../model/blank-instance.ts';
import type { Instance, ReceiverEvidence } from '../model/instance.ts';
import { sampleKey, sampleReplica } from '../model/topology-samples.ts';
import { SourceSigns } from './source-signs.ts';

const replica = (evidence: Partial<ReceiverEvidence>, change: Partial<Instance> = {}): Instance =>
  sampleReplica(2, 1, { ...change, evidence: { ...NO_EVIDENCE, ...evidence } });

/** Looks, each at a time of ours, and how long the source was silent at each. */
function looks(...each: readonly (readonly [number, Instance])[]): readonly (number | null)[] {
  const signs = new SourceSigns();
  return each.map(([at, instance]) => signs.silenceOf(instance, at));
}

const counted = (heartbeatsReceived: number, silentMillis: number | null = null): Instance =>
  replica({ heartbeatsReceived, silentMillis });

describe('how long a source is silent', () => {
  it('counts from the first look that found nothing new, where the server does not tell', () => {
    expect(looks([0, counted(7)], [5_000, counted(9)], [5_200, counted(9)], [7_000, counted(9)])).toEqual([
      0, 0, 200, 2_000,
    ]);
  });

  it('is what the server says by its own clock', () => {
    expect(looks([0, counted(7, 400)], [5_000, counted(12, 1_900)])).toEqual([400, 1_900]);
  });

  it('is no longer than since it was last found otherwise: clocks of servers are set', () => {
    expect(looks([0, counted(7, 400)], [5_000, counted(12, 3_600_000)], [5_100, counted(12, 3_600_100)])).toEqual([
      400, 5_000, 5_100,
    ]);
  });

  it('is no shorter than since the first look that found nothing new', () => {
    expect(looks([0, counted(7, 0)], [5_000, counted(7, 0)])).toEqual([0, 5_000]);
  });

  it.each([
    ['heartbeats', { heartbeatsReceived: 8 }, {}],
    ['a transaction', { receivedGtid: 'u:1-2' }, {}],
    ['a part of a transaction', {}, { readCoordinates: { file: 'b.1', pos: 9, type: 'binary' as const } }],
    ['another file', {}, { readCoordinates: { file: 'b.2', pos: 4, type: 'binary' as const } }],
    ['another source', {}, { sourceKey: sampleKey(3) }],
  ])('ends with %s', (_, evidence, change) => {
    const before = { heartbeatsReceived: 7, receivedGtid: 'u:1' };
    const place = { readCoordinates: { file: 'b.1', pos: 4, type: 'binary' as const } };
    const [, silent, heard] = looks(
      [0, replica(before, place)],
      [3_000, replica(before, place)],
      [3_100, replica({ ...before, ...evidence }, { ...place, ...change })],
    );
    expect([silent, heard]).toEqual([3_000, 0]);
  });

  it('D14: is no longer than since its receiver stood still: what the server says may be of the former source', () => {
    const still = { ...counted(7), receiverState: 'stopped' as const };
    const moved = replica({ heartbeatsReceived: 7, silentMillis: 3_500 }, { sourceKey: sampleKey(3) });
    expect(looks([0, counted(7, 400)], [3_000, still], [3_200, moved], [3_900, moved])).toEqual([400, null, 200, 900]);
  });

  it.each([
    ['a receiver that stands still', counted(7), { receiverState: 'stopped' as const }],
    ['a server that replicates from nobody', counted(7), { sourceKey: null }],
  ])('is not told of %s, and begins anew afterwards', (_, running, change) => {
    const told = looks([0, running], [3_000, { ...running, ...change }], [6_000, running]);
    expect(told).toEqual([0, null, 0]);
  });
});
