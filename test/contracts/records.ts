/** What every backend does about records. */
import { describe, expect, it } from 'vitest';
import { clusterName, unixMillis } from '../../src/model/brand.ts';
import { digest, key, node, noon, uid } from '../../src/store/temporary-backend.ts';
import type { NewWorld } from './world.ts';

export function recordsContract(newWorld: NewWorld): void {
  describe('audit', () => {
    const record = (message: string, hostname: string | null = 'a') => ({
      at: noon(-0.5),
      type: 'begin-downtime',
      key: hostname === null ? null : key(hostname),
      clusterName: 'c',
      message,
    });

    it('comes newest first, twenty a page, of all or of one server', async () => {
      const { backend } = await newWorld();
      for (let number = 1; number <= 21; number += 1) await backend.appendAudit(record(String(number)));
      await backend.appendAudit(record('other', 'b'));
      expect(await backend.audit({ page: 1 })).toEqual([
        { id: expect.any(Number), ...record('2') },
        { id: expect.any(Number), ...record('1') },
      ]);
      expect(await backend.audit({ page: 0, key: key('b') })).toEqual([
        { id: expect.any(Number), ...record('other', 'b') },
      ]);
    });

    it('can be asked for by its type and by clusters', async () => {
      const { backend } = await newWorld();
      await backend.appendAudit({ ...record('one'), type: 'x', clusterName: 'c1' });
      await backend.appendAudit({ ...record('two'), type: 'x', clusterName: 'c2' });
      await backend.appendAudit({ ...record('three'), type: 'x', clusterName: 'c3' });
      await backend.appendAudit({ ...record('four'), type: 'y', clusterName: 'c1' });
      const messages = async (query: Omit<Parameters<typeof backend.audit>[0], 'page'>) =>
        (await backend.audit({ page: 0, ...query })).map(({ message }) => message);
      expect(await messages({ type: 'x' })).toEqual(['three', 'two', 'one']);
      expect(await messages({ type: 'x', clusterNames: ['c1', 'c2'] })).toEqual(['two', 'one']);
      expect(await messages({ clusterNames: ['c1'] })).toEqual(['four', 'one']);
      expect(await messages({ clusterNames: [] })).toEqual([]);
      expect(await messages({ type: 'x', key: key('b') })).toEqual([]);
    });

    it('may be about no server', async () => {
      const { backend } = await newWorld();
      await backend.appendAudit(record('all', null));
      expect(await backend.audit({ page: 0 })).toEqual([{ id: expect.any(Number), ...record('all', null) }]);
    });
  });

  describe('cluster aliases', () => {
    it('belong to one cluster: a later owner takes the alias away', async () => {
      const { backend } = await newWorld();
      await backend.saveClusterAlias(clusterName('a:3306'), 'shop', noon());
      await backend.saveClusterAlias(clusterName('b:3306'), 'shop', noon(1));
      expect([...(await backend.loadClusterAliases())]).toEqual([['b:3306', 'shop']]);
    });

    it('of one cluster replace each other', async () => {
      const { backend } = await newWorld();
      await backend.saveClusterAlias(clusterName('a:3306'), 'shop', noon());
      await backend.saveClusterAlias(clusterName('a:3306'), 'store', noon(1));
      expect([...(await backend.loadClusterAliases())]).toEqual([['a:3306', 'store']]);
    });
  });

  describe('resolved host names', () => {
    it('are kept, the later one over the earlier', async () => {
      const { backend } = await newWorld();
      await backend.saveHostnameResolve('alias', 'old.example.com', noon());
      await backend.saveHostnameResolve('alias', 'real.example.com', noon(1));
      await backend.saveHostnameResolve('real.example.com', 'real.example.com', noon(2));
      expect([...(await backend.loadHostnameResolves())]).toEqual([
        ['alias', 'real.example.com'],
        ['real.example.com', 'real.example.com'],
      ]);
    });
  });

  describe('the log of analyses', () => {
    it('has no line for the first one, and one for each change', async () => {
      const { backend } = await newWorld();
      const record = (code: string, atSeconds: number) => backend.recordAnalysis(key('a'), code, noon(atSeconds));
      expect(await record('NoProblem', 0)).toBe(false);
      expect(await record('NoProblem', 1)).toBe(false);
      expect(await record('DeadMaster', 2)).toBe(true);
      expect(await record('NoProblem', 3)).toBe(true);
      expect(await backend.recordAnalysis(key('b'), 'DeadMaster', noon(4))).toBe(false);
      expect(await backend.recordAnalysis(key('b'), 'NoProblem', noon(5))).toBe(true);
      expect(await backend.recordAnalysis(key('b'), 'NoProblem', noon(9))).toBe(false);
      expect(await backend.lastAnalysis(key('b'))).toEqual({ key: key('b'), at: noon(4.5), code: 'NoProblem' });
      expect(await backend.lastAnalysis(key('c'))).toBeNull();
      const seconds = (at: number) => Math.floor(noon(at) / 1_000) * 1_000;
      const changes = await backend.analysisChangelog();
      expect(changes.filter((change) => change.key.hostname === 'b')).toEqual([
        { key: key('b'), at: seconds(5), code: 'NoProblem' },
      ]);
      expect(changes.at(-1)?.key).toEqual(key('b'));
    });
  });

  describe('purging', () => {
    it('deletes what is older than its limit, of every history its own', async () => {
      const { backend } = await newWorld();
      for (const [age, name] of [
        [0, 'old'],
        [100, 'new'],
      ] as const) {
        await backend.appendAudit({ at: noon(age), type: name, key: null, clusterName: '', message: '' });
        await backend.registerDetection(digest(name), true, node('t'), noon(age));
        await backend.registerRecovery(uid(name), digest(name), node('t'), noon(age));
        await backend.addSteps(uid(name), [{ message: 'step', at: noon(age) }]);
        const line = { sequence: 1, stepId: 's', phase: 'done', detail: '' } as const;
        await backend.append([{ ...line, uid: uid(name), at: noon(age) }]);
      }
      const counts = async () => ({
        audits: (await backend.audit({ page: 0 })).length,
        recoveries: (await backend.recoveries({})).length,
        detections: (await backend.detections({})).length,
        steps: (await backend.steps('old')).length + (await backend.steps('new')).length,
        journal: (await backend.journal('old')).length + (await backend.journal('new')).length,
      });
      const [never, between] = [unixMillis(0), noon(50)];
      await backend.purge({ auditOlderThan: between, recoveriesOlderThan: never, changelogOlderThan: never });
      expect(await counts()).toEqual({ audits: 1, recoveries: 2, detections: 2, steps: 2, journal: 2 });
      await backend.purge({ auditOlderThan: never, recoveriesOlderThan: between, changelogOlderThan: between });
      expect(await counts()).toEqual({ audits: 1, recoveries: 1, detections: 1, steps: 1, journal: 1 });
      expect(await backend.recoveries({})).toMatchObject([{ uid: 'new' }]);
    });
  });
}
