import { describe, expect, it } from 'vitest';
import { aWorld, toldOf } from '../testing.ts';
import { PACKET_MILLIS } from './pretend-session.ts';

const WAIT_FOR_EVER = {
  mysql: "SELECT WAIT_FOR_EXECUTED_GTID_SET('00000000-0000-0000-0000-000000000009:1') AS waited",
  mariadb: "SELECT MASTER_GTID_WAIT('0-9-99') AS waited",
};

describe.each(['mysql', 'mariadb'] as const)('a session of a pretended %s server', (family) => {
  const wait = WAIT_FOR_EVER[family];

  function withTable() {
    const world = aWorld({ family, replicas: 0 });
    const holder = world.client('db1', 'app');
    holder.ask('CREATE TABLE demo.numbers (n INT PRIMARY KEY)');
    return { world, holder, root: world.client('db1', 'root') };
  }

  it('never answers in the moment of the question', () => {
    const { world, root } = withTable();
    const asked = root.send('SELECT 1; SELECT 2');
    expect(asked.outcomes).toBeNull();
    world.run(PACKET_MILLIS);
    expect([asked.outcomes?.length, asked.millis]).toEqual([2, expect.closeTo(PACKET_MILLIS)]);
  });

  it('takes packets in their turn', () => {
    const { world, holder, root } = withTable();
    holder.ask('LOCK TABLES demo.numbers WRITE');
    const first = root.send('INSERT INTO demo.numbers VALUES (1)');
    const second = root.send('SELECT COUNT(*) AS count FROM demo.numbers');
    world.run(1_000);
    expect([first.outcomes, second.outcomes]).toEqual([null, null]);
    holder.ask('UNLOCK TABLES');
    world.run(10);
    expect(first.outcomes).toEqual([{ kind: 'ok', affectedRows: 1 }]);
    expect(second.outcomes).toMatchObject([{ rows: [[1]] }]);
  });

  it('is closed by KILL while its statement waits, and the statement never happens', () => {
    const { world, holder, root } = withTable();
    holder.ask('LOCK TABLES demo.numbers WRITE');
    const victim = world.client('db1', 'app');
    const asked = victim.send('INSERT INTO demo.numbers VALUES (1); INSERT INTO demo.numbers VALUES (2)');
    world.run(100);
    expect(root.tell(`KILL ${victim.session.id}`)).toBe('ok');
    expect(victim.isClosed).toBe(true);
    holder.ask('UNLOCK TABLES');
    world.run(100);
    expect(asked.outcomes).toBeNull();
    expect(root.value('SELECT COUNT(*) FROM demo.numbers')).toBe(0);
    expect(root.tell(`KILL ${victim.session.id}`)).toBe(`1094: Unknown thread id: ${victim.session.id}`);
  });

  it('lives on after KILL QUERY', () => {
    const { world, root } = withTable();
    const victim = world.client('db1', 'app');
    const asked = victim.send(wait);
    world.run(100);
    expect(root.tell(`KILL QUERY ${victim.session.id}`)).toBe('ok');
    expect(toldOf(asked.outcomes?.[0])).toBe('1317: Query execution was interrupted');
    expect(victim.tell('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(root.tell(`KILL QUERY ${victim.session.id}`)).toBe('ok');
    expect(victim.isClosed).toBe(false);
  });

  it('may kill itself, and reads so', () => {
    const { world, root } = withTable();
    const told = root.tell(`KILL ${root.session.id}`);
    expect(told).toBe(family === 'mysql' ? '1317: Query execution was interrupted' : '1927: Connection was killed');
    world.run(1);
    expect(root.isClosed).toBe(true);
  });

  it("may kill sessions of its own user, and no other's", () => {
    const { world, holder, root } = withTable();
    const other = world.client('db1', 'app');
    expect(holder.tell(`KILL ${root.session.id}`)).toBe(`1095: You are not owner of thread ${root.session.id}`);
    expect(holder.tell(`KILL ${other.session.id}`)).toBe('ok');
    expect([other.isClosed, root.isClosed]).toEqual([true, false]);
  });

  it('leaves a statement that waits when the client goes away: it ends by itself, the rest of its packet too', () => {
    const { world, holder, root } = withTable();
    holder.ask('LOCK TABLES demo.numbers WRITE');
    const leaver = world.client('db1', 'app');
    leaver.send('INSERT INTO demo.numbers VALUES (1); INSERT INTO demo.numbers VALUES (2)');
    world.run(100);
    leaver.session.close();
    const seen = () =>
      root.rows(`SELECT INFO AS info FROM information_schema.processlist WHERE ID = ${leaver.session.id}`);
    expect(seen()).toEqual([{ info: 'INSERT INTO demo.numbers VALUES (1)' }]);
    holder.ask('UNLOCK TABLES');
    world.run(100);
    expect(seen()).toEqual([]);
    expect(root.value('SELECT COUNT(*) FROM demo.numbers')).toBe(2);
    expect(leaver.isClosed).toBe(false);
  });

  it('gives its table locks back when it is closed', () => {
    const { world, holder, root } = withTable();
    holder.ask('LOCK TABLES demo.numbers WRITE');
    const asked = root.send('INSERT INTO demo.numbers VALUES (1)');
    world.run(100);
    expect(asked.outcomes).toBeNull();
    holder.session.close();
    world.run(100);
    expect(asked.outcomes).toEqual([{ kind: 'ok', affectedRows: 1 }]);
  });

  it('is in the process list with what it does and since when', () => {
    const { world, holder, root } = withTable();
    holder.ask('LOCK TABLES demo.numbers WRITE');
    const waiting = world.client('db1', 'app');
    waiting.send('INSERT INTO demo.numbers VALUES (1)');
    world.run(3_100);
    const entry = root.rows('SHOW PROCESSLIST').find((row) => row['Id'] === waiting.session.id);
    expect(entry).toMatchObject({
      User: 'app',
      Host: `tester:${waiting.clientPort}`,
      Command: 'Query',
      Time: 3,
      State: 'Waiting for table metadata lock',
      Info: 'INSERT INTO demo.numbers VALUES (1)',
    });
    const idle = root.rows('SHOW FULL PROCESSLIST').find((row) => row['Id'] === holder.session.id);
    expect(idle).toMatchObject({ Command: 'Sleep', State: '', Info: null });
  });
});
