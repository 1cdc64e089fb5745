/** A binlog server between a primary and a replica: what it keeps, what it serves, and what it does not have. */
import { describe, expect, it } from 'vitest';
import { TestWorld } from '../testing.ts';
import { changeSource } from './change-source.ts';
import { BOTH, startReplica, stopReplica } from './replica-commands.ts';
import { binlogServerOptions, type ServerOptions, serverOptions, withoutGtids } from './server-options.ts';

const TABLE = 'demo.numbers';
const RECONNECT_MILLIS = 1_500;

/** `db1`, its binlog server `bls1`, and `db2` below that by file and position. */
function aChain(change: Partial<ServerOptions> = {}): TestWorld {
  const servers = [serverOptions('mysql', 1), serverOptions('mysql', 2), binlogServerOptions(1, change)];
  const world = new TestWorld(servers);
  world.run(100);
  pointAt(world, 'bls1', 'off');
  world.run(100);
  return world;
}

function pointAt(world: TestWorld, host: string, gtid: 'off' | 'auto-position'): void {
  const replica = world.server('db2');
  stopReplica(replica, BOTH, () => {});
  changeSource(replica, { host, gtid });
  startReplica(replica, BOTH);
}

function write(world: TestWorld, ...rows: readonly number[]): void {
  for (const row of rows) world.server('db1').writeLocally({ kind: 'rows', table: TABLE, rows: [row] });
  world.run(100);
}

const rowsOf = (world: TestWorld, name: string): readonly number[] => [...world.server(name).history.rowsOf(TABLE)];

describe('a binlog server', () => {
  it('passes on what it receives, and has none of it', () => {
    const world = aChain();
    write(world, 1, 2);
    expect(rowsOf(world, 'db2')).toEqual([1, 2]);
    expect(rowsOf(world, 'bls1')).toEqual([]);
    expect(world.server('bls1').history.log).toEqual(world.server('db1').history.log);
  });

  it('serves what it has while it cannot reach its source, and the rest afterwards', () => {
    const world = aChain();
    write(world, 1);
    world.network.cut('db1', 'bls1');
    world.network.cut('bls1', 'db1');
    write(world, 2);
    world.run(10_000);
    const { receiver } = world.server('bls1').running;
    expect([receiver.state, receiver.errorNumber]).toEqual(['connecting', 2003]);
    expect(receiver.errorText).toBe('#HY000 Lost connection to backend server.');
    expect(world.server('db2').running.receiver.state).toBe('connected');
    expect(rowsOf(world, 'db2')).toEqual([1]);
    world.network.healAll();
    world.run(RECONNECT_MILLIS);
    expect([receiver.state, receiver.errorNumber]).toEqual(['connected', 0]);
    expect(rowsOf(world, 'db2')).toEqual([1, 2]);
  });

  it('keeps its log when it is restarted, and receives nothing twice', () => {
    const world = aChain();
    write(world, 1);
    world.server('bls1').kill();
    write(world, 2);
    world.server('bls1').start();
    world.run(RECONNECT_MILLIS);
    expect(world.server('bls1').history.log).toEqual(world.server('db1').history.log);
    expect(rowsOf(world, 'db2')).toEqual([1, 2]);
  });

  it('fetches again what it had not flushed when its host lost its power, and still has no data', () => {
    const world = aChain({ syncsBinlog: false });
    write(world, 1, 2);
    world.server('bls1').powerOff();
    expect(world.server('bls1').history.log).toEqual([]);
    world.server('bls1').start();
    world.run(RECONNECT_MILLIS);
    expect(world.server('bls1').history.log).toHaveLength(2);
    expect(rowsOf(world, 'bls1')).toEqual([]);
  });

  it('receives nothing while it is stopped', () => {
    const world = aChain();
    stopReplica(world.server('bls1'), BOTH, () => {});
    write(world, 1);
    expect(world.server('bls1').history.log).toEqual([]);
    startReplica(world.server('bls1'), BOTH);
    world.run(100);
    expect(rowsOf(world, 'db2')).toEqual([1]);
  });

  it('refuses what a client wants to write', () => {
    const world = aChain();
    let result: unknown = null;
    world.server('bls1').write({ kind: 'rows', table: TABLE, rows: [1] }, 'client', false, (told) => {
      result = told;
    });
    world.run(100);
    expect(result).toMatchObject({ kind: 'refused', reason: 'read-only' });
  });
});

describe('replicas of a binlog server', () => {
  it('know it as their source’s source', () => {
    const world = aChain();
    const { sourceServerId, sourceUuid } = world.server('db2').running.receiver;
    const { serverId, uuid } = world.server('db1').options;
    expect([sourceServerId, sourceUuid]).toEqual([serverId, uuid]);
    expect(world.server('db1').dumping.map(({ host, serverId: id }) => [host, id])).toEqual([['bls1', 1_001]]);
  });

  it('are not let in before it has met its source', () => {
    const world = aChain();
    const binlogServer = world.server('bls1');
    stopReplica(binlogServer, BOTH, () => {});
    changeSource(binlogServer, { host: 'db3' });
    pointAt(world, 'bls1', 'off');
    world.run(100);
    const { receiver } = world.server('db2').running;
    expect([receiver.state, receiver.errorNumber]).toEqual(['connecting', 2003]);
    changeSource(binlogServer, { host: 'db1' });
    startReplica(binlogServer, BOTH);
    world.run(RECONNECT_MILLIS);
    expect([receiver.state, receiver.errorNumber]).toEqual(['connected', 0]);
  });

  it('are refused where they ask by GTID', () => {
    const world = aChain();
    pointAt(world, 'bls1', 'auto-position');
    world.run(100);
    expect(world.server('db2').running.receiver).toMatchObject({ state: 'stopped', errorNumber: 13114 });
  });
});

describe('files of a binlog server', () => {
  const placeOf = (world: TestWorld, name: string) => world.server(name).history.binlog.end;

  it('are those of its source, also the one that has nothing in it yet', () => {
    const world = aChain();
    write(world, 1);
    world.client('db1').ask('FLUSH BINARY LOGS');
    world.run(100);
    expect(placeOf(world, 'bls1')).toEqual(placeOf(world, 'db1'));
    write(world, 2);
    expect(placeOf(world, 'bls1')).toEqual(placeOf(world, 'db1'));
    expect(rowsOf(world, 'db2')).toEqual([1, 2]);
  });

  it('are so where its source has places of its own', () => {
    const servers = [1, 2].map((number) => withoutGtids('mysql', number));
    const binlogServer = binlogServerOptions(1, { gtidMode: 'OFF' });
    const [primary = binlogServer, replica = binlogServer] = servers;
    const world = new TestWorld([
      { options: primary, source: null },
      { options: binlogServer, source: primary },
      { options: replica, source: binlogServer },
    ]);
    world.run(2_000);
    write(world, 1, 2);
    expect(placeOf(world, 'bls1')).toEqual(placeOf(world, 'db1'));
    expect(rowsOf(world, 'db2')).toEqual([1, 2]);
  });

  it('let a replica go from it to its source, at the same place', () => {
    const world = aChain();
    write(world, 1);
    const replica = world.server('db2');
    stopReplica(replica, BOTH, () => {});
    const { file, position } = replica.relayLog.appliedAt ?? placeOf(world, 'db1');
    expect(changeSource(replica, { host: 'db1' }, { file, position })).toBeNull();
    startReplica(replica, BOTH);
    write(world, 2);
    expect(rowsOf(world, 'db2')).toEqual([1, 2]);
    expect(replica.history.log).toHaveLength(2);
  });
});

describe('replicas of another GTID mode', () => {
  it('are told by MySQL that they cannot replicate', () => {
    const primary = serverOptions('mysql', 1);
    const world = new TestWorld([primary, withoutGtids('mysql', 2)]);
    world.run(100);
    expect(world.server('db2').running.receiver).toMatchObject({ state: 'stopped', errorNumber: 13117 });
  });
});
