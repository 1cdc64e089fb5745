/**
 * Topologies of the past: writing them down, and looking at them (spec/cli.md 3.2 "History").
 */
import type { UnixMillis } from '../model/brand.ts';
import { momentText } from '../model/moment.ts';
import { clusterOfSnapshot, snapshotText } from '../model/topology-snapshot.ts';
import type { AnalysisChangelogStore } from '../ports/analysis-changelog-store.ts';
import { type HistoryCalls, type NamingCalls, type Outcome, ok, type PastTopology, refused } from './calls.ts';
import { type SnapshotParts, takeSnapshot } from './topology-snapshots.ts';

export interface HistoryParts extends SnapshotParts {
  readonly naming: Pick<NamingCalls, 'clusterByHint'>;
  readonly changelog: AnalysisChangelogStore;
}

export function historyCalls(parts: HistoryParts): HistoryCalls {
  return {
    async snapshotTopologies() {
      try {
        return ok(await takeSnapshot(parts));
      } catch (error) {
        return refused('backend', error instanceof Error ? error.message : String(error));
      }
    },
    snapshotTimes: () => parts.store.snapshotTimes(),
    analysisChangelog: () => parts.changelog.analysisChangelog(),
    topologyAt: (hint, at, form) => topologyAt(parts, hint, at, form),
  };
}

async function topologyAt(
  parts: HistoryParts,
  hint: string,
  at: UnixMillis,
  form: 'plain' | 'tabulated',
): Promise<Outcome<PastTopology>> {
  const { store, topology, naming } = parts;
  const takenAt = await store.newestSnapshot(at);
  if (takenAt === null) return refused('no-snapshot', await noSnapshotText(parts, at));
  const servers = await store.snapshotServers(takenAt);
  const today = naming.clusterByHint(hint);
  const name = today.kind === 'ok' ? today.value : null;
  const members = name === null ? [] : topology.cluster(name).map(({ key }) => key);
  const found = clusterOfSnapshot(servers, { hint, name, members });
  if (found === null) {
    return refused('not-in-snapshot', `No cluster ${hint} in the snapshot of ${momentText(takenAt)}`);
  }
  const text = snapshotText(
    servers.filter(({ clusterName }) => clusterName === found),
    form,
  );
  return ok({ clusterName: found, takenAt, text });
}

async function noSnapshotText({ store }: HistoryParts, at: UnixMillis): Promise<string> {
  const [oldest] = await store.snapshotTimes();
  return oldest === undefined
    ? 'No snapshot of the topology has been taken yet: see snapshot-topologies and SnapshotTopologiesIntervalHours'
    : `No snapshot of the topology as early as ${momentText(at)}: the oldest is of ${momentText(oldest)}`;
}
