/** What the clusters page tells of each cluster, worst first. Pure. */
import { analysesOfCluster, toneOf } from '../model/analysis.ts';
import { codeFacts, NO_PROBLEM } from '../model/analysis-codes.ts';
import type { Analysis, ClusterInfo, Server } from '../model/server.ts';
import { isNews, isRecoveryOf, type RecoveryView } from '../recoveries/recovery-view.ts';
import { roleOf } from '../topology/role.ts';
import { type Attention, sharedProblems, versionSummary, worstLag } from '../topology/state.ts';
import { compareKeys } from '../topology/tree.ts';

/** `recovered`: well again, but nobody has acknowledged what happened. `muted`: left behind. */
export type ClusterTone = 'acting' | 'critical' | 'warning' | 'recovered' | 'notice' | 'ok' | 'muted';

export interface ClusterSummary {
  readonly info: ClusterInfo;
  /** What its page is addressed by: the alias where one exists, since the name changes at a failover. */
  readonly hint: string;
  readonly tone: ClusterTone;
  readonly servers: readonly Server[];
  readonly primaries: readonly Server[];
  readonly versions: string;
  readonly lagSeconds: number | null;
  readonly countReplicas: number;
  readonly badges: readonly Attention[];
  /** Worst first, structure warnings included. */
  readonly analyses: readonly Analysis[];
  /** Only servers that recoveries left behind: no cluster that anybody uses. */
  readonly isLeftover: boolean;
  /** The latest recovery, while it runs and as long as it is news that nobody acknowledged. */
  readonly recovery: RecoveryView | null;
}

export interface ClustersPicture {
  readonly clusters: readonly ClusterInfo[];
  readonly servers: readonly Server[];
  readonly analyses: readonly Analysis[];
  /** Newest first. */
  readonly recoveries: readonly RecoveryView[];
  readonly now: number;
}

const TONE_ORDER: readonly ClusterTone[] = ['acting', 'critical', 'warning', 'recovered', 'notice', 'ok', 'muted'];

export function summarizeClusters(picture: ClustersPicture): readonly ClusterSummary[] {
  const serversByCluster = Map.groupBy(picture.servers, (server) => server.clusterName);
  const aliasCounts = new Map<string, number>();
  for (const { alias } of picture.clusters) aliasCounts.set(alias, (aliasCounts.get(alias) ?? 0) + 1);
  return picture.clusters
    .map((info) => {
      const isAliasUnique = aliasCounts.get(info.alias) === 1;
      return summarize(info, isAliasUnique ? info.alias : info.name, serversByCluster.get(info.name) ?? [], picture);
    })
    .sort(
      (a, b) =>
        Number(a.isLeftover) - Number(b.isLeftover) ||
        TONE_ORDER.indexOf(a.tone) - TONE_ORDER.indexOf(b.tone) ||
        compareKeys(a.info.alias, b.info.alias),
    );
}

function summarize(
  info: ClusterInfo,
  hint: string,
  servers: readonly Server[],
  picture: ClustersPicture,
): ClusterSummary {
  const analyses = analysesOfCluster(picture.analyses, info.name);
  const badges = sharedProblems(servers);
  const isLeftover = servers.length > 0 && servers.every((server) => roleOf(server, 0) === 'lost');
  const cluster = { alias: info.alias, names: new Set([info.name]), members: new Set(servers.map(({ key }) => key)) };
  const latest = isLeftover ? undefined : picture.recoveries.find((view) => isRecoveryOf(view, cluster));
  const recovery = latest && isNews(latest, picture.now) ? latest : null;
  return {
    info,
    hint,
    tone: isLeftover ? 'muted' : toneOfCluster(analyses, badges, recovery),
    servers,
    primaries: servers.filter((server) => ['primary', 'co-primary'].includes(roleOf(server, 0))),
    versions: versionSummary(servers),
    lagSeconds: worstLag(servers),
    countReplicas: servers.filter((server) => server.sourceKey !== null).length,
    badges,
    analyses,
    isLeftover,
    recovery,
  };
}

function toneOfCluster(
  analyses: readonly Analysis[],
  badges: readonly Attention[],
  recovery: RecoveryView | null,
): ClusterTone {
  if (recovery?.phase === 'running') return 'acting';
  const tones = new Set<string>([...analyses.map(toneOf), ...badges.map(({ tone }) => tone)]);
  if (recovery) tones.add(recovery.phase === 'succeeded' ? 'recovered' : 'critical');
  return (['critical', 'warning', 'recovered', 'notice'] as const).find((tone) => tones.has(tone)) ?? 'ok';
}

/** Codes and structure warnings of an entry as they are called in the contract, for people who search for them. */
export function codesOf(analysis: Analysis): readonly string[] {
  return analysis.code === NO_PROBLEM ? analysis.structure : [analysis.code, ...analysis.structure];
}

/** Does a cluster match what somebody types: any part of alias, name, domain, a server, an analysis code? Case does not matter. */
export function matches(summary: ClusterSummary, typed: string): boolean {
  const wanted = typed.trim().toLowerCase();
  if (wanted === '') return true;
  return [
    summary.info.alias,
    summary.info.name,
    summary.info.domain,
    summary.versions,
    ...summary.servers.flatMap(({ key, alias }) => [key, alias]),
    ...summary.analyses.flatMap(codesOf),
  ].some((text) => text.toLowerCase().includes(wanted));
}

/** One sentence for the whole fleet. */
export function fleetSentence(summaries: readonly ClusterSummary[]): string {
  const inUse = summaries.filter(({ isLeftover }) => !isLeftover);
  const bad = inUse.filter(({ tone }) => tone !== 'ok' && tone !== 'notice');
  const servers = inUse.reduce((sum, { info }) => sum + info.countServers, 0);
  const size = `${inUse.length} ${inUse.length === 1 ? 'cluster' : 'clusters'}, ${servers} ${servers === 1 ? 'server' : 'servers'}`;
  if (bad.length === 0) return `${size}: all well`;
  return `${size}: ${bad.length} ${bad.length === 1 ? 'needs' : 'need'} attention`;
}

/** The headline of a cluster with trouble; '' when its badges say enough. */
export function headlineOf(summary: ClusterSummary): string {
  const worst = summary.analyses[0];
  if (!worst || toneOf(worst) === 'muted' || worst.code === NO_PROBLEM) return '';
  return codeFacts(worst.code).words;
}
