import { describe, expect, it } from 'vitest';
import { binlogServerOptions, serverOptions } from '../../server/server-options.ts';
import { type TestClient, TestWorld } from '../../testing.ts';

function aBinlogServer(): { world: TestWorld; client: TestClient } {
  const world = new TestWorld([serverOptions('mysql', 1), binlogServerOptions(1)]);
  world.run(100);
  world.server('db1').writeLocally({ kind: 'rows', table: 'demo.numbers', rows: [1] });
  world.run(100);
  // Any account may say all that it understands.
  return { world, client: world.client('bls1', 'app') };
}

const status = (client: TestClient, ...columns: readonly string[]) => {
  const [row] = client.rows('SHOW SLAVE STATUS');
  return columns.map((column) => row?.[column]);
};

const THREADS = ['Slave_IO_Running', 'Slave_SQL_Running', 'Slave_IO_State', 'Slave_SQL_Running_State'] as const;

describe('what a pretended binlog server is asked', () => {
  it('is whether it is one', () => {
    const { client } = aBinlogServer();
    expect(client.rows("SHOW VARIABLES LIKE 'maxscale%'")).toEqual([
      { Variable_name: 'MAXSCALE_VERSION', Value: '2.4.10' },
    ]);
  });

  it('is who it is: it goes by its source', () => {
    const { world, client } = aBinlogServer();
    expect(client.value('SELECT @@global.server_id')).toBe('1');
    expect(client.value('select  @@GLOBAL.server_uuid')).toBe(world.server('db1').options.uuid);
  });

  it('is how far it has come, in the places of its source', () => {
    const { world, client } = aBinlogServer();
    const [own] = client.rows('SHOW MASTER STATUS');
    const [ofSource] = world.client('db1').rows('SHOW BINARY LOG STATUS');
    expect([own?.['File'], Number(own?.['Position'])]).toEqual([ofSource?.['File'], ofSource?.['Position']]);
    expect(status(client, 'Master_Log_File', 'Read_Master_Log_Pos', 'Exec_Master_Log_Pos')).toEqual([
      own?.['File'],
      own?.['Position'],
      own?.['Position'],
    ]);
  });

  it.each([
    'SELECT 1; SELECT 1',
    'SHOW SLAVE STATUS;\nSHOW MASTER STATUS',
    "SHOW GLOBAL VARIABLES WHERE Variable_name IN ('version')",
    'SET lock_wait_timeout = 1',
    'CREATE TABLE demo.numbers (n INT PRIMARY KEY)',
    '',
  ])('and not "%s"', (sql) => {
    const { client } = aBinlogServer();
    expect(client.tell(sql)).toBe(
      '1064: You have an error in your SQL syntax; Check the syntax the MaxScale binlog router accepts.',
    );
  });
});

describe('the status of a pretended binlog server', () => {
  it('is that it receives', () => {
    const { client } = aBinlogServer();
    expect(status(client, ...THREADS)).toEqual(['Yes', 'Yes', 'Binlog Dump', 'Slave running']);
    expect(status(client, 'Last_Errno', 'Last_Error', 'Master_Host')).toEqual(['0', '', 'db1']);
  });

  it('A17: has the error of a receiver that cannot reach its source as the last one, never as the receiver’s', () => {
    const { world, client } = aBinlogServer();
    world.server('db1').kill();
    world.run(100);
    expect(status(client, ...THREADS)).toEqual(['Connecting', 'Yes', 'Connecting', 'Registering']);
    const lost = '#HY000 Lost connection to backend server.';
    expect(status(client, 'Last_Errno', 'Last_Error')).toEqual(['2003', lost]);
    expect(status(client, 'Last_IO_Errno', 'Last_IO_Error')).toEqual(['0', '']);
  });

  it('is that it was stopped, also twice, and started again', () => {
    const { world, client } = aBinlogServer();
    expect([client.tell('STOP SLAVE'), client.tell('STOP SLAVE')]).toEqual(['ok', 'ok']);
    expect(status(client, ...THREADS)).toEqual(['No', 'No', 'Slave stopped', 'Slave stopped']);
    expect([client.tell('START SLAVE'), client.tell('START SLAVE')]).toEqual(['ok', 'ok']);
    world.run(100);
    expect(status(client, ...THREADS)).toEqual(['Yes', 'Yes', 'Binlog Dump', 'Slave running']);
  });
});

describe('the source of a pretended binlog server', () => {
  const CHANGE =
    "CHANGE MASTER TO MASTER_HOST = 'db2', MASTER_PORT = 3306, MASTER_LOG_FILE = 'binlog.000001', MASTER_LOG_POS = 432";

  /** `db2` has the same binary log as `db1`, byte for byte, as another binlog server would. */
  function aPair(): { world: TestWorld; client: TestClient } {
    const world = new TestWorld([serverOptions('mysql', 1), serverOptions('mysql', 2), binlogServerOptions(1)]);
    world.run(100);
    world.server('db1').writeLocally({ kind: 'rows', table: 'demo.numbers', rows: [1] });
    world.run(100);
    return { world, client: world.client('bls1', 'orc') };
  }

  it('is not changed while it receives', () => {
    const { client } = aPair();
    expect(client.tell(CHANGE)).toMatch(/^1198/);
  });

  it('is changed at the place where it stands, and it goes on there', () => {
    const { world, client } = aPair();
    client.ask('STOP SLAVE');
    expect(client.tell(CHANGE)).toBe('ok');
    client.ask('START SLAVE');
    world.server('db1').writeLocally({ kind: 'rows', table: 'demo.numbers', rows: [2] });
    world.run(200);
    expect(status(client, 'Master_Host', 'Last_Errno')).toEqual(['db2', '0']);
    expect(world.server('bls1').history.log).toHaveLength(2);
    expect(world.server('db2').dumping.map(({ host }) => host)).toEqual(['bls1']);
  });

  it('A17: may be one that goes on with the next file; no other place is taken', () => {
    const { world, client } = aPair();
    world.server('db2').flushBinaryLogs();
    client.ask('STOP SLAVE');
    const at = (file: string, position: number) => CHANGE.replace('binlog.000001', file).replace('432', `${position}`);
    expect(client.tell(at('binlog.000001', 4))).toMatch(/^1234/);
    expect(client.tell(at('binlog.000002', 157))).toMatch(/^1234/);
    expect(client.tell(at('binlog.000003', 4))).toMatch(/^1234/);
    expect(client.tell(at('binlog.000002', 4))).toBe('ok');
    client.ask('START SLAVE');
    world.server('db2').writeLocally({ kind: 'rows', table: 'demo.numbers', rows: [2] });
    world.run(200);
    expect(status(client, 'Master_Host', 'Master_Log_File', 'Last_Errno')).toEqual(['db2', 'binlog.000002', '0']);
    const [ofSource] = world.client('db2').rows('SHOW BINARY LOG STATUS');
    expect(status(client, 'Exec_Master_Log_Pos')).toEqual([String(ofSource?.['Position'])]);
    expect(world.server('bls1').history.log).toHaveLength(2);
  });

  it.each(['CHANGE MASTER TO', 'CHANGE MASTER TO MASTER_DELAY = 3', "CHANGE MASTER TO MASTER_HOST = 'a' 'b'"])(
    'is not changed by "%s"',
    (sql) => {
      const { client } = aPair();
      expect(client.tell(sql)).toMatch(/^1064/);
    },
  );
});
