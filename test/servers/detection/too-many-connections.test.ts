// A primary that lets nobody in any more (error 1040), and throws those out who were in: it lives, and must not be taken for dead.

import type { Connection, RowDataPacket } from 'mysql2/promise';
import { describe, expect, it } from 'vitest';
import {
  type Account,
  applicationAccount,
  orchestratorAccount,
  replicationAccount,
} from '../../../src/sandbox/accounts.ts';
import { freePort } from '../../../src/sandbox/free-ports.ts';
import type { RunningServer } from '../../../src/sandbox/server.ts';
import { type ServerFamily, serverFamilies } from '../../../src/sandbox/server-releases.ts';
import { eventually } from '../support/eventually.ts';
import { connectAsRoot } from '../support/root-connection.ts';
import { asRoot, followsSoon, replication, writablePorts } from '../support/servers.ts';
import { openWorld, the, type World } from '../support/world.ts';

const TOO_MANY_CONNECTIONS = 1040;

/** The least that MariaDB can be told. */
const ROOM = 10;

/** Whoever else is thrown out, there are still more than are let in, the administrators' one place included. */
const GUESTS = ROOM + 5;

const USUAL_ROOM = 150;

/** A server that lets nobody in. */
class ClosedServer {
  readonly #server: RunningServer;
  readonly #root: Connection;
  readonly #guests: readonly Connection[];

  constructor(server: RunningServer, root: Connection, guests: readonly Connection[]) {
    this.#server = server;
    this.#root = root;
    this.#guests = guests;
  }

  async throwOut({ user }: Account): Promise<void> {
    for (const id of await this.sessionsOf({ user })) {
      // It may be gone by now.
      await this.#root.query(`KILL ${id}`).catch(() => {});
    }
  }

  async sessionsOf({ user }: Pick<Account, 'user'>): Promise<readonly number[]> {
    const [rows] = await this.#root.query<RowDataPacket[]>(
      `SELECT id AS session FROM information_schema.processlist WHERE user = '${user}'`,
    );
    return rows.map((row) => Number(row['session']));
  }

  async isWritable(): Promise<boolean> {
    const [rows] = await this.#root.query<RowDataPacket[]>('SELECT @@global.read_only AS value');
    return Number(rows[0]?.['value']) === 0;
  }

  async open(): Promise<void> {
    for (const guest of this.#guests) guest.destroy();
    await this.#root.query(`SET GLOBAL max_connections = ${USUAL_ROOM}`);
    this.#root.destroy();
    await eventually(() => this.#server.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  }
}

async function closeDoorOf(server: RunningServer): Promise<ClosedServer> {
  const root = await connectAsRoot(server);
  const guests = await Promise.all(Array.from({ length: GUESTS }, () => server.connect(applicationAccount)));
  await root.query(`SET GLOBAL max_connections = ${ROOM}`);
  for (const account of [applicationAccount, orchestratorAccount]) {
    await expect(server.connect(account)).rejects.toMatchObject({ errno: TOO_MANY_CONNECTIONS });
  }
  return new ClosedServer(server, root, guests);
}

/** After some more looks there was no recovery, it alone takes writes, and every replica is where it was. */
async function untouched(world: World, closed: ClosedServer): Promise<void> {
  await world.afterLooks(the(world.replicas[0]), 3);
  expect(await world.recoveries()).toEqual([]);
  expect(await closed.isWritable()).toBe(true);
  expect(await writablePorts(world.replicas)).toEqual([]);
  for (const replica of world.replicas) expect((await replication(replica))?.port).toBe(world.primary.port);
}

describe.each(serverFamilies)('a %s primary that lets nobody in', (family) => {
  it('A6: without a port for administrators: its replicas deny that it is dead, and say nothing of a death once they are out as well', async () => {
    const world = await openWorld({ family, replicas: 2 });
    const { primary, replicas } = world;
    try {
      const closed = await closeDoorOf(primary);
      try {
        await closed.throwOut(orchestratorAccount);
        await eventually(() => world.codeOf(primary)).toBe('UnreachableMaster');
        expect(await closed.sessionsOf(orchestratorAccount)).toEqual([]);
        await untouched(world, closed);
        expect(await world.codeOf(primary)).toBe('UnreachableMaster');

        await closed.throwOut(replicationAccount);
        for (const replica of replicas) {
          await eventually(async () => (await replication(replica))?.receiver).toBe('Connecting');
        }
        await eventually(() => world.codeOf(primary)).toBe('DeadMaster');
        await world.logged('not recovered: not proven dead');
        await untouched(world, closed);
      } finally {
        await closed.open();
      }
      await eventually(() => world.codeOf(primary)).toBe('NoProblem');
      for (const replica of replicas) await followsSoon(replica, primary);
    } finally {
      await world.stop();
    }
  });

  it('A6: with a port for administrators: orchestrator goes in there, and sees that nothing is wrong', async () => {
    const options = await administratorsPort(family);
    const world = await openWorld({
      family,
      replicas: 2,
      prepare: async ({ primary, replicas }) => {
        await primary.restart(options);
        if (family === 'mysql') await asRoot(primary, `GRANT SERVICE_CONNECTION_ADMIN ON *.* TO 'orc'@'%'`);
        for (const replica of replicas) await followsSoon(replica, primary);
      },
    });
    const { primary } = world;
    try {
      const closed = await closeDoorOf(primary);
      try {
        const before = await closed.sessionsOf(orchestratorAccount);
        await closed.throwOut(orchestratorAccount);
        const anew = async () => (await closed.sessionsOf(orchestratorAccount)).filter((id) => !before.includes(id));
        await eventually(async () => (await anew()).length).toBeGreaterThan(0);
        await eventually(async () => (await world.instance(primary)).IsLastCheckValid).toBe(true);
        await world.afterLooks(primary, 2);
        expect(await world.codeOf(primary)).toBe('NoProblem');
        await untouched(world, closed);
      } finally {
        await closed.open();
      }
    } finally {
      await world.stop();
    }
  });
});

/** Options that open it, on one server. */
async function administratorsPort(family: ServerFamily): Promise<readonly string[]> {
  const port = await freePort();
  return family === 'mysql' ? ['--admin-address=127.0.0.1', `--admin-port=${port}`] : [`--extra-port=${port}`];
}
