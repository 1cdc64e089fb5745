/** One server at a time: does it answer, is it what it should be, is there room (A6, E6, G1). */
import type { CheckedCluster, CheckedServer } from './cluster.ts';
import { isMariadb, nameOf, namesText, replicasIn, settingsOf } from './cluster.ts';
import { type Finding, finding, withAdvice } from './finding.ts';

/** Part of `max_connections` from which on there may be none left in an incident, when everybody connects anew. */
export const CONNECTIONS_USED_MAX = 0.8;

/** A replica that is away over a weekend should be able to return. */
export const BINLOG_EXPIRY_SECONDS_MIN = 86_400;
const BINLOG_EXPIRY_SECONDS = 7 * 86_400;

export function answerFindings({ servers }: CheckedCluster): readonly Finding[] {
  return servers.flatMap((server) => {
    const { read } = server;
    if (read.kind === 'unanswered') {
      return [
        finding({
          code: 'unanswered',
          severity: server.isDowntimed ? 'notice' : 'grave',
          server: server.instance.key,
          seen: `it does not answer: ${read.text}`,
          consequence: 'It can be neither a witness nor a successor, and what else is wrong with it is not known.',
        }),
      ];
    }
    const refused =
      read.kind === 'not-known' ? ['its version'] : read.refused.map(({ name, text }) => `${name} (${text})`);
    if (refused.length === 0) return [];
    const seen =
      read.kind === 'not-known'
        ? 'its settings cannot be read: its version is not known well enough'
        : `it refused: ${refused.join(', ')}`;
    const consequence = 'What is wrong with it beyond what a probe tells would show in the incident only.';
    return [finding({ code: 'not-checked', severity: 'notice', server: server.instance.key, seen, consequence })];
  });
}

export function readOnlyFindings(cluster: CheckedCluster): readonly Finding[] {
  return replicasIn(cluster)
    .filter((server) => server !== cluster.primary && !server.instance.readOnly && !server.instance.isBinlogServer)
    .map((server) =>
      finding(
        {
          code: 'writable-replica',
          severity: 'warning',
          server: server.instance.key,
          seen: 'it is a replica, and read_only is off',
          consequence:
            'A program that connects to it by mistake writes what no other server has; promoted, it spreads that, and otherwise it cannot follow the new primary.',
        },
        { kind: 'set-read-only' },
      ),
    );
}

export function capacityFindings({ servers }: CheckedCluster): readonly Finding[] {
  return servers.flatMap((server) => [...connections(server), ...expiry(server)]);
}

function connections(server: CheckedServer): readonly Finding[] {
  const settings = settingsOf(server);
  const max = settings?.maxConnections ?? 0;
  const [now, peak] = [settings?.connections ?? 0, settings?.connectionsPeak ?? 0];
  if (max === 0 || (now < CONNECTIONS_USED_MAX * max && peak < max)) return [];
  const seen =
    now >= CONNECTIONS_USED_MAX * max
      ? `${now} of ${max} connections are used`
      : `all ${max} connections have been used at once since it started`;
  return [
    finding(
      {
        code: 'connections-nearly-used',
        severity: 'warning',
        server: server.instance.key,
        seen,
        consequence:
          'In an incident programs connect anew all at once; then it turns away replicas and orchestrator too, and a living server looks dead.',
      },
      { kind: 'set-variables', variables: { max_connections: 2 * Math.max(max, now) } },
    ),
  ];
}

function expiry(server: CheckedServer): readonly Finding[] {
  const seconds = settingsOf(server)?.binlogExpirySeconds ?? 0;
  if (seconds === 0 || seconds >= BINLOG_EXPIRY_SECONDS_MIN) return [];
  return [
    finding(
      {
        code: 'binlogs-expire-early',
        severity: 'warning',
        server: server.instance.key,
        seen: `its binary logs are deleted after ${seconds} s`,
        consequence:
          'A replica, or an old primary, that is away for longer than that cannot catch up from it and has to be rebuilt.',
      },
      { kind: 'set-binlog-expiry', seconds: BINLOG_EXPIRY_SECONDS },
    ),
  ];
}

export function identityFindings(cluster: CheckedCluster): readonly Finding[] {
  const { servers } = cluster;
  const replicas = replicasIn(cluster);
  const highest = Math.max(0, ...servers.map(({ instance }) => instance.serverId));
  let given = 0;
  return servers.flatMap((server, index) => {
    const { serverId, serverUuid, key } = server.instance;
    // The first of its kind may keep its identity.
    const twins = servers.slice(0, index);
    const found: Finding[] = [];
    const sameId = twins.filter(({ instance }) => instance.serverId === serverId && serverId !== 0);
    if (sameId.length > 0) {
      given += 1;
      found.push(
        finding(
          {
            code: 'duplicate-server-id',
            severity: 'grave',
            server: key,
            seen: `it has server id ${serverId}, as has ${namesText(sameId)}`,
            consequence:
              'Two replicas of one source with the same id cut each other off, and below one another they take the transactions of the other for their own and drop them.',
          },
          { kind: 'set-server-id', serverId: highest + given, isReplica: replicas.includes(server) },
        ),
      );
    }
    const sameUuid = twins.filter(({ instance }) => instance.serverUuid === serverUuid && serverUuid !== '');
    if (sameUuid.length > 0) {
      const seen = `it has the server_uuid of ${namesText(sameUuid)}: its data folder was copied with auto.cnf`;
      const consequence =
        'Neither can replicate from the other, and both number their own transactions alike, so that different ones count as the same.';
      found.push(
        withAdvice(
          finding({ code: 'duplicate-server-uuid', severity: 'grave', server: key, seen, consequence }),
          `Stop ${nameOf(server)}, delete auto.cnf from its data folder, start it.`,
        ),
      );
    }
    return found;
  });
}

/** I4, G2: who was the primary has no credentials of its own, unless it was a replica before. */
export function credentialFindings(cluster: CheckedCluster): readonly Finding[] {
  const { primary } = cluster;
  if (primary === null || primary.instance.hasReplicationCredentials) return [];
  const asked = replicasIn(cluster).filter(({ givesCredentials }) => givesCredentials !== null);
  if (asked.length === 0 || asked.some(({ givesCredentials }) => givesCredentials === true)) return [];
  const found = finding({
    code: 'no-replication-credentials',
    severity: 'warning',
    server: primary.instance.key,
    seen: 'no replica tells the account that this primary could replicate with',
    consequence:
      'After a switchover it cannot be placed below the new primary: it stays without a source, marked as lost, until somebody does it by hand.',
  });
  const advice = isMariadb(primary)
    ? 'No statement of MariaDB shows the account. Keep it in a table, and set ReplicationCredentialsQuery in the configuration of orchestrator, e.g. "SELECT user, password FROM meta.replication_account".'
    : 'Grant SELECT on mysql.slave_master_info, or set ReplicationCredentialsQuery in the configuration of orchestrator.';
  return [withAdvice(found, advice)];
}
