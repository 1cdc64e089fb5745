/** What a server still has after its machine has crashed (G1, A23). */
import { isReplica, usesGtid } from '../model/instance-status.ts';
import {
  type CheckedCluster,
  type CheckedServer,
  isMariadb,
  replicasIn,
  settingsOf,
  wouldBeCandidates,
} from './cluster.ts';
import { type Finding, finding } from './finding.ts';

export function durabilityFindings(cluster: CheckedCluster): readonly Finding[] {
  const candidates = wouldBeCandidates(cluster);
  return [
    ...cluster.servers
      .filter((server) => server === cluster.primary || candidates.includes(server))
      .flatMap((server) => notDurable(server, server === cluster.primary)),
    ...replicasIn(cluster).flatMap(relayLogRecovery),
  ];
}

/** 3 is MariaDB's word for even more than 1. */
const FLUSHES_AT_COMMIT: readonly number[] = [1, 3];

function notDurable(server: CheckedServer, isPrimary: boolean): readonly Finding[] {
  const settings = settingsOf(server);
  const { syncBinlog = null, flushLogAtTrxCommit = null } = settings ?? {};
  const variables: Record<string, number> = {};
  if (syncBinlog !== null && syncBinlog !== 1 && server.instance.logBinEnabled) variables.sync_binlog = 1;
  if (flushLogAtTrxCommit !== null && !FLUSHES_AT_COMMIT.includes(flushLogAtTrxCommit)) {
    variables.innodb_flush_log_at_trx_commit = 1;
  }
  if (Object.keys(variables).length === 0) return [];
  const now = { sync_binlog: syncBinlog, innodb_flush_log_at_trx_commit: flushLogAtTrxCommit };
  const seen = Object.keys(variables)
    .map((name) => `${name} is ${now[name as keyof typeof now]}`)
    .join(', ');
  return [
    finding(
      {
        code: 'not-durable',
        severity: 'warning',
        server: server.instance.key,
        seen,
        consequence: isPrimary
          ? 'When its machine crashes it forgets transactions that it had acknowledged; if it is back before a failover, its replicas have more than it has and break.'
          : 'When its machine crashes it forgets transactions that it had received and acknowledged, and with them what its word as an acker was worth.',
      },
      { kind: 'set-variables', variables },
    ),
  ];
}

function relayLogRecovery(server: CheckedServer): readonly Finding[] {
  if (settingsOf(server)?.relayLogRecovery !== false || !isReplica(server.instance)) return [];
  const fetchesAgain = usesGtid(server.instance);
  // A MariaDB replica that uses GTID fetches its relay log anew at every start.
  if (fetchesAgain && isMariadb(server)) return [];
  return [
    finding(
      {
        code: 'relay-log-recovery-off',
        severity: fetchesAgain ? 'notice' : 'warning',
        server: server.instance.key,
        seen: 'relay_log_recovery is off',
        consequence:
          'After a crash of its machine the end of its relay log may be torn: replication stops with an error until somebody resets it by hand.',
      },
      { kind: 'set-at-start', variables: ['relay_log_recovery'] },
    ),
  ];
}
