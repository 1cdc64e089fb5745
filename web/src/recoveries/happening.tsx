/** What is wrong now and why, what was done about it, and what the node tells as it happens. */
import { useLiveState } from '../live/live-context.tsx';
import type { Signal } from '../live/live-state.ts';
import { automaticAnswer, type RecoverySwitches, toneOf } from '../model/analysis.ts';
import { codeFacts, NO_PROBLEM, structureWords } from '../model/analysis-codes.ts';
import type { Analysis, ServerKey } from '../model/server.ts';
import { ToneGlyph } from '../parts/glyphs.tsx';
import { clock } from '../text/time.ts';
import { RecoveryCard } from './recovery-card.tsx';
import type { RecoveryView } from './recovery-view.ts';
import { signalsOf, signalWords } from './signals.ts';

const RECOVERIES_SHOWN = 10;
const SIGNALS_SHOWN = 12;

interface Props {
  readonly analyses: readonly Analysis[];
  readonly recoveries: readonly RecoveryView[];
  readonly members: ReadonlySet<ServerKey>;
  readonly clusterName: string;
  readonly switches: RecoverySwitches;
}

export function Happening({ analyses, recoveries, members, clusterName, switches }: Props) {
  const { signals } = useLiveState();
  const shownSignals = signalsOf(signals, { clusterName, members, recoveries }).slice(0, SIGNALS_SHOWN);
  return (
    <aside className="happening" aria-label="What is happening">
      <section aria-labelledby="analysis-title">
        <h2 id="analysis-title" className="section-title">
          Analysis
        </h2>
        {analyses.length === 0 ? <p className="quiet nothing">No problem is seen.</p> : null}
        {analyses.map((analysis) => (
          <AnalysisEntry key={`${analysis.key} ${analysis.code}`} analysis={analysis} switches={switches} />
        ))}
      </section>
      <section aria-labelledby="recoveries-title">
        <h2 id="recoveries-title" className="section-title">
          Recoveries
        </h2>
        {recoveries.length === 0 ? <p className="quiet nothing">None so far.</p> : null}
        {recoveries.slice(0, RECOVERIES_SHOWN).map((view, index) => (
          <RecoveryCard key={view.uid} view={view} isLatest={index === 0} />
        ))}
      </section>
      {shownSignals.length > 0 ? <Signals signals={shownSignals} /> : null}
    </aside>
  );
}

function AnalysisEntry({ analysis, switches }: { analysis: Analysis; switches: RecoverySwitches }) {
  const tone = toneOf(analysis);
  const hasCode = analysis.code !== NO_PROBLEM;
  return (
    <article className="analysis" data-testid="analysis" data-code={analysis.code} data-tone={tone}>
      <header>
        <ToneGlyph tone={tone} />
        <strong>{hasCode ? codeFacts(analysis.code).words : 'Structure warning'}</strong>
        {hasCode ? <code>{analysis.code}</code> : null}
      </header>
      <p>
        <span className="host">{analysis.key}</span>
        {hasCode && analysis.countReplicas > 0
          ? `: ${analysis.countReplicatingReplicas} of ${analysis.countReplicas} replicas replicate`
          : ''}
      </p>
      {hasCode && analysis.description ? <p>{analysis.description}</p> : null}
      {analysis.structure.map((warning) => (
        <p key={warning} title={warning}>
          {structureWords(warning)} <code>{warning}</code>
        </p>
      ))}
      {hasCode ? <p className="analysis-answer">{automaticAnswer(analysis, switches)}</p> : null}
    </article>
  );
}

function Signals({ signals }: { signals: readonly Signal[] }) {
  return (
    <section aria-labelledby="signals-title">
      <h2 id="signals-title" className="section-title">
        Since this page was opened <span className="quiet">UTC, newest first</span>
      </h2>
      <ol className="signals">
        {signals.map((signal) => (
          <li key={signal.id} data-testid="signal" data-kind={signal.event.kind}>
            <time>{clock(signal.at)}</time>
            <span>{signalWords(signal.event)}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
