/** A file system that fills up, stalls or becomes read-only under a server. */
import { describe, expect, it } from 'vitest';
import { sqlOf } from '../sql/pretend-sql.ts';
import { World } from '../world.ts';
import { serverOptions } from './server-options.ts';

const families = ['mysql', 'mariadb'] as const;

function aCluster(family: (typeof families)[number]) {
  const servers = [1, 2].map((number) => serverOptions(family, number));
  const world = new World({ seed: 1, servers, sqlOf });
  world.run(100);
  const [primary, replica] = world.servers;
  if (primary === undefined || replica === undefined) throw new Error('a cluster of two');
  const told: string[] = [];
  let row = 0;
  const write = (): void => {
    row += 1;
    primary.write({ kind: 'rows', table: 'demo.rows', rows: [row] }, 'client', false, ({ kind }) => told.push(kind));
  };
  return { world, primary, replica, told, write };
}

describe.each(families)('of %s', (family) => {
  it('stalls: commits wait, and happen when there is room again', () => {
    const { world, primary, replica, told, write } = aCluster(family);
    primary.storage.fail('stalled');
    write();
    world.run(5_000);
    expect([told, replica.history.log.length]).toEqual([[], 0]);
    primary.storage.heal();
    world.run(100);
    expect([told, replica.history.log.length]).toEqual([['committed'], 1]);
  });

  it('stalls under a replica: it receives nothing, and all of it when there is room again', () => {
    const { world, replica, told, write } = aCluster(family);
    replica.storage.fail('stalled');
    write();
    write();
    world.run(1_000);
    expect([told.length, replica.relayLog.readPlace ?? 0]).toEqual([2, 0]);
    replica.storage.heal();
    world.run(100);
    expect(replica.history.committedCount).toBe(2);
  });

  it('is read-only: the server dies of its next write, and does not start before it is put right', () => {
    const { world, primary, told, write } = aCluster(family);
    primary.storage.fail('read-only');
    world.run(100);
    expect(primary.isRunning).toBe(true);
    write();
    world.run(100);
    expect([primary.isRunning, told]).toEqual([false, []]);
    primary.start();
    expect(primary.isRunning).toBe(false);
    primary.storage.heal();
    primary.start();
    expect(primary.isRunning).toBe(true);
  });

  it('forgets who waited when the server dies', () => {
    const { world, primary, replica, told, write } = aCluster(family);
    primary.storage.fail('stalled');
    write();
    world.run(100);
    primary.kill();
    primary.storage.heal();
    primary.start();
    world.run(5_000);
    expect([told, replica.history.log.length]).toEqual([[], 0]);
  });
});
