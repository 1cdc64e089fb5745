import { describe, expect, it } from 'vitest';
import { aWorld, type TestClient } from '../../testing.ts';

const levelOf = (client: TestClient, family: string) =>
  family === 'mysql'
    ? client.rows('SELECT @@read_only AS weak, @@super_read_only AS strong')
    : client.rows('SELECT @@read_only AS weak');

describe('SET GLOBAL read_only at a pretended mysql server', () => {
  const client = aWorld({ family: 'mysql', replicas: 0 }).client('db1');

  it.each([
    ['SET GLOBAL read_only = 1', 1, 0],
    ['SET GLOBAL super_read_only = ON', 1, 1],
    ['SET GLOBAL read_only = TRUE', 1, 1],
    ['SET @@GLOBAL.super_read_only = OFF', 1, 0],
    ['SET GLOBAL super_read_only = 1', 1, 1],
    ['SET GLOBAL read_only = 0', 0, 0],
    ['SET GLOBAL super_read_only = 0', 0, 0],
    ["SET GLOBAL read_only = 'on', super_read_only = 1", 1, 1],
    ['SET GLOBAL super_read_only = 0, GLOBAL read_only = 0', 0, 0],
  ])('%s', (sql, weak, strong) => {
    expect(client.tell(sql)).toBe('ok');
    expect(levelOf(client, 'mysql')).toEqual([{ weak, strong }]);
  });
});

describe.each(['mysql', 'mariadb'] as const)('SET at a pretended %s server', (family) => {
  const aClient = (user?: string) => aWorld({ family, replicas: 0 }).client('db1', user);

  it('switches read-only on and off', () => {
    const client = aClient();
    expect(client.tell('SET GLOBAL read_only = ON')).toBe('ok');
    expect(client.value('SELECT @@read_only')).toBe(1);
    expect(client.value("SHOW GLOBAL VARIABLES LIKE 'read\\_only'")).toBe('read_only');
    expect(client.rows("SHOW GLOBAL VARIABLES WHERE Variable_name IN ('READ_ONLY')")).toEqual([
      { Variable_name: 'read_only', Value: 'ON' },
    ]);
    expect(client.tell('SET GLOBAL read_only = 0')).toBe('ok');
  });

  it('takes only what the variable takes, and sets nothing else before', () => {
    const client = aClient();
    expect(client.tell('SET GLOBAL read_only = 5')).toBe("1231: Variable 'read_only' can't be set to the value of '5'");
    expect(client.tell('SET SESSION read_only = 1')).toBe(
      "1229: Variable 'read_only' is a GLOBAL variable and should be set with SET GLOBAL",
    );
    expect(client.tell('SET GLOBAL hostname = 1')).toBe("1238: Variable 'hostname' is a read only variable");
    expect(client.tell('SET @x = 1, GLOBAL nonsense = 1')).toBe("1193: Unknown system variable 'nonsense'");
    expect(client.rows('SELECT @x AS x')).toEqual([{ x: null }]);
  });

  it('E4: keeps variables that do nothing here, as of the whole server, until it restarts', () => {
    const world = aWorld({ family, replicas: 0 });
    const now = () =>
      world
        .client('db1')
        .rows(
          'SELECT @@event_scheduler AS events, @@innodb_flush_log_at_trx_commit AS flush, @@sync_binlog AS sync',
        )[0];
    const client = world.client('db1');
    const before = now();
    for (const sql of ["event_scheduler = 'on'", 'innodb_flush_log_at_trx_commit = 2', 'sync_binlog = 0'])
      expect(client.tell(`SET GLOBAL ${sql}`)).toBe('ok');
    expect(now()).toEqual({ events: 'ON', flush: 2, sync: 0 });
    expect(client.tell('SET GLOBAL event_scheduler = 0, GLOBAL innodb_flush_log_at_trx_commit = DEFAULT')).toBe('ok');
    expect(now()).toEqual({ events: 'OFF', flush: 1, sync: 0 });
    world.server('db1').kill();
    world.server('db1').start();
    expect(now()).toEqual(before);
  });

  it('E4: says in the words of its family what a variable does not take', () => {
    const client = aClient();
    const wrong = (name: string) => `1232: Incorrect argument type to variable '${name}'`;
    expect(client.tell("SET GLOBAL sync_binlog = '1'")).toBe(wrong('sync_binlog'));
    expect(client.tell("SET GLOBAL binlog_expire_logs_seconds = 'x'")).toBe(wrong('binlog_expire_logs_seconds'));
    expect(client.tell("SET GLOBAL event_scheduler = 'DISABLED'")).toBe(
      "1231: Variable 'event_scheduler' can't be set to the value of 'DISABLED'",
    );
    const days = client.tell('SET GLOBAL expire_logs_days = 7');
    expect(days).toBe(family === 'mysql' ? "1193: Unknown system variable 'expire_logs_days'" : 'ok');
    if (family === 'mariadb') expect(client.value('SELECT @@global.binlog_expire_logs_seconds')).toBe(604_800);
  });

  it('needs privileges for what is of the whole server', () => {
    const client = aClient('app');
    const forReadOnly = family === 'mysql' ? 'SUPER or SYSTEM_VARIABLES_ADMIN' : 'READ_ONLY ADMIN';
    const forLog =
      family === 'mysql' ? 'SUPER, SYSTEM_VARIABLES_ADMIN or SESSION_VARIABLES_ADMIN' : 'SUPER, BINLOG ADMIN';
    const denied = (privileges: string) =>
      `1227: Access denied; you need (at least one of) the ${privileges} privilege(s) for this operation`;
    expect(client.tell('SET GLOBAL read_only = 1')).toBe(denied(forReadOnly));
    expect(client.tell('SET SESSION sql_log_bin = 0')).toBe(denied(forLog));
    expect(client.tell('SET SESSION lock_wait_timeout = 4')).toBe('ok');
  });

  it('keeps what is of the session in the session', () => {
    const world = aWorld({ family, replicas: 0 });
    const [one, other] = [world.client('db1'), world.client('db1')];
    one.ask("SET SESSION sql_mode = REPLACE(@@SESSION.sql_mode, 'STRICT_TRANS_TABLES', ''), lock_wait_timeout = 4");
    expect(one.value('SELECT @@SESSION.sql_mode')).not.toContain('STRICT_TRANS_TABLES');
    expect(one.value('SELECT @@lock_wait_timeout')).toBe(4);
    expect(other.value('SELECT @@SESSION.sql_mode')).toContain('STRICT_TRANS_TABLES');
    expect(one.value('SELECT @@GLOBAL.lock_wait_timeout')).toBe(family === 'mysql' ? 31_536_000 : 86_400);
    expect(one.tell('SET NAMES utf8mb4')).toBe('ok');
    expect(one.tell('SET GLOBAL lock_wait_timeout = 100')).toBe('ok');
    expect(one.value('SELECT @@GLOBAL.lock_wait_timeout')).toBe(100);
    expect(other.value('SELECT @@lock_wait_timeout')).not.toBe(100);
    expect(world.client('db1').value('SELECT @@lock_wait_timeout')).toBe(100);
  });

  it('refuses to become read-only for who has locked tables', () => {
    const client = aClient('root');
    client.ask('CREATE TABLE demo.numbers (n INT)');
    client.ask('LOCK TABLES demo.numbers READ');
    expect(client.tell('SET GLOBAL read_only = 1')).toBe(
      "1192: Can't execute the given command because you have active locked tables or an active transaction",
    );
  });

  it('waits with read-only for locks to write; new writes wait, and are refused when it has come', () => {
    const world = aWorld({ family, replicas: 0 });
    const [holder, root, app] = [world.client('db1', 'app'), world.client('db1', 'root'), world.client('db1', 'app')];
    holder.ask('CREATE TABLE demo.numbers (n INT)');
    holder.ask('CREATE TABLE demo.other (n INT)');
    holder.ask('LOCK TABLES demo.numbers WRITE');
    const switching = root.send('SET GLOBAL read_only = 1');
    world.run(100);
    const writing = app.send('INSERT INTO demo.other VALUES (1)');
    world.run(100);
    expect([switching.outcomes, writing.outcomes]).toEqual([null, null]);
    const state = family === 'mysql' ? 'Waiting for global read lock' : 'Waiting for backup lock';
    const states = world
      .client('db1')
      .rows(`SELECT INFO AS info FROM information_schema.processlist WHERE STATE = '${state}' ORDER BY ID`);
    expect(states).toEqual([{ info: 'SET GLOBAL read_only = 1' }, { info: 'INSERT INTO demo.other VALUES (1)' }]);
    expect(holder.tell('INSERT INTO demo.numbers VALUES (1)')).toBe('ok');
    holder.ask('UNLOCK TABLES');
    world.run(100);
    expect(switching.outcomes).toEqual([{ kind: 'ok', affectedRows: 0 }]);
    expect(writing.outcomes).toMatchObject([{ number: 1290 }]);
  });

  it('does not become read-only when it is killed while it waits', () => {
    const world = aWorld({ family, replicas: 0 });
    const [holder, victim, root] = [world.client('db1', 'app'), world.client('db1'), world.client('db1', 'root')];
    holder.ask('CREATE TABLE demo.numbers (n INT)');
    holder.ask('LOCK TABLES demo.numbers WRITE');
    victim.send('SET GLOBAL read_only = 1');
    world.run(100);
    root.ask(`KILL ${victim.session.id}`);
    expect(victim.isClosed).toBe(true);
    holder.ask('UNLOCK TABLES');
    world.run(100);
    expect(root.value('SELECT @@read_only')).toBe(0);
  });
});
