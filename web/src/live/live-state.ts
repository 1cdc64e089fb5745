/** What the event stream has told since the page was opened: recoveries with their steps, and the last signals. Pure. */
import type { ServerKey } from '../model/server.ts';
import { utc } from '../text/time.ts';
import type { LiveEvent } from './events.ts';

export interface LiveRecovery {
  readonly uid: string;
  readonly clusterName: string;
  readonly failedKey: ServerKey;
  readonly code: string;
  /** Unix milliseconds of the node's clock, as all times here. */
  readonly startedAt: number;
  readonly steps: readonly { readonly at: number; readonly message: string }[];
  readonly ended?: { readonly at: number; readonly isSuccessful: boolean; readonly successor: ServerKey | null };
  /** The stream broke while it ran: what followed may not have been told. */
  readonly wasCutOff: boolean;
}

export interface Signal {
  readonly id: number;
  readonly at: number;
  readonly event: Exclude<LiveEvent, { kind: 'cluster-changed' | 'recovery-step' }>;
}

export interface LiveState {
  readonly recoveries: ReadonlyMap<string, LiveRecovery>;
  /** Newest first. */
  readonly signals: readonly Signal[];
  readonly nextSignalId: number;
}

/** A page left open for weeks must not grow: only the last ones are kept. */
const RECOVERIES_MAX = 50;
const STEPS_MAX = 2_000;
const SIGNALS_MAX = 100;

export const emptyLiveState: LiveState = { recoveries: new Map(), signals: [], nextSignalId: 1 };

export function withEvent(state: LiveState, event: LiveEvent): LiveState {
  const recovery = recoveryAfter(state, event);
  return {
    recoveries: recovery ? lastOf(new Map(state.recoveries).set(recovery.uid, recovery)) : state.recoveries,
    signals:
      event.kind === 'cluster-changed' || event.kind === 'recovery-step'
        ? state.signals
        : [{ id: state.nextSignalId, at: event.at, event }, ...state.signals].slice(0, SIGNALS_MAX),
    nextSignalId: state.nextSignalId + 1,
  };
}

/** After the stream broke: what has not ended is no longer known to be running. */
export function withBrokenStream(state: LiveState): LiveState {
  const recoveries = new Map(
    [...state.recoveries].map(([uid, recovery]) => [uid, recovery.ended ? recovery : { ...recovery, wasCutOff: true }]),
  );
  return { ...state, recoveries };
}

function recoveryAfter(state: LiveState, event: LiveEvent): LiveRecovery | null {
  if (event.kind !== 'recovery-started' && event.kind !== 'recovery-step' && event.kind !== 'recovery-ended')
    return null;
  // A page opened in the middle of a recovery hears steps of one whose start it missed.
  const known = state.recoveries.get(event.uid) ?? {
    uid: event.uid,
    clusterName: event.clusterName,
    failedKey: '',
    code: '',
    startedAt: startOf(event),
    steps: [],
    wasCutOff: false,
  };
  switch (event.kind) {
    case 'recovery-started':
      return { ...known, failedKey: event.key, code: event.code, startedAt: event.at };
    case 'recovery-step':
      return known.steps.length >= STEPS_MAX
        ? known
        : { ...known, steps: [...known.steps, { at: event.at, message: event.message }] };
    case 'recovery-ended':
      return { ...known, ended: { at: event.at, isSuccessful: event.isSuccessful, successor: event.successor } };
  }
}

/** The UID begins with the start in nanoseconds; without one, the event's own time is the best guess. */
function startOf(event: { readonly uid: string; readonly at: number }): number {
  const digits = /^(\d{13})\d{6}:/.exec(event.uid)?.[1];
  return digits && utc(Number(digits)) !== '' ? Number(digits) : event.at;
}

function lastOf(recoveries: ReadonlyMap<string, LiveRecovery>): ReadonlyMap<string, LiveRecovery> {
  return new Map([...recoveries].slice(-RECOVERIES_MAX));
}
