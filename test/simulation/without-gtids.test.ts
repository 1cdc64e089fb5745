// A node of the product watches topologies that nobody has GTIDs in, while somebody writes: it sees each of them as it is, and nothing is lost by being watched.

import { describe, expect, it } from 'vitest';
import { topologyFaults } from '../../src/sim/invariants/topology-faults.ts';
import { sqlOf } from '../../src/sim/sql/pretend-sql.ts';
import { randomTopology } from '../../src/sim/topology/random-topology.ts';
import { World } from '../../src/sim/world.ts';
import { Writer } from '../../src/sim/writer.ts';
import { PretendNode } from './support/pretend-node.ts';
import { Run } from './support/run.ts';

const SEEDS = [1, 2, 3, 4, 5, 6];

const WATCH_MILLIS = 10_000;

/** The longest delay of a replica, and more. */
const REST_MILLIS = 6_000;

async function watched(seed: number, family: 'mysql' | 'mariadb') {
  const topology = randomTopology(seed, { family, gtid: 'off', binlogServers: family === 'mysql' });
  const world = new World({ seed, servers: [], sqlOf });
  world.addTopology(topology.members);
  const run = new Run(world);
  const node = new PretendNode(world, {
    place: 'orc1',
    touch: run.touch,
    configuration: {
      MySQLTopologyUser: 'orc',
      MySQLTopologyPassword: 'orc_pw',
      InstancePollSeconds: 1,
      HostnameResolveMethod: 'none',
      MySQLHostnameResolveMethod: 'none',
      DiscoverByShowSlaveHosts: true,
      SkipMaxScaleCheck: false,
      DiscoverySeeds: ['db1:3306'],
    },
  });
  const writer = new Writer(world, {
    place: 'app1',
    intervalMillis: 20,
    answerMillis: 1_000,
    isLarge: (row) => row % 7 === 0,
    onAcknowledged: () => {},
  });
  node.start();
  world.queue.after(1_000, () => writer.start());
  await run.until(WATCH_MILLIS);
  writer.stop();
  await run.until(WATCH_MILLIS + REST_MILLIS);
  return { topology, world, node, writer };
}

describe.each(['mysql', 'mariadb'] as const)('%s without GTIDs', (family) => {
  it.each(SEEDS)('is seen as it is, and everybody has every acknowledged row: seed %i', async (seed) => {
    const { topology, world, node, writer } = await watched(seed, family);
    expect(writer.acknowledged.length).toBeGreaterThan(100);
    const acknowledged = writer.acknowledged.map(({ row }) => row);
    expect(topologyFaults(world, { acknowledged, cycle: topology.cycle })).toEqual([]);
    for (const { options, source } of topology.members) {
      const seen = node.calls.instance({ hostname: options.host, port: options.port })?.instance;
      expect(seen).toMatchObject({
        isBinlogServer: options.isBinlogServer,
        usingOracleGtid: false,
        usingMariadbGtid: false,
        sourceKey: source === null ? null : { hostname: source.host, port: source.port },
      });
      const { file, position } = world.server(options.host).history.binlog.end;
      expect(seen?.selfCoordinates).toMatchObject({ file, pos: position });
    }
  });
});
