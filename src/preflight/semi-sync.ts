/** What semi-synchronous replication promises, and what it keeps (A12, A13, D16, E2, E3). */
import {
  type CheckedCluster,
  type CheckedServer,
  directReplicas,
  isMariadb,
  nameOf,
  namesText,
  replicasIn,
} from './cluster.ts';
import { about, type Finding, finding, withAdvice } from './finding.ts';

/** Shorter, and a pause of the ackers that people would sit out turns into silent asynchronous replication. */
export const SEMI_SYNC_TIMEOUT_MILLIS_MIN = 3_600_000;
const SEMI_SYNC_TIMEOUT_MILLIS = 86_400_000;
const MILLIS_PER_SECOND = 1000;

export function semiSyncFindings(cluster: CheckedCluster): readonly Finding[] {
  const { primary } = cluster;
  const onPrimary = primary?.instance.semiSync.sourceEnabled === true ? primaryFindings(cluster, primary) : [];
  return [
    ...onPrimary,
    ...replicasIn(cluster)
      .filter((server) => server !== primary)
      .flatMap(onReplica),
  ];
}

function primaryFindings(cluster: CheckedCluster, primary: CheckedServer): readonly Finding[] {
  const { sourceClients, sourceWaitForReplicaCount, sourceStatus, sourceTimeoutMillis } = primary.instance.semiSync;
  const wanted = Math.max(1, sourceWaitForReplicaCount);
  const able = directReplicas(cluster).filter(({ instance }) => instance.semiSync.replicaEnabled);
  const found: Finding[] = [];
  if (able.length < wanted) found.push(impossible(cluster, primary, able.length, wanted));
  else if (sourceClients < wanted) {
    const seen = `it waits for ${ackers(wanted)}, and ${sourceClients} are connected as such`;
    const silent = able.filter(({ instance }) => !instance.semiSync.replicaStatus);
    const advice = `Restart the receivers of ${namesText(silent.length > 0 ? silent : able)}: a replica becomes an acker when it connects.`;
    found.push(withAdvice(about(primary, 'semi-sync-too-few-ackers', 'grave', seen, waits(primary)), advice));
  } else if (sourceClients === wanted) {
    const seen = `it waits for ${ackers(wanted)}, and exactly as many are connected`;
    const consequence = `When one acker fails, or is restarted, or promoted, every commit waits for another, up to ${timeoutText(primary)}.`;
    found.push(withAdvice(about(primary, 'semi-sync-no-spare-acker', 'notice', seen, consequence), 'Add an acker.'));
  }
  if (!sourceStatus && sourceClients >= wanted) {
    const seen = 'semi-sync is switched on, and replication is asynchronous at the moment';
    const consequence = 'What it acknowledges now may exist nowhere else: a failover at this moment loses it.';
    found.push(
      withAdvice(
        about(primary, 'semi-sync-fallen-back', 'grave', seen, consequence),
        'It returns by itself once an acker has caught up; look at the lag of the ackers.',
      ),
    );
  }
  if (fallsBack(primary)) {
    const name = variable(primary, 'timeout');
    const seen = `${name} is ${sourceTimeoutMillis} ms`;
    const consequence = `When no acker answers for ${timeoutText(primary)}, it goes on without them and tells nobody: what it acknowledges from then on is lost in a failover.`;
    found.push(
      finding(
        { code: 'semi-sync-falls-back', severity: 'warning', server: primary.instance.key, seen, consequence },
        { kind: 'set-variables', variables: { [name]: SEMI_SYNC_TIMEOUT_MILLIS } },
      ),
    );
  }
  return found;
}

function impossible(cluster: CheckedCluster, primary: CheckedServer, able: number, wanted: number): Finding {
  const seen = `it waits for ${ackers(wanted)}, and ${able} of its replicas can be one`;
  const found = about(primary, 'semi-sync-impossible-count', 'grave', seen, waits(primary));
  const others = directReplicas(cluster).filter(({ instance }) => !instance.semiSync.replicaEnabled);
  const names = others.length === 0 ? '' : `: ${namesText(others)}`;
  const advice = `Switch the replica side of semi-sync on at more replicas${names}, and restart their receivers.`;
  // MariaDB always waits for one.
  if (isMariadb(primary) || able === 0) return withAdvice(found, advice);
  const variables = { [variable(primary, 'count')]: able };
  return { ...found, remedies: [{ kind: 'set-variables', variables }], advice: `Or: ${advice}` };
}

function waits(primary: CheckedServer): string {
  if (!fallsBack(primary)) return 'Every commit waits for an acker that is not there: writes stand still.';
  return `Every commit waits ${timeoutText(primary)}, and then replication is asynchronous without a word: a failover loses what only the primary has.`;
}

/** D16. */
function onReplica(server: CheckedServer): readonly Finding[] {
  const { sourceEnabled, sourceClients, sourceWaitForReplicaCount } = server.instance.semiSync;
  if (!sourceEnabled || sourceClients >= Math.max(1, sourceWaitForReplicaCount)) return [];
  const name = variable(server, 'enabled');
  return [
    finding(
      {
        code: 'semi-sync-source-on-replica',
        severity: 'warning',
        server: server.instance.key,
        seen: `${name} is on, and it has too few ackers of its own`,
        consequence: `Each transaction that it applies may wait ${timeoutText(server)} for an acker that does not exist, so ${nameOf(server)} lags, and a failover that drains it takes as long.`,
      },
      { kind: 'set-variables', variables: { [name]: 'OFF' } },
    ),
  ];
}

const fallsBack = ({ instance }: CheckedServer): boolean =>
  instance.semiSync.sourceTimeoutMillis < BigInt(SEMI_SYNC_TIMEOUT_MILLIS_MIN);

const ackers = (count: number): string => `${count} acker${count === 1 ? '' : 's'}`;

const timeoutText = ({ instance }: CheckedServer): string =>
  `${Math.round(Number(instance.semiSync.sourceTimeoutMillis) / MILLIS_PER_SECOND)} s`;

function variable({ instance }: CheckedServer, what: 'timeout' | 'enabled' | 'count'): string {
  const isModern = instance.semiSync.sourcePluginModern;
  const prefix = `rpl_semi_sync_${isModern ? 'source' : 'master'}_`;
  return prefix + (what === 'count' ? `wait_for_${isModern ? 'replica' : 'slave'}_count` : what);
}
