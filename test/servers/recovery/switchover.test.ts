// A planned switchover on real servers of both families: done, refused, and given up.

import { afterEach, describe, expect, it } from 'vitest';
import type { RunningServer } from '../../../src/sandbox/server.ts';
import { serverFamilies } from '../../../src/sandbox/server-releases.ts';
import { eventually } from '../support/eventually.ts';
import {
  asRoot,
  followsSoon,
  hasNumbers,
  holdApplier,
  isWritable,
  lagOf,
  replication,
  writablePorts,
  writeNumbers,
} from '../support/servers.ts';
import { openWorld, the, type World } from '../support/world.ts';

/** Small, so that a replica lags soon. */
const LAG_LIMIT_SECONDS = 1;

let world: World | null = null;

afterEach(async () => {
  await world?.stop();
  world = null;
});

describe.each(serverFamilies)('of %s', (family) => {
  it('I1, I4: the designated replica takes over, all others follow it, and the old primary waits below it for its start', async () => {
    world = await openWorld({ family });
    const { primary, replicas } = world;
    const [designated, ...siblings] = replicas;
    const successor = the(designated);
    await writeNumbers(primary, [1, 2], []);
    const answer = await world.get(`graceful-master-takeover/c1/${world.at(successor)}`);
    const message = 'graceful-master-takeover: successor promoted';
    expect(answer).toMatchObject({ status: 200, code: 'OK', message });

    expect(await writablePorts(world.fleet.servers)).toEqual([successor.port]);
    await hasNumbers(successor, [1, 2]);
    for (const sibling of siblings) await followsSoon(sibling, successor);
    const { receiver, port } = the(await replication(primary));
    expect({ receiver, port }).toEqual({ receiver: 'No', port: successor.port });
    await eventually(async () => the(world).clusterInfo('c1')).toMatchObject({ ClusterName: world.key(successor) });
  });

  it('E4: the new primary has the variables of a primary from its first write on, the old one those of a replica; what they refuse is said', async () => {
    const [expiry, seconds] = [family === 'mysql' ? 'binlog_expire_logs_seconds' : 'expire_logs_days', '604800'];
    const PrimaryVariables = {
      event_scheduler: 'ON',
      innodb_flush_log_at_trx_commit: '1',
      [expiry]: family === 'mysql' ? seconds : '7',
      nonsense: 'x',
    };
    const ReplicaVariables = { event_scheduler: 'OFF', innodb_flush_log_at_trx_commit: '0' };
    world = await openWorld({
      family,
      replicas: 1,
      // The sandbox's own option leaves MySQL without a scheduler that could be switched on.
      extraOptions: ['--event-scheduler=OFF'],
      configuration: { PrimaryVariables, ReplicaVariables },
    });
    const { primary, replicas } = world;
    const successor = the(replicas[0]);
    const valuesOf = async (server: RunningServer) => {
      const [row] = await asRoot(
        server,
        'SELECT @@global.event_scheduler AS scheduler, @@global.innodb_flush_log_at_trx_commit AS flush, @@global.binlog_expire_logs_seconds AS expire',
      );
      return row;
    };
    const before = the(await valuesOf(primary));
    expect(before).toMatchObject({ scheduler: 'OFF', flush: 2 });
    expect(await world.get('graceful-master-takeover-auto/c1')).toMatchObject({ status: 200, code: 'OK' });
    expect(await writablePorts(world.fleet.servers)).toEqual([successor.port]);
    expect(await valuesOf(successor)).toMatchObject({ scheduler: 'ON', flush: 1, expire: Number(seconds) });
    await eventually(() => valuesOf(primary)).toMatchObject({ scheduler: 'OFF', flush: 0, expire: before['expire'] });
    await followsSoon(primary, successor);
    const recovery = the((await world.recoveries())[0]);
    expect(await world.steps(recovery.UID)).toContainEqual(
      expect.stringMatching(/^promote \S+: refused, and gone on all the same: set nonsense to x: .*1193.*'nonsense'/),
    );
    expect(recovery.AllErrors.join('')).toBe('');
  });

  it('I1: by itself it chooses a replica, and the old primary replicates at once', async () => {
    world = await openWorld({ family, replicas: 2 });
    const { primary } = world;
    expect(await world.get('graceful-master-takeover-auto/c1')).toMatchObject({ status: 200, code: 'OK' });
    const [port] = await writablePorts(world.fleet.servers);
    const successor = world.serverAt(the(port));
    expect(successor).not.toBe(primary);
    await followsSoon(primary, successor);
    await writeNumbers(successor, [7], [primary]);
    await hasNumbers(primary, [7]);
  });

  it('I2: what cannot work is refused before anything is touched', async () => {
    world = await openWorld({ family });
    const { primary, replicas } = world;
    const unchanged = async () => {
      expect(await writablePorts(the(world).fleet.servers)).toEqual([primary.port]);
      for (const replica of replicas) await followsSoon(replica, primary);
      expect(await the(world).recoveries()).toEqual([]);
    };
    const unnamed = await world.get('graceful-master-takeover/c1');
    expect(unnamed).toMatchObject({ status: 500, code: 'ERROR' });
    expect(unnamed.message).toContain('target instance not indicated');
    await unchanged();
    const stranger = await world.get('graceful-master-takeover/c1/127.0.0.1/1');
    expect(stranger.message).toContain('must be directly replicating from the master');
    await unchanged();
    const nobody = await world.get('graceful-master-takeover/nosuch');
    expect(nobody).toMatchObject({ status: 500, code: 'ERROR' });
    await unchanged();
  });

  it('I2: who has just caught up is not refused for the lag that it still shows', async () => {
    world = await openWorld({
      family,
      replicas: 1,
      configuration: { ReasonableMaintenanceReplicationLagSeconds: LAG_LIMIT_SECONDS },
    });
    const { primary, replicas } = world;
    const replica = the(replicas[0]);
    const hold = await holdApplier(replica);
    await writeNumbers(primary, [1], [replica]);
    await eventually(() => lagOf(replica)).toBeGreaterThan(LAG_LIMIT_SECONDS);
    await hold.release();
    await hasNumbers(replica, [1]);
    expect(await world.get('graceful-master-takeover-auto/c1')).toMatchObject({ status: 200, code: 'OK' });
    expect(await writablePorts(world.fleet.servers)).toEqual([replica.port]);
  });

  it('I3: a successor that does not catch up leaves the old primary writable, and everybody below it', async () => {
    world = await openWorld({
      family,
      replicas: 1,
      configuration: { ReasonableMaintenanceReplicationLagSeconds: 3 },
    });
    const { primary, replicas } = world;
    const successor = the(replicas[0]);
    const hold = await holdApplier(successor);
    await writeNumbers(primary, [1], replicas);
    const answer = await world.get(`graceful-master-takeover/c1/${world.at(successor)}`);
    expect(answer).toMatchObject({ status: 500, code: 'ERROR' });
    expect(await isWritable(primary)).toBe(true);
    expect(await isWritable(successor)).toBe(false);
    await hold.release();
    await followsSoon(successor, primary);
    await hasNumbers(successor, [1]);
  });
});
