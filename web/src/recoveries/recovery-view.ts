/**
 * Recoveries as shown: what the audit recorded, joined with what the event stream told at once. The record is the truth; the
 * stream is earlier and knows fractions of a second.
 */
import type { LiveRecovery } from '../live/live-state.ts';
import type { Recovery, RecoveryStep, ServerKey } from '../model/server.ts';
import { elapsed, type Instant, offset, parseTimestamp, startOfUid } from '../text/time.ts';

/** `unfinished`: no end was ever recorded, and it cannot be running any more. */
export type RecoveryPhase = 'running' | 'succeeded' | 'failed' | 'unfinished';

export interface RecoveryView {
  readonly uid: string;
  /** 0: not recorded yet, known from the stream alone. */
  readonly id: number;
  readonly phase: RecoveryPhase;
  readonly code: string;
  readonly failedKey: ServerKey;
  readonly clusterName: string;
  readonly clusterAlias: string;
  readonly successorKey: ServerKey | null;
  readonly lost: readonly ServerKey[];
  readonly errors: readonly string[];
  readonly start: Instant;
  readonly end: Instant | null;
  readonly node: string;
  readonly acknowledged: boolean;
  readonly acknowledgedBy: string;
  readonly acknowledgedComment: string;
  readonly liveSteps: readonly LiveStep[];
}

export interface LiveStep {
  readonly at: number;
  readonly message: string;
}

/** Longer than any recovery may take with its hooks: without an end by then, the node that ran it is gone. */
const RUNNING_MILLIS_MAX = 3_600_000;

/** Newest first. `now`: unix milliseconds. */
export function recoveryViews(
  recorded: readonly Recovery[],
  live: Iterable<LiveRecovery>,
  now: number,
): readonly RecoveryView[] {
  const liveByUid = new Map([...live].map((recovery) => [recovery.uid, recovery]));
  const views = recorded.map((recovery) => {
    const view = fromRecord(recovery, liveByUid.get(recovery.uid), now);
    liveByUid.delete(recovery.uid);
    return view;
  });
  for (const recovery of liveByUid.values()) views.push(fromStream(recovery));
  return views.sort((a, b) => b.start.millis - a.start.millis);
}

function fromRecord(recovery: Recovery, live: LiveRecovery | undefined, now: number): RecoveryView {
  const start = (live ? preciseInstant(live.startedAt) : null) ??
    startOfUid(recovery.uid) ??
    parseTimestamp(recovery.start) ?? { millis: 0, precise: false };
  const recordedEnd = parseTimestamp(recovery.end);
  const hasEnded = recovery.end !== '' || live?.ended !== undefined;
  const isSuccessful = recovery.end !== '' ? recovery.isSuccessful : live?.ended?.isSuccessful === true;
  return {
    uid: recovery.uid,
    id: recovery.id,
    phase: hasEnded
      ? isSuccessful
        ? 'succeeded'
        : 'failed'
      : now - start.millis > RUNNING_MILLIS_MAX
        ? 'unfinished'
        : 'running',
    code: recovery.code,
    failedKey: recovery.failedKey,
    clusterName: recovery.clusterName,
    clusterAlias: recovery.clusterAlias,
    successorKey: recovery.successorKey ?? live?.ended?.successor ?? null,
    lost: recovery.lost,
    errors: recovery.errors,
    start,
    end: live?.ended ? preciseInstant(live.ended.at) : recordedEnd,
    node: recovery.node,
    acknowledged: recovery.acknowledged,
    acknowledgedBy: recovery.acknowledgedBy,
    acknowledgedComment: recovery.acknowledgedComment,
    liveSteps: live?.steps ?? [],
  };
}

function fromStream(live: LiveRecovery): RecoveryView {
  return {
    uid: live.uid,
    id: 0,
    // The stream broke before the end was told: only the record can say how it went.
    phase: live.ended ? (live.ended.isSuccessful ? 'succeeded' : 'failed') : live.wasCutOff ? 'unfinished' : 'running',
    code: live.code,
    failedKey: live.failedKey,
    clusterName: live.clusterName,
    clusterAlias: '',
    successorKey: live.ended?.successor ?? null,
    lost: [],
    errors: [],
    start: preciseInstant(live.startedAt),
    end: live.ended ? preciseInstant(live.ended.at) : null,
    node: '',
    acknowledged: false,
    acknowledgedBy: '',
    acknowledgedComment: '',
    liveSteps: live.steps,
  };
}

const preciseInstant = (millis: number): Instant => ({ millis, precise: true });

/** A recovery that nobody acknowledged is news for this long; then it is history. */
const NEWS_MILLIS = 24 * 3_600_000;

/** It runs, or it ended lately and nobody has acknowledged it. */
export function isNews(view: RecoveryView, now: number): boolean {
  if (view.phase === 'running') return true;
  return !view.acknowledged && now - (view.end ?? view.start).millis <= NEWS_MILLIS;
}

/** How long it took, or has been taking. '' when unknown. */
export function recoveryDuration(view: RecoveryView, now: number): string {
  if (view.end) return elapsed(view.start, view.end);
  return view.phase === 'running' ? elapsed({ ...view.start, precise: false }, { millis: now, precise: false }) : '';
}

export interface ShownStep {
  /** Stable among the steps of one recovery. */
  readonly id: string;
  readonly offset: string;
  readonly message: string;
  readonly tone: 'plain' | 'error';
}

/**
 * Steps in their recorded order, each with the time the stream told if it did; then those the stream told that the record
 * does not show yet. The same message may occur several times: each occurrence counts once.
 */
export function joinSteps(view: RecoveryView, recorded: readonly RecoveryStep[]): readonly ShownStep[] {
  const unused = [...view.liveSteps];
  const shown = recorded.map((step) => {
    const index = unused.findIndex((live) => live.message === step.message);
    const live = index < 0 ? undefined : unused.splice(index, 1)[0];
    const at = live ? preciseInstant(live.at) : parseTimestamp(step.at);
    return { message: step.message, at };
  });
  const early = unused.map((live) => ({ message: live.message, at: preciseInstant(live.at) }));
  return [...shown, ...early].map(({ message, at }, index) => ({
    id: String(index),
    offset: at ? offset(view.start, at) : '',
    message,
    tone: /\b(error|failed|failure|abort\w*|success=false)\b/i.test(message) ? 'error' : 'plain',
  }));
}

/**
 * Does a recovery belong on the page of a cluster? A failover renames the cluster after its new primary, so the name in the
 * record may be the old one: alias, successor and every name that the page has shown count as well.
 */
export function isRecoveryOf(
  view: RecoveryView,
  cluster: { readonly alias: string; readonly names: ReadonlySet<string>; readonly members: ReadonlySet<ServerKey> },
): boolean {
  return (
    cluster.names.has(view.clusterName) ||
    (view.clusterAlias !== '' && view.clusterAlias === cluster.alias) ||
    (view.successorKey !== null && cluster.members.has(view.successorKey))
  );
}

/**
 * Servers that the latest ended recovery left behind: the failed one and those it lost, unless they are back in the cluster.
 */
export function leftBehind(views: readonly RecoveryView[], members: ReadonlySet<ServerKey>): readonly ServerKey[] {
  const latest = views.find((view) => view.phase === 'succeeded');
  if (!latest) return [];
  const keys = latest.failedKey === '' ? latest.lost : [latest.failedKey, ...latest.lost];
  return [...new Set(keys)].filter((key) => !members.has(key));
}

/**
 * Where the cluster went when the page shows only what a failover left behind: the successor of the latest successful
 * recovery of this very cluster name, if it is not among the shown servers. Null: the page is in the right place.
 */
export function movedTo(
  views: readonly RecoveryView[],
  clusterName: string,
  members: ReadonlySet<ServerKey>,
): ServerKey | null {
  const latest = views.find((view) => view.phase === 'succeeded' && view.clusterName === clusterName);
  if (!latest?.successorKey || members.has(latest.successorKey)) return null;
  return members.has(latest.failedKey) ? latest.successorKey : null;
}
