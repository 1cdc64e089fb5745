// A world whose primary has a host of its own and whose replicas have another, so that the network between them and us can fail.
//
// Where hosts cannot be made, tests of it are skipped by name, and one line says why.

import { join } from 'node:path';
import { type Connection, createConnection } from 'mysql2/promise';
import { describe } from 'vitest';
import { applicationAccount, applicationSchema } from '../../../src/sandbox/accounts.ts';
import type { RunningServer } from '../../../src/sandbox/server.ts';
import { makeTestHosts, obstacleToTestHosts, type TestHosts } from '../../../src/sandbox/test-hosts.ts';
import { openWorld, type World, type WorldOptions } from './world.ts';

const obstacle = await obstacleToTestHosts(console.warn);
if (obstacle !== null) console.warn(`SKIPPED: tests on hosts of their own: ${obstacle}`);

/** `describe` for tests that make hosts. */
export const describeHosts = describe.skipIf(obstacle !== null);

export interface HostsWorld {
  readonly world: World;
  readonly hosts: TestHosts;
  /** Stops the world and removes the hosts. */
  close(): Promise<void>;
}

export async function openHostsWorld(options: Omit<WorldOptions, 'hosts'>): Promise<HostsWorld> {
  const hosts = await makeTestHosts();
  try {
    const world = await openWorld({ ...options, hosts });
    const close = async () => {
      // A server that does not answer would keep the program from ending in order.
      await hosts.heal();
      await world.stop();
      await hosts.remove();
    };
    return { world, hosts, close };
  } catch (error) {
    await hosts.remove();
    throw error;
  }
}

/** A client on the server's own host, whom no fault of the network concerns. The caller closes it. */
export function connectOnHost(server: RunningServer): Promise<Connection> {
  return createConnection({
    socketPath: join(server.dir, 'socket'),
    user: applicationAccount.user,
    password: applicationAccount.password,
    database: applicationSchema,
  });
}
