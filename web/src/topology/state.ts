/** How a server is, and what is wrong with it in words. */
import type { Server, ServerKey, ThreadState } from '../model/server.ts';
import { count, duration } from '../text/time.ts';
import type { Role } from './role.ts';

export type ServerState = 'ok' | 'problem' | 'dead';

/** Something worth a line on the server's card. `muted`: known and accepted by a downtime. */
export interface Attention {
  readonly tone: 'critical' | 'warning' | 'muted';
  readonly text: string;
}

/** `dead`: the last check failed; nothing else about it is fresh. */
export function stateOf(server: Server): ServerState {
  if (!server.isLastCheckValid) return 'dead';
  return server.problems.length > 0 ? 'problem' : 'ok';
}

const STATE_WORDS: Readonly<Record<ServerState, string>> = { ok: 'ok', problem: 'problem', dead: 'no answer' };

export function stateWords(state: ServerState): string {
  return STATE_WORDS[state];
}

/** What is wrong, worst first, downtime last. Empty for a healthy server. */
export function attentionsOf(server: Server, role: Role): readonly Attention[] {
  const muted = server.downtime !== null;
  const found = server.problems.flatMap((problem) => problemAttentions(problem, server));
  const doubts = server.isLastCheckValid ? writabilityDoubts(server, role) : [];
  const all = [...found, ...doubts].map((item) => (muted ? { ...item, tone: 'muted' as const } : item));
  return server.downtime ? [...all, { tone: 'muted', text: downtimeText(server.downtime) }] : all;
}

function problemAttentions(problem: string, server: Server): readonly Attention[] {
  switch (problem) {
    case 'last_check_invalid':
      return [{ tone: 'critical', text: silence('does not answer', server) }];
    case 'not_recently_checked':
      return [{ tone: 'warning', text: silence('not checked lately', server) }];
    case 'not_replicating':
      return brokenThreads(server);
    case 'replication_lag':
      return [{ tone: 'warning', text: lagText(server) }];
    case 'errant_gtid':
      return [{ tone: 'warning', text: 'errant GTID: has transactions its source lacks' }];
    case 'group_replication_member_not_online':
      return [{ tone: 'warning', text: `group member is ${server.groupState || 'not online'}` }];
    default:
      return [{ tone: 'warning', text: problem.replaceAll('_', ' ') }];
  }
}

function silence(words: string, server: Server): string {
  return server.secondsSinceLastSeen === null
    ? `${words}, never seen alive`
    : `${words}, last seen ${duration(server.secondsSinceLastSeen)} ago`;
}

function lagText(server: Server): string {
  if (server.lagSeconds === null) return 'lag is unknown';
  const wanted = server.delaySeconds > 0 ? ` (${duration(server.delaySeconds)} wanted)` : '';
  return `lags ${duration(server.lagSeconds)}${wanted}`;
}

/** Receiver and applier are judged apart: a stopped applier is no sign of a dead source. */
function brokenThreads(server: Server): readonly Attention[] {
  const lines = [
    threadLine('receiver', server.receiver, server.receiverError),
    threadLine('applier', server.applier, server.applierError),
  ].filter((line) => line !== '');
  return (lines.length > 0 ? lines : ['does not replicate']).map((text) => ({ tone: 'warning', text }));
}

function threadLine(name: string, state: ThreadState, error: string): string {
  if (state === 'running' || state === 'none') return '';
  return error ? `${name}: ${error}` : `${name} is ${threadWords(state)}`;
}

const THREAD_WORDS: Readonly<Record<ThreadState, string>> = {
  none: 'none',
  stopped: 'stopped',
  running: 'running',
  other: 'connecting',
};

export function threadWords(state: ThreadState): string {
  return THREAD_WORDS[state];
}

/** A read-only primary takes no writes; a writable replica may take writes that nobody else gets. */
function writabilityDoubts(server: Server, role: Role): readonly Attention[] {
  if (role === 'primary' && server.readOnly)
    return [{ tone: 'warning', text: 'primary is read-only: nobody can write' }];
  return [];
}

export function downtimeText(downtime: {
  readonly reason: string;
  readonly owner: string;
  readonly until: string;
}): string {
  const owner = downtime.owner ? ` by ${downtime.owner}` : '';
  return `downtime: ${downtime.reason || 'no reason given'}${owner}`;
}

/** `semi-sync 1 of 1`, `semi-sync fell back`, or '' when semi-sync is not in use on this side. */
export function semiSyncText(server: Server, isSource: boolean): string {
  const { sourceEnabled, sourceStatus, sourceClients, sourceWaitFor, replicaEnabled, replicaStatus } = server.semiSync;
  if (isSource && sourceEnabled) {
    return sourceStatus ? `semi-sync ${sourceClients} of ${sourceWaitFor}` : 'semi-sync fell back';
  }
  if (server.sourceKey !== null && replicaEnabled) return replicaStatus ? 'semi-sync' : 'semi-sync idle';
  return '';
}

/** Most urgent number of a cluster's lags: known lags of replicas beyond what they are told to delay. Null: no replica knows. */
export function worstLag(servers: readonly Server[]): number | null {
  const lags = servers
    .filter((server) => server.isLastCheckValid && server.sourceKey !== null && server.lagSeconds !== null)
    .map((server) => Math.max(0, (server.lagSeconds ?? 0) - server.delaySeconds));
  return lags.length > 0 ? Math.max(...lags) : null;
}

/** `MySQL 9.7.4 ×3, MariaDB 10.11.6`: most common first. */
export function versionSummary(servers: readonly Server[]): string {
  const groups = Map.groupBy(servers, versionText);
  return [...groups]
    .sort(([textA, a], [textB, b]) => b.length - a.length || textA.localeCompare(textB))
    .map(([text, members]) => (groups.size > 1 ? `${text} ×${members.length}` : text))
    .join(', ');
}

/** `MySQL 9.7.4-2`. `MariaDB 10.11.6`: without the suffix that only repeats the flavour. */
export function versionText(server: Server): string {
  const version = server.version.replace(/-mariadb.*$/i, '').replace(/-log$/i, '');
  const flavor = server.flavor === 'unknown' ? '' : server.flavor;
  return `${flavor} ${version}`.trim() || 'version unknown';
}

/** A problem that several servers may have, told once. */
export interface SharedProblem extends Attention {
  /** Those that have it. */
  readonly keys: readonly ServerKey[];
}

const SHARED: readonly (readonly [problem: string, tone: Attention['tone'], one: string, many: string])[] = [
  ['last_check_invalid', 'critical', 'server does not answer', 'servers do not answer'],
  ['not_replicating', 'warning', 'replica does not replicate', 'replicas do not replicate'],
  ['replication_lag', 'warning', 'replica lags', 'replicas lag'],
  ['errant_gtid', 'warning', 'replica has errant GTID', 'replicas have errant GTID'],
  ['not_recently_checked', 'warning', 'server not checked lately', 'servers not checked lately'],
  ['group_replication_member_not_online', 'warning', 'group member not online', 'group members not online'],
];

/** `1 server does not answer`, `2 replicas lag`: worst first, servers in downtime counted apart. */
export function sharedProblems(servers: readonly Server[]): readonly SharedProblem[] {
  const active = servers.filter((server) => server.downtime === null);
  const found = SHARED.map(([problem, tone, one, many]): SharedProblem => {
    const keys = active.filter((server) => server.problems.includes(problem)).map(({ key }) => key);
    return { tone, text: count(keys.length, one, many), keys };
  });
  const downtimed = servers.filter((server) => server.downtime !== null).map(({ key }) => key);
  found.push({ tone: 'muted', text: `${downtimed.length} in downtime`, keys: downtimed });
  return found.filter(({ keys }) => keys.length > 0);
}
