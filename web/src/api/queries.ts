/** The API's answers that pages keep: how each is asked, read and named. Freshness comes from events (`live/`), else from polling. */
import { queryOptions } from '@tanstack/react-query';
import type { Resource, Subjects } from '../live/events.ts';
import type { BlockedRecovery, ClusterInfo, Recovery, RecoveryStep, Server, ServerKey } from '../model/server.ts';
import { ask } from './client.ts';
import { objectOf } from './json.ts';
import { readPreflight } from './read-preflight.ts';
import { readBlockedRecoveries, readRecoveries, readRecoverySteps } from './read-recoveries.ts';
import {
  readAnalyses,
  readClusterInfo,
  readClusterInfos,
  readHealth,
  readServer,
  readServers,
} from './read-topology.ts';

/** Without a stream, and as a safety net with one: events tell of changes, not of a lag that merely grew. */
export const POLL_MILLIS = { withoutStream: 5_000, withStream: 10_000 } as const;

/** First part of every key: the resource that events name. */
const key = <const Rest extends readonly unknown[]>(resource: Resource, ...rest: Rest) => [resource, ...rest] as const;

export const clustersQuery = queryOptions({
  queryKey: key('clusters'),
  queryFn: async ({ signal }) => readClusterInfos(await ask(['clusters-info'], signal)),
});

export const allServersQuery = queryOptions({
  queryKey: key('servers'),
  queryFn: async ({ signal }) => readServers(await ask(['all-instances'], signal)),
});

export const analysisQuery = queryOptions({
  queryKey: key('analysis'),
  queryFn: async ({ signal }) => readAnalyses(await ask(['replication-analysis'], signal)),
});

/** True: on. */
export const globalRecoveriesQuery = queryOptions({
  queryKey: key('global-recoveries'),
  queryFn: async ({ signal }) => (await ask(['check-global-recoveries'], signal)) !== 'disabled',
});

export const healthQuery = queryOptions({
  queryKey: key('health'),
  queryFn: async ({ signal }) => readHealth(await ask(['health'], signal)),
});

export interface Topology {
  readonly info: ClusterInfo;
  readonly servers: readonly Server[];
}

/** A cluster with its servers. `hint`: name, alias, or one of its servers (spec/http-api.md 1.5). */
export const topologyQuery = (hint: string) =>
  queryOptions({
    queryKey: key('topology', hint),
    queryFn: async ({ signal }): Promise<Topology> => {
      const [info, servers] = await Promise.all([ask(['cluster-info', hint], signal), ask(['cluster', hint], signal)]);
      return { info: readClusterInfo(info), servers: readServers(servers) };
    },
  });

/** One server, wherever it is now; null when it is not known any more. */
export const serverQuery = (serverKey: ServerKey) =>
  queryOptions({
    queryKey: key('server', serverKey),
    queryFn: async ({ signal }): Promise<Server | null> => {
      const colon = serverKey.lastIndexOf(':');
      return readServer(await ask(['instance', serverKey.slice(0, colon), serverKey.slice(colon + 1)], signal));
    },
  });

/**
 * Recoveries that may concern a cluster, newest first: those recorded under its alias, and the latest of all clusters, since a
 * failover renames a cluster and one without alias cannot be found by its old name. The page keeps what is its own.
 */
export const recoveriesQuery = (alias: string) =>
  queryOptions({
    queryKey: key('recoveries', alias),
    queryFn: async ({ signal }): Promise<readonly Recovery[]> => {
      const lists = await Promise.all([
        ask(['audit-recovery'], signal),
        ask(['audit-recovery', 'alias', alias], signal),
      ]);
      const byUid = new Map(lists.flatMap(readRecoveries).map((recovery) => [recovery.uid, recovery]));
      return [...byUid.values()].sort((a, b) => b.id - a.id);
    },
  });

/** The latest recoveries of all clusters. */
export const latestRecoveriesQuery = queryOptions({
  queryKey: key('recoveries'),
  queryFn: async ({ signal }) => readRecoveries(await ask(['audit-recovery'], signal)),
});

export const recoveryStepsQuery = (uid: string) =>
  queryOptions({
    queryKey: key('recovery-steps', uid),
    queryFn: async ({ signal }): Promise<readonly RecoveryStep[]> =>
      readRecoverySteps(await ask(['audit-recovery-steps', uid], signal)),
  });

export const blockedRecoveriesQuery = (clusterName: string) =>
  queryOptions({
    queryKey: key('blocked', clusterName),
    queryFn: async ({ signal }): Promise<readonly BlockedRecovery[]> =>
      readBlockedRecoveries(await ask(['blocked-recoveries', 'cluster', clusterName], signal)),
  });

/** Asks every server of the cluster, so it is asked for seldom, and when somebody wants it. */
const PREFLIGHT_MILLIS = 5 * 60_000;

export const preflightQuery = (clusterName: string) =>
  queryOptions({
    queryKey: key('preflight', clusterName),
    queryFn: async ({ signal }) => readPreflight(await ask(['v2', 'clusters', clusterName, 'preflight'], signal)),
    staleTime: PREFLIGHT_MILLIS,
    refetchInterval: PREFLIGHT_MILLIS,
    refetchOnWindowFocus: false,
  });

/** Names and servers by which an event may mean a kept answer; null: anything may. */
export function subjectsOf(queryKey: readonly unknown[], data: unknown): Subjects {
  const [resource, detail] = queryKey;
  const hint = typeof detail === 'string' ? detail : '';
  if (resource === 'recovery-steps') return new Set([hint]);
  if (resource !== 'topology' || data === undefined) return null;
  const { info, servers } = objectOf(data) as Partial<Topology>;
  if (!info || !servers) return null;
  return new Set([
    hint,
    info.name,
    info.alias,
    ...servers.flatMap(({ key: own, sourceKey }) => (sourceKey ? [own, sourceKey] : [own])),
  ]);
}
