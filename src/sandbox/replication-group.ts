// A replication group of MySQL servers in single-primary mode: they replicate among themselves, and elect their primary.

import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createConnection } from 'mysql2/promise';
import { replicationAccount } from './accounts.ts';
import type { Say } from './fetch-debian.ts';
import { ensureServer } from './fetch-server.ts';
import { freePorts } from './free-ports.ts';
import { type RunningServer, startServer } from './server.ts';

/** How long a server may take to become a full member. It copies what it lacks from another one first. */
const onlineDeadlineMillis = 60_000;

const onlinePollMillis = 30;

/** How long one statement about the group may take: a server that joins waits for the others, a minute at most. */
const statementDeadlineMillis = 90_000;

/** The least that a member may set aside for messages to the others; the usual gigabyte is more than a sandbox has. */
const messageCacheBytes = 128 * 1024 * 1024;

export interface ReplicationGroupOptions {
  /** How many members. Default: 3, the fewest that get over a death. */
  members?: number;
  /** Ports of the members, the first primary first. Default: free ones. */
  ports?: readonly number[];
  /** Options of the server program for all of them. */
  extraOptions?: readonly string[];
  /** Hears what is going on, one line a step. */
  say?: Say;
}

export interface ReplicationGroup {
  /** The group's name: a UUID, by which its transactions go too. */
  readonly name: string;
  /** The member that was the primary at the start. */
  readonly primary: RunningServer;
  /** The other members. */
  readonly secondaries: readonly RunningServer[];
  /** The primary, then the others. */
  readonly members: readonly RunningServer[];
  /** Stops all of them and removes their folders. May be called twice. */
  stop(): Promise<void>;
}

/** Starts a group; when it returns, every member is online and knows of all the others. */
export async function startReplicationGroup(options: ReplicationGroupOptions = {}): Promise<ReplicationGroup> {
  const { members: count = 3, extraOptions = [], say = () => {} } = options;
  // Each needs one for clients and one for the other members.
  const free = await freePorts(2 * count);
  const ports = options.ports ?? free.slice(0, count);
  if (ports.length !== count) throw new Error(`${count} ports are needed, got ${ports.length}`);
  const groupPorts = free.filter((port) => !ports.includes(port)).slice(0, count);
  const name = randomUUID();
  const binaries = await ensureServer({ family: 'mysql' }, say);
  say(`starting a replication group of ${count} servers (mysql ${binaries.version})`);

  const starts = await Promise.allSettled(
    ports.map((port, index) =>
      startServer({
        family: 'mysql',
        port,
        // One that is restarted must not take writes beside its group; the group makes its primary writable.
        readOnly: true,
        extraOptions: [...memberOptions(name, groupPorts, index), ...extraOptions],
      }),
    ),
  );
  const members = starts.filter((start) => start.status === 'fulfilled').map((start) => start.value);
  const stop = async () => {
    await Promise.all(members.map((member) => member.stop()));
  };
  try {
    const failed = starts.find((start) => start.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    const [primary, ...secondaries] = members;
    if (primary === undefined) throw new Error('a group has a member');
    await joinGroup(primary, { asFirst: true });
    await Promise.all(secondaries.map((secondary) => joinGroup(secondary)));
    await Promise.all(members.map((member) => waitUntilOnline(member, count)));
    return { name, primary, secondaries, members, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * Makes a server that was started for a group a member of it, also one that has left it, was shut out or was restarted. Returns when it has
 * joined, which is before it is online. `asFirst`: there is no group yet, or nobody is left of it.
 */
export async function joinGroup(member: RunningServer, { asFirst = false } = {}): Promise<void> {
  const { user, password } = replicationAccount;
  await asRoot(
    member,
    // One that was shut out is a member in error still, and lets no clients in.
    'STOP GROUP_REPLICATION',
    'SET GLOBAL offline_mode = OFF',
    // In a table, not in START: a member that was shut out and tries to come back has nobody who tells it.
    `CHANGE REPLICATION SOURCE TO SOURCE_USER='${user}', SOURCE_PASSWORD='${password}' FOR CHANNEL 'group_replication_recovery'`,
    `SET GLOBAL group_replication_bootstrap_group = ${asFirst ? 'ON' : 'OFF'}`,
    'START GROUP_REPLICATION',
    // Left on, a restart of this member would found a second group by the same name.
    'SET GLOBAL group_replication_bootstrap_group = OFF',
  );
}

/** Waits until a member sees `count` members online, itself among them. */
export async function waitUntilOnline(member: RunningServer, count: number): Promise<void> {
  const giveUpAt = performance.now() + onlineDeadlineMillis;
  for (;;) {
    const states = (
      await member.query('SELECT MEMBER_STATE AS state FROM performance_schema.replication_group_members')
    ).map((row) => String(row['state']));
    if (states.filter((state) => state === 'ONLINE').length === count) return;
    if (performance.now() > giveUpAt) {
      throw new Error(`the member on port ${member.port} sees ${states.join(', ')} instead of ${count} online`);
    }
    await pause(onlinePollMillis);
  }
}

function memberOptions(name: string, groupPorts: readonly number[], index: number): string[] {
  const addresses = groupPorts.map((port) => `127.0.0.1:${port}`);
  return [
    '--plugin-load-add=group_replication.so',
    `--group-replication-group-name=${name}`,
    // The communication stack that has a port of its own: the other one sends the group's messages through the clients' port.
    '--group-replication-communication-stack=XCOM',
    `--group-replication-local-address=${addresses[index]}`,
    `--group-replication-group-seeds=${addresses.join(',')}`,
    '--group-replication-start-on-boot=OFF',
    '--group-replication-single-primary-mode=ON',
    '--group-replication-ip-allowlist=127.0.0.1/32',
    `--group-replication-message-cache-size=${messageCacheBytes}`,
    // A member that is silent is suspected after five seconds; it need not wait for more than that.
    '--group-replication-member-expel-timeout=0',
    // One that was shut out stays so, until somebody takes it back.
    '--group-replication-autorejoin-tries=0',
    // Without TLS, caching_sha2_password refuses to send a password unless it is given the source's key.
    '--group-replication-recovery-get-public-key=ON',
  ];
}

/** Through the socket: the accounts of the network may not change a group. */
async function asRoot(server: RunningServer, ...statements: readonly string[]): Promise<void> {
  const root = await createConnection({ socketPath: join(server.dir, 'socket'), user: 'root' });
  try {
    for (const sql of statements) await root.query({ sql, timeout: statementDeadlineMillis });
  } finally {
    root.destroy();
  }
}
