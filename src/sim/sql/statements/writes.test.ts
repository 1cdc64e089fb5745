import { describe, expect, it } from 'vitest';
import type { ServerOptions } from '../../server/server-options.ts';
import { aWorld } from '../../testing.ts';
import { gtidText } from '../../transaction.ts';

describe.each(['mysql', 'mariadb'] as const)('writing to a pretended %s server', (family) => {
  const product = family === 'mysql' ? 'MySQL' : 'MariaDB';
  const readOnly = (option: string) =>
    `1290: The ${product} server is running with the --${option} option so it cannot execute this statement`;

  function withTable(options: Partial<ServerOptions> = {}) {
    const world = aWorld({ family, replicas: 1, options: () => options });
    const app = world.client('db1', 'app');
    app.ask('CREATE TABLE demo.numbers (n INT PRIMARY KEY)');
    world.run(100);
    return { world, app, root: world.client('db1', 'root'), replica: world.client('db2', 'app') };
  }

  it('inserts rows, which replicas apply', () => {
    const { world, app, replica } = withTable();
    expect(app.ask('INSERT INTO demo.numbers (n) VALUES (1), (2)')).toEqual([{ kind: 'ok', affectedRows: 2 }]);
    expect(app.tell("INSERT demo.numbers VALUE ('3')")).toBe('ok');
    world.run(100);
    expect(replica.value('SELECT COUNT(*) FROM demo.numbers')).toBe(3);
    expect(world.server('db2').history.log.map(({ gtid }) => gtidText(gtid))).toEqual(
      world.server('db1').history.log.map(({ gtid }) => gtidText(gtid)),
    );
  });

  it('refuses a row that is there, and with it all of its statement', () => {
    const { app } = withTable();
    app.ask('INSERT INTO demo.numbers VALUES (1)');
    const key = family === 'mysql' ? 'numbers.PRIMARY' : 'PRIMARY';
    expect(app.tell('INSERT INTO demo.numbers VALUES (2), (1)')).toBe(`1062: Duplicate entry '1' for key '${key}'`);
    expect(app.value('SELECT COUNT(*) FROM demo.numbers')).toBe(1);
  });

  it('refuses tables that are not there, or there already', () => {
    const { app } = withTable();
    expect(app.tell('INSERT INTO demo.nope VALUES (1)')).toBe("1146: Table 'demo.nope' doesn't exist");
    expect(app.tell('DELETE FROM demo.nope')).toBe("1146: Table 'demo.nope' doesn't exist");
    expect(app.tell('INSERT INTO numbers VALUES (1)')).toBe('1046: No database selected');
    expect(app.tell('CREATE TABLE demo.numbers (n INT)')).toBe("1050: Table 'numbers' already exists");
    expect(app.tell('DROP TABLE demo.nope')).toBe("1051: Unknown table 'demo.nope'");
    expect(app.tell('INSERT INTO demo.numbers (n) VALUES (1, 2)')).toBe(
      "1136: Column count doesn't match value count at row 1",
    );
  });

  it('knows tables that are made, emptied and dropped, on replicas too', () => {
    const { world, app, replica } = withTable();
    app.ask('CREATE TABLE IF NOT EXISTS demo.other (`id` INT, name VARCHAR(10) DEFAULT (1, 2), PRIMARY KEY (id))');
    app.ask("INSERT INTO demo.other VALUES (1, CONCAT('(', ','))");
    world.run(100);
    expect(replica.rows('SELECT * FROM demo.other')).toEqual([{ id: 1, name: null }]);
    app.ask('TRUNCATE demo.other');
    world.run(100);
    expect(replica.rows('SELECT * FROM demo.other')).toEqual([]);
    app.ask('DROP TABLE demo.other');
    world.run(100);
    expect(replica.tell('SELECT * FROM demo.other')).toBe("1146: Table 'demo.other' doesn't exist");
  });

  it.each([
    'REPLACE INTO demo.numbers VALUES (1)',
    'UPDATE demo.numbers SET n = 2 WHERE n = 1',
    'DELETE FROM demo.numbers WHERE n = 1',
    "CREATE USER 'x'@'%' IDENTIFIED BY 'y'",
    'GRANT SELECT ON *.* TO app',
    'ALTER TABLE demo.numbers ADD x INT',
  ])('takes note of %s', (sql) => {
    const { world, root } = withTable();
    expect(root.tell(sql)).toBe('ok');
    expect(world.server('db1').history.log.at(-1)?.write).toEqual({ kind: 'statement', sql });
  });

  it.each([
    'INSERT INTO demo.numbers VALUES (1)',
    'INSERT INTO demo.nope VALUES (1)',
    'DELETE FROM demo.numbers',
    'CREATE TABLE demo.x (n INT)',
    'LOCK TABLES demo.numbers WRITE',
  ])('refuses clients where it is read-only: %s', (sql) => {
    const { replica } = withTable();
    expect(replica.tell(sql)).toBe(readOnly('read-only'));
  });

  it('refuses the privileged where the stronger option is on', () => {
    const { world } = withTable();
    const root = world.client('db2', 'root');
    const told = root.tell('INSERT INTO demo.numbers VALUES (1)');
    expect(told).toBe(family === 'mysql' ? readOnly('super-read-only') : 'ok');
    if (family === 'mysql') {
      root.ask('SET GLOBAL super_read_only = 0');
      expect(root.tell('INSERT INTO demo.numbers VALUES (1)')).toBe('ok');
    }
  });

  it('writes aside with sql_log_bin = 0: no GTID, and no replica hears of it, not even after a crash', () => {
    const { world, root, replica } = withTable({ syncsBinlog: false });
    const before = world.server('db1').history.log.length;
    expect(root.tell('SET SESSION sql_log_bin = 0')).toBe('ok');
    expect(root.tell('INSERT INTO demo.numbers VALUES (1)')).toBe('ok');
    world.run(100);
    expect(world.server('db1').history.log).toHaveLength(before);
    expect(replica.value('SELECT COUNT(*) FROM demo.numbers')).toBe(0);
    world.server('db1').powerOff();
    world.server('db1').start();
    expect(world.server('db1').history.log).toEqual([]);
    expect(world.client('db1').value('SELECT COUNT(*) FROM demo.numbers')).toBe(1);
  });

  it('sends what is long in two pieces', () => {
    const { world, app } = withTable();
    app.ask("INSERT INTO demo.numbers VALUES (1, REPEAT('x', 900000))");
    expect(world.server('db1').history.log.at(-1)).toMatchObject({ isLarge: true, write: { rows: [1] } });
  });

  it('waits for locks of others as long as the session wants', () => {
    const { world, app, root } = withTable();
    app.ask('LOCK TABLES demo.numbers READ');
    expect(app.tell('INSERT INTO demo.numbers VALUES (1)')).toBe(
      "1099: Table 'numbers' was locked with a READ lock and can't be updated",
    );
    root.ask('SET SESSION lock_wait_timeout = 2');
    const asked = root.send('INSERT INTO demo.numbers VALUES (1)');
    world.runUntil(() => asked.outcomes !== null);
    expect(asked.outcomes).toMatchObject([{ number: 1205, sqlState: 'HY000' }]);
    expect(asked.millis).toBeCloseTo(2_000, -1);
    app.ask('UNLOCK TABLES');
    world.run(100);
    expect(root.value('SELECT COUNT(*) FROM demo.numbers')).toBe(0);
  });

  it('writes within its own locks, and nowhere else', () => {
    const { app } = withTable();
    app.ask('CREATE TABLE demo.other (n INT)');
    app.ask('LOCK TABLES demo.numbers WRITE');
    expect(app.tell('INSERT INTO demo.numbers VALUES (1)')).toBe('ok');
    expect(app.tell('INSERT INTO demo.other VALUES (1)')).toBe("1100: Table 'other' was not locked with LOCK TABLES");
    expect(app.tell('SELECT n FROM demo.other')).toBe("1100: Table 'other' was not locked with LOCK TABLES");
  });
});
