/** Versions that cannot replicate from each other (C2, C3). */
import { isSmallerMajor, majorVersionText } from '../model/server-version.ts';
import {
  type CheckedCluster,
  type CheckedServer,
  directReplicas,
  nameOf,
  namesText,
  replicasIn,
  sourceOf,
  versionOf,
  wouldBeCandidates,
} from './cluster.ts';
import { type Finding, finding, withAdvice } from './finding.ts';

const isOlder = (one: CheckedServer, other: CheckedServer): boolean => {
  const [mine, theirs] = [versionOf(one), versionOf(other)];
  // There is no order between families.
  return (mine.flavor === 'MariaDB') === (theirs.flavor === 'MariaDB') && isSmallerMajor(mine, theirs);
};

const versionText = (server: CheckedServer): string => majorVersionText(versionOf(server));

export function versionFindings(cluster: CheckedCluster): readonly Finding[] {
  if (cluster.lowerReplicaVersionAllowed) return [];
  return [
    ...replicasIn(cluster).flatMap((replica) => olderThanSource(replica, sourceOf(cluster, replica))),
    ...newer(cluster),
  ];
}

function olderThanSource(replica: CheckedServer, source: CheckedServer | null): readonly Finding[] {
  if (source === null || !isOlder(replica, source)) return [];
  const found = finding({
    code: 'older-than-source',
    severity: 'warning',
    server: replica.instance.key,
    seen: `it is ${versionText(replica)}, its source ${nameOf(source)} is ${versionText(source)}`,
    consequence:
      'Its replication may break at any new kind of event, and after a failover it cannot be placed below a newer primary: it would be lost.',
  });
  return [withAdvice(found, 'Upgrade it.')];
}

function newer(cluster: CheckedCluster): readonly Finding[] {
  return wouldBeCandidates(cluster).flatMap((candidate) => {
    const older = directReplicas(cluster).filter((sibling) => isOlder(sibling, candidate));
    if (older.length === 0) return [];
    const found = finding({
      code: 'newer-than-siblings',
      severity: 'warning',
      server: candidate.instance.key,
      seen: `it is ${versionText(candidate)}, newer than ${namesText(older)}`,
      consequence: `If it is promoted, ${older.length === 1 ? 'the older replica' : 'the older replicas'} cannot follow and would be lost.`,
    });
    const rule = `orchestrator -c register-candidate -i ${nameOf(candidate)} --promotion-rule prefer_not`;
    return candidate.rule === 'prefer_not' ? [] : [withAdvice(found, `Upgrade the others, or until then: ${rule}`)];
  });
}
