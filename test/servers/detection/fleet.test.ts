// The real program watches a pretended fleet of forty servers: many clusters at once, of both families.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FleetDemo, startFleetDemo } from '../../../src/sandbox/fleet-demo.ts';
import { drillFleet, type FleetDrillResult } from '../../../src/sandbox/fleet-drill.ts';
import type { SeenRecovery } from '../support/answers.ts';
import { eventually } from '../support/eventually.ts';
import { the } from '../support/world.ts';

let demo: FleetDemo;

beforeAll(async () => {
  demo = await startFleetDemo({ servers: 40, perCluster: 10, family: 'both', rowsPerSecond: 20 });
});
afterAll(() => demo?.stop());

async function get(path: string): Promise<unknown> {
  const answer = await fetch(`${demo.orchestrator.url}/api/${path}`);
  return answer.json();
}

/** Which servers orchestrator sees below which, of one cluster. */
async function followers(primary: number): Promise<readonly number[]> {
  const all = await demo.orchestrator.api.allInstances();
  return all.filter((one) => one.MasterKey.Port === primary).map((one) => one.Key.Port);
}

it('it finds all forty in their four clusters, each under the alias that its servers tell', async () => {
  const clusters = (await get('clusters-info')) as readonly { ClusterAlias: string; CountInstances: number }[];
  const sizes = clusters.map(({ ClusterAlias, CountInstances }) => `${ClusterAlias}: ${CountInstances}`);
  expect(sizes.toSorted()).toEqual(['fleet-1: 10', 'fleet-2: 10', 'fleet-3: 10', 'fleet-4: 10']);
});

describe.each([
  ['MySQL', 1],
  ['MariaDB', 2],
])('a killed %s primary', (_family, cluster) => {
  let result: FleetDrillResult;

  beforeAll(async () => {
    result = await drillFleet(demo.fleet, cluster);
  });

  it('has a successor that takes writes, with all survivors below it', async () => {
    expect(result).toMatchObject({ promoted: expect.any(Number), attachedAfterMillis: expect.any(Number) });
    const { ports } = the(demo.fleet.clusters[cluster - 1]);
    const others = ports.filter((port) => port !== result.failed && port !== result.promoted);
    await eventually(async () => (await followers(the(result.promoted))).toSorted()).toEqual(others);
  });

  it('is recorded as one recovery that succeeded', async () => {
    const recoveries = async () =>
      ((await get(`audit-recovery/alias/fleet-${cluster}`)) as readonly SeenRecovery[]).map((one) => ({
        failed: one.AnalysisEntry.AnalyzedInstanceKey.Port,
        successor: one.SuccessorKey.Port,
        isSuccessful: one.IsSuccessful,
        hasEnded: one.RecoveryEndTimestamp !== '',
      }));
    const one = { failed: result.failed, successor: result.promoted, isSuccessful: true, hasEnded: true };
    await eventually(recoveries).toEqual([one]);
  });
});

it('the clusters whose primaries live are left alone', async () => {
  const servers = await demo.fleet.servers();
  for (const { number, ports } of demo.fleet.clusters.slice(2)) {
    const [primary] = ports;
    const sources = servers.filter(({ cluster }) => cluster === number).map(({ source }) => source);
    expect(sources).toEqual([null, ...Array.from({ length: 9 }, () => primary)]);
  }
});
