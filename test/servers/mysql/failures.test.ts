// Everything that can be wrong between us and a server, on real sockets and real servers.

import { createServer, type Socket } from 'node:net';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ServerFailure } from '../../../src/model/server-failure.ts';
import { applicationAccount, orchestratorAccount } from '../../../src/sandbox/accounts.ts';
import { freePort } from '../../../src/sandbox/free-ports.ts';
import { type RunningServer, startServer } from '../../../src/sandbox/server.ts';
import { type ServerFamily, serverFamilies } from '../../../src/sandbox/server-releases.ts';
import {
  answeredBy,
  asRoot,
  closeLinks,
  countingProxyTo,
  failureOf,
  keyOf,
  linkTo,
  listening,
  soon,
} from '../support/server-world.ts';
import { hang } from '../support/servers.ts';
import { the } from '../support/world.ts';

afterEach(closeLinks);

const neverComes = (family: ServerFamily) =>
  family === 'mysql' ? '00000000-0000-0000-0000-000000000001:1-9' : '0-99-9999999';

async function readOnlyOf(server: RunningServer): Promise<number> {
  const [row] = await server.query('SELECT @@global.read_only AS value');
  return Number(row?.['value']);
}

/** Patience of these tests; each deadline below is one of these. */
const SHORT = { connectMillis: 300, answerMillis: 300 };

const openSockets = () => process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length;

const TOO_MANY_CONNECTIONS = 1040;

/** Of applications, and then of those who may one more: until nobody is let in. */
async function takeAllPlaces(server: RunningServer): Promise<readonly Connection[]> {
  const connections: Connection[] = [];
  for (const account of [applicationAccount, orchestratorAccount]) {
    for (let isFull = false; !isFull; ) {
      const opened = await server.connect(account).catch((error: unknown) => error);
      if (opened instanceof Error) {
        expect(opened).toMatchObject({ errno: TOO_MANY_CONNECTIONS });
        isFull = true;
      } else connections.push(opened as Connection);
    }
  }
  return connections;
}

/**
 * Until nobody is let in. `others` connections stay besides.
 * Waits first for sessions that were closed and still hold a place: it would become free afterwards.
 */
async function fillUp(server: RunningServer, others: number): Promise<readonly Connection[]> {
  const watcher = await server.connect();
  const connections: Connection[] = [watcher];
  await vi.waitFor(async () => {
    const [rows] = await watcher.query<RowDataPacket[]>("SHOW GLOBAL STATUS LIKE 'Threads_connected'");
    expect(Number(rows[0]?.['Value'])).toBe(others + 1);
  }, soon);
  await watcher.query('SET GLOBAL max_connections = 10');
  connections.push(...(await takeAllPlaces(server)));
  return connections;
}

describe('a server that cannot be reached', () => {
  it('refuses the connection when nobody listens', async () => {
    const port = await freePort();
    const { failure, partial } = await failureOf(linkTo({ hostname: '127.0.0.1', port }));
    expect(failure).toEqual({
      kind: 'refused',
      phase: 'connect',
      text: `dial tcp 127.0.0.1:${port}: connect: connection refused`,
    });
    expect(partial).toBe(false);
  });

  it('has no address when its name is unknown', async () => {
    const { failure } = await failureOf(linkTo({ hostname: 'no-such-host.invalid', port: 3306 }));
    expect(failure).toMatchObject({ kind: 'unresolvable', text: expect.stringMatching(/no such host$/) });
  });

  it('is not dialled when it is detached', async () => {
    const { failure } = await failureOf(linkTo({ hostname: '//127.0.0.1', port: 3306 }));
    expect(failure.kind).toBe('network');
  });

  it('A10: is given up after the connect deadline when it accepts and then says nothing', async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => sockets.push(socket));
    const port = await listening(silent);
    try {
      const { failure, partial } = await failureOf(linkTo({ hostname: '127.0.0.1', port }), SHORT);
      expect(failure).toEqual({ kind: 'timeout', phase: 'connect', text: `dial tcp 127.0.0.1:${port}: i/o timeout` });
      expect(partial).toBe(false);
      expect(sockets).toHaveLength(1);
    } finally {
      for (const socket of sockets) socket.destroy();
      silent.close();
    }
  });

  it('is a network failure when something else answers there', async () => {
    const other = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const port = await listening(other);
    try {
      const { failure } = await failureOf(linkTo({ hostname: '127.0.0.1', port }));
      expect(['network', 'lost', 'server-error']).toContain(failure.kind);
      expect(failure.phase).toBe('connect');
    } finally {
      other.close();
    }
  });

  it('leaves no connection behind when the link is closed while it dials', async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => sockets.push(socket));
    const port = await listening(silent);
    try {
      const link = linkTo({ hostname: '127.0.0.1', port });
      const probe = link.probe(SHORT);
      link.close();
      expect((await probe).kind).toBe('failed');
      await vi.waitFor(
        () => expect(sockets.every((socket) => socket.destroyed || socket.readableEnded)).toBe(true),
        soon,
      );
    } finally {
      for (const socket of sockets) socket.destroy();
      silent.close();
    }
  });
});

describe.each(serverFamilies)('a %s server that fails while we are connected', (family: ServerFamily) => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startServer({ family });
  });
  afterAll(() => server?.stop());
  beforeEach(async () => {
    if (!server.isRunning) await server.restart();
  });

  it('A24: is given up after the answer deadline when it hangs, and is read again when it goes on', async () => {
    await vi.waitFor(() => expect(openSockets()).toBe(0), soon);
    const broken: ServerFailure[] = [];
    const link = linkTo(keyOf(server), { onBroken: (_, failure) => broken.push(failure) });
    await answeredBy(link);
    expect(openSockets()).toBe(1);
    await hang(server);
    try {
      const { failure, partial } = await failureOf(link, SHORT);
      expect(failure).toMatchObject({
        kind: 'timeout',
        phase: 'answer',
        text: `read tcp 127.0.0.1:${server.port}: i/o timeout`,
      });
      expect(partial).toBe(false);
      // Nothing is kept open to a server that does not even say good-bye.
      await vi.waitFor(() => expect(openSockets()).toBe(0), soon);
      // The kernel accepts for a stopped process: only the deadline of the next connection tells.
      expect((await failureOf(link, SHORT)).failure).toMatchObject({ kind: 'timeout', phase: 'connect' });
    } finally {
      server.kill('SIGCONT');
    }
    await vi.waitFor(() => answeredBy(link), soon);
    // Our giving up is no wire that broke.
    expect(broken).toEqual([]);
  });

  it('leaves no connection behind when a link is closed while it logs in', async () => {
    const proxy = await countingProxyTo(server);
    const link = linkTo({ hostname: '127.0.0.1', port: proxy.port });
    const probe = link.probe({ connectMillis: 5_000, answerMillis: 5_000 });
    await vi.waitFor(() => expect(proxy.sent()).toBeGreaterThan(0), { timeout: 5_000, interval: 1 });
    link.close();
    await probe;
    await vi.waitFor(async () => {
      const rows = await server.query(
        "SELECT COUNT(*) AS others FROM information_schema.processlist WHERE USER = 'orc'",
      );
      expect(rows[0]?.['others']).toBe(1);
    }, soon);
    proxy.close();
  });

  it('A1: is heard of at once when its connection is reset while it is pinged or asked', async () => {
    for (const ask of ['pulse', 'probe'] as const) {
      const proxy = await countingProxyTo(server);
      const broken: ServerFailure[] = [];
      const link = linkTo(
        { hostname: '127.0.0.1', port: proxy.port },
        { onBroken: (_, failure) => broken.push(failure) },
      );
      await answeredBy(link);
      proxy.resetNext();
      if (ask === 'pulse') expect(await link.pulse(5_000)).toMatchObject({ kind: 'lost' });
      else expect((await failureOf(link)).failure).toMatchObject({ kind: 'lost' });
      await vi.waitFor(() => expect(broken).toMatchObject([{ kind: 'lost' }]), soon);
      // Without a usable connection nobody can be pinged: the next look dials.
      expect(await link.pulse(5_000)).toBe('busy');
      proxy.close();
    }
  });

  it('is heard of at once, and once, when it is killed, without anybody asking', async () => {
    const broken: ServerFailure[] = [];
    const link = linkTo(keyOf(server), {
      onBroken: (key, failure) => broken.push({ ...failure, text: `${key.port}` }),
    });
    await answeredBy(link);
    server.kill('SIGKILL');
    await vi.waitFor(() => expect(broken).toMatchObject([{ kind: 'lost', text: `${server.port}` }]), soon);
    await server.exited;
    expect((await failureOf(link)).failure.kind).toBe('refused');
    expect(broken).toHaveLength(1);
    await server.restart();
    await answeredBy(link);
  });

  it('fails a probe that is under way when it is killed, long before the deadline', async () => {
    const broken: ServerFailure[] = [];
    const link = linkTo(keyOf(server), { onBroken: (_, failure) => broken.push(failure) });
    await answeredBy(link);
    await hang(server);
    const probe = link.probe({ connectMillis: 60_000, answerMillis: 60_000 });
    server.kill('SIGKILL');
    expect(await probe).toMatchObject({ kind: 'failed', failure: { kind: 'lost', phase: 'answer' }, partial: false });
    expect(broken).toHaveLength(1);
    await server.exited;
  });

  it('D12: a command that got no answer is ended on the server, and never takes effect', async () => {
    const link = linkTo(keyOf(server));
    await answeredBy(link);
    const dialect = the(link.dialect);
    const wait = { kind: 'wait-for-gtid', gtid: neverComes(family), timeoutSeconds: 600 } as const;
    const writable = { kind: 'set-read-only', readOnly: true, superReadOnly: false } as const;
    const result = await link.execute([wait, writable], dialect, { connectMillis: 5_000, deadlineMillis: 200 });
    expect(result).toMatchObject({ kind: 'failed', failure: { kind: 'timeout' }, completed: 0, mayStillLand: false });
    const running = await server.query('SELECT info FROM information_schema.processlist WHERE info IS NOT NULL');
    expect(running.filter(({ info }) => /GTID_(SET|WAIT)\(/.test(String(info)))).toEqual([]);
    expect(await readOnlyOf(server)).toBe(0);
  });

  it('D12: a command to a server that hangs may still take effect, and that is said', async () => {
    const link = linkTo(keyOf(server));
    await answeredBy(link);
    const dialect = the(link.dialect);
    await hang(server);
    try {
      const start = { kind: 'set-read-only', readOnly: false, superReadOnly: false } as const;
      const result = await link.execute([start], dialect, { connectMillis: 200, deadlineMillis: 200 });
      expect(result).toMatchObject({ kind: 'failed', mayStillLand: false, failure: { phase: 'connect' } });
    } finally {
      server.kill('SIGCONT');
    }
    const commanding = { connectMillis: 5_000, deadlineMillis: 5_000 };
    const start = { kind: 'set-read-only', readOnly: false, superReadOnly: false } as const;
    await vi.waitFor(async () => expect((await link.execute([start], dialect, commanding)).kind).toBe('done'), soon);
    await hang(server);
    try {
      const result = await link.execute([start], dialect, { connectMillis: 200, deadlineMillis: 200 });
      expect(result).toMatchObject({ kind: 'failed', mayStillLand: true, failure: { phase: 'answer' } });
    } finally {
      server.kill('SIGCONT');
    }
  });

  it('D12: no command waits longer for a lock than until its deadline, and it says so itself', async () => {
    const holder = await server.connect(applicationAccount);
    await holder.query('CREATE TABLE IF NOT EXISTS demo.locked (id INT)');
    await holder.query('LOCK TABLES demo.locked WRITE');
    const link = linkTo(keyOf(server));
    await answeredBy(link);
    const demote = { kind: 'set-read-only', readOnly: true, superReadOnly: false } as const;
    const patient = { connectMillis: 5_000, deadlineMillis: 20_000 };
    expect(await link.execute([demote], the(link.dialect), patient)).toMatchObject({
      kind: 'failed',
      failure: { kind: 'server-error', number: 1205 },
    });
    await holder.end();
    expect(await readOnlyOf(server)).toBe(0);
  });

  it('A1: lets nobody new in: commands and probes take turns on the connection that there is', async () => {
    const link = linkTo(keyOf(server));
    await answeredBy(link);
    const dialect = the(link.dialect);
    const crowd = await fillUp(server, 1);
    try {
      await expect(server.connect()).rejects.toMatchObject({ errno: TOO_MANY_CONNECTIONS });
      const patient = { connectMillis: 5_000, deadlineMillis: 5_000 };
      const demote = { kind: 'set-read-only', readOnly: true, superReadOnly: false } as const;
      const work = [link.execute([demote], dialect, patient), answeredBy(link), answeredBy(link)] as const;
      expect((await Promise.all(work))[0]).toMatchObject({ kind: 'done' });
      expect((await answeredBy(link)).facts.instance.readOnly).toBe(true);
      const allow = { kind: 'set-read-only', readOnly: false, superReadOnly: false } as const;
      expect(await link.execute([allow], dialect, patient)).toMatchObject({ kind: 'done' });
      expect((await answeredBy(link)).facts.instance.readOnly).toBe(false);
      // Without an answer the connection is given up, and with it the only way to end the session.
      const wait = { kind: 'wait-for-gtid', gtid: neverComes(family), timeoutSeconds: 2 } as const;
      const late = await link.execute([wait], dialect, { connectMillis: 5_000, deadlineMillis: 100 });
      expect(late).toMatchObject({ kind: 'failed', failure: { kind: 'timeout' }, mayStillLand: true });
    } finally {
      for (const connection of crowd) await connection.end();
      await vi.waitFor(() => server.query('SET GLOBAL max_connections = 150'), soon);
    }
  });

  it('is not heard of when we close the link ourselves', async () => {
    const broken: ServerFailure[] = [];
    const link = linkTo(keyOf(server), { onBroken: (_, failure) => broken.push(failure) });
    await answeredBy(link);
    link.close();
    await answeredBy(linkTo(keyOf(server)));
    expect(broken).toEqual([]);
    expect((await link.probe(SHORT)).kind).toBe('failed');
  });
});

it.each(serverFamilies)(
  'A6: a %s server that lets nobody in is seen by its port for administrators',
  async (family) => {
    const port = await freePort();
    const options =
      family === 'mysql' ? ['--admin-address=127.0.0.1', `--admin-port=${port}`] : [`--extra-port=${port}`];
    const server = await startServer({ family, extraOptions: options });
    const crowd: Connection[] = [];
    try {
      if (family === 'mysql') await asRoot(server, `GRANT SERVICE_CONNECTION_ADMIN ON *.* TO 'orc'@'%'`);
      const broken = Promise.withResolvers<ServerFailure>();
      const link = linkTo(keyOf(server), { onBroken: (_, failure) => broken.resolve(failure) });
      await answeredBy(link);
      crowd.push(...(await fillUp(server, 1)));
      const watcher = the(crowd[0]);
      const [sessions] = await watcher.query<RowDataPacket[]>(
        "SELECT ID FROM information_schema.processlist WHERE USER = 'orc' AND ID <> CONNECTION_ID()",
      );
      for (const { ID } of sessions) await watcher.query(`KILL ${Number(ID)}`);
      await broken.promise;
      // A session that was killed frees its place late: one that is taken too early would leave another one free.
      await vi.waitFor(async () => {
        const [left] = await watcher.query<RowDataPacket[]>(
          'SELECT ID FROM information_schema.processlist WHERE ID IN (?)',
          [sessions.map(({ ID }) => ID)],
        );
        expect(left).toEqual([]);
        const taken = await takeAllPlaces(server);
        crowd.push(...taken);
        expect(taken).toEqual([]);
      }, soon);
      await expect(server.connect()).rejects.toMatchObject({ errno: TOO_MANY_CONNECTIONS });
      expect((await answeredBy(link)).facts.instance.serverId).toBeGreaterThan(0);
      // One who was never there before knows of no other door.
      const stranger = await failureOf(linkTo(keyOf(server)));
      expect(stranger.failure).toMatchObject({ kind: 'server-error', number: TOO_MANY_CONNECTIONS });
    } finally {
      for (const connection of crowd) connection.destroy();
      await server.stop();
    }
  },
);
