/** Records of what happened: recoveries, detections, the audit log. */
import { describe, expect, it } from 'vitest';
import { executedTakeover } from '../testing/demo-records.ts';
import { NOW } from '../testing/demo-world.ts';
import { world } from '../testing/world.ts';

describe('records', () => {
  it.each([
    ['audit-recovery', 'recoveries {"page":0,"unacknowledgedOnly":false}'],
    ['audit-recovery/3?unacknowledged=true', 'recoveries {"page":3,"unacknowledgedOnly":true}'],
    ['audit-recovery/anything', 'recoveries {"page":0,"unacknowledgedOnly":false}'],
    ['audit-recovery/id/5', 'recoveries {"page":0,"id":5,"unacknowledgedOnly":false}'],
    ['audit-recovery/id/-5', 'recoveries {"page":0,"unacknowledgedOnly":false}'],
    ['audit-recovery/uid/1:ab', 'recoveries {"page":0,"uid":"1:ab","unacknowledgedOnly":false}'],
    ['audit-recovery/cluster/c/2', 'recoveries {"page":2,"clusterName":"c","unacknowledgedOnly":false}'],
    ['audit-recovery/alias/a', 'recoveries {"page":0,"clusterAlias":"a","unacknowledgedOnly":false}'],
    ['audit-failure-detection/2', 'detections {"page":2}'],
    ['audit-failure-detection/id/5', 'detections {"page":0,"id":5}'],
    ['audit-failure-detection/alias/a/1', 'detections {"page":1,"clusterAlias":"a"}'],
  ])('%s asks for %s', async (path, asked) => {
    const { get, calls } = await world();
    expect((await get(`/api/${path}`)).body).toBe('[]');
    expect(calls.asked).toEqual([asked]);
  });

  it('what servers were called, change by change: one object a server, or null for none', async () => {
    const key = (port: number) => ({ hostname: 'db1', port });
    const analysisChangelog = async () => [
      { key: key(1), at: NOW, code: 'DeadMaster' },
      { key: key(1), at: NOW, code: 'NoProblem' },
      { key: key(2), at: NOW, code: 'UnreachableMaster' },
    ];
    const { get } = await world({}, { analysisChangelog });
    expect(JSON.parse((await get('/api/replication-analysis-changelog')).body)).toEqual([
      {
        AnalyzedInstanceKey: { Hostname: 'db1', Port: 1 },
        Changelog: ['2026-11-23 04:37:07;DeadMaster,', '2026-11-23 04:37:07;NoProblem,'],
      },
      { AnalyzedInstanceKey: { Hostname: 'db1', Port: 2 }, Changelog: ['2026-11-23 04:37:07;UnreachableMaster,'] },
    ]);
    const { get: getNone } = await world();
    expect((await getNone('/api/replication-analysis-changelog')).body).toBe('null');
  });

  it('the audit log of one instance, or all of it when the instance is none', async () => {
    const queries: unknown[] = [];
    const { get } = await world(
      {},
      {
        audit: async (query) => {
          queries.push(query);
          return [{ id: 1, at: NOW, type: 'forget', key: null, clusterName: '', message: 'm' }];
        },
      },
    );
    expect(JSON.parse((await get('/api/audit/instance/db/3306/2')).body)).toEqual([
      {
        AuditId: 1,
        AuditTimestamp: '2026-11-23 04:37:07',
        AuditType: 'forget',
        AuditInstanceKey: { Hostname: '', Port: 0 },
        Message: 'm',
      },
    ]);
    await get('/api/audit/instance/db/x');
    expect(queries).toEqual([{ page: 2, key: { hostname: 'db', port: 3306 } }, { page: 0 }]);
  });

  it('what blocks a recovery', async () => {
    const { get } = await world(
      {},
      {
        blockedRecoveries: async () => [
          {
            key: { hostname: 'db', port: 1 },
            clusterName: executedTakeover.entry.cluster.clusterName,
            code: 'DeadMaster',
            lastBlocked: NOW,
            blockingRecoveryId: 12,
          },
        ],
      },
    );
    expect((await get('/api/blocked-recoveries')).body).toBe(
      '[{"FailedInstanceKey":{"Hostname":"db","Port":1},"ClusterName":"127.0.0.1:10111","Analysis":"DeadMaster","LastBlockedTimestamp":"2026-11-23 04:37:07","BlockingRecoveryId":12}]',
    );
  });
});
