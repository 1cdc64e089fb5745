import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { recoveryStepsQuery } from '../api/queries.ts';
import { usePolling } from '../live/live-context.tsx';
import { codeFacts } from '../model/analysis-codes.ts';
import { ToneGlyph } from '../parts/glyphs.tsx';
import { useNow } from '../parts/use-now.ts';
import { ago, count, utc } from '../text/time.ts';
import { joinSteps, type RecoveryPhase, type RecoveryView, recoveryDuration } from './recovery-view.ts';

const PHASES: Readonly<
  Record<RecoveryPhase, { tone: 'acting' | 'recovered' | 'critical' | 'warning'; words: string }>
> = {
  running: { tone: 'acting', words: 'running' },
  succeeded: { tone: 'recovered', words: 'succeeded' },
  failed: { tone: 'critical', words: 'failed' },
  unfinished: { tone: 'warning', words: 'no end recorded' },
};

/** Steps of a running recovery, for when the stream is broken. */
const RUNNING_POLL_MILLIS = 1_000;

/** How long after its end the latest recovery stays unfolded. */
const FRESH_MILLIS = 15 * 60_000;

/** One recovery with its steps. Unfolded while it runs and, for the latest, as long as it is news; people may fold it as they like. */
export function RecoveryCard({ view, isLatest }: { view: RecoveryView; isLatest: boolean }) {
  const now = useNow();
  const [chosen, setChosen] = useState<boolean | null>(null);
  const isNews = isLatest && !view.acknowledged && now - (view.end ?? view.start).millis < FRESH_MILLIS;
  const isOpen = chosen ?? (view.phase === 'running' || isNews);
  const { tone, words } = PHASES[view.phase];
  return (
    <article
      className="recovery"
      data-testid="recovery"
      data-uid={view.uid}
      data-phase={view.phase}
      data-tone={tone}
      data-acknowledged={view.acknowledged}
    >
      <header>
        <ToneGlyph tone={tone} />
        <strong>{view.id > 0 ? `Recovery #${view.id}` : 'Recovery'}</strong>
        <span className="recovery-phase">{words}</span>
      </header>
      <RecoveryFacts view={view} now={now} />
      {view.errors.map((error, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines of one text, they never move
        <p key={index} className="attention" data-tone="critical">
          {error}
        </p>
      ))}
      <button type="button" className="fold" aria-expanded={isOpen} onClick={() => setChosen(!isOpen)}>
        {isOpen ? 'Hide steps' : 'Show steps'}
      </button>
      {isOpen ? <Steps view={view} /> : null}
    </article>
  );
}

function RecoveryFacts({ view, now }: { view: RecoveryView; now: number }) {
  const took = recoveryDuration(view, now);
  return (
    <dl className="recovery-facts">
      {view.failedKey ? (
        <>
          <dt>Failed</dt>
          <dd className="host">{view.failedKey}</dd>
        </>
      ) : null}
      {view.phase === 'running' && !view.successorKey ? null : (
        <>
          <dt>Successor</dt>
          <dd className="host">{view.successorKey ?? 'nobody was promoted'}</dd>
        </>
      )}
      {view.lost.length > 0 ? (
        <>
          <dt>Lost</dt>
          <dd className="host">{view.lost.join(', ')}</dd>
        </>
      ) : null}
      {view.code ? (
        <>
          <dt>Why</dt>
          <dd>
            {codeFacts(view.code).words} <code>{view.code}</code>
          </dd>
        </>
      ) : null}
      <dt>When</dt>
      <dd title={utc(view.start.millis)}>
        {ago(view.start.millis, now)}
        {took ? `, ${view.phase === 'running' ? 'running for' : 'took'} ${took}` : ''}
      </dd>
      {view.phase === 'running' ? null : (
        <>
          <dt>Acknowledged</dt>
          <dd className={view.acknowledged ? '' : 'doubt'}>{acknowledgementText(view)}</dd>
        </>
      )}
    </dl>
  );
}

function acknowledgementText(view: RecoveryView): string {
  if (!view.acknowledged) return 'not yet';
  const by = view.acknowledgedBy ? `by ${view.acknowledgedBy}` : 'yes';
  return `${by}${view.acknowledgedComment ? `: ${view.acknowledgedComment}` : ''}`;
}

function Steps({ view }: { view: RecoveryView }) {
  const { refetchInterval } = usePolling();
  // Postponed work goes on writing steps after the end: the usual polling stays on.
  const { data } = useQuery({
    ...recoveryStepsQuery(view.uid),
    refetchInterval: view.phase === 'running' ? RUNNING_POLL_MILLIS : refetchInterval,
  });
  const steps = joinSteps(view, data ?? []);
  const list = useRef<HTMLOListElement>(null);
  const isRunning = view.phase === 'running';
  useEffect(() => {
    // The newest step is the one to see. Whoever looks at an ended recovery wants to begin at its beginning.
    if (isRunning && steps.length > 0) list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [isRunning, steps.length]);
  if (steps.length === 0) return <p className="quiet nothing">No step is recorded yet.</p>;
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <ol ref={list} className="steps" aria-label="Steps" aria-live={isRunning ? 'polite' : 'off'} tabIndex={0}>
        {steps.map((step) => (
          <li key={step.id} data-testid="recovery-step" data-tone={step.tone}>
            <span className="step-offset">{step.offset}</span>
            <span className="step-message">{step.message}</span>
          </li>
        ))}
      </ol>
      <p className="quiet steps-count">
        {count(steps.length, 'step')}, from {utc(view.start.millis)}
      </p>
    </>
  );
}
