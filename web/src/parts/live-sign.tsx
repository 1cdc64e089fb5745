/** Tells whether what is shown is fresh: the one thing that must never be wrong silently. */

import { POLL_MILLIS } from '../api/queries.ts';
import { useSilentSince, useStreamStatus } from '../live/live-context.tsx';
import { duration } from '../text/time.ts';
import { useNow } from './use-now.ts';

export function LiveSign() {
  const status = useStreamStatus();
  const isSilent = useSilentSince() !== null;
  const [state, words] = isSilent
    ? ['silent', 'No answer']
    : status === 'live'
      ? ['live', 'Live']
      : status === 'connecting'
        ? ['reconnecting', 'Connecting']
        : ['reconnecting', `Reconnecting, asking every ${POLL_MILLIS.withoutStream / 1000} s`];
  return (
    <span className="live-sign" data-testid="live-sign" data-state={state} role="status">
      <span className="live-dot" aria-hidden="true" />
      {words}
    </span>
  );
}

/** Loud: what is shown is old. */
export function SilenceBanner() {
  const silentSince = useSilentSince();
  const now = useNow();
  if (silentSince === null) return null;
  return (
    <div className="banner" data-tone="critical" role="alert">
      <strong>Orchestrator does not answer.</strong> What you see is at least {duration((now - silentSince) / 1000)}{' '}
      old. Trying again by itself.
    </div>
  );
}
