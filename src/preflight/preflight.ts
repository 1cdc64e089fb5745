/**
 * All checks of a cluster, gravest findings first. Pure: facts in, findings out.
 */
import { compareKeys } from '../model/instance-key.ts';
import { candidateFindings } from './candidates.ts';
import type { CheckedCluster } from './cluster.ts';
import { detectionFindings } from './detection.ts';
import { durabilityFindings } from './durability.ts';
import { type Finding, SEVERITIES } from './finding.ts';
import { formatFindings } from './formats.ts';
import { grantFindings } from './grants.ts';
import { gtidFindings } from './gtid.ts';
import { semiSyncFindings } from './semi-sync.ts';
import { answerFindings, capacityFindings, credentialFindings, identityFindings, readOnlyFindings } from './servers.ts';
import { versionFindings } from './versions.ts';

const CHECKS: readonly ((cluster: CheckedCluster) => readonly Finding[])[] = [
  answerFindings,
  candidateFindings,
  identityFindings,
  gtidFindings,
  grantFindings,
  semiSyncFindings,
  readOnlyFindings,
  detectionFindings,
  versionFindings,
  formatFindings,
  durabilityFindings,
  credentialFindings,
  capacityFindings,
];

/** Of one severity in the order of the checks, then by server. `others`: what was found besides, where it is not the servers' to tell. */
export function preflightFindings(cluster: CheckedCluster, others: readonly Finding[] = []): readonly Finding[] {
  const found = [others, ...CHECKS.map((check) => check(cluster))].flatMap((findings, order) =>
    findings.map((finding) => ({ finding, order })),
  );
  const rank = ({ severity }: Finding): number => SEVERITIES.indexOf(severity);
  return found
    .sort(
      (one, other) =>
        rank(one.finding) - rank(other.finding) ||
        one.order - other.order ||
        compareKeys(one.finding.server, other.finding.server),
    )
    .map(({ finding }) => finding);
}
