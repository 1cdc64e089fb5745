// Moves by pseudo-GTID on servers with GTID off: the running program injects markers, rows flow, and logs rotate in between.

import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { unixMillis } from '../../../src/model/brand.ts';
import { pseudoGtidStatement } from '../../../src/mysql/pseudo-gtid-statement.ts';
import { markerText } from '../../../src/planning/log-search/marker-text.ts';
import type { Fleet } from '../../../src/sandbox/fleet.ts';
import type { RunningServer } from '../../../src/sandbox/server.ts';
import { type ServerFamily, serverFamilies } from '../../../src/sandbox/server-releases.ts';
import { eventually, inTime } from '../support/eventually.ts';
import { keptStages } from '../support/kept-stages.ts';
import type { OperationWorld } from '../support/operation-world.ts';
import { followsSoon, isWritable, kill, replication } from '../support/servers.ts';
import { withoutGtid } from '../support/without-gtid.ts';
import { the } from '../support/world.ts';

/** As the program draws them. */
const RANDOM_BYTES = 8;

const stages = keptStages();
let stage: OperationWorld;

const sees = async (server: RunningServer, field: string): Promise<unknown> =>
  Reflect.get(await stage.world.instance(server), field);

/** Rows flow, and every server is known to have markers in its logs. */
async function open(family: ServerFamily, replicas: number, prepare = withoutGtid): Promise<void> {
  stage = await stages.open({
    family,
    replicas,
    prepare,
    // What a test kills, it takes care of itself.
    configuration: {
      AutoPseudoGTID: true,
      RecoverMasterClusterFilters: [],
      RecoverIntermediateMasterClusterFilters: [],
    },
  });
  for (const server of stage.world.fleet.servers) {
    await eventually(() => sees(server, 'UsingPseudoGTID'), inTime).toBe(true);
  }
}

/** New files on every server, at places of each server's own, and markers before and after. */
async function rotate(): Promise<void> {
  for (const server of stage.world.fleet.servers) {
    await server.query('FLUSH BINARY LOGS');
    if ((await replication(server)) !== null) await server.query('FLUSH NO_WRITE_TO_BINLOG RELAY LOGS');
  }
}

/** One more marker than those that the program injects every five seconds, and the server has it, or a later one. */
async function nextMarker(server: RunningServer): Promise<void> {
  const { primary, world } = stage;
  const random = randomBytes(RANDOM_BYTES).toString('hex');
  const text = markerText({ at: unixMillis(Date.now()), serverId: primary.serverId, random });
  await primary.query(pseudoGtidStatement(text));
  const isThere = async (): Promise<boolean> => {
    const newest = String((await world.get(`last-pseudo-gtid/${world.at(server)}`)).details);
    return newest.includes(text) || secondsOf(newest) > secondsOf(text);
  };
  await eventually(isThere, inTime).toBe(true);
}

/** When a marker was injected; nothing of anything else. */
const secondsOf = (marker: string): number => Number.parseInt(/_asc:([0-9a-f]{8}):/.exec(marker)?.[1] ?? '0', 16);

describe.each(serverFamilies)('on %s', (family) => {
  describe('in a tree', () => {
    beforeEach(() => open(family, 3));

    it('O38, O39, O40, O41, O42, O58: replicas are matched up, down and aside, each row once', async () => {
      const { primary, world } = stage;
      const [one, two, three] = [stage.replica(1), stage.replica(2), stage.replica(3)];
      await rotate();
      await stage.done('match', three, one);
      await followsSoon(three, one);
      await rotate();
      const cousin = await stage.operate({ kind: 'relocate', key: world.key(three), below: world.key(two) });
      expect(cousin).toMatchObject({ status: 200, body: { outcome: 'done', method: 'pseudo-gtid' } });
      await followsSoon(three, two);
      const rematched = await stage.command('rematch', '-i', world.key(three));
      expect(rematched).toMatchObject({ code: 0, out: `${world.key(three)}<${world.key(two)}` });
      await followsSoon(three, two);
      await stage.done('match-up', three);
      await followsSoon(three, primary);
      await rotate();
      await stage.done('match-replicas', primary, one);
      for (const replica of [two, three]) await followsSoon(replica, one);
      await stage.done('match-up-replicas', one);
      for (const replica of [two, three]) await followsSoon(replica, primary);
      await stage.everyRowOnce();
    });

    it('O45, O46, O47, O48, O49: places are found in the logs of servers', async () => {
      const { primary, world } = stage;
      const [one, two] = [stage.replica(1), stage.replica(2)];
      await rotate();
      await nextMarker(one);
      const marker = await stage.command('last-pseudo-gtid', '--strict', '-i', world.key(one));
      const [file = '', pos = '', ...words] = marker.out.split(':');
      const text = words.join(':');
      expect(text).toContain('drop view if exists `_pseudo_gtid_`.`_asc:');
      const newest = await world.get(`last-pseudo-gtid/${world.at(one)}`);
      expect(String(newest.details)).toContain('`_asc:');
      const found = await stage.command('find-binlog-entry', '-i', world.key(one), `--pattern=${text}`);
      expect(found).toMatchObject({ code: 0, out: `${file}:${pos}` });
      const onPrimary = await stage.command('find-binlog-entry', '-i', world.key(primary), `--pattern=${text}`);
      const correlated = await stage.command(
        'correlate-binlog-pos',
        '-i',
        world.key(one),
        '-d',
        world.key(primary),
        `--binlog=${file}:${pos}`,
      );
      expect(correlated).toMatchObject({ code: 0, out: onPrimary.out });
      const relay = await stage.command('correlate-relaylog-pos', '-i', world.key(one), '-d', world.key(two));
      expect(relay.code).toBe(0);
      expect(relay.out).toMatch(/^\S+:\d+;\S+:\d+;\S+:\d+$/);
      const last = await stage.command('last-executed-relay-entry', '-i', world.key(one));
      expect(last.code).toBe(0);
      expect(last.out).toContain('NextEventPos:');
      await stage.everyRowOnce();
    });

    it('O44: a replica goes up beside its source, and its siblings below it', async () => {
      const { primary } = stage;
      const [one, two, three] = [stage.replica(1), stage.replica(2), stage.replica(3)];
      await stage.done('relocate', two, one);
      await stage.done('relocate', three, one);
      await rotate();
      await nextMarker(two);
      // It is refused to whoever stands a row behind its sibling when both are looked at.
      const asked = stage.path('make-local-master', two);
      await eventually(async () => (await stage.world.get(asked)).code).toBe('OK');
      await followsSoon(two, primary);
      await followsSoon(three, two);
      await rotate();
      await nextMarker(two);
      await stage.done('match-up', three);
      await followsSoon(three, primary);
      await stage.everyRowOnce();
    });

    it('O54: replicas of a dead primary gather below the best of them', async () => {
      const { primary, world } = stage;
      await rotate();
      await nextMarker(stage.replica(1));
      await kill(primary);
      await stage.stopRows().catch(() => {});
      const regrouped = await world.get(`regroup-replicas/${world.at(primary)}`);
      expect(regrouped).toMatchObject({ code: 'OK' });
      const promoted = world.serverAt((regrouped.details as { Port: number }).Port);
      const rest = world.replicas.filter((replica) => replica !== promoted);
      for (const replica of rest) await followsSoon(replica, promoted);
      await sameRows(world.replicas);
    });

    it('O43: one is made the primary in the place of the dead one', async () => {
      const { primary, world } = stage;
      const one = stage.replica(1);
      expect(await stage.refusal('make-master', one)).toContain('seems to be accessible');
      await rotate();
      await nextMarker(one);
      await kill(primary);
      await stage.stopRows().catch(() => {});
      // Whoever has got furthest may be made one; the others are refused by name.
      const [best] = await inOrderOfProgress(world.replicas);
      await stage.done('make-master', the(best));
      expect(await isWritable(the(best))).toBe(true);
      const rest = world.replicas.filter((replica) => replica !== best);
      for (const replica of rest) await followsSoon(replica, the(best));
      await sameRows(world.replicas);
    });
  });

  it('O38: a replica that does not log what it replicates is matched by its relay logs', async () => {
    await open(family, 2, withoutUpdates);
    const { primary, world } = stage;
    const [one, two] = [stage.replica(1), stage.replica(2)];
    expect(await sees(one, 'LogSlaveUpdatesEnabled')).toBe(false);
    await rotate();
    await nextMarker(two);
    await stage.done('match-below', one, two);
    await followsSoon(one, two);
    await nextMarker(two);
    await stage.done('match-up', one);
    await followsSoon(one, primary);
    expect(await stage.refusal('match-below', two, one)).toContain(world.key(one));
    await followsSoon(two, primary);
    await stage.everyRowOnce();
  });
});

/** The first replica writes down nothing of what it replicates. */
async function withoutUpdates(fleet: Fleet): Promise<void> {
  await withoutGtid(fleet);
  const [first] = fleet.replicas;
  const options = {
    mysql: ['--log-replica-updates=OFF', '--gtid-mode=OFF', '--skip-replica-start=OFF'],
    mariadb: ['--log-slave-updates=OFF', '--gtid-strict-mode=OFF'],
  }[fleet.family];
  await the(first).restart(options);
  await followsSoon(the(first), fleet.primary);
}

const contents = async (server: RunningServer): Promise<string> => {
  const [row] = await server.query(
    'SELECT COUNT(*) AS counted, COUNT(DISTINCT n) AS different, COALESCE(SUM(n), 0) AS total FROM demo.flowing',
  );
  expect(row?.['counted']).toBe(row?.['different']);
  return `${row?.['counted']} ${row?.['total']}`;
};

async function sameRows(servers: readonly RunningServer[]): Promise<void> {
  await eventually(async () => new Set(await Promise.all(servers.map(contents))).size).toBe(1);
}

/** Furthest first, once all have applied what they have received. */
async function inOrderOfProgress(servers: readonly RunningServer[]): Promise<readonly RunningServer[]> {
  const stood = async (server: RunningServer) => {
    const [row] = await server.query(server.family === 'mysql' ? 'SHOW REPLICA STATUS' : 'SHOW SLAVE STATUS');
    const of = (what: string) => Number(row?.[`${what}_Source_Log_Pos`] ?? row?.[`${what}_Master_Log_Pos`]);
    return { server, received: of('Read'), applied: of('Exec') };
  };
  const all = () => Promise.all(servers.map(stood));
  await eventually(async () => (await all()).every(({ received, applied }) => received === applied)).toBe(true);
  return (await all()).sort((one, other) => other.applied - one.applied).map(({ server }) => server);
}
