import { TextInput } from '@mantine/core';
import { useDocumentTitle, useHotkeys } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useRef, useState } from 'react';
import { apiRoot } from '../api/client.ts';
import { allServersQuery, analysisQuery, clustersQuery, latestRecoveriesQuery } from '../api/queries.ts';
import { ClusterCard } from '../clusters/cluster-card.tsx';
import { type ClusterSummary, fleetSentence, matches, summarizeClusters } from '../clusters/cluster-summary.ts';
import { useLiveState, usePolling } from '../live/live-context.tsx';
import { Message } from '../parts/message.tsx';
import { useNow } from '../parts/use-now.ts';
import { recoveryViews } from '../recoveries/recovery-view.ts';

/** With fewer clusters there is nothing to search. */
const FILTER_FROM_CLUSTERS = 7;

/** All clusters, those in trouble first. */
export function ClustersPage() {
  const polling = usePolling();
  const clusters = useQuery({ ...clustersQuery, ...polling });
  const servers = useQuery({ ...allServersQuery, ...polling });
  const analyses = useQuery({ ...analysisQuery, ...polling });
  const recorded = useQuery({ ...latestRecoveriesQuery, ...polling });
  const { recoveries } = useLiveState();
  const now = useNow();
  const [typed, setTyped] = useState('');

  const summaries = useMemo(() => {
    return summarizeClusters({
      clusters: clusters.data ?? [],
      servers: servers.data ?? [],
      analyses: analyses.data ?? [],
      recoveries: recoveryViews(recorded.data ?? [], recoveries.values(), now),
      now,
    });
  }, [clusters.data, servers.data, analyses.data, recorded.data, recoveries, now]);

  const sentence = fleetSentence(summaries);
  useDocumentTitle(clusters.data ? `${sentence} · orchestrator` : 'orchestrator');

  if (!clusters.data) {
    return clusters.error ? (
      <Message title={clusters.error.message} />
    ) : (
      <p className="loading">Asking orchestrator…</p>
    );
  }
  if (clusters.data.length === 0) return <FirstServer />;

  const shown = summaries.filter((summary) => matches(summary, typed));
  return (
    <div className="clusters-page">
      <div className="page-head">
        <h1>Clusters</h1>
        <p className="page-sentence" data-testid="fleet">
          {sentence}
        </p>
        {summaries.length >= FILTER_FROM_CLUSTERS ? <Filter typed={typed} onType={setTyped} /> : null}
      </div>
      <ClusterGrid summaries={shown.filter(({ isLeftover }) => !isLeftover)} />
      {shown.length === 0 ? <p className="loading">No cluster matches “{typed}”.</p> : null}
      <Leftovers summaries={shown.filter(({ isLeftover }) => isLeftover)} />
    </div>
  );
}

function ClusterGrid({ summaries }: { summaries: readonly ClusterSummary[] }) {
  return (
    <div className="cluster-grid">
      {summaries.map((summary) => (
        <ClusterCard key={summary.info.name} summary={summary} />
      ))}
    </div>
  );
}

/** Dead servers that recoveries left behind form clusters of their own; they must not look like clusters in trouble. */
function Leftovers({ summaries }: { summaries: readonly ClusterSummary[] }) {
  if (summaries.length === 0) return null;
  return (
    <section aria-labelledby="leftovers">
      <h2 id="leftovers" className="section-title">
        Left behind by recoveries
      </h2>
      <ClusterGrid summaries={summaries} />
    </section>
  );
}

function Filter({ typed, onType }: { typed: string; onType: (text: string) => void }) {
  const input = useRef<HTMLInputElement>(null);
  useHotkeys([['/', () => input.current?.focus()]]);
  return (
    <TextInput
      ref={input}
      className="filter"
      size="xs"
      type="search"
      aria-label="Filter clusters"
      placeholder="Filter: alias, server, version, code ( / )"
      value={typed}
      onChange={(event) => onType(event.currentTarget.value)}
    />
  );
}

/** The first thing that a new user sees: what to do. */
function FirstServer() {
  const address = `${window.location.origin}${apiRoot()}discover/db1.example.com/3306`;
  return (
    <Message title="No servers are known yet" testId="no-clusters">
      <p>
        Tell orchestrator one server of a topology; it finds the primary above it and the replicas below it by itself.
      </p>
      <pre>
        <code>orchestrator -c discover -i db1.example.com:3306</code>
      </pre>
      <p>or, without a shell on this machine:</p>
      <pre>
        <code>curl {address}</code>
      </pre>
      <p className="quiet">
        It needs a user on the servers: <code>MySQLTopologyUser</code> and <code>MySQLTopologyPassword</code> in the
        configuration. This page fills by itself as soon as something is found.
      </p>
    </Message>
  );
}
