import { Link } from '@tanstack/react-router';
import { toneOf } from '../model/analysis.ts';
import type { Server } from '../model/server.ts';
import { Badge } from '../parts/badge.tsx';
import { RoleGlyph, ToneGlyph } from '../parts/glyphs.tsx';
import { useNow } from '../parts/use-now.ts';
import { ago, count, duration } from '../text/time.ts';
import { roleOf } from '../topology/role.ts';
import { type ClusterSummary, codesOf, headlineOf } from './cluster-summary.ts';

const TONE_WORDS = {
  acting: 'recovering',
  critical: 'in trouble',
  warning: 'attention',
  recovered: 'failed over',
  notice: 'note',
  ok: 'ok',
  muted: 'lost',
} as const;

/** One cluster at a glance. The whole card leads to its page. */
export function ClusterCard({ summary }: { summary: ClusterSummary }) {
  const { info, tone } = summary;
  const headline = headlineOf(summary);
  return (
    <article
      className="cluster-card"
      data-testid="cluster"
      data-name={info.name}
      data-alias={info.alias}
      data-tone={tone}
      aria-label={info.alias}
    >
      <header>
        <ToneGlyph tone={tone} />
        <h2>
          <Link to="/cluster/$clusterName" params={{ clusterName: summary.hint }} className="card-link">
            {info.alias}
          </Link>
        </h2>
        <span className="cluster-tone">{TONE_WORDS[tone]}</span>
      </header>
      {headline ? <p className="cluster-headline">{headline}</p> : null}
      <RecoveryLine summary={summary} />
      <Primaries summary={summary} />
      <p className="cluster-facts">
        <span>{count(info.countServers, 'server')}</span>
        <span>{summary.versions || 'versions unknown'}</span>
        <LagFact summary={summary} />
      </p>
      <footer>
        {summary.analyses.flatMap((analysis) =>
          codesOf(analysis).map((code, index) => (
            <Badge
              key={`${analysis.key} ${code}`}
              tone={index === 0 ? toneOf(analysis) : analysis.isDowntimed ? 'muted' : 'notice'}
              title={`${analysis.key}: ${analysis.description || code}`}
            >
              {code}
            </Badge>
          )),
        )}
        {summary.badges.map(({ text, tone: badgeTone }) => (
          <Badge key={text} tone={badgeTone}>
            {text}
          </Badge>
        ))}
        {summary.isLeftover ? null : <RecoveryBadge summary={summary} />}
      </footer>
    </article>
  );
}

/** What was done, as long as nobody has acknowledged it. */
function RecoveryLine({ summary: { recovery } }: { summary: ClusterSummary }) {
  const now = useNow();
  if (!recovery) return null;
  const when = ago((recovery.end ?? recovery.start).millis, now);
  const words = {
    running: `Recovering from ${recovery.code} of ${recovery.failedKey}`,
    succeeded: `${recovery.failedKey} failed over ${when}, not acknowledged`,
    failed: `Recovery of ${recovery.failedKey} failed ${when}`,
    unfinished: `Recovery of ${recovery.failedKey} has no end recorded`,
  }[recovery.phase];
  return <p className="cluster-headline">{words}</p>;
}

function Primaries({ summary: { info, primaries } }: { summary: ClusterSummary }) {
  if (primaries.length === 0) {
    return (
      <p className="cluster-primary">
        <span className="host">{info.name}</span>
      </p>
    );
  }
  return primaries.map((server) => (
    <p key={server.key} className="cluster-primary">
      <RoleGlyph of={roleOf(server, 0)} />
      <span className="host" title={server.key}>
        {server.key}
      </span>
      <PrimaryState server={server} />
    </p>
  ));
}

/** What one needs to know of a primary: does it take writes? */
function PrimaryState({ server }: { server: Server }) {
  if (!server.isLastCheckValid) return <span className="doubt">no answer</span>;
  return <span className={server.readOnly ? 'doubt' : 'quiet'}>{server.readOnly ? 'read-only' : 'writable'}</span>;
}

function LagFact({ summary: { lagSeconds, countReplicas } }: { summary: ClusterSummary }) {
  if (countReplicas === 0) return <span>no replicas</span>;
  if (lagSeconds === null) return <span>lag unknown</span>;
  return <span>{lagSeconds === 0 ? 'no lag' : `lag up to ${duration(lagSeconds)}`}</span>;
}

function RecoveryBadge({ summary: { info } }: { summary: ClusterSummary }) {
  if (info.recoversPrimary) {
    const also = info.recoversIntermediate ? ', also of intermediate primaries' : ', not of intermediate primaries';
    return (
      <Badge tone="plain" title={`A dead primary is failed over by itself${also}`}>
        auto recovery on
      </Badge>
    );
  }
  return (
    <Badge tone="warning" title="A dead primary is not failed over by itself (RecoverMasterClusterFilters)">
      {info.recoversIntermediate ? 'auto recovery: intermediate only' : 'auto recovery off'}
    </Badge>
  );
}
