/** What every backend does about maintenance. */
import { describe, expect, it } from 'vitest';
import type { StoreBackend } from '../../src/store/backend.ts';
import { key, node, noon } from '../../src/store/temporary-backend.ts';
import type { NewWorld } from './world.ts';

const WEEK_SECONDS = 7 * 24 * 3600;

const begin = (backend: StoreBackend, hostname: string, from = 0, to = 600, bounded = true, token = 't1') =>
  backend.beginMaintenance(
    { key: key(hostname), owner: 'o', reason: 'r', begin: noon(from), end: noon(to) },
    { node: node(token), bounded },
  );

const BY_T1 = { node: node('t1'), bounded: true };

const lock = (hostname: string, from = 0) => ({
  key: key(hostname),
  owner: 'all',
  reason: 'r',
  begin: noon(from),
  end: noon(from + 600),
});

const beginAll = (backend: StoreBackend, hostnames: readonly string[], from = 0) =>
  backend.beginMaintenanceOfAll(
    hostnames.map((hostname) => lock(hostname, from)),
    BY_T1,
  );

export function maintenanceContract(newWorld: NewWorld): void {
  describe('maintenance locks', () => {
    it('are held by one at a time', async () => {
      const { backend } = await newWorld();
      const first = await begin(backend, 'a');
      expect(first).toMatchObject({ id: expect.any(Number), key: key('a'), owner: 'o' });
      expect(await begin(backend, 'a')).toBeNull();
      const second = await begin(backend, 'b');
      expect(second?.id).toBeGreaterThan(first?.id ?? Number.POSITIVE_INFINITY);
    });

    it('are free again once ended, by server or by number', async () => {
      const { backend } = await newWorld();
      await begin(backend, 'a');
      expect(await backend.endMaintenance(key('a'), noon(1))).toBe(true);
      expect(await backend.endMaintenance(key('a'), noon(1))).toBe(false);
      const second = await begin(backend, 'a', 1);
      expect(await backend.endMaintenanceById(second?.id ?? 0, noon(2))).toBe(true);
      expect(await backend.endMaintenanceById(second?.id ?? 0, noon(2))).toBe(false);
      expect(await begin(backend, 'a', 2)).not.toBeNull();
    });

    it('past their end hold nobody up', async () => {
      const { backend } = await newWorld();
      await begin(backend, 'a', 0, 10);
      expect(await begin(backend, 'a', 11)).not.toBeNull();
    });

    it('are active past their end, until they are expired or ended', async () => {
      const { backend } = await newWorld();
      await begin(backend, 'a', 0, 10);
      await begin(backend, 'b', 0, 600);
      const active = async () => (await backend.loadMaintenance()).map((lock) => [lock.key.hostname, lock.end]);
      expect(await active()).toEqual([
        ['a', noon(9.5)],
        ['b', noon(599.5)],
      ]);
      await backend.endMaintenance(key('b'), noon(20));
      expect(await active()).toEqual([['a', noon(9.5)]]);
      await backend.expireMaintenance(noon(20), []);
      expect(await active()).toEqual([]);
    });

    it('of several servers are taken together, each once, and end by their numbers', async () => {
      const { backend } = await newWorld();
      const taken = await beginAll(backend, ['b', 'a', 'b']);
      const locks = taken.kind === 'begun' ? taken.locks : [];
      expect(locks).toEqual([
        { id: expect.any(Number), ...lock('a') },
        { id: expect.any(Number), ...lock('b') },
      ]);
      expect((await backend.loadMaintenance()).map(({ id }) => id)).toEqual(locks.map(({ id }) => id));
      for (const { id } of locks) expect(await backend.endMaintenanceById(id, noon(1))).toBe(true);
      expect(await backend.loadMaintenance()).toEqual([]);
      expect(await beginAll(backend, [])).toEqual({ kind: 'begun', locks: [] });
    });

    it('of several servers are not taken at all where one is held, and whose that is, why and since when is told', async () => {
      const { backend } = await newWorld();
      const held = await backend.beginMaintenance({ ...lock('b'), owner: 'jane', reason: 'disk' }, BY_T1);
      await begin(backend, 'past', 0, 10);
      const refused = await beginAll(backend, ['a', 'b', 'past', 'z'], 20);
      expect(refused).toMatchObject({
        kind: 'held',
        by: [{ id: held?.id, key: key('b'), owner: 'jane', reason: 'disk' }],
      });
      expect(refused.kind === 'held' && refused.by[0]?.begin).toBe(noon(-0.5));
      expect((await backend.loadMaintenance()).map((active) => active.key.hostname)).toEqual(['b', 'past']);
    });

    it('of several servers are taken where others are past their end', async () => {
      const { backend } = await newWorld();
      await begin(backend, 'a', 0, 10);
      expect(await beginAll(backend, ['a', 'b'], 11)).toMatchObject({ kind: 'begun' });
      expect((await backend.loadMaintenance()).map((active) => active.owner)).toEqual(['all', 'all']);
    });

    it('of several servers are had by one of many processes that want them at once', async () => {
      const { backend, another } = await newWorld();
      const processes = [backend, await another(), await another(), await another()];
      const wishes = [
        ['a', 'b'],
        ['b', 'c'],
        ['c', 'a'],
        ['b', 'a', 'c'],
      ];
      const taken = await Promise.all(processes.map((wanting, i) => beginAll(wanting, wishes[i] ?? [])));
      expect(taken.filter(({ kind }) => kind === 'begun')).toHaveLength(1);
      const active = (await backend.loadMaintenance()).map(({ id }) => id);
      expect(taken.flatMap((all) => (all.kind === 'begun' ? all.locks.map(({ id }) => id) : []))).toEqual(active);
    });

    it('of different servers are taken by as many processes at once', async () => {
      const { backend, another } = await newWorld();
      const processes = [backend, await another(), await another(), await another()];
      const taken = await Promise.all(
        processes.map((wanting, i) =>
          beginAll(
            wanting,
            Array.from({ length: 10 }, (_, n) => `h${n}-${i}`),
          ),
        ),
      );
      expect(taken.map(({ kind }) => kind)).toEqual(['begun', 'begun', 'begun', 'begun']);
      expect(await backend.loadMaintenance()).toHaveLength(40);
    });

    it('are prolonged and shortened by the process that holds them, whoever asks', async () => {
      const { backend, another } = await newWorld();
      const held = await begin(backend, 'a', 0, 10);
      if (held === null) throw new Error('not locked');
      const ends = async () => (await backend.loadMaintenance()).map(({ end }) => end);
      expect(await (await another()).renewMaintenance(held, noon(600), node('t1'))).toBe(true);
      expect(await ends()).toEqual([noon(599.5)]);
      // The same end once more is no loss of the lock.
      expect(await backend.renewMaintenance(held, noon(600), node('t1'))).toBe(true);
      expect(await begin(backend, 'a', 300)).toBeNull();
      expect(await backend.expireMaintenance(noon(300), [])).toBe(0);
      expect(await backend.renewMaintenance(held, noon(5), node('t1'))).toBe(true);
      expect(await ends()).toEqual([noon(4.5)]);
    });

    it('that are gone or not of the process cannot be renewed, and those of others stay as they are', async () => {
      const { backend } = await newWorld();
      const held = await begin(backend, 'a', 0, 10);
      if (held === null) throw new Error('not locked');
      expect(await backend.renewMaintenance(held, noon(600), node('t2'))).toBe(false);
      await backend.expireMaintenance(noon(20), []);
      expect(await backend.renewMaintenance(held, noon(600), node('t1'))).toBe(false);
      const [others, later] = [await begin(backend, 'b', 30, 40), await begin(backend, 'a', 30, 40)];
      // Its number may be given again.
      for (const id of [others?.id, later?.id]) {
        expect(await backend.renewMaintenance({ ...held, id: id ?? 0 }, noon(600), node('t1'))).toBe(false);
      }
      expect((await backend.loadMaintenance()).map(({ end }) => end)).toEqual([noon(39.5), noon(39.5)]);
      await backend.endMaintenanceById(later?.id ?? 0, noon(31));
      expect(later !== null && (await backend.renewMaintenance(later, noon(600), node('t1')))).toBe(false);
    });

    it('are released by the process that holds them, and never those of somebody else, whatever their number', async () => {
      const { backend } = await newWorld();
      const first = await begin(backend, 'a', 0, 10);
      if (first === null) throw new Error('not locked');
      expect(await backend.releaseMaintenance(first, noon(1), node('t2'))).toBe(false);
      expect(await backend.releaseMaintenance(first, noon(1), node('t1'))).toBe(true);
      expect(await backend.releaseMaintenance(first, noon(1), node('t1'))).toBe(false);
      const second = await begin(backend, 'a', 2);
      expect(await backend.releaseMaintenance({ ...first, id: second?.id ?? 0 }, noon(3), node('t1'))).toBe(false);
      expect(await backend.loadMaintenance()).toHaveLength(1);
    });

    it('past their end can be renewed as long as nobody has taken or expired them', async () => {
      const { backend } = await newWorld();
      const held = await begin(backend, 'a', 0, 10);
      if (held === null) throw new Error('not locked');
      expect(await backend.renewMaintenance(held, noon(600), node('t1'))).toBe(true);
      expect(await begin(backend, 'a', 20)).toBeNull();
      await backend.renewMaintenance(held, noon(30), node('t1'));
      expect(await begin(backend, 'a', 40)).not.toBeNull();
      expect(await backend.renewMaintenance(held, noon(600), node('t1'))).toBe(false);
    });

    it('of a process that is gone expire, those a person asked for stay', async () => {
      const { backend } = await newWorld();
      await begin(backend, 'implicit-dead', 0, 600, false, 'dead');
      await begin(backend, 'implicit-alive', 0, 600, false, 'alive');
      await begin(backend, 'bounded-dead', 0, 600, true, 'dead');
      expect(await backend.expireMaintenance(noon(1), [node('alive')])).toBe(1);
      const left = await backend.loadMaintenance();
      expect(left.map((lock) => lock.key.hostname)).toEqual(['implicit-alive', 'bounded-dead']);
    });

    it('expire at their end, and their history after a week', async () => {
      const { backend } = await newWorld();
      await begin(backend, 'a', 0, 10);
      await begin(backend, 'b', 0, 600);
      await backend.endMaintenance(key('b'), noon(20));
      expect(await backend.expireMaintenance(noon(30), [])).toBe(1);
      expect(await backend.expireMaintenance(noon(WEEK_SECONDS + 30), [])).toBe(1);
      expect(await backend.expireMaintenance(noon(WEEK_SECONDS + 30), [])).toBe(0);
    });
  });
}
