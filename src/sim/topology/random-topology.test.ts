/** Topologies from seeds: the same seed the same one, everybody gets what is written, and the verdict says when not. */
import { describe, expect, it } from 'vitest';
import { topologyFaults } from '../invariants/topology-faults.ts';
import { TestWorld } from '../testing.ts';
import { TABLE } from '../writer.ts';
import { type RandomTopology, randomTopology, type TopologyWishes } from './random-topology.ts';

const SEEDS = Array.from({ length: 60 }, (_, index) => index + 1);

/** The longest delay, and time to apply. */
const REST_MILLIS = 6_000;

const ROWS = [1, 2, 3, 4, 5];

function written({ members, seed }: RandomTopology): TestWorld {
  const world = new TestWorld(members, seed);
  world.run(500);
  for (const row of ROWS) world.server('db1').writeLocally({ kind: 'rows', table: TABLE, rows: [row] });
  world.client('db1').ask('DROP VIEW IF EXISTS `_pseudo_gtid_`.`_asc:00000000:00000001`');
  world.run(REST_MILLIS);
  return world;
}

describe('a random topology', () => {
  it.each(SEEDS)('is at rest without a fault once everybody has what was written: seed %i', (seed) => {
    const topology = randomTopology(seed);
    const world = written(topology);
    expect(topologyFaults(world, { acknowledged: ROWS, cycle: topology.cycle })).toEqual([]);
    // All have the same, the marker included.
    const counts = new Set(world.servers.map(({ history }) => history.log.length));
    expect([...counts]).toEqual([ROWS.length + 1]);
  });

  it('is the same from the same seed', () => {
    expect(randomTopology(7)).toEqual(randomTopology(7));
    expect(randomTopology(7)).not.toEqual(randomTopology(8));
  });

  it('has what is wished, and the rest from its seed', () => {
    const wishes: TopologyWishes = { family: 'mysql', gtid: 'off', shape: 'mixed', binlogServers: true };
    const all = SEEDS.map((seed) => randomTopology(seed, wishes));
    expect(all.every(({ members }) => members.some(({ options }) => options.isBinlogServer))).toBe(true);
    expect(all.every(({ members }) => members.every(({ options }) => options.gtidMode === 'OFF'))).toBe(true);
  });

  it('has everything in it, over some seeds', () => {
    const all = SEEDS.map((seed) => randomTopology(seed));
    expect(new Set(all.map(({ shape }) => shape))).toEqual(
      new Set(['star', 'chain', 'tree', 'ring', 'co-primaries', 'mixed']),
    );
    const servers = all.flatMap(({ members }) => members.map(({ options }) => options));
    expect(servers.some(({ isBinlogServer }) => isBinlogServer)).toBe(true);
    expect(servers.some(({ delaySeconds }) => delaySeconds > 0)).toBe(true);
    expect(servers.some(({ binlogFormat }) => binlogFormat === 'STATEMENT')).toBe(true);
    expect(servers.some(({ logReplicaUpdates }) => !logReplicaUpdates)).toBe(true);
  });
});

describe('the verdict on a topology', () => {
  const aTree = () => written(randomTopology(1, { family: 'mysql', gtid: 'off', shape: 'chain', databases: 3 }));
  const kinds = (world: TestWorld, cycle = 0) =>
    topologyFaults(world, { acknowledged: ROWS, cycle }).map(({ kind, server }) => `${kind} ${server}`);

  it('tells who is stopped, and not who is marked so', () => {
    const world = aTree();
    world.client('db3').ask('STOP REPLICA');
    expect(kinds(world)).toEqual(['stranded db3']);
    const isMarked = ({ name }: { readonly name: string }) => name === 'db3';
    expect(topologyFaults(world, { acknowledged: ROWS, isMarked })).toEqual([]);
  });

  it('tells who points nowhere, and who has lost its source', () => {
    const world = aTree();
    world.client('db3').ask('STOP REPLICA');
    world.client('db3').ask("CHANGE REPLICATION SOURCE TO SOURCE_HOST = '//db2'");
    world.client('db2').ask('STOP REPLICA');
    world.client('db2').ask('RESET REPLICA ALL');
    expect(kinds(world)).toEqual(['stranded db2', 'stranded db3']);
  });

  it('tells of a circle, unless there was one before', () => {
    const world = aTree();
    world
      .client('db1')
      .ask("CHANGE REPLICATION SOURCE TO SOURCE_HOST = 'db3', SOURCE_USER = 'repl', SOURCE_PASSWORD = 'x'");
    const { file, position } = world.server('db3').history.binlog.end;
    world.client('db1').ask(`CHANGE REPLICATION SOURCE TO SOURCE_LOG_FILE = '${file}', SOURCE_LOG_POS = ${position}`);
    world.client('db1').ask('START REPLICA');
    world.run(500);
    expect(kinds(world)).toEqual(['loop db1']);
    expect(kinds(world, 3)).toEqual([]);
  });

  it('tells what a replica has of its own', () => {
    const world = aTree();
    world.server('db3').writeLocally({ kind: 'rows', table: TABLE, rows: [99] });
    expect(kinds(world)).toEqual(['extra db3']);
  });
});

describe('a move that takes one server’s place for another’s', () => {
  it.each(SEEDS)('is found out: seed %i', (seed) => {
    const topology = randomTopology(seed, { gtid: 'off', shape: 'star', binlogServers: false });
    const world = written(topology);
    const [, target, moved] = world.servers;
    if (target === undefined || moved === undefined) throw new Error('a topology has three servers');
    const word = topology.family === 'mysql' ? 'REPLICA' : 'SLAVE';
    const [change, prefix] =
      topology.family === 'mysql' ? ['CHANGE REPLICATION SOURCE TO', 'SOURCE'] : ['CHANGE MASTER TO', 'MASTER'];
    const client = world.client(moved.name);
    client.ask(`STOP ${word}`);
    const { file, position } = moved.relayLog.appliedAt ?? { file: '', position: 0 };
    client.ask(
      `${change} ${prefix}_HOST = '${target.name}', ${prefix}_LOG_FILE = '${file}', ${prefix}_LOG_POS = ${position}`,
    );
    client.ask(`START ${word}`);
    world.server('db1').writeLocally({ kind: 'rows', table: TABLE, rows: [99] });
    world.run(REST_MILLIS);
    expect(topologyFaults(world, { acknowledged: [...ROWS, 99] })).not.toEqual([]);
  });
});
