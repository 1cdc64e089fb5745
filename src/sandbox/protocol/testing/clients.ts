// For tests of the door: doors and clients that are closed when the test is over.

import mysql, { type Connection } from 'mysql2/promise';
import { onTestFinished } from 'vitest';
import type { ServerFailure } from '../../../model/server-failure.ts';
import { dialServer } from '../../../mysql/server-connection.ts';
import type { ServerWire } from '../../../ports/server-wire.ts';
import { freePort } from '../../free-ports.ts';
import { type SqlDoor, type SqlDoorOptions, serveSql } from '../serve-sql.ts';
import { loginPayload, RawClient } from './raw-client.ts';
import type { SmallServer } from './small-server.ts';

const host = '127.0.0.1';

/** For what must succeed, on a busy machine too. */
export const patientMillis = 10_000;

export async function openDoor(
  server: SmallServer,
  options: Pick<SqlDoorOptions, 'passwordOf'> = {},
): Promise<SqlDoor> {
  const door = await serveSql({ server, host, port: await freePort(), ...options });
  onTestFinished(() => door.close());
  return door;
}

export interface DialledBy {
  readonly user?: string;
  readonly password?: string;
  readonly connectTimeoutMillis?: number;
  readonly onBroken?: (failure: ServerFailure) => void;
}

/** As the product dials. */
export function tryToDial(door: SqlDoor, by: DialledBy = {}): ReturnType<typeof dialServer> {
  const { user = 'orchestrator', password = 'secret', connectTimeoutMillis = patientMillis, onBroken } = by;
  return dialServer({
    key: { hostname: host, port: door.port },
    credentials: { user, password },
    connectTimeoutMillis,
    ...(onBroken && { onBroken }),
  });
}

export async function dial(door: SqlDoor, by: DialledBy = {}): Promise<ServerWire> {
  const result = await tryToDial(door, by);
  if (result.kind === 'failed') throw new Error(`could not dial: ${result.failure.text}`);
  onTestFinished(() => result.wire.destroy());
  return result.wire;
}

/** The bare driver. */
export async function driver(door: SqlDoor): Promise<Connection> {
  const connection = await mysql.createConnection({ host, port: door.port, user: 'app', multipleStatements: true });
  onTestFinished(() => connection.destroy());
  connection.on('error', () => {});
  return connection;
}

export function rawClient(door: SqlDoor): RawClient {
  const client = new RawClient(door.port);
  onTestFinished(() => void client.socket.destroy());
  return client;
}

/** One that has logged in and heard two packets. */
export async function loggedInRawClient(door: SqlDoor): Promise<RawClient> {
  const client = rawClient(door);
  await client.hears(1);
  client.send(1, loginPayload('raw'));
  await client.hears(2);
  return client;
}
