/** What every backend on SQL does about records that other programs and people write. */
import { describe, expect, it } from 'vitest';
import { unixMillis } from '../../../src/model/brand.ts';
import { digest, key, node, noon, uid } from '../../../src/store/temporary-backend.ts';
import type { NewSqlWorld } from '../world.ts';

export function recordsByHand(newWorld: NewSqlWorld): void {
  describe('cluster aliases', () => {
    it('set by hand are kept apart', async () => {
      const { backend, byHand } = await newWorld();
      await byHand.exec("insert into cluster_alias_override (cluster_name, alias) values ('a:3306', 'mine')");
      expect([...(await backend.loadClusterAliasOverrides())]).toEqual([['a:3306', 'mine']]);
    });
  });

  describe('resolved host names', () => {
    it('are kept, and remembered under the resolved name where that differs', async () => {
      const { backend, byHand } = await newWorld();
      await backend.saveHostnameResolve('alias', 'old.example.com', noon());
      await backend.saveHostnameResolve('alias', 'real.example.com', noon(1));
      await backend.saveHostnameResolve('real.example.com', 'real.example.com', noon(2));
      expect([...(await backend.loadHostnameResolves())]).toEqual([
        ['alias', 'real.example.com'],
        ['real.example.com', 'real.example.com'],
      ]);
      expect(await byHand.rows('select resolved_hostname as r, hostname as h from hostname_resolve_history')).toEqual([
        { r: 'old.example.com', h: 'alias' },
        { r: 'real.example.com', h: 'alias' },
      ]);
    });
  });

  describe('the log of analyses', () => {
    it('has no line for the first one, and one for each change', async () => {
      const { backend, byHand } = await newWorld();
      const record = (code: string, atSeconds: number) => backend.recordAnalysis(key('a'), code, noon(atSeconds));
      expect(await record('NoProblem', 0)).toBe(false);
      expect(await record('NoProblem', 1)).toBe(false);
      expect(await record('DeadMaster', 2)).toBe(true);
      expect(await record('NoProblem', 3)).toBe(true);
      expect(await backend.recordAnalysis(key('b'), 'DeadMaster', noon(4))).toBe(false);
      const lines = await byHand.rows(
        'select analysis, analysis_timestamp as t from database_instance_analysis_changelog',
      );
      expect(lines).toEqual([
        { analysis: 'DeadMaster', t: '2026-03-01 12:00:02' },
        { analysis: 'NoProblem', t: '2026-03-01 12:00:03' },
      ]);
    });
  });

  describe('purging', () => {
    it('deletes what is older than its limit, of every history its own', async () => {
      const { backend, byHand } = await newWorld();
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
        await backend.recordAnalysis(key('a'), `first-${name}`, noon(age));
        await backend.recordAnalysis(key('a'), name, noon(age));
      }
      const counts = () =>
        byHand.row(`select (select count(*) from audit) as audits, (select count(*) from topology_recovery) as recoveries,
            (select count(*) from topology_failure_detection) as detections, (select count(*) from topology_recovery_steps) as steps,
            (select count(*) from orc_recovery_journal) as journal,
            (select count(*) from database_instance_analysis_changelog) as changes`);
      const [never, between] = [unixMillis(0), noon(50)];
      await backend.purge({ auditOlderThan: between, recoveriesOlderThan: never, changelogOlderThan: never });
      expect(await counts()).toEqual({ audits: 1, recoveries: 2, detections: 2, steps: 2, journal: 2, changes: 3 });
      await backend.purge({ auditOlderThan: never, recoveriesOlderThan: between, changelogOlderThan: between });
      expect(await counts()).toEqual({ audits: 1, recoveries: 1, detections: 1, steps: 1, journal: 1, changes: 2 });
      expect(await backend.recoveries({})).toMatchObject([{ uid: 'new' }]);
    });
  });
}
