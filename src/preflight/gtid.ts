/** Failovers compare and repoint by GTID; without, places and markers have to do, and beside others that have GTIDs a replica is left behind (D1). */
import { usesGtid } from '../model/instance-status.ts';
import { type CheckedCluster, type CheckedServer, isMariadb, replicasIn, sourceOf } from './cluster.ts';
import { type Finding, finding } from './finding.ts';

export function gtidFindings(cluster: CheckedCluster): readonly Finding[] {
  return [
    ...cluster.servers.flatMap(modeFinding),
    ...replicasIn(cluster).flatMap((server) => followFinding(cluster, server)),
  ];
}

/** MySQL has modes between off and on; MariaDB always has GTIDs. */
function modeFinding(server: CheckedServer): readonly Finding[] {
  const { gtidMode, key } = server.instance;
  if (isMariadb(server) || gtidMode === '' || gtidMode === 'ON') return [];
  const isOff = gtidMode === 'OFF' || gtidMode === 'OFF_PERMISSIVE';
  return [
    finding(
      {
        code: isOff ? 'gtid-off' : 'gtid-mixed',
        severity: isOff ? 'grave' : 'warning',
        server: key,
        seen: `gtid_mode is ${gtidMode}`,
        consequence: isOff
          ? 'Its transactions carry no GTIDs: what it has received is told by places alone, and it finds its place below a new primary only where it has received the same, or by markers (PseudoGTIDPattern).'
          : 'Transactions without GTIDs may come in among the others, and those are invisible when received sets are compared in a failover.',
      },
      { kind: 'switch-gtid-on', from: gtidMode },
    ),
  ];
}

function followFinding(cluster: CheckedCluster, server: CheckedServer): readonly Finding[] {
  if (usesGtid(server.instance)) return [];
  const source = sourceOf(cluster, server);
  const isReady = isMariadb(server) || (hasGtids(server) && (source === null || hasGtids(source)));
  const about = {
    code: 'follows-by-position',
    severity: 'grave',
    server: server.instance.key,
    seen: 'it follows its source by file and position',
    consequence:
      'Beside replicas that use GTIDs it is not promoted, and cannot be placed below the new primary: it is lost until somebody rebuilds it. Where nobody uses them, it finds its place only where it has received the same as the new primary, or by markers (PseudoGTIDPattern).',
  } as const;
  return [isReady ? finding(about, { kind: 'follow-by-gtid' }) : finding(about)];
}

const hasGtids = ({ instance }: CheckedServer): boolean => instance.gtidMode === 'ON';
