/**
 * The one line that somebody reads first at three in the morning: what is wrong, or what was done, or that all is well.
 * The worst thing is the headline; the rest follows below it.
 */
import { toneOf } from '../model/analysis.ts';
import { codeFacts, NO_PROBLEM, structureWords } from '../model/analysis-codes.ts';
import type { Analysis, Server } from '../model/server.ts';
import { isNews, type RecoveryView, recoveryDuration } from '../recoveries/recovery-view.ts';
import { ago, count, duration } from '../text/time.ts';
import { sharedProblems, worstLag } from './state.ts';

export type VerdictTone = 'ok' | 'notice' | 'warning' | 'critical' | 'acting' | 'recovered';

export interface Verdict {
  readonly tone: VerdictTone;
  readonly headline: string;
  readonly details: readonly string[];
}

export interface Picture {
  readonly servers: readonly Server[];
  /** Of this cluster, worst first. */
  readonly analyses: readonly Analysis[];
  /** Of this cluster, newest first. */
  readonly recoveries: readonly RecoveryView[];
  /** Of the servers that the latest recovery left behind. */
  readonly lost: readonly string[];
  readonly now: number;
}

export function verdictOf(picture: Picture): Verdict {
  const urgent = [running(picture), ...critical(picture)].filter((line) => line !== null);
  // The consequences of a dead primary are on every card; here they would only bury it.
  const lines = [...urgent, lastRecovery(picture), ...(urgent.length > 0 ? [] : warnings(picture))].filter(
    (line) => line !== null,
  );
  const [worst, ...rest] = lines;
  if (!worst) return allWell(picture);
  return { ...worst, details: [...worst.details, ...rest.map((line) => line.headline)] };
}

function running({ recoveries, now }: Picture): Verdict | null {
  const view = recoveries.find(({ phase }) => phase === 'running');
  if (!view) return null;
  const what = view.code ? `${codeFacts(view.code).words}: ${view.failedKey}` : view.clusterName;
  const step = view.liveSteps.at(-1)?.message;
  return {
    tone: 'acting',
    headline: `Recovering. ${what}`,
    details: [`for ${recoveryDuration(view, now)}`, ...(step ? [step] : [])],
  };
}

/** What a recovery is already working on is no second headline. */
function critical({ analyses, recoveries }: Picture): readonly Verdict[] {
  const inWork = new Set(recoveries.filter(({ phase }) => phase === 'running').map(({ failedKey }) => failedKey));
  return analyses
    .filter((entry) => toneOf(entry) === 'critical' && !inWork.has(entry.key))
    .map((entry) => ({
      tone: 'critical',
      headline: `${codeFacts(entry.code).words}: ${entry.key}`,
      details: entry.description ? [entry.description] : [],
    }));
}

function lastRecovery({ recoveries, lost, now }: Picture): Verdict | null {
  const view = recoveries.find(({ phase }) => phase !== 'running');
  if (!view || !isNews(view, now)) return null;
  const when = view.end ?? view.start;
  const details = ['not acknowledged yet'];
  if (lost.length > 0) details.unshift(`left behind: ${lost.join(', ')}`);
  if (view.phase === 'succeeded') {
    const took = recoveryDuration(view, now);
    return {
      tone: 'recovered',
      headline: `Failed over ${ago(when.millis, now)}${took ? ` in ${took}` : ''}: ${view.failedKey} → ${view.successorKey ?? 'nobody'}`,
      details,
    };
  }
  const how = view.phase === 'failed' ? 'failed' : 'was cut off: no end is recorded';
  return {
    tone: 'critical',
    headline:
      `Recovery of ${view.failedKey || view.clusterName} ${how} ${view.phase === 'failed' ? ago(when.millis, now) : ''}`.trim(),
    details: [...view.errors.slice(0, 3), ...details],
  };
}

/** More names than this say less than their number. */
const NAMES_MAX = 2;

function warnings({ analyses, servers }: Picture): readonly Verdict[] {
  const entries: Verdict[] = analyses
    .filter((entry) => toneOf(entry) === 'warning')
    .map((entry) => ({ tone: 'warning', headline: `${codeFacts(entry.code).words}: ${entry.key}`, details: [] }));
  for (const { tone, text, keys } of sharedProblems(servers)) {
    if (tone === 'muted') continue;
    const names = keys.length <= NAMES_MAX ? `: ${keys.join(', ')}` : '';
    entries.push({ tone, headline: `${text}${names}`, details: [] });
  }
  const structure = new Set(
    analyses.filter((entry) => !entry.isDowntimed).flatMap((entry) => entry.structure.map(structureWords)),
  );
  for (const words of structure) entries.push({ tone: 'notice', headline: words, details: [] });
  return entries.sort((a, b) => Number(b.tone === 'critical') - Number(a.tone === 'critical'));
}

function allWell({ servers, analyses }: Picture): Verdict {
  const accepted = analyses.filter((entry) => toneOf(entry) === 'muted' && entry.code !== NO_PROBLEM);
  if (accepted.length > 0) {
    return {
      tone: 'notice',
      headline: 'Nothing new',
      details: accepted.map((entry) => `in downtime: ${entry.key}, ${codeFacts(entry.code).words.toLowerCase()}`),
    };
  }
  const lag = worstLag(servers);
  const answering = servers.filter((server) => server.isLastCheckValid).length;
  const replicas = servers.filter(({ receiver, applier }) => receiver === 'running' && applier === 'running').length;
  const downtimed = servers.filter((server) => server.downtime !== null).length;
  const facts = [
    count(answering, 'server answers', 'servers answer'),
    ...(replicas > 0 ? [count(replicas, 'replica replicates', 'replicas replicate')] : []),
    ...(lag === null ? [] : [lag === 0 ? 'no lag' : `largest lag ${duration(lag)}`]),
    ...(downtimed > 0 ? [`${downtimed} in downtime`] : []),
  ];
  return { tone: 'ok', headline: 'All well', details: [facts.join(', ')] };
}
