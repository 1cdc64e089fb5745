/** What would make a failover of this cluster slow, lossy or impossible, and how to mend it. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { preflightQuery } from '../api/queries.ts';
import { type Finding, preflightSentence, toneOfSeverity } from '../model/preflight.ts';
import { ToneGlyph } from '../parts/glyphs.tsx';

/** More of them are folded away, the lightest first. */
const FINDINGS_SHOWN = 5;

export function Preflight({ clusterName }: { clusterName: string }) {
  const { data: report, error, isFetching, refetch } = useQuery(preflightQuery(clusterName));
  return (
    <section className="preflight" aria-labelledby="preflight-title" data-testid="preflight">
      <div className="preflight-head">
        <h2 id="preflight-title" className="section-title">
          Preflight
        </h2>
        <p className="quiet" role="status">
          {report ? preflightSentence(report) : error ? `Not available: ${error.message}` : 'Asking the servers…'}
        </p>
        <button type="button" className="fold" disabled={isFetching} onClick={() => void refetch()}>
          Check again
        </button>
      </div>
      {report ? <Findings findings={report.findings} /> : null}
    </section>
  );
}

function Findings({ findings }: { findings: readonly Finding[] }) {
  const [showsAll, setShowsAll] = useState(false);
  const shown = showsAll ? findings : findings.slice(0, FINDINGS_SHOWN);
  return (
    <>
      <ul className="findings">
        {shown.map((finding) => (
          <FindingItem key={`${finding.server} ${finding.code} ${finding.seen}`} finding={finding} />
        ))}
      </ul>
      {findings.length > FINDINGS_SHOWN ? (
        <button type="button" className="fold" aria-expanded={showsAll} onClick={() => setShowsAll(!showsAll)}>
          {showsAll ? 'Show fewer' : `Show all ${findings.length}`}
        </button>
      ) : null}
    </>
  );
}

function FindingItem({ finding }: { finding: Finding }) {
  const { code, severity, server, seen, consequence, statements, optionFile, notes } = finding;
  const tone = toneOfSeverity(severity);
  const hasRemedy = statements.length + optionFile.length + notes.length > 0;
  return (
    <li className="finding" data-testid="finding" data-code={code} data-tone={tone}>
      <p className="finding-seen">
        <ToneGlyph tone={tone} />
        <strong>{severity}</strong>
        <span>
          <span className="host">{server}</span>: {seen}
        </span>
      </p>
      <p>{consequence}</p>
      {hasRemedy ? (
        <details>
          <summary>How to mend it</summary>
          {statements.length > 0 ? (
            <pre>
              <code>{statements.map((statement) => `${statement};`).join('\n')}</code>
            </pre>
          ) : null}
          {optionFile.length > 0 ? (
            <>
              <p className="quiet">In the option file of the server, for its next start:</p>
              <pre>
                <code>{optionFile.join('\n')}</code>
              </pre>
            </>
          ) : null}
          {notes.map((note) => (
            <p key={note}>{note}</p>
          ))}
        </details>
      ) : null}
    </li>
  );
}
