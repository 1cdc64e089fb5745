import { useDocumentTitle } from '@mantine/hooks';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useMemo, useRef, useState } from 'react';
import { RefusedError } from '../api/client.ts';
import {
  analysisQuery,
  blockedRecoveriesQuery,
  globalRecoveriesQuery,
  recoveriesQuery,
  type Topology,
  topologyQuery,
} from '../api/queries.ts';
import { useLiveState, usePolling } from '../live/live-context.tsx';
import { analysesOfCluster } from '../model/analysis.ts';
import type { ServerKey } from '../model/server.ts';
import { Message } from '../parts/message.tsx';
import { useNow } from '../parts/use-now.ts';
import { Preflight } from '../preflight/preflight.tsx';
import { Happening } from '../recoveries/happening.tsx';
import { isRecoveryOf, leftBehind, movedTo, type RecoveryView, recoveryViews } from '../recoveries/recovery-view.ts';
import { ClusterHead } from '../topology/cluster-head.tsx';
import { LeftBehind } from '../topology/left-behind.tsx';
import { ServerDrawer } from '../topology/server-drawer.tsx';
import { TopologyTree } from '../topology/topology-tree.tsx';
import { buildForest } from '../topology/tree.ts';
import { verdictOf } from '../topology/verdict.ts';
import { VerdictBanner } from '../topology/verdict-banner.tsx';

/** One cluster: its servers as a tree, and what happens to it. `hint`: name, alias, or one of its servers. */
export function ClusterPage({ hint }: { hint: string }) {
  const topology = useQuery({ ...topologyQuery(hint), ...usePolling() });
  if (topology.data && !(topology.error instanceof RefusedError))
    return <KnownCluster hint={hint} topology={topology.data} />;
  if (!topology.error) return <p className="loading">Asking orchestrator…</p>;
  return (
    <Message title="No such cluster" testId="no-such-cluster">
      <p>
        Orchestrator knows no cluster, alias or server called <code>{hint}</code>.
      </p>
      <p className="quiet">{topology.error.message}</p>
      <p>
        <Link to="/clusters">All clusters</Link>
      </p>
    </Message>
  );
}

function KnownCluster({ hint, topology }: { hint: string; topology: Topology }) {
  const { info, servers } = topology;
  const polling = usePolling();
  const now = useNow();
  const allAnalyses = useQuery({ ...analysisQuery, ...polling }).data;
  const globallyEnabled = useQuery({ ...globalRecoveriesQuery, ...polling }).data ?? null;
  const blocked = useQuery({ ...blockedRecoveriesQuery(info.name), ...polling }).data ?? [];
  const [openKey, setOpenKey] = useState<ServerKey | null>(null);

  const members = useMemo(() => new Set(servers.map(({ key }) => key)), [servers]);
  const forest = useMemo(() => buildForest(servers, info.name), [servers, info.name]);
  const recoveries = useRecoveriesOf(hint, topology, members, now);
  const analyses = useMemo(
    () => analysesOfCluster(allAnalyses ?? [], info.name, members),
    [allAnalyses, info.name, members],
  );
  const lost = leftBehind(recoveries, members);
  const moved = movedTo(recoveries, info.name, members);
  const verdict = verdictOf({ servers, analyses, recoveries, lost, now });
  useFollow(hint, moved, members);
  useDocumentTitle(`${verdict.headline} · ${info.alias}`);

  const openServer = servers.find(({ key }) => key === openKey) ?? null;
  return (
    <div className="cluster-page">
      <ClusterHead info={info} servers={servers} />
      {moved ? <MovedBanner failedTo={moved} /> : null}
      <VerdictBanner verdict={verdict} />
      <div className="cluster-columns">
        <section className="topology" aria-label="Topology">
          <TopologyTree forest={forest} openKey={openKey} onOpen={setOpenKey} />
          <LeftBehind keys={lost} />
          <Preflight clusterName={info.name} />
        </section>
        <Happening
          analyses={analyses}
          recoveries={recoveries}
          members={members}
          clusterName={info.name}
          switches={{ globallyEnabled, blocked }}
        />
      </div>
      <ServerDrawer server={openServer} members={servers} onClose={() => setOpenKey(null)} />
    </div>
  );
}

function useRecoveriesOf(
  hint: string,
  { info }: Topology,
  members: ReadonlySet<ServerKey>,
  now: number,
): readonly RecoveryView[] {
  const recorded = useQuery({ ...recoveriesQuery(info.alias), ...usePolling() }).data;
  const live = useLiveState().recoveries;
  return useMemo(() => {
    const cluster = { alias: info.alias, names: new Set([hint, info.name]), members };
    return recoveryViews(recorded ?? [], live.values(), now).filter((view) => isRecoveryOf(view, cluster));
  }, [recorded, live, now, hint, info.alias, info.name, members]);
}

/**
 * A failover names the cluster after its new primary, and the old name is left with the dead server. Whoever watched the
 * cluster under its old name must go on seeing the living part: follow it. Who comes later is shown the way by the banner.
 */
function useFollow(hint: string, moved: ServerKey | null, members: ReadonlySet<ServerKey>): void {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const seen = useRef({ hint, keys: new Set<ServerKey>() });
  useEffect(() => {
    if (seen.current.hint !== hint) seen.current = { hint, keys: new Set() };
    for (const key of members) seen.current.keys.add(key);
  }, [hint, members]);
  useEffect(() => {
    if (moved === null || !seen.current.keys.has(moved)) return;
    // Fetched first, so that the page does not blink in the middle of a failover.
    void queryClient
      .ensureQueryData(topologyQuery(moved))
      .then(() => navigate({ to: '/cluster/$clusterName', params: { clusterName: moved }, replace: true }))
      .catch(() => undefined);
  }, [moved, navigate, queryClient]);
}

function MovedBanner({ failedTo }: { failedTo: ServerKey }) {
  return (
    <div className="banner" data-tone="notice" role="status">
      <strong>This is what a failover left behind.</strong> The cluster lives on with{' '}
      <Link to="/cluster/$clusterName" params={{ clusterName: failedTo }}>
        {failedTo}
      </Link>{' '}
      as its primary.
    </div>
  );
}
