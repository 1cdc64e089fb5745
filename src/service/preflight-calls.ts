/**
 * The preflight of a cluster: every server is read once more, its settings are asked for in one packet, and the checks say what they find.
 * What does not answer in time is a finding, never an error.
 */
import type { Settings } from '../config/settings.ts';
import { Lane } from '../discovery/lane.ts';
import type { Picture } from '../discovery/picture.ts';
import { type ClusterName, millis } from '../model/brand.ts';
import { type InstanceKey, keyId, sameKey } from '../model/instance-key.ts';
import { parseServerVersion } from '../model/server-version.ts';
import { clusterPrimary } from '../model/topology-queries.ts';
import { dialectForVersion } from '../mysql/dialect-for-version.ts';
import { neededPrivileges } from '../mysql/privileges.ts';
import type { Clock } from '../ports/clock.ts';
import type { TopologyServers } from '../ports/topology-servers.ts';
import { type CheckedCluster, type CheckedServer, directReplicas, type SettingsRead } from '../preflight/cluster.ts';
import type { Finding } from '../preflight/finding.ts';
import { preflightFindings } from '../preflight/preflight.ts';
import {
  type Outcome,
  ok,
  type PreflightCalls,
  type PreflightFinding,
  type PreflightReport,
  refused,
} from './calls.ts';
import type { Decisions } from './decisions.ts';
import { discoveryPolicy, recoveryPolicy } from './policies.ts';
import { type NodesParts, nodeFindings } from './preflight-nodes.ts';
import type { ServerLinks } from './server-links.ts';

export interface PreflightParts {
  readonly picture: Picture;
  readonly links: ServerLinks;
  readonly servers: TopologyServers;
  readonly nodes: NodesParts;
  readonly decisions: Decisions;
  readonly settings: () => Settings;
  readonly aliasOf: (name: ClusterName) => string;
  readonly clock: Clock;
}

/** So many servers at once. */
const CONCURRENCY = 16;

/** For the live read, and for the settings. Milliseconds. */
const READ_MILLIS = 2_500;

/** Replicas of one source usually log in with one account. */
const CREDENTIALS_ASKED_MAX = 3;

/** For all servers together: people wait for it, and pages give an answer up after 8 s. Milliseconds. */
const WHOLE_MILLIS = 6_000;

export function preflightCalls(parts: PreflightParts): PreflightCalls {
  const underWay = new Map<ClusterName, Promise<Outcome<PreflightReport>>>();
  return {
    preflight(name) {
      // Several people on one page: the servers are asked once.
      const shared = underWay.get(name);
      if (shared !== undefined) return shared;
      const run = check(parts, name).finally(() => underWay.delete(name));
      underWay.set(name, run);
      return run;
    },
  };
}

async function check(parts: PreflightParts, name: ClusterName): Promise<Outcome<PreflightReport>> {
  const { picture, settings, clock } = parts;
  const keys = picture.topology.cluster(name).map(({ key }) => key);
  if (keys.length === 0) return refused('unknown-cluster', `No cluster found for ${name}`);
  const lane = new Lane(() => CONCURRENCY);
  const late = Promise.withResolvers<SettingsRead>();
  const timer = clock.after(millis(WHOLE_MILLIS), () => late.resolve(unanswered('it was not asked in time')));
  const reads = await Promise.all(
    keys.map((key) => Promise.race([lane.run(() => readSettings(parts, key)).catch(asUnanswered), late.promise])),
  );
  timer.cancel();
  const servers = keys.flatMap((key, index) => checkedServer(parts, key, reads[index]));
  const primaryKey = clusterPrimary(picture.topology, name)?.key;
  const primary = servers.find(({ instance }) => sameKey(instance.key, primaryKey ?? null)) ?? null;
  const cluster: CheckedCluster = {
    servers,
    primary,
    lowerReplicaVersionAllowed: settings().LowerReplicaVersionAllowed,
  };
  const [firstKey] = keys;
  const about = primaryKey ?? firstKey;
  const ofNodes = about === undefined ? [] : await nodeFindings(parts.nodes, about);
  const findings = preflightFindings(await withCredentials(parts, cluster), ofNodes);
  const instances = new Map(servers.map(({ instance }) => [keyId(instance.key), instance]));
  return ok({
    clusterName: name,
    clusterAlias: parts.aliasOf(name),
    at: clock.now(),
    servers: keys,
    findings: findings.map((finding) => {
      const instance = instances.get(keyId(finding.server));
      return presented(finding, instance?.version ?? '', instance?.versionComment ?? '');
    }),
  });
}

async function readSettings({ links, servers, settings }: PreflightParts, key: InstanceKey): Promise<SettingsRead> {
  // What a probe tells is judged too, and it may be older than what somebody has just put right.
  const seen = await servers.observe(key, READ_MILLIS);
  if (seen.kind === 'failed') return unanswered(seen.failure.text);
  const link = links.get(key);
  const { dialect } = link;
  if (dialect?.preflight === undefined) return { kind: 'not-known' };
  const { sections, statements, readSettings: read } = dialect.preflight;
  const connectMillis = Math.min(discoveryPolicy(settings()).connectMillis, READ_MILLIS);
  const answer = await link.querySections(sections, { connectMillis, answerMillis: READ_MILLIS });
  if (answer.kind === 'failed') return unanswered(answer.failure.text);
  return {
    kind: 'read',
    settings: read(answer.rows),
    needed: neededPrivileges([...dialect.statements, ...statements]),
    refused: answer.refused.map(({ name, failure }) => ({ name, text: failure.text })),
  };
}

const unanswered = (text: string): SettingsRead => ({ kind: 'unanswered', text });

const asUnanswered = (error: unknown): SettingsRead => unanswered(String(error));

function checkedServer(
  { picture, decisions, settings, clock }: PreflightParts,
  key: InstanceKey,
  read: SettingsRead | undefined,
): readonly CheckedServer[] {
  const instance = picture.topology.get(key);
  if (instance === undefined || read === undefined) return [];
  const rule = decisions.promotionRuleOf(key);
  const { isIgnored } = recoveryPolicy(settings(), () => rule, false).promotion;
  const isDowntimed = decisions.downtimeOf(key, clock.now()) !== null;
  return [{ instance, read, rule, isIgnored: isIgnored(key), isDowntimed, givesCredentials: null }];
}

/** One replica that gives credentials is enough, and none is asked where the primary has its own. */
async function withCredentials({ servers }: PreflightParts, cluster: CheckedCluster): Promise<CheckedCluster> {
  if (cluster.primary === null || cluster.primary.instance.hasReplicationCredentials) return cluster;
  const given = new Map<CheckedServer, boolean>();
  const asked = directReplicas(cluster).filter(({ read }) => read.kind !== 'unanswered');
  for (const replica of asked.slice(0, CREDENTIALS_ASKED_MAX)) {
    const credentials = await servers.replicationCredentials(replica.instance.key);
    given.set(replica, credentials !== null);
    if (credentials !== null) break;
  }
  const told = (server: CheckedServer): CheckedServer => {
    const givesCredentials = given.get(server);
    return givesCredentials === undefined ? server : { ...server, givesCredentials };
  };
  const { primary } = cluster;
  // The primary keeps its identity: checks compare by it.
  return {
    ...cluster,
    primary,
    servers: cluster.servers.map((server) => (server === primary ? primary : told(server))),
  };
}

/** With the statements of the server's dialect. */
function presented(finding: Finding, version: string, comment: string): PreflightFinding {
  const dialect = dialectForVersion(parseServerVersion(version, comment));
  const rendered = finding.remedies.flatMap((remedy) => dialect?.preflight?.renderRemedy(remedy) ?? []);
  const { code, severity, server, seen, consequence, advice } = finding;
  return {
    code,
    severity,
    server,
    seen,
    consequence,
    statements: rendered.flatMap(({ statements }) => statements),
    optionFile: rendered.flatMap(({ optionFile }) => optionFile),
    notes: [...rendered.map(({ note }) => note), advice].filter((note) => note !== ''),
  };
}
