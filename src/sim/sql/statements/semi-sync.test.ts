import { describe, expect, it } from 'vitest';
import { aWorld, type TestClient, type TestWorld } from '../../testing.ts';

const TIMEOUT_MILLIS = 10_000;

describe.each(['mysql', 'mariadb'] as const)('semi-sync at a pretended %s server', (family) => {
  const isMysql = family === 'mysql';
  const [source, replica] = isMysql ? ['source', 'replica'] : ['master', 'slave'];
  const word = isMysql ? 'REPLICA' : 'SLAVE';

  function aCluster(): { world: TestWorld; app: TestClient; root: TestClient } {
    const world = aWorld({
      family,
      replicas: 1,
      options: (number) => ({
        semiSync: { source: number === 1, replica: number > 1, waitCount: 1, timeoutMillis: TIMEOUT_MILLIS },
      }),
    });
    const app = world.client('db1', 'app');
    app.ask('CREATE TABLE demo.numbers (n INT PRIMARY KEY)');
    return { world, app, root: world.client('db1', 'root') };
  }

  /** The replica does not acknowledge any more. */
  function silenced() {
    const cluster = aCluster();
    cluster.world.client('db2').ask(`STOP ${word} IO_THREAD`);
    cluster.world.run(10);
    return { ...cluster, asked: cluster.app.send('INSERT INTO demo.numbers VALUES (1)') };
  }

  const status = (client: TestClient, name: string) =>
    client.rows(`SHOW GLOBAL STATUS LIKE 'Rpl_semi_sync_${name}'`)[0]?.['Value'];

  it('answers a commit when a replica has it', () => {
    const { world, app, root } = aCluster();
    expect(app.tell('INSERT INTO demo.numbers VALUES (1)')).toBe('ok');
    expect(world.server('db2').relayLog.readPlace).toBe(2);
    expect(status(root, `${source}_clients`)).toBe('1');
    expect(status(world.client('db2'), `${replica}_status`)).toBe('ON');
  });

  it('waits without an answer, and says so in the process list', () => {
    const { world, app, root, asked } = silenced();
    world.run(2_000);
    expect(asked.outcomes).toBeNull();
    const entry = root.rows('SHOW PROCESSLIST').find((row) => row['Id'] === app.session.id);
    expect(entry).toMatchObject({ State: `Waiting for semi-sync ACK from ${replica}`, Command: 'Query', Time: 2 });
    // MariaDB waits after its commit, and everybody sees the row.
    expect(root.value('SELECT COUNT(*) FROM demo.numbers')).toBe(isMysql ? 0 : 1);
  });

  it('goes on without acknowledgements after the timeout, until somebody gives them again', () => {
    const { world, root, asked } = silenced();
    world.run(TIMEOUT_MILLIS + 100);
    expect(asked.outcomes).toEqual([{ kind: 'ok', affectedRows: 1 }]);
    expect(status(root, `${source}_status`)).toBe('OFF');
    world.client('db2').ask(`START ${word} IO_THREAD`);
    world.run(100);
    expect(status(root, `${source}_status`)).toBe('ON');
  });

  it('is acknowledged when the replica comes back', () => {
    const { world, asked } = silenced();
    world.run(1_000);
    world.client('db2').ask(`START ${word} IO_THREAD`);
    world.run(100);
    expect(asked.outcomes).toEqual([{ kind: 'ok', affectedRows: 1 }]);
  });

  it('is not acknowledged by a replica that comes back and has it already, until it gets a later one', () => {
    const { world, asked } = silenced();
    const db2 = world.client('db2');
    const restart = (acknowledges: 'ON' | 'OFF') => {
      db2.ask(`SET GLOBAL rpl_semi_sync_${replica}_enabled = ${acknowledges}`);
      db2.ask(`STOP ${word} IO_THREAD`);
      db2.ask(`START ${word} IO_THREAD`);
      world.run(100);
    };
    restart('OFF');
    expect(db2.value('SELECT COUNT(*) FROM demo.numbers')).toBe(1);
    restart('ON');
    expect(asked.outcomes).toBeNull();
    world.client('db1', 'app').ask('INSERT INTO demo.numbers VALUES (2)');
    expect(asked.outcomes).toEqual([{ kind: 'ok', affectedRows: 1 }]);
  });

  it('G4: releases everybody who waits when it is switched off', () => {
    const { world, root, asked } = silenced();
    world.run(100);
    expect(root.tell(`SET GLOBAL rpl_semi_sync_${source}_enabled = 0`)).toBe('ok');
    expect(asked.outcomes).toEqual([{ kind: 'ok', affectedRows: 1 }]);
    expect(root.value(`SELECT @@rpl_semi_sync_${source}_enabled`)).toBe(0);
  });

  it('lets a killed session go: its row stays, and is seen when its wait ends', () => {
    const { world, app, root, asked } = silenced();
    world.run(100);
    root.ask(`KILL ${app.session.id}`);
    expect(app.isClosed).toBe(true);
    const commands = root.rows('SHOW PROCESSLIST').map((row) => row['Command']);
    expect(commands.includes('Killed')).toBe(isMysql);
    world.run(TIMEOUT_MILLIS);
    expect(asked.outcomes).toBeNull();
    expect(root.value('SELECT COUNT(*) FROM demo.numbers')).toBe(1);
  });

  it('runs nothing more of a packet whose session was killed', () => {
    const { world, root } = silenced();
    const victim = world.client('db1', 'app');
    victim.send('INSERT INTO demo.numbers VALUES (2); INSERT INTO demo.numbers VALUES (3)');
    world.run(100);
    root.ask(`KILL ${victim.session.id}`);
    world.run(TIMEOUT_MILLIS + 100);
    expect(root.rows('SELECT n FROM demo.numbers ORDER BY n')).toEqual([{ n: 1 }, { n: 2 }]);
  });

  it('is not interrupted by KILL QUERY in MySQL, and ends well by it in MariaDB', () => {
    const { world, app, root, asked } = silenced();
    world.run(100);
    root.ask(`KILL QUERY ${app.session.id}`);
    expect(asked.outcomes).toEqual(isMysql ? null : [{ kind: 'ok', affectedRows: 1 }]);
    expect(app.isClosed).toBe(false);
  });

  it('holds read-only back', () => {
    const { world, root } = silenced();
    world.run(100);
    root.ask('SET SESSION lock_wait_timeout = 1');
    expect(root.tell('SET GLOBAL read_only = 1')).toMatch(/^1205: /);
  });

  it('is told how many it waits for, how long, and whether a replica acknowledges', () => {
    const { world, root } = aCluster();
    expect(root.tell(`SET GLOBAL rpl_semi_sync_${source}_timeout = 1500`)).toBe('ok');
    expect(root.value(`SELECT @@global.rpl_semi_sync_${source}_timeout`)).toBe(1_500);
    if (isMysql) {
      root.ask('SET GLOBAL rpl_semi_sync_source_wait_for_replica_count = 2');
      const asked = world.client('db1', 'app').send('INSERT INTO demo.numbers VALUES (1)');
      world.run(100);
      expect(asked.outcomes).toBeNull();
      root.ask('SET GLOBAL rpl_semi_sync_source_wait_for_replica_count = 1');
      expect(asked.outcomes).toEqual([{ kind: 'ok', affectedRows: 1 }]);
    }
    const db2 = world.client('db2');
    db2.ask(`SET GLOBAL rpl_semi_sync_${replica}_enabled = OFF`);
    expect(status(root, `${source}_clients`)).toBe('1');
    db2.ask(`STOP ${word} IO_THREAD`);
    db2.ask(`START ${word} IO_THREAD`);
    world.run(10);
    expect(status(root, `${source}_clients`)).toBe('0');
  });
});
