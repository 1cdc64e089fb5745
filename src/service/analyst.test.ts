import { describe, expect, it } from 'vitest';
import { REPORT_HINTS } from '../analysis/filters.ts';
import { aPrimaryWith, at, down, NOW, reconnecting, type World } from '../analysis/testing.ts';
import { settingsOf } from '../config/testing.ts';
import { Picture } from '../discovery/picture.ts';
import { ManualClock, RememberingStore } from '../discovery/testing.ts';
import { newBackend } from '../store/temporary-backend.ts';
import { Analyst } from './analyst.ts';
import { Decisions } from './decisions.ts';
import { SuspectedLocks } from './suspected-locks.ts';

async function analystOf(world: World, names: { domain?: string; resolve?: (name: string) => string } = {}) {
  const clock = new ManualClock(NOW);
  const { backend } = await newBackend();
  const picture = new Picture(new RememberingStore());
  picture.topology.putAll(world.instances);
  const log = { debug: () => {}, info: () => {}, warning: () => {}, error: () => {} };
  return new Analyst({
    picture,
    decisions: new Decisions(backend),
    settings: () => settingsOf({}),
    clock,
    identity: { hostname: 'orc', token: 'token' },
    aliasOf: () => 'shop',
    domainOf: () => names.domain,
    resolve: names.resolve ?? ((name) => name),
    stuckWrites: () => new Map(),
    restartedReadOnly: () => new Set(),
    suspectedLocks: new SuspectedLocks(backend, clock, log),
  });
}

const dead = aPrimaryWith(2).with(22293, down).withEach([22294, 22295], reconnecting);
const CLUSTER = dead.at(22293).clusterName;

describe('the analyst', () => {
  it('knows the domain of a cluster, and takes its name where it has none', async () => {
    const [one] = (await analystOf(dead, { domain: 'shop.example' })).listed(CLUSTER, REPORT_HINTS.service);
    expect(one?.cluster).toMatchObject({ clusterAlias: 'shop', clusterDomain: 'shop.example' });
    const [other] = (await analystOf(dead)).listed(CLUSTER, REPORT_HINTS.service);
    expect(other?.cluster.clusterDomain).toBe(CLUSTER);
  });

  it('comes to the same for one cluster as for all, where replicas know their source by another name', async () => {
    const elsewhere = { ...at(22293), hostname: 'otherhost' };
    const world = dead.withEach([22294, 22295], { sourceKey: elsewhere });
    const analyst = await analystOf(world, { resolve: (name) => (name === at(22293).hostname ? 'otherhost' : name) });
    for (const name of [null, CLUSTER]) {
      const entry = analyst.entries(name).find(({ key }) => key.port === 22293);
      expect([entry?.code, entry?.countReplicas]).toEqual(['DeadMaster', 2]);
    }
    expect(analyst.replicasOf(world.at(22293))).toHaveLength(2);
  });
});
