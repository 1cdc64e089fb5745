import { describe, expect, it } from 'vitest';
import { serverOptions } from './server/server-options.ts';
import { sqlOf } from './sql/pretend-sql.ts';
import { World } from './world.ts';

const HOST = '127.0.0.1';

/** Two clusters of a primary and a replica each, all on one host. */
function twoClusters(): World {
  const world = new World({ seed: 1, servers: [], sqlOf });
  for (const first of [1, 3]) {
    world.addCluster(
      [first, first + 1].map((number) =>
        serverOptions(first === 1 ? 'mysql' : 'mariadb', number, {
          host: HOST,
          port: 3306 + number,
          name: `s${number}`,
        }),
      ),
    );
  }
  world.run(100);
  return world;
}

const sourceOf = (world: World, name: string): number | null => world.server(name).settings?.port ?? null;
const receives = (world: World, name: string): boolean => world.server(name).running.receiver.state === 'connected';

describe('a world of several clusters', () => {
  it('has a primary in each, which the others of its cluster follow', () => {
    const world = twoClusters();
    expect(['s1', 's2', 's3', 's4'].map((name) => sourceOf(world, name))).toEqual([null, 3307, null, 3309]);
    expect([receives(world, 's2'), receives(world, 's4')]).toEqual([true, true]);
  });

  it('tells servers of one host apart in its network and in its transcript', () => {
    const world = twoClusters();
    world.network.cut('s1', 's2');
    world.run(10_000);
    expect([receives(world, 's2'), receives(world, 's4')]).toEqual([false, true]);
    world.server('s3').kill();
    expect(world.transcript.lines.at(-1)).toContain('s3 died');
  });

  it.each([
    ['address', { host: HOST, port: 3307, name: 'new' }, 'there is a server at 127.0.0.1:3307 already'],
    ['name', { host: HOST, port: 3406, name: 's1' }, 'there is a server s1 already'],
  ])('refuses a second server of the same %s', (_, change, reason) => {
    expect(() => twoClusters().addCluster([serverOptions('mysql', 9, change)])).toThrow(reason);
  });
});
