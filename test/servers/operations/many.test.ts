// Many replicas moved by one operation while rows flow: told server by server, bounded, and what cannot be moved goes on as it was.

import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningServer } from '../../../src/sandbox/server.ts';
import { eventually, inTime } from '../support/eventually.ts';
import { type OperationBody, OperationWorld } from '../support/operation-world.ts';
import { followsSoon, replication, replicationWord, writeAside } from '../support/servers.ts';
import { write } from '../support/world.ts';

/** How long so many servers may take to start and to be seen. Milliseconds. */
const START_MILLIS = 300_000;

const FLEETS = [
  { family: 'mariadb', count: 50 },
  { family: 'mysql', count: 8 },
] as const;

describe.each(FLEETS)('$count replicas on $family', ({ family, count }) => {
  let stage: OperationWorld;

  beforeAll(async () => {
    stage = await OperationWorld.open({
      family,
      replicas: count,
      configuration: { MaxConcurrentReplicaOperations: 25 },
    });
  }, START_MILLIS);
  afterAll(() => stage?.close(), START_MILLIS);

  /** All but the first, below which they go, the second, which somebody holds, and the third, which cannot apply. */
  const moving = (): readonly RunningServer[] => stage.world.replicas.slice(3);

  const resultOf = (body: OperationBody, server: RunningServer): string | undefined =>
    body.servers?.find((one) => one.server.port === server.port)?.result;

  const textOf = (body: OperationBody, server: RunningServer): string | undefined =>
    body.servers?.find((one) => one.server.port === server.port)?.text;

  it(
    'O59: 25 beside each other go below one of them; who is locked is told by name and goes on as it was',
    async () => {
      const { primary, world } = stage;
      const [one, two, three] = [stage.replica(1), stage.replica(2), stage.replica(3)];
      await stage.done('begin-maintenance', two, 'somebody', 'disk');
      await writeAside(three, 'INSERT INTO demo.numbers VALUES (7)');
      await write(primary, 'INSERT INTO demo.numbers VALUES (7)');
      await eventually(() => replication(three)).toMatchObject({ receiver: 'Yes', applier: 'No' });
      const fields = { kind: 'relocate-replicas', key: world.key(primary), below: world.key(one) };
      const ended = await stage.operate(fields);
      expect([ended.status, ended.body.outcome]).toEqual([207, 'partly']);
      for (const replica of moving())
        expect([replica.port, resultOf(ended.body, replica)]).toEqual([replica.port, 'done']);
      expect(resultOf(ended.body, two)).toBe('untouched');
      expect(textOf(ended.body, two)).toContain('held by somebody: disk');
      expect(ended.body.message).toContain(world.key(two));
      for (const replica of moving()) await followsSoon(replica, one);
      await followsSoon(two, primary);
      // By GTID it can be moved, broken as it is; where it is seen to be broken in time it goes back.
      const { port } = resultOf(ended.body, three) === 'done' ? one : primary;
      await eventually(() => replication(three)).toMatchObject({ port, receiver: 'Yes', applier: 'No' });
    },
    START_MILLIS,
  );

  it(
    'O59: 5 beside each other come back, by a command that prints each of them',
    async () => {
      const { primary, world } = stage;
      const [one, two, three] = [stage.replica(1), stage.replica(2), stage.replica(3)];
      await stage.done('end-maintenance', two);
      await writeAside(three, 'DELETE FROM demo.numbers WHERE n = 7');
      await three.query(`START ${replicationWord(three)}`);
      await eventually(() => replication(three)).toMatchObject({ receiver: 'Yes', applier: 'Yes' });
      await eventually(async () => (await world.instance(three)).ReplicationSQLThreadRuning).toBe(true);
      const below = (await replication(three))?.port === one.port ? [three, ...moving()] : moving();
      const five = withAnotherLimit(stage, 5);
      const args = ['-i', world.key(one), '-d', world.key(primary)];
      const shown = await stage.command('relocate-replicas', '--dry-run', ...args, five);
      expect(shown.out).toContain(`(5 servers beside each other)`);
      const printed = await stage.command('relocate-replicas', ...args, five);
      expect([printed.code, printed.out.split('\n').sort()]).toEqual([0, below.map(world.key).sort()]);
      for (const replica of world.replicas) await followsSoon(replica, primary);
      // The command was another process: the service has to look first.
      const seen = async () => (await world.instances()).filter((each) => each.MasterKey.Port === primary.port).length;
      await eventually(seen).toBe(count);
    },
    START_MILLIS,
  );

  it(
    'O21, O30, O53: they are pointed anew, moved by GTID, and gathered below the best of them',
    async () => {
      const { primary, world } = stage;
      const one = stage.replica(1);
      const pattern = `:(${moving()
        .slice(0, 5)
        .map(({ port }) => port)
        .join('|')})$`;
      const some = moving().slice(0, 5);
      const moved = await stage.operate({
        kind: 'move-replicas-gtid',
        key: world.key(primary),
        below: world.key(one),
        pattern,
      });
      expect([moved.status, moved.body.servers?.length]).toEqual([200, some.length]);
      for (const replica of some) await followsSoon(replica, one);
      await stage.done('repoint-replicas', one);
      for (const replica of some) await followsSoon(replica, one);
      await stage.done('relocate-replicas', one, primary);
      const promoted = await stage.done('regroup-replicas-gtid', primary);
      const chosen = world.serverAt((promoted as { readonly Port: number }).Port);
      for (const replica of world.replicas) await followsSoon(replica, replica === chosen ? primary : chosen);
      await eventually(async () => (await world.get('maintenance')).details, inTime).toEqual([]);
      await stage.everyRowOnce();
    },
    START_MILLIS,
  );
});

/** Another configuration for a command: the same but for how many servers are moved beside each other. */
function withAnotherLimit({ world }: OperationWorld, limit: number): string {
  const keys = JSON.parse(readFileSync(world.program.configurationFile, 'utf8')) as Record<string, unknown>;
  const file = world.path('another-limit.json');
  writeFileSync(file, JSON.stringify({ ...keys, MaxConcurrentReplicaOperations: limit }));
  return `--config=${file}`;
}
