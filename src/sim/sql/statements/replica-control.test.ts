import { describe, expect, it } from 'vitest';
import { aWorld, type TestClient, type TestWorld } from '../../testing.ts';

const MYSQL_BOTH =
  "3081: This operation cannot be performed with running replication threads; run STOP REPLICA FOR CHANNEL '' first";
const MYSQL_RECEIVER =
  "3021: This operation cannot be performed with a running replica io thread; run STOP REPLICA IO_THREAD FOR CHANNEL '' first.";
const MYSQL_APPLIER =
  "3085: This operation cannot be performed with a running replica sql thread; run STOP REPLICA SQL_THREAD FOR CHANNEL '' first.";
const MARIADB_MUST_STOP =
  "1198: This operation cannot be performed as you have a running slave ''; run STOP SLAVE '' first";

const threadsOf = (world: TestWorld) => {
  const { receiver, applier } = world.server('db2').running;
  return [receiver.state, applier.state];
};

describe.each(['mysql', 'mariadb'] as const)('a pretended %s replica', (family) => {
  const isMysql = family === 'mysql';
  const word = isMysql ? 'REPLICA' : 'SLAVE';
  const change = isMysql ? 'CHANGE REPLICATION SOURCE TO SOURCE_' : 'CHANGE MASTER TO MASTER_';

  function aReplica(): { world: TestWorld; client: TestClient } {
    const world = aWorld({ family, replicas: 1 });
    return { world, client: world.client('db2') };
  }

  it('starts and stops its threads apart and together', () => {
    const { world, client } = aReplica();
    client.ask(`STOP ${word} IO_THREAD`);
    expect(threadsOf(world)).toEqual(['stopped', 'running']);
    client.ask(`START ${word} IO_THREAD; STOP ${word} SQL_THREAD`);
    world.run(10);
    expect(threadsOf(world)).toEqual(['connected', 'stopped']);
    client.ask(`STOP ${word}; STOP ${word}`);
    expect(threadsOf(world)).toEqual(['stopped', 'stopped']);
    client.ask(`START ${word} IO_THREAD, SQL_THREAD; START ${word}`);
    world.run(10);
    expect(threadsOf(world)).toEqual(['connected', 'running']);
  });

  it('refuses to be changed or reset while it runs', () => {
    const { client } = aReplica();
    expect(client.tell(`${change}HOST = 'db9'`)).toBe(isMysql ? MYSQL_RECEIVER : MARIADB_MUST_STOP);
    expect(client.tell(`${change}DELAY = 3`)).toBe(isMysql ? MYSQL_APPLIER : MARIADB_MUST_STOP);
    const gtid = isMysql ? 'AUTO_POSITION = 1' : 'USE_GTID = slave_pos';
    client.ask(`STOP ${word} IO_THREAD`);
    expect(client.tell(`${change}${gtid}`)).toBe(isMysql ? MYSQL_BOTH : MARIADB_MUST_STOP);
    expect(client.tell(`RESET ${word} ALL`)).toBe(isMysql ? MYSQL_BOTH : MARIADB_MUST_STOP);
    expect(client.tell(`RESET ${word}`)).toBe(isMysql ? MYSQL_BOTH : MARIADB_MUST_STOP);
  });

  it('cannot start without a source', () => {
    const { client } = aReplica();
    client.ask(`STOP ${word}`);
    expect(client.tell(`RESET ${word} ALL`)).toBe('ok');
    expect(client.tell(`START ${word}`)).toBe(
      isMysql
        ? '1200: The server is not configured as replica; fix in config file or with CHANGE REPLICATION SOURCE TO'
        : '1200: Misconfigured slave: MASTER_HOST was not set; Fix in config file or with CHANGE MASTER TO',
    );
    expect(client.rows(isMysql ? 'SHOW REPLICA STATUS' : 'SHOW ALL SLAVES STATUS')).toEqual([]);
  });

  it('keeps its source over RESET without ALL, and fetches anew', () => {
    const { world, client } = aReplica();
    client.ask(`STOP ${word}; RESET ${word}; START ${word}`);
    world.run(10);
    expect(threadsOf(world)).toEqual(['connected', 'running']);
  });

  it('applies with the delay that it is told', () => {
    const { world, client } = aReplica();
    client.ask(`STOP ${word}; ${change}DELAY = 5; START ${word}`);
    const app = world.client('db1', 'app');
    app.ask('CREATE TABLE demo.numbers (n INT)');
    world.run(1_500);
    const [row] = client.rows(isMysql ? 'SHOW REPLICA STATUS' : 'SHOW ALL SLAVES STATUS');
    expect(row).toMatchObject({ SQL_Delay: 5, SQL_Remaining_Delay: 4 });
    world.run(3_600);
    expect(client.tell('SELECT n FROM demo.numbers')).toEqual([]);
  });

  it('stops its receiver only when its applier has stopped, which finishes or gives up what it waits for', () => {
    const { world, client } = aReplica();
    world.client('db1', 'app').ask('CREATE TABLE demo.numbers (n INT)');
    world.run(10);
    const holder = world.client('db2', 'app');
    holder.ask('LOCK TABLES demo.numbers READ');
    world.client('db1', 'app').ask('INSERT INTO demo.numbers VALUES (1)');
    world.run(10);
    const asked = client.send(`STOP ${word}`);
    world.run(5_000);
    expect(asked.outcomes).toBeNull();
    expect(threadsOf(world)).toEqual(['connected', 'running']);
    holder.ask('UNLOCK TABLES');
    world.run(10);
    expect(asked.outcomes).toEqual([{ kind: 'ok', affectedRows: 0 }]);
    expect(threadsOf(world)).toEqual(['stopped', 'stopped']);
    expect(client.value('SELECT COUNT(*) FROM demo.numbers')).toBe(isMysql ? 1 : 0);
  });

  it('stops its applier all the same when who told it to stop is killed, and leaves the receiver', () => {
    const { world, client } = aReplica();
    world.client('db1', 'app').ask('CREATE TABLE demo.numbers (n INT)');
    world.run(10);
    const holder = world.client('db2', 'app');
    holder.ask('LOCK TABLES demo.numbers READ');
    world.client('db1', 'app').ask('INSERT INTO demo.numbers VALUES (1)');
    world.run(10);
    client.send(`STOP ${word}`);
    world.run(10);
    world.client('db2', 'root').ask(`KILL ${client.session.id}`);
    expect(threadsOf(world)).toEqual(['connected', 'running']);
    holder.ask('UNLOCK TABLES');
    world.run(10);
    expect(threadsOf(world)).toEqual(['connected', 'stopped']);
  });

  it('loses a thread that is killed, and comes back when its connection at the source is killed', () => {
    const { world, client } = aReplica();
    const ids = client
      .rows("SELECT ID AS id FROM information_schema.processlist WHERE USER = 'system user' ORDER BY ID")
      .map((row) => Number(row['id']));
    expect(ids).toEqual([1, 2]);
    client.ask(`KILL ${ids[0]}`);
    expect(threadsOf(world)).toEqual(['stopped', 'running']);
    client.ask(`START ${word}`);
    world.run(10);
    const [dump] = world
      .client('db1')
      .rows("SELECT ID AS id FROM information_schema.processlist WHERE COMMAND LIKE 'Binlog Dump%'");
    world.client('db1').ask(`KILL ${Number(dump?.['id'])}`);
    world.run(100);
    expect(threadsOf(world)).toEqual(['connected', 'running']);
  });

  it('obeys only the privileged', () => {
    const { world } = aReplica();
    const app = world.client('db2', 'app');
    for (const sql of [
      `STOP ${word}`,
      `START ${word}`,
      `RESET ${word} ALL`,
      `${change}HOST = 'x'`,
      'FLUSH RELAY LOGS',
    ]) {
      expect(app.tell(sql)).toMatch(/^1227: Access denied; you need \(at least one of\) the .* privilege/);
    }
    expect(world.client('db2').tell('FLUSH LOCAL RELAY LOGS')).toBe('ok');
  });

  it('cannot read options that do not exist', () => {
    const { client } = aReplica();
    expect(client.tell(`${change}NONSENSE = 1`)).toMatch(/^1064: .* near '(SOURCE|MASTER)_NONSENSE = 1'/);
  });
});

describe('a pretended mariadb replica with a transaction of its own', () => {
  it('stops at the next of its source, which would come out of order (gtid_strict_mode)', () => {
    const world = aWorld({ family: 'mariadb', replicas: 1 });
    const root = world.client('db2', 'root');
    world.client('db1', 'app').ask('CREATE TABLE demo.numbers (n INT)');
    world.run(10);
    root.ask('INSERT INTO demo.numbers VALUES (100)');
    world.client('db1', 'app').ask('INSERT INTO demo.numbers VALUES (1)');
    world.run(10);
    expect(threadsOf(world)).toEqual(['connected', 'stopped']);
    expect(root.rows('SHOW SLAVE STATUS')).toMatchObject([
      {
        Last_SQL_Errno: 1950,
        Last_SQL_Error:
          'An attempt was made to binlog GTID 0-1-2 which would create an out-of-order sequence number with existing GTID 0-2-2, and gtid strict mode is enabled',
      },
    ]);
  });
});
