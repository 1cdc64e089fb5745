// The contract's system cases of failovers and takeovers (spec/recovery.md 11.2) that no other test shows, under its names, on its four servers in three data centres and
// two regions, with a heartbeat, vetoes and repairs switched on. Cases of that table that are elsewhere: `co-master-failover` in `dead-co-primary`,
// `graceful-master-takeover-fail-no-target` in `switchover`, `…-fail-non-direct-replica` in `switchover-refusals`.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServerFamily } from '../../../src/sandbox/server-releases.ts';
import type { SeenInstance } from './answers.ts';
import { eventually } from './eventually.ts';
import { PlacedWorld } from './placed-world.ts';
import { followsSoon, hasNumbers, numbersOn, others, replication, stopReceiver, writablePorts } from './servers.ts';
import { the, write } from './world.ts';

const seenText = ({ Key, MasterKey, IsLastCheckValid, ReadOnly, ClusterName }: SeenInstance): string =>
  `${Key.Port} below ${MasterKey.Port} in ${ClusterName}${ReadOnly ? '' : ', writable'}${IsLastCheckValid ? '' : ', not read'}`;

/** One fleet for all of them: each begins where the one before has ended. */
export function systemCases(family: ServerFamily): void {
  describe(`the contract’s system cases on ${family}`, () => {
    let placed: PlacedWorld;

    beforeAll(async () => {
      placed = await PlacedWorld.open(family, { RecoverMasterClusterFilters: [] });
    });
    afterAll(() => placed?.close());

    const takeover = async (verb: string, ...target: readonly Parameters<PlacedWorld['world']['at']>[0][]) => {
      const { world } = placed;
      const answer = await world.get([verb, 'c1', ...target.map((server) => world.at(server))].join('/'));
      // What the program saw is all that is left of a refusal once the test has ended.
      const seen = answer.code === 'OK' ? [] : (await world.instances()).map(seenText);
      expect([answer.code, answer.message, ...seen]).toEqual(['OK', 'graceful-master-takeover: successor promoted']);
      return world.serverAt((answer.details as { SuccessorKey: { Port: number } }).SuccessorKey.Port);
    };

    it('graceful-master-takeover-auto', async () => {
      const { world, servers } = placed;
      const [first, second, third, fourth] = servers;
      // In its data centre, and not in the region that no failover may leave.
      expect(await takeover('graceful-master-takeover-auto')).toBe(second);
      await placed.isTree(second, [first, third, fourth]);
      expect(await takeover('graceful-master-takeover-auto', third)).toBe(third);
      await placed.isTree(third, [first, second, fourth]);
      expect(await world.get(`relocate/${world.at(second)}/${world.at(first)}`)).toMatchObject({ code: 'OK' });
      await followsSoon(second, first);
      expect(await takeover('graceful-master-takeover-auto')).toBe(first);
      await followsSoon(second, first);
      await placed.isTree(first, [second, third, fourth]);
    });

    it('graceful-master-takeover', async () => {
      const { world, servers } = placed;
      const [first, second] = servers;
      for (const [from, to] of [
        [first, second],
        [second, first],
      ] as const) {
        expect(await takeover('graceful-master-takeover', to)).toBe(to);
        expect(await replication(from)).toEqual({ host: to.host, port: to.port, receiver: 'No', applier: 'No' });
        expect(await world.get(`start-replica/${world.at(from)}`)).toMatchObject({ code: 'OK' });
        await placed.isTree(to, others(servers, to));
      }
      // 12.2 #12: that a primary was read-only for a moment has had nobody make it writable.
      const repairs = (await world.recoveries()).filter(
        ({ AnalysisEntry }) => AnalysisEntry.Analysis === 'NoWriteableMasterStructureWarning',
      );
      expect(repairs).toEqual([]);
      // 12.2 #11: a planned switch leaves nobody behind.
      expect(await placed.lost()).toEqual([]);
    });

    it('recover', async () => {
      const { world, servers } = placed;
      const [first, second, third, fourth] = servers;
      await placed.killed(first, [second, third, fourth]);
      await eventually(() => world.codeOf(first)).toBe('DeadMaster');
      await world.logged('DeadMaster on');
      // The words of the contract's listing: lag, status.
      const listed = async () => {
        const lines = String((await world.get('topology-tabulated/c1')).details).split('\n');
        return lines.map((line) =>
          line
            .split('|')
            .slice(0, 3)
            .map((cell) => cell.trim().replace(/^[+ -]+/, '')),
        );
      };
      await eventually(listed).toEqual([
        [world.key(first), 'unknown', 'invalid'],
        ...[second, third, fourth]
          .map((server) => [world.key(server), 'null', 'nonreplicating'])
          .sort(([one = ''], [other = '']) => (one < other ? -1 : 1)),
      ]);
      expect(await world.recoveries()).not.toContainEqual(expect.objectContaining({ IsActive: true }));
      expect(await writablePorts([second, third, fourth])).toEqual([]);
      // The reference's own client asks twice, the first time without the destination, which is then in vain: here it is honoured.
      expect(await world.get(`recover/${world.at(first)}/${world.at(third)}`)).toMatchObject({
        code: 'OK',
        message: `Recovery executed on ${world.key(first)}`,
        details: { Port: third.port },
      });
      await placed.isTree(third, [second, fourth]);
      expect(await placed.lost()).toEqual([first.port]);
      await placed.restored(first, third, first);
    });

    it('master-failover', async () => {
      const { world, servers } = placed;
      const [first, second, third, fourth] = servers;
      await world.restartProgram({ RecoverMasterClusterFilters: ['*'] });
      await placed.killed(first, [second, third, fourth]);
      // Of its data centre, as orchestrator wishes and as nothing forces it to.
      await placed.isTree(second, [third, fourth]);
      expect(await placed.lost()).toEqual([first.port]);
      await placed.restored(first, second, second);
    });

    it('master-failover-candidate, master-failover-candidate-lag', async () => {
      const { servers } = placed;
      const [first, second, third, fourth] = servers;
      await placed.isPreferred(third);
      await stopReceiver(third);
      await write(second, 'INSERT INTO demo.numbers VALUES (1)');
      await placed.killed(second, [first, fourth]);
      // The first one is in the dead one's data centre and has more; it feeds the one that people prefer.
      await placed.isTree(third, [first, fourth]);
      expect(await numbersOn(third)).toContain(1);
      expect(await placed.lost()).toEqual([second.port]);
      await placed.restored(second, third, first);
    });

    it('master-failover-fail-promotion-lag-minutes-failure, …-success', async () => {
      const { world, servers } = placed;
      const [first, second, third, fourth] = servers;
      const survivors = [second, third, fourth];
      await placed.feignLag(survivors, 61);
      await placed.killed(first, survivors);
      await eventually(async () => (await world.recoveries())[0]?.AllErrors.join('\n')).toContain(
        `FailMasterPromotionOnLagMinutes: ${world.key(second)} lags 61 seconds`,
      );
      expect(await writablePorts(survivors)).toEqual([]);
      expect((await world.get('master/c1')).details).toMatchObject({ Key: { Port: first.port }, ReadOnly: false });
      // 12.2 #14: the reference gathers the others below the one that it then does not promote, and gives the dead one up for a year. Here the veto comes first:
      // nobody is moved, nobody is lost, and when lag is no reason any more the recovery takes place by itself.
      for (const survivor of survivors) expect(await replication(survivor)).toMatchObject({ port: first.port });
      expect(await placed.lost()).toEqual([]);

      await placed.isPreferred(third);
      await placed.feignLag(survivors, 59);
      await placed.isTree(third, [second, fourth]);
      expect(await placed.lost()).toEqual([first.port]);
      await placed.feignLag(survivors, null);
      await placed.restored(first, third, first);
    });

    it('master-failover-candidate-lag-cross-datacenter', async () => {
      const { world, servers } = placed;
      const [first, second, third, fourth] = servers;
      await world.restartProgram({ PreventCrossDataCenterMasterFailover: true });
      await placed.isPreferred(third);
      await stopReceiver(second);
      await write(first, 'INSERT INTO demo.numbers VALUES (2)');
      await placed.killed(first, [third, fourth]);
      // Neither the one that has most nor the one that people prefer, but the only one in the dead one's data centre: it gets what it has not.
      await placed.isTree(second, [third, fourth]);
      await hasNumbers(the(second), [1, 2]);
      expect(await placed.lost()).toEqual([first.port]);
    });
  });
}
