import { describe, expect, it } from 'vitest';
import { aPrimaryWith, at, down, NOW } from '../analysis/testing.ts';
import { ManualClock } from '../discovery/testing.ts';
import { unixMillis } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import { sameKey } from '../model/instance-key.ts';
import { ReturningPrimaries } from './returning-primaries.ts';

interface Wishes {
  readonly instances?: readonly Instance[];
  readonly reason?: string;
  readonly leads?: boolean;
  readonly begunBefore?: number;
  readonly hangs?: boolean;
}

const gone = aPrimaryWith(0).with(22293, down);

async function dialledIn(millis: number, wishes: Wishes = {}) {
  const {
    instances = gone.instances,
    reason = 'lost-in-recovery',
    leads = true,
    begunBefore = 0,
    hangs = false,
  } = wishes;
  const clock = new ManualClock(NOW);
  let dialled = 0;
  const begin = unixMillis(NOW - begunBefore);
  const returning = new ReturningPrimaries({
    downtimes: () => [{ key: at(22293), owner: 'orc', reason, begin, end: unixMillis(NOW + 1e9) }],
    known: { get: (key) => instances.find((instance) => sameKey(instance.key, key)) },
    read: () => {
      dialled += 1;
      return hangs ? new Promise(() => {}) : Promise.resolve();
    },
    clock,
    log: { debug: () => {}, info: () => {}, warning: () => {}, error: () => {} },
    isLeader: () => leads,
  });
  returning.start();
  await clock.advance(millis);
  returning.stop();
  return dialled;
}

describe('G3: a primary that was replaced a moment ago', () => {
  it('is dialled five times a second, for a minute', async () => {
    expect(await dialledIn(1_000)).toBe(5);
    expect(await dialledIn(120_000)).toBe(299);
  });

  it('is dialled once where it hangs', async () => {
    expect(await dialledIn(10_000, { hangs: true })).toBe(1);
  });

  it.each<[string, Wishes]>([
    ['once it answers', { instances: aPrimaryWith(0).instances }],
    ['when it was lost long ago', { begunBefore: 60_000 }],
    ['where a person has downtimed it', { reason: 'new disks' }],
    ['by a node that does not lead', { leads: false }],
    ['where it was a replica', { instances: gone.with(22293, { sourceKey: at(1) }).instances }],
    ['when it was forgotten', { instances: [] }],
  ])('is not dialled %s', async (_, wishes) => {
    expect(await dialledIn(5_000, wishes)).toBe(0);
  });

  it('B7: of many each has its turn, ten of them at a time', async () => {
    const servers = Array.from({ length: 25 }, (_, index) => 30_000 + index);
    const clock = new ManualClock(NOW);
    const dialled: number[] = [];
    const returning = new ReturningPrimaries({
      downtimes: () =>
        servers.map((port) => ({
          key: at(port),
          owner: 'orc',
          reason: 'lost-in-recovery',
          begin: NOW,
          end: unixMillis(NOW + 1e9),
        })),
      known: { get: ({ port }) => gone.instances.map((one) => ({ ...one, key: at(port) }))[0] },
      read: async ({ port }) => void dialled.push(port),
      clock,
      log: { debug: () => {}, info: () => {}, warning: () => {}, error: () => {} },
      isLeader: () => true,
    });
    returning.start();
    await clock.advance(200);
    expect(dialled).toHaveLength(10);
    await clock.advance(800);
    returning.stop();
    expect(dialled).toHaveLength(50);
    for (const port of servers) expect(dialled.filter((one) => one === port)).toHaveLength(2);
  });
});
