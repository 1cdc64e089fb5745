import { describe, expect, it } from 'vitest';
import { aWorld } from '../testing.ts';
import { Accounts } from './accounts.ts';
import { PretendSql } from './pretend-sql.ts';

const CLIENT = { clientHost: 'app1', clientPort: 40_000, onClosed: () => {} };

describe.each(['mysql', 'mariadb'] as const)('the door of a pretended %s server', (family) => {
  const refusal = (sql: PretendSql, user: string) => {
    const opened = sql.openSession({ ...CLIENT, user });
    return opened.kind === 'refused' ? `${opened.error.number} ${opened.error.sqlState}` : 'open';
  };

  it('lets in who has an account that is not locked', () => {
    const sql = new PretendSql(aWorld({ family, replicas: 0 }).server('db1'), {
      accounts: new Accounts({ app: 'client' }),
    });
    expect(refusal(sql, 'app')).toBe('open');
    expect(refusal(sql, 'nobody')).toBe('1045 28000');
    sql.accounts.lock('app');
    expect(refusal(sql, 'app')).toBe(family === 'mysql' ? '3118 HY000' : '4151 HY000');
    sql.accounts.unlock('app');
    expect(refusal(sql, 'app')).toBe('open');
  });

  it('is full at some time, and keeps one place for the privileged', () => {
    const sql = new PretendSql(aWorld({ family, replicas: 0 }).server('db1'), { maxConnections: 2 });
    expect(['app', 'app', 'app', 'orc', 'orc'].map((user) => refusal(sql, user))).toEqual([
      'open',
      'open',
      '1040 08004',
      'open',
      '1040 08004',
    ]);
  });

  it('counts sessions and threads from 1 in each life of the process', () => {
    const world = aWorld({ family, replicas: 0 });
    expect([1, 2].map(() => world.client('db1').session.id)).toEqual([1, 2]);
    expect(world.sql('db1').takeSessionId()).toBe(3);
    world.server('db1').kill();
    world.server('db1').start();
    expect(world.client('db1').session.id).toBe(1);
  });

  it('closes every session when the process dies, and answers nothing any more', () => {
    const world = aWorld({ family, replicas: 0 });
    const client = world.client('db1');
    const asked = client.send('SELECT 1');
    world.server('db1').kill();
    expect(client.isClosed).toBe(true);
    world.server('db1').start();
    world.run(1_000);
    expect(asked.outcomes).toBeNull();
    expect(world.sql('db1').sessionCount).toBe(0);
  });

  it('tells nobody when the power is gone', () => {
    const world = aWorld({ family, replicas: 0 });
    const client = world.client('db1');
    world.server('db1').powerOff();
    expect(client.isClosed).toBe(false);
    const asked = client.send('SELECT 1');
    world.server('db1').start();
    world.run(1_000);
    expect(asked.outcomes).toBeNull();
  });

  it('refuses where no process is', () => {
    const world = aWorld({ family, replicas: 0 });
    world.server('db1').kill();
    expect(refusal(world.sql('db1'), 'orc')).toBe('1053 08S01');
  });

  it('is silent while the process hangs, and answers everything when it goes on', () => {
    const world = aWorld({ family, replicas: 0 });
    const client = world.client('db1');
    world.server('db1').hang();
    const asked = client.send('SELECT 1');
    world.run(10_000);
    expect(asked.outcomes).toBeNull();
    world.server('db1').resume();
    world.run(1);
    expect(asked.outcomes).toMatchObject([{ rows: [[1]] }]);
  });
});
