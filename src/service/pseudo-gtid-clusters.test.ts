import { expect, it } from 'vitest';
import { ManualClock } from '../discovery/testing.ts';
import { type ClusterName, clusterName, type UnixMillis } from '../model/brand.ts';
import { PseudoGtidClusters } from './pseudo-gtid-clusters.ts';

const SHOP = clusterName('shop:3306');
const quiet = { debug: () => {}, info: () => {}, warning: () => {}, error: () => {} };

function twoNodes() {
  const clock = new ManualClock();
  const rows = new Map<ClusterName, UnixMillis>();
  let writes = 0;
  const store = {
    recordInjection: async (name: ClusterName, at: UnixMillis) => {
      writes += 1;
      rows.set(name, at);
    },
    loadInjections: async () => new Map(rows),
  };
  const node = () => new PseudoGtidClusters({ store, clock, log: quiet });
  return { clock, writes: () => writes, one: node(), other: node() };
}

it('a cluster is written down once a minute, and known for an hour after its last marker', async () => {
  const { clock, writes, one } = twoNodes();
  for (let second = 0; second < 120; second += 5) {
    await one.record(SHOP);
    await clock.advance(5_000);
  }
  expect([writes(), one.has(SHOP)]).toEqual([2, true]);
  await clock.advance(58 * 60_000);
  expect(one.has(SHOP)).toBe(true);
  await clock.advance(3 * 60_000);
  expect(one.has(SHOP)).toBe(false);
});

it('other nodes know it within a minute', async () => {
  const { clock, one, other } = twoNodes();
  other.start();
  await one.record(SHOP);
  expect(other.has(SHOP)).toBe(false);
  await clock.advance(61_000);
  expect(other.has(SHOP)).toBe(true);
  other.stop();
});
