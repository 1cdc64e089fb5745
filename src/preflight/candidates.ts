/** Whether anybody could take over (C5, C7, C14, B10). */

import { isReplica } from '../model/instance-status.ts';
import type { Remedy } from '../model/remedy.ts';
import { type CheckedCluster, type CheckedServer, directReplicas, nameOf, wouldBeCandidates } from './cluster.ts';
import { about, type Finding, withAdvice } from './finding.ts';

export function candidateFindings(cluster: CheckedCluster): readonly Finding[] {
  const candidates = wouldBeCandidates(cluster);
  return [...countFindings(cluster), ...candidates.flatMap(unfitFindings), ...delayed(candidates)];
}

function countFindings(cluster: CheckedCluster): readonly Finding[] {
  const { primary, servers } = cluster;
  const [first] = servers;
  if (primary === null) {
    if (first === undefined) return [];
    return [
      withAdvice(
        about(
          first,
          'no-primary',
          'grave',
          'the cluster has no primary',
          'There is nothing to fail over from: an incident would pass unseen.',
        ),
        'Look at the topology, and at what the analysis says.',
      ),
    ];
  }
  const replicas = directReplicas(cluster);
  if (replicas.length === 0) {
    // A co-primary is a replica of the primary, and is counted; a leftover of a recovery has a downtime and its own page.
    const seen = 'it has no replica';
    const consequence = 'When it dies nobody can take over, and what it alone holds is gone with it.';
    return [withAdvice(about(primary, 'no-replica', 'grave', seen, consequence), 'Add replicas, at least two.')];
  }
  const fit = wouldBeCandidates(cluster).filter((server) => isFit(server));
  const found: Finding[] = [];
  if (fit.length === 0) {
    const seen = `none of its ${replicas.length} replicas may or can be promoted`;
    const consequence = 'When it dies the failover ends without a successor, and the cluster stays without a primary.';
    found.push(
      withAdvice(
        about(primary, 'no-candidate', 'grave', seen, consequence),
        'Make a replica fit (binary log, log_replica_updates, GTID, no filters), or lift the promotion rule of one.',
      ),
    );
  } else if (replicas.length === 1) {
    const seen = 'it has a single replica';
    const consequence =
      'After a failover the new primary has no replica: the next failure has no successor, and semi-sync has no acker.';
    found.push(withAdvice(about(primary, 'single-replica', 'warning', seen, consequence), 'Add a replica.'));
  }
  return found;
}

const isFit = ({ instance }: CheckedServer): boolean =>
  instance.logBinEnabled && instance.logReplicaUpdatesEnabled && !instance.hasReplicationFilters && isReplica(instance);

function unfitFindings(server: CheckedServer): readonly Finding[] {
  const { logBinEnabled, logReplicaUpdatesEnabled, hasReplicationFilters } = server.instance;
  const found: Finding[] = [];
  if (!logBinEnabled) {
    const consequence = 'It cannot be promoted: it writes no binary log that others could follow.';
    const remedy: Remedy = { kind: 'set-at-start', variables: ['log_bin', 'log_replica_updates'] };
    found.push(about(server, 'no-binary-log', 'warning', 'its binary log is off', consequence, remedy));
  } else if (!logReplicaUpdatesEnabled) {
    const consequence =
      'It cannot be promoted: what it has replicated is not in its binary log, so others could not catch up from it.';
    const remedy: Remedy = { kind: 'set-at-start', variables: ['log_replica_updates'] };
    found.push(
      about(server, 'no-log-replica-updates', 'warning', 'it does not log what it replicates', consequence, remedy),
    );
  }
  if (hasReplicationFilters) {
    const consequence = 'If it is promoted, everything that its filters have left out is missing from then on.';
    const advice = `Rebuild it without filters, or rule it out: orchestrator -c register-candidate -i ${nameOf(server)} --promotion-rule must_not`;
    found.push(
      withAdvice(about(server, 'replication-filters', 'grave', 'it has replication filters', consequence), advice),
    );
  }
  return found;
}

/** A delayed replica is there for another purpose; only where nobody else could take over it matters here. */
function delayed(candidates: readonly CheckedServer[]): readonly Finding[] {
  if (candidates.length === 0 || candidates.some(({ instance }) => instance.sqlDelaySeconds === 0)) return [];
  return candidates.map((server) => {
    const delay = server.instance.sqlDelaySeconds;
    const seen = `it is delayed by ${delay} s, as are all who could take over`;
    const consequence = `The failover has to wait until it has applied what it holds back, up to ${delay} s of writes.`;
    return withAdvice(
      about(server, 'delayed-candidates', 'grave', seen, consequence, { kind: 'end-delay' }),
      'Better add a replica without delay, and keep this one for accidents.',
    );
  });
}
