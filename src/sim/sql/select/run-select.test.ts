import { describe, expect, it } from 'vitest';
import { aWorld } from '../../testing.ts';

describe.each(['mysql', 'mariadb'] as const)('SELECT at a pretended %s server', (family) => {
  const world = aWorld({ family, replicas: 1 });
  const client = world.client('db1');
  client.ask('CREATE TABLE demo.numbers (n INT PRIMARY KEY, filling TEXT)');
  client.ask("INSERT INTO demo.numbers VALUES (3, 'c'), (1, 'a'), (2, 'b')");

  it.each([
    ['SELECT 1', [{ 1: 1 }]],
    ["SELECT 'a', NULL", [{ a: 'a', NULL: null }]],
    ['SELECT 1 AS `a b`, 2 c', [{ 'a b': 1, c: 2 }]],
    ["select 'repl', 'repl_pw'", [{ repl: 'repl', repl_pw: 'repl_pw' }]],
    ['SELECT @@global.read_only', [{ '@@global.read_only': 0 }]],
    ['SELECT @@read_only AS off, @@PORT', [{ off: 0, '@@PORT': 3306 }]],
    ['SELECT n FROM demo.numbers ORDER BY n', [{ n: 1 }, { n: 2 }, { n: 3 }]],
    ['SELECT N FROM demo.numbers ORDER BY n DESC LIMIT 2', [{ N: 3 }, { N: 2 }]],
    ['SELECT * FROM demo.numbers WHERE n = 2', [{ n: 2, filling: null }]],
    ['SELECT n FROM demo.numbers WHERE n > 1 AND NOT n = 3', [{ n: 2 }]],
    ['SELECT n FROM demo.numbers WHERE n IN (1, 3, 5)', [{ n: 1 }, { n: 3 }]],
    ['SELECT COUNT(*) AS count FROM demo.numbers', [{ count: 3 }]],
    ['SELECT COUNT(*) FROM demo.numbers WHERE n > 9', [{ 'COUNT(*)': 0 }]],
    ['SELECT COALESCE(MAX(n), 0) FROM demo.numbers', [{ 'COALESCE(MAX(n), 0)': 3 }]],
    ['SELECT MAX(n) AS most FROM demo.numbers WHERE n > 9', [{ most: null }]],
    ['SELECT (SELECT MIN(n) FROM demo.numbers) AS least', [{ least: 1 }]],
    ["SELECT 'Abc' LIKE 'a_C' AS a, 'x%y' LIKE 'x\\%z' AS b, NULL LIKE 'a' AS c", [{ a: 1, b: 0, c: null }]],
    ["SELECT 1 = '1' AS a, NULL IS NULL AS b, NULL = NULL AS c", [{ a: 1, b: 1, c: null }]],
    ['SELECT 1 FROM DUAL WHERE 1 = 0', []],
  ])('%s', (sql, rows) => {
    expect(client.rows(sql)).toEqual(rows);
  });

  it('knows who asks, and whom', () => {
    expect(client.value('SELECT CONNECTION_ID()')).toBe(client.session.id);
    expect(client.value('SELECT VERSION() AS version')).toBe(world.server('db1').options.version);
  });

  it('gives a named lock to one session, as often as it asks, until it gives it back as often, or ends', () => {
    const [one, other] = [world.client('db1'), world.client('db1')];
    const [get, release] = ["SELECT GET_LOCK('Here', 0) AS got", "SELECT RELEASE_LOCK('here') AS given"];
    expect([one.value(get), one.value(get), other.value(get)]).toEqual([1, 1, 0]);
    expect(other.value("SELECT IS_USED_LOCK('here') AS holder")).toBe(one.session.id);
    expect([other.value(release), one.value(release), other.value(get)]).toEqual([0, 1, 0]);
    expect([one.value(release), one.value(release), other.value(get)]).toEqual([1, null, 1]);
    other.session.close();
    expect(one.value("SELECT IS_USED_LOCK('here') AS holder")).toBeNull();
  });

  it('names what it does not know as the server does', () => {
    const inWhat = family === 'mysql' ? 'field list' : 'SELECT';
    expect(client.tell('SELECT nope FROM demo.numbers')).toBe(`1054: Unknown column 'nope' in '${inWhat}'`);
    expect(client.tell('SELECT n FROM demo.nope')).toBe("1146: Table 'demo.nope' doesn't exist");
    expect(client.tell('SELECT n FROM numbers')).toBe('1046: No database selected');
    expect(client.tell('SELECT @@nonsense')).toBe("1193: Unknown system variable 'nonsense'");
  });

  it('finds tables in the schema that was chosen', () => {
    const chooser = world.client('db1', 'app');
    expect(chooser.tell('USE demo')).toBe('ok');
    expect(chooser.value('SELECT COUNT(*) FROM numbers')).toBe(3);
  });

  it("shows a client its own sessions only, and none of the server's tables", () => {
    const app = world.client('db1', 'app');
    const users = (asking: typeof app) =>
      new Set(asking.rows('SELECT USER AS user FROM information_schema.processlist').map((row) => row['user']));
    expect(users(app)).toEqual(new Set(['app']));
    expect(users(client)).toEqual(new Set(['app', 'orc', 'repl']));
    if (family === 'mysql') {
      expect(app.tell('SELECT * FROM mysql.slave_master_info')).toBe(
        "1142: SELECT command denied to user 'app'@'tester' for table 'slave_master_info'",
      );
    }
  });
});
