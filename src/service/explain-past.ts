/** What became of former detections of a cluster, and why problems were not recovered. */
import { ANALYSIS_CODES, actionability, type EntryCode, OWN_CODES } from '../analysis/codes.ts';
import type { ClusterName, UnixMillis } from '../model/brand.ts';
import { type InstanceKey, sameKey } from '../model/instance-key.ts';
import type { FailureDetection, RecoveryRecord } from '../model/recovery-record.ts';
import type { AuditRecord } from '../ports/decision-store.ts';
import type { RecoveryPorts } from '../recovery/recovery-ports.ts';
import type { DetectionOutcome, ExplainedDetection, ExplainedRefusal } from './explanation.ts';

/** Audit type of problems that were not recovered. */
export const NOT_RECOVERED = 'recovery-not-attempted';

/** How far back reasons are looked for, in pages of the audit. */
const REASON_PAGES_MAX = 10;

export interface Past {
  readonly detections: readonly ExplainedDetection[];
  readonly refusals: readonly ExplainedRefusal[];
}

/** Under its alias a cluster goes on when its primary, and with it its name, is another one; what was before the alias was known has the name alone. */
export async function pastOf(
  store: RecoveryPorts['store'],
  clusterName: ClusterName,
  clusterAlias: string,
): Promise<Past> {
  const byAlias = clusterAlias === clusterName ? [] : await store.detections({ clusterAlias });
  const byName = await store.detections({ clusterName });
  const detections = distinct([...byAlias, ...byName]);
  const names = new Set<string>([clusterName, ...detections.map(({ digest }) => digest.clusterName)]);
  const [refusals, recoveries] = await Promise.all([
    refusalsOf(store, [...names], detections.at(-1)?.start ?? null),
    recoveriesOf(store, detections, { clusterName, clusterAlias }),
  ]);
  return {
    detections: detections.map((detection) => ({
      at: detection.start,
      key: detection.digest.key,
      code: detection.digest.code,
      outcome: outcomeOf(detection, detections, recoveries, refusals),
    })),
    refusals: refusals.map(({ at, key, message }) => ({ at, key, reason: message })),
  };
}

/** Newest first. */
function distinct(detections: readonly FailureDetection[]): readonly FailureDetection[] {
  return [...new Map(detections.map((one) => [one.id, one])).values()].sort((one, other) => other.id - one.id);
}

/** The contract relates a recovery to the newest detection of its server, which may be of something else that was seen meanwhile: so all that there are. */
async function recoveriesOf(
  store: RecoveryPorts['store'],
  detections: readonly FailureDetection[],
  cluster: { readonly clusterName: string; readonly clusterAlias: string },
): Promise<readonly RecoveryRecord[]> {
  const ids = new Set(detections.map(({ relatedRecoveryId }) => relatedRecoveryId).filter((id) => id > 0));
  const found = await Promise.all([
    store.recoveries({ clusterName: cluster.clusterName }),
    store.recoveries({ clusterAlias: cluster.clusterAlias }),
    ...[...ids].map((id) => store.recoveries({ id })),
  ]);
  return [...new Map(found.flat().map((recovery) => [recovery.id, recovery])).values()];
}

/** Newest first, back to the oldest detection; where there is none, the last page. */
async function refusalsOf(
  store: RecoveryPorts['store'],
  clusterNames: readonly string[],
  since: number | null,
): Promise<readonly AuditRecord[]> {
  const found: AuditRecord[] = [];
  for (let page = 0; page < REASON_PAGES_MAX; page++) {
    const records = await store.audit({ page, type: NOT_RECOVERED, clusterNames });
    found.push(...records);
    const oldest = records.at(-1);
    if (oldest === undefined || since === null || oldest.at < since) break;
  }
  return found;
}

function outcomeOf(
  detection: FailureDetection,
  all: readonly FailureDetection[],
  recoveries: readonly RecoveryRecord[],
  refusals: readonly AuditRecord[],
): DetectionOutcome {
  const { digest, isActionable, start } = detection;
  const alike = all.filter((other) => sameKey(other.digest.key, digest.key) && other.isActionable === isActionable);
  // Newest first: the last of those that come later is the next one.
  const next = alike.filter(({ id }) => id > detection.id).at(-1);
  const isOfIt = (key: InstanceKey | null, at: UnixMillis): boolean =>
    sameKey(key, digest.key) && at >= start && (next === undefined || at < next.start);
  const recovery = isActionable ? recoveries.find((one) => isOfIt(one.digest.key, one.start)) : undefined;
  if (recovery !== undefined) return recoveryOutcome(recovery);
  const reason = refusals.find(({ key, at, message }) => isOfIt(key, at) && message.startsWith(`${digest.code}: `));
  if (reason !== undefined) return { kind: 'not-attempted', reason: reason.message };
  const code = knownCode(detection.digest.code);
  return { kind: code !== null && actionability(code) !== 'actionable' ? 'no-recovery' : 'unknown' };
}

/** Null: the reference, or a later version, wrote it. */
const knownCode = (text: string): EntryCode | null =>
  [...ANALYSIS_CODES, ...OWN_CODES, 'NoWriteableMasterStructureWarning' as const].find((code) => code === text) ?? null;

function recoveryOutcome({ uid, end, isSuccessful, successorKey, errors }: RecoveryRecord): DetectionOutcome {
  if (end === null) return { kind: 'under-way', uid };
  if (isSuccessful && successorKey !== null) return { kind: 'recovered', uid, successor: successorKey };
  return { kind: 'failed', uid, errors };
}
