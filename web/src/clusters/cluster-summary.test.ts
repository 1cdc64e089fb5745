import { describe, expect, it } from 'vitest';
import { anAnalysis, aPrimary, aRecovery, aReplica, DEAD, LOST, STARTED_MILLIS } from '../model/server.fixture.ts';
import type { ClusterInfo } from '../model/server.ts';
import { recoveryViews } from '../recoveries/recovery-view.ts';
import { type ClustersPicture, fleetSentence, headlineOf, matches, summarizeClusters } from './cluster-summary.ts';

const now = STARTED_MILLIS + 60_000;
const cluster = (name: string, alias: string): ClusterInfo => ({
  name,
  alias,
  domain: '',
  countServers: 2,
  recoversPrimary: true,
  recoversIntermediate: true,
});
const summaries = (over: Partial<ClustersPicture>) =>
  summarizeClusters({ clusters: [], servers: [], analyses: [], recoveries: [], now, ...over });

const main = cluster('db1:3306', 'main');
const servers = [aPrimary(), aReplica(2)];

describe('clusters', () => {
  it('in trouble come first, what recoveries left behind last', () => {
    const list = summaries({
      clusters: [cluster('x:1', 'alpha'), cluster('gone:1', 'gone:1'), main],
      servers: [...servers, aPrimary({ ...LOST, key: 'gone:1', clusterName: 'gone:1' })],
      analyses: [anAnalysis()],
    });
    expect(list.map(({ info, tone }) => `${info.alias} ${tone}`)).toEqual([
      'main critical',
      'alpha ok',
      'gone:1 muted',
    ]);
    expect(list.map(headlineOf)).toEqual(['Primary is dead', '', '']);
  });

  it('are addressed by their alias, which survives a failover, unless two have the same', () => {
    expect(summaries({ clusters: [main] })[0]?.hint).toBe('main');
    expect(
      summaries({ clusters: [main, cluster('x:1', 'main')] })
        .map(({ hint }) => hint)
        .sort(),
    ).toEqual(['db1:3306', 'x:1']);
  });

  it('show primary, versions, lag and problems of their servers', () => {
    const [summary] = summaries({
      clusters: [main],
      servers: [aPrimary(), aReplica(2, 1, { lagSeconds: 7 }), aReplica(3, 1, DEAD)],
    });
    expect(summary).toMatchObject({ versions: 'MySQL 8.4.2', lagSeconds: 7, countReplicas: 2, tone: 'critical' });
    expect(summary?.primaries.map(({ key }) => key)).toEqual(['db1:3306']);
    expect(summary?.badges.map(({ text }) => text)).toEqual(['1 server does not answer']);
  });

  it('that were failed over say so until somebody acknowledges it', () => {
    const renamed = cluster('db2:3306', 'main');
    const survivors = [aPrimary({ key: 'db2:3306', clusterName: 'db2:3306' })];
    const withRecovery = (over: Parameters<typeof aRecovery>[0]) =>
      summaries({ clusters: [renamed], servers: survivors, recoveries: recoveryViews([aRecovery(over)], [], now) })[0]
        ?.tone;
    expect(withRecovery({})).toBe('recovered');
    expect(withRecovery({ acknowledged: true })).toBe('ok');
    expect(withRecovery({ end: '' })).toBe('acting');
    expect(withRecovery({ isSuccessful: false })).toBe('critical');
  });

  it('are found by any part of what names them', () => {
    const [summary] = summaries({ clusters: [main], servers, analyses: [anAnalysis()] });
    if (!summary) throw new Error('no summary');
    for (const typed of ['', ' MAIN ', 'db2', '8.4', 'deadm']) expect(matches(summary, typed)).toBe(true);
    expect(matches(summary, 'nothing')).toBe(false);
  });

  it('together are one sentence', () => {
    expect(fleetSentence(summaries({ clusters: [main], servers }))).toBe('1 cluster, 2 servers: all well');
    const list = summaries({ clusters: [main, cluster('x:1', 'x')], servers, analyses: [anAnalysis()] });
    expect(fleetSentence(list)).toBe('2 clusters, 4 servers: 1 needs attention');
  });
});
