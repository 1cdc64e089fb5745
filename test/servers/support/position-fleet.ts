// A primary and a replica that replicates by file and position, with GTIDs off where the family can do without.

import type { BinlogCoordinates } from '../../../src/model/binlog-coordinates.ts';
import { NO_REPLICATION_TLS } from '../../../src/model/blank-instance.ts';
import { replicationAccount } from '../../../src/sandbox/accounts.ts';
import { startServer } from '../../../src/sandbox/server.ts';
import type { ServerChoice } from '../../../src/sandbox/server-releases.ts';
import { World } from './server-world.ts';

/** Both have the plugins of semi-sync. */
export async function aPositionWorld({ family, release }: ServerChoice): Promise<World> {
  const extraOptions = family === 'mysql' ? ['--gtid-mode=OFF', '--enforce-gtid-consistency=OFF'] : [];
  const servers = await Promise.all(
    ['primary', 'replica'].map(() => startServer({ family, release, semiSync: { kind: 'replica' }, extraOptions })),
  );
  const [primary, ...replicas] = servers;
  if (primary === undefined) throw new Error('a world has a primary');
  const stop = async () => {
    await Promise.all(servers.map((server) => server.stop()));
  };
  const world = new World({ family, primary, replicas, servers, stop });
  const { selfCoordinates } = await world.see(primary);
  await world.command(world.replica(0), [
    world.follow(primary, {
      place: { kind: 'position', coordinates: selfCoordinates, leavesGtid: family === 'mariadb' },
      credentials: replicationAccount,
      tls: { ...NO_REPLICATION_TLS, getSourcePublicKey: true },
    }),
    { kind: 'start-replication' },
  ]);
  return world;
}

/** Where the primary's binary log ends now. */
export const endOfLog = async (world: World): Promise<BinlogCoordinates> =>
  (await world.see(world.primary)).selfCoordinates;

/** Waits until the replica has applied all that the primary has written. */
export async function caughtUp(world: World): Promise<void> {
  const coordinates = await endOfLog(world);
  const rows = await world.command(world.replica(0), [{ kind: 'wait-for-position', coordinates, timeoutSeconds: 10 }]);
  const waited = rows[0]?.['waited'];
  if (waited === null || Number(waited) < 0)
    throw new Error(`it did not come to ${coordinates.file}:${coordinates.pos}`);
}
