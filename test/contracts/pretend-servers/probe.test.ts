// What the product sees of pretended servers, in every state that matters to it.

import { describe, expect, it } from 'vitest';
import { isReplica } from '../../../src/model/instance-status.ts';
import { aWorld } from '../../../src/sim/testing.ts';
import { FAMILIES, probe, writeNumbers } from './product.ts';

const UUID1 = '00000000-0000-0000-0000-000000000001';

describe.each(FAMILIES)('the probe of a pretended %s server', (family) => {
  const word = family === 'mysql' ? 'REPLICA' : 'SLAVE';

  it('sees a primary with its replicas', () => {
    const world = aWorld({ family, replicas: 2 });
    writeNumbers(world, [1, 2]);
    const { instance, registeredReplicas, dumpingReplicas, hostname, reportPort } = probe(world, 'db1');
    expect(instance).toMatchObject({
      serverId: 1,
      readOnly: false,
      superReadOnly: false,
      logBinEnabled: true,
      logReplicaUpdatesEnabled: true,
      sourceKey: null,
      receiverState: 'none',
      selfCoordinates: { file: 'binlog.000001', type: 'binary' },
    });
    if (family === 'mysql') {
      expect(instance).toMatchObject({ serverUuid: UUID1, gtidMode: 'ON', executedGtidSet: `${UUID1}:1-3` });
    } else {
      expect(instance.evidence).toMatchObject({ mariadbCurrentPosition: '0-1-3' });
    }
    expect(isReplica(instance)).toBe(false);
    expect([hostname, reportPort]).toEqual(['db1', 3306]);
    expect(registeredReplicas.map(({ host, port }) => `${host}:${port}`)).toEqual(['db2:3306', 'db3:3306']);
    expect(dumpingReplicas).toEqual([
      { host: 'db2', port: null, user: 'repl' },
      { host: 'db3', port: null, user: 'repl' },
    ]);
  });

  it('sees a replica that runs, has applied everything, and hears heartbeats', () => {
    const world = aWorld({ family, replicas: 1 });
    writeNumbers(world, [1, 2]);
    world.run(1_500);
    const before = probe(world, 'db2');
    world.run(3_000);
    const { instance, replicationUser } = probe(world, 'db2');
    expect(instance).toMatchObject({
      sourceKey: { hostname: 'db1', port: 3306 },
      readOnly: true,
      superReadOnly: family === 'mysql',
      receiverState: 'running',
      applierState: 'running',
      secondsBehindSource: 0,
      hasReplicationCredentials: true,
      usingOracleGtid: family === 'mysql',
      usingMariadbGtid: family === 'mariadb',
      lastIoError: '',
      lastSqlError: '',
    });
    expect(instance.readCoordinates).toEqual(instance.execCoordinates);
    expect(instance.evidence).toMatchObject({
      lastErrorNumber: 0,
      lastSqlErrorNumber: 0,
      heartbeatPeriodMillis: 1_000,
      receivedGtid: family === 'mysql' ? `${UUID1}:1-3` : '0-1-3',
      partialTransaction: '',
    });
    const grown = (instance.evidence?.heartbeatsReceived ?? 0) - (before.instance.evidence?.heartbeatsReceived ?? 0);
    expect(grown).toBe(3);
    expect(replicationUser).toBe('repl');
  });

  it('tells what was received from what was applied while the applier stands still', () => {
    const world = aWorld({ family, replicas: 1 });
    writeNumbers(world, [1]);
    world.run(100);
    world.client('db2').ask(`STOP ${word} SQL_THREAD`);
    writeNumbers(world, [2, 3]);
    world.run(100);
    const { instance } = probe(world, 'db2');
    expect(instance).toMatchObject({ receiverState: 'running', applierState: 'stopped', secondsBehindSource: null });
    expect(instance.readCoordinates.pos).toBeGreaterThan(instance.execCoordinates.pos);
    const executed = family === 'mysql' ? instance.executedGtidSet : instance.evidence?.mariadbCurrentPosition;
    // MySQL: the statement that makes the table if it is not there is a transaction each time.
    expect(executed).toBe(family === 'mysql' ? `${UUID1}:1-2` : '0-1-2');
    expect(instance.evidence?.receivedGtid).toBe(family === 'mysql' ? `${UUID1}:1-5` : '0-1-4');
  });

  it('counts how far an applier that is held by a lock is behind', () => {
    const world = aWorld({ family, replicas: 1 });
    writeNumbers(world, [1]);
    world.run(100);
    const holder = world.client('db2', 'app');
    expect(holder.tell('LOCK TABLES demo.numbers READ')).toBe('ok');
    writeNumbers(world, [2]);
    world.run(5_300);
    expect(probe(world, 'db2').instance).toMatchObject({ applierState: 'running', secondsBehindSource: 5 });
    holder.ask('UNLOCK TABLES');
    world.run(100);
    expect(probe(world, 'db2').instance.secondsBehindSource).toBe(0);
  });

  it('sees threads that were stopped', () => {
    const world = aWorld({ family, replicas: 1 });
    world.client('db2').ask(`STOP ${word}`);
    expect(probe(world, 'db2').instance).toMatchObject({
      receiverState: 'stopped',
      applierState: 'stopped',
      sourceKey: { hostname: 'db1', port: 3306 },
    });
    world.client('db2').ask(`START ${word} IO_THREAD`);
    world.run(50);
    expect(probe(world, 'db2').instance).toMatchObject({ receiverState: 'running', applierState: 'stopped' });
  });

  it('sees a replica whose source died: connecting, error 2003', () => {
    const world = aWorld({ family, replicas: 1 });
    writeNumbers(world, [1]);
    world.run(100);
    world.server('db1').kill();
    world.run(50);
    const { instance } = probe(world, 'db2');
    expect(instance).toMatchObject({ receiverState: 'other', applierState: 'running', secondsBehindSource: null });
    expect(instance.evidence?.lastErrorNumber).toBe(2003);
    expect(instance.lastIoError).toMatch(/rror reconnecting to (source|master) 'repl@db1:3306'/);
    expect(instance.evidence?.receivedGtid).not.toBe('');
  });

  it('sees a replica whose source is silent: connected, without heartbeats, until it gives up', () => {
    const world = aWorld({ family, replicas: 1 });
    world.run(1_000);
    world.server('db1').hang();
    const before = probe(world, 'db2').instance.evidence?.heartbeatsReceived;
    world.run(3_000);
    expect(probe(world, 'db2').instance).toMatchObject({ receiverState: 'running' });
    expect(probe(world, 'db2').instance.evidence?.heartbeatsReceived).toBe(before);
    world.run(6_000);
    expect(probe(world, 'db2').instance).toMatchObject({ receiverState: 'other' });
  });

  it('sees semi-sync on both sides', () => {
    const semiSync = (number: number) => ({
      source: number === 1,
      replica: number > 1,
      waitCount: 1,
      timeoutMillis: 7_000,
    });
    const world = aWorld({ family, replicas: 2, options: (number) => ({ semiSync: semiSync(number) }) });
    expect(probe(world, 'db1').instance.semiSync).toMatchObject({
      available: true,
      sourceEnabled: true,
      sourceStatus: true,
      sourceClients: 2,
      sourceTimeoutMillis: 7_000n,
      sourceWaitForReplicaCount: 1,
      replicaEnabled: false,
    });
    expect(probe(world, 'db2').instance.semiSync).toMatchObject({
      sourceEnabled: false,
      replicaEnabled: true,
      replicaStatus: true,
    });
  });

  it('sees an applier that a duplicate key has stopped', () => {
    const world = aWorld({ family, replicas: 1 });
    writeNumbers(world, [1]);
    world.run(100);
    const aside = world.client('db2', 'root');
    if (family === 'mysql') aside.ask('SET GLOBAL super_read_only = 0');
    expect(aside.tell('SET SESSION sql_log_bin = 0')).toBe('ok');
    expect(aside.tell('INSERT INTO demo.numbers VALUES (2)')).toBe('ok');
    writeNumbers(world, [2]);
    world.run(100);
    const { instance } = probe(world, 'db2');
    expect(instance).toMatchObject({ receiverState: 'running', applierState: 'stopped' });
    expect(instance.evidence?.lastSqlErrorNumber).toBe(1062);
    const executed = family === 'mysql' ? instance.executedGtidSet : instance.evidence?.mariadbCurrentPosition;
    expect(executed).toBe(family === 'mysql' ? `${UUID1}:1-3` : '0-1-2');
  });
});

describe('the probe of a pretended mysql server', () => {
  it('D15: sees half a transaction at the end of the relay log', () => {
    const world = aWorld({ family: 'mysql', replicas: 1 });
    world.server('db1').write({ kind: 'rows', table: 'demo.big', rows: [1] }, 'client', true, () => {});
    world.run(20);
    expect(probe(world, 'db2').instance.evidence?.partialTransaction).toBe(`${UUID1}:1`);
    world.run(100);
    expect(probe(world, 'db2').instance.evidence).toMatchObject({ partialTransaction: '', receivedGtid: `${UUID1}:1` });
  });

  it('sees a replica that its source refuses, since the source has lost what the replica has', () => {
    const world = aWorld({ family: 'mysql', replicas: 1, options: () => ({ syncsBinlog: false }) });
    writeNumbers(world, [1, 2]);
    world.run(100);
    world.server('db1').powerOff();
    world.server('db1').start();
    world.run(10_000);
    const { instance } = probe(world, 'db2');
    expect(instance).toMatchObject({ receiverState: 'stopped', applierState: 'running' });
    expect(instance.evidence?.lastErrorNumber).toBe(13114);
  });
});
