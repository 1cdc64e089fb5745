import { describe, expect, it } from 'vitest';
import { ConnectionPool, type PooledConnection, type PoolLimits } from './pool.ts';

class FakeConnection implements PooledConnection {
  usable = true;
  readonly openedAt = performance.now();
  isClosed = false;
  #onEnded: (() => void)[] = [];

  onEnded(run: () => void): void {
    this.#onEnded.push(run);
  }

  /** The server cuts it. */
  cut(): void {
    this.usable = false;
    for (const run of this.#onEnded) run();
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }
}

function poolOf(limits: Partial<PoolLimits> = {}) {
  const opened: FakeConnection[] = [];
  const server = { isDown: false };
  const pool = new ConnectionPool<FakeConnection>(
    async () => {
      if (server.isDown) throw new Error('nobody listens');
      const connection = new FakeConnection();
      opened.push(connection);
      return connection;
    },
    { connections: 2, lifetimeMillis: null, ...limits },
  );
  return { pool, opened, server };
}

describe('a pool of connections', () => {
  it('opens one when it is needed and uses it again', async () => {
    const { pool, opened } = poolOf();
    expect(opened).toHaveLength(0);
    const first = await pool.acquire();
    pool.release(first);
    expect(await pool.acquire()).toBe(first);
    expect(opened).toHaveLength(1);
  });

  it('opens no more than it may: whoever comes then waits, in the order of coming', async () => {
    const { pool, opened } = poolOf();
    const [one, other] = [await pool.acquire(), await pool.acquire()];
    const served: string[] = [];
    const third = pool.acquire().then((connection) => {
      served.push('third');
      return connection;
    });
    const fourth = pool.acquire().then(() => served.push('fourth'));
    expect(opened).toHaveLength(2);
    pool.release(other);
    pool.release(await third);
    await fourth;
    expect(served).toEqual(['third', 'fourth']);
    expect(opened).toHaveLength(2);
    pool.release(one);
  });

  it('has no bound where none is set', async () => {
    const { pool, opened } = poolOf({ connections: null });
    await Promise.all(Array.from({ length: 200 }, () => pool.acquire()));
    expect(opened).toHaveLength(200);
  });

  it('turns away who waits too long, and serves the others', async () => {
    const { pool } = poolOf({ connections: 1, waitMillis: 5 });
    const one = await pool.acquire();
    await expect(pool.acquire()).rejects.toMatchObject({ code: 'BUSY', message: expect.stringContaining('all 1') });
    pool.release(one);
    expect(await pool.acquire()).toBe(one);
  });

  it('gives nobody a connection that was cut, while it was idle or while it was used', async () => {
    const { pool, opened } = poolOf();
    const one = await pool.acquire();
    pool.release(one);
    one.cut();
    const other = await pool.acquire();
    expect(other).not.toBe(one);
    other.cut();
    pool.release(other);
    expect(await pool.acquire()).toBe(opened[2]);
  });

  it('gives a new one to whoever waits when one in use was cut', async () => {
    const { pool, opened } = poolOf({ connections: 1 });
    const one = await pool.acquire();
    const waiting = pool.acquire();
    one.cut();
    pool.release(one);
    expect(await waiting).toBe(opened[1]);
  });

  it('closes the one that is too old, and the one that has been idle for too long', async () => {
    const aged = poolOf({ lifetimeMillis: 0 });
    const old = await aged.pool.acquire();
    aged.pool.release(old);
    expect(old.isClosed).toBe(true);
    const idled = poolOf({ idleMillis: 0 });
    const idle = await idled.pool.acquire();
    idled.pool.release(idle);
    expect(await idled.pool.acquire()).not.toBe(idle);
    expect(idle.isClosed).toBe(true);
  });

  it('keeps ten idle ones, or a quarter of what it may open', async () => {
    for (const [connections, kept] of [
      [20, 10],
      [80, 20],
      [null, 10],
    ] as const) {
      const { pool, opened } = poolOf({ connections });
      const all = await Promise.all(Array.from({ length: 20 }, () => pool.acquire()));
      for (const connection of all) pool.release(connection);
      expect(opened.filter((connection) => !connection.isClosed)).toHaveLength(kept);
    }
  });

  it('tells everybody who waits why none can be opened, and goes on when one can', async () => {
    const { pool, server } = poolOf({ connections: 1 });
    server.isDown = true;
    const refused = await Promise.allSettled([pool.acquire(), pool.acquire(), pool.acquire()]);
    expect(refused.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    server.isDown = false;
    expect((await pool.acquire()).usable).toBe(true);
  });

  it('closes when all have come back, and serves nobody afterwards', async () => {
    const { pool } = poolOf({ connections: 1 });
    const one = await pool.acquire();
    const waiting = pool.acquire();
    let isClosed = false;
    const closed = pool.close().then(() => {
      isClosed = true;
    });
    await expect(waiting).rejects.toMatchObject({ code: 'CLOSED' });
    await expect(pool.acquire()).rejects.toMatchObject({ code: 'CLOSED' });
    expect(isClosed).toBe(false);
    pool.release(one);
    await closed;
    expect(one.isClosed).toBe(true);
  });
});
