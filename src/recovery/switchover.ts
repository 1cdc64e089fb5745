/**
 * Planned switchover (spec/recovery.md 5; I1 to I6): everything that can be refused is refused before anything is touched; once the
 * primary is read-only only the shortest way is left, and every way out makes it writable again.
 */
import { hasNoFile } from '../model/binlog-coordinates.ts';
import { millis } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText, sameKey } from '../model/instance-key.ts';
import { hasReasonableMaintenanceLag, hasSeveralSources, isReplica, usesGtid } from '../model/instance-status.ts';
import { replicationRefusal } from '../planning/can-replicate.ts';
import { chooseCandidate, comparable } from '../planning/candidates.ts';
import { executedText, gtidProgress, purgedAndMissing } from '../planning/gtid-progress.ts';
import { replicaProgress, writtenProgress } from '../planning/replica-progress.ts';
import type { RecoveryPorts } from './recovery-ports.ts';

export interface SwitchoverRequest {
  /** Direct replicas, as read just now; those that do not answer are missing. */
  readonly replicas: readonly Instance[];
  readonly unreachable: readonly InstanceKey[];
  readonly primary: Instance;
  readonly designated: InstanceKey | null;
  readonly auto: boolean;
  readonly isDowntimed: (key: InstanceKey) => boolean;
}

export interface SwitchoverChoice {
  readonly successor: Instance;
  readonly siblings: readonly Instance[];
}

export type SwitchoverChoiceResult =
  | { readonly kind: 'chosen'; readonly choice: SwitchoverChoice }
  | { readonly kind: 'refused'; readonly code: string; readonly text: string };

const refuse = (code: string, text: string): SwitchoverChoiceResult => ({ kind: 'refused', code, text });

/** Who takes over, or why nobody may; texts of spec/recovery.md 5. Nothing has been touched yet. */
export function chooseSuccessor(request: SwitchoverRequest, ports: RecoveryPorts): SwitchoverChoiceResult {
  const { primary, designated } = request;
  const primaryText = instanceKeyText(primary.key);
  const all = [...request.replicas.map((replica) => replica.key), ...request.unreachable];
  if (all.length === 0) return refuse('no-replicas', `Master ${primaryText} doesn't seem to have replicas`);
  const wanted = designated ?? (all.length === 1 ? (all[0] ?? null) : null);
  if (wanted === null && !request.auto) {
    const text = `GracefulMasterTakeover: target instance not indicated, auto=false, and master ${primaryText} has ${all.length} replicas. orchestrator cannot choose where to failover to. Aborting`;
    return refuse('target-not-indicated', text);
  }
  if (wanted !== null && !all.some((key) => sameKey(key, wanted))) {
    const text = `GracefulMasterTakeover: indicated designated instance ${instanceKeyText(wanted)} must be directly replicating from the master ${primaryText}`;
    return refuse('not-a-direct-replica', text);
  }
  const successor =
    wanted === null ? bestReplica(request, ports) : request.replicas.find((one) => sameKey(one.key, wanted));
  if (successor === null) {
    const text = `GracefulMasterTakeover: no target instance indicated, failed to auto-detect candidate replica for master ${primaryText}. Aborting`;
    return refuse('no-candidate', text);
  }
  if (successor === undefined) {
    return refuse(
      'unreachable',
      `GracefulMasterTakeover: cannot read ${wanted === null ? '' : instanceKeyText(wanted)}`,
    );
  }
  const siblings = request.replicas.filter((replica) => replica !== successor);
  return (
    successorRefusal(successor, request, ports) ??
    siblingRefusal(successor, siblings, request, ports) ?? { kind: 'chosen', choice: { successor, siblings } }
  );
}

function bestReplica(request: SwitchoverRequest, ports: RecoveryPorts): Instance | null {
  const { promotion, reasonableMaintenanceReplicationLagSeconds } = ports.policy();
  const running = request.replicas
    .filter((replica) =>
      hasReasonableMaintenanceLag(replica, statusSettings(reasonableMaintenanceReplicationLagSeconds)),
    )
    .filter(bothThreadsRun);
  const frozen = comparable(running)
    // The primary writes on: what each has received depends on when it was asked. Within reasonable lag they count as equal.
    .replicas.map((replica) => ({
      ...replica,
      progress: writtenProgress(request.primary, replica.progress) ?? replica.progress,
    }));
  const choice = chooseCandidate(
    { failed: request.primary, replicas: frozen, designated: null, ...NOBODY_FAILED },
    promotion,
  );
  if (choice.kind === 'none') return null;
  const { key } = choice.choice.chosen.instance;
  return request.replicas.find((replica) => sameKey(replica.key, key)) ?? null;
}

/** The primary lives, and nobody has been tried before. */
const NOBODY_FAILED = { excluded: [], failedDonors: [], undrained: [], dyingDataCenters: new Set<string>() } as const;

const bothThreadsRun = ({ receiverState, applierState }: Instance): boolean =>
  receiverState === 'running' && applierState === 'running';

function statusSettings(reasonableMaintenanceReplicationLagSeconds: number) {
  return { instancePollSeconds: 0, reasonableReplicationLagSeconds: 0, reasonableMaintenanceReplicationLagSeconds };
}

function successorRefusal(
  successor: Instance,
  request: SwitchoverRequest,
  ports: RecoveryPorts,
): SwitchoverChoiceResult | null {
  const policy = ports.policy();
  const key = instanceKeyText(successor.key);
  const { promotion } = policy;
  if (promotion.promotionRule(successor.key) === 'must_not' || promotion.isIgnored(successor.key)) {
    const text = `GracefulMasterTakeover: designated instance ${key} cannot be promoted due to promotion rule or it is explicitly ignored in PromotionIgnoreHostnameFilters configuration`;
    return refuse('must-not-be-promoted', text);
  }
  if (!sameKey(successor.sourceKey, request.primary.key)) {
    const source = successor.sourceKey === null ? 'nobody' : instanceKeyText(successor.sourceKey);
    const text = `Sanity check failure. It seems like the designated instance ${key} does not replicate from the master ${instanceKeyText(request.primary.key)} (designated instance's master key is ${source}). This error is strange. Panicking`;
    return refuse('not-a-direct-replica', text);
  }
  const lagLimit = policy.reasonableMaintenanceReplicationLagSeconds;
  if (!bothThreadsRun(successor) || successor.secondsBehindSource === null) {
    return refuse('not-replicating', `GracefulMasterTakeover: designated instance ${key} is not replicating. Aborting`);
  }
  if (!hasReasonableMaintenanceLag(successor, statusSettings(lagLimit))) {
    const text = `Desginated instance ${key} seems to be lagging too much for this operation. Aborting.`;
    return refuse('lags', text);
  }
  // Without GTIDs the end of its binary log is all that says what it has written.
  if (!usesGtid(successor) && hasNoFile(request.primary.selfCoordinates)) {
    const text = `GracefulMasterTakeover: cannot read where the binary log of the master ${instanceKeyText(request.primary.key)} ends. Aborting`;
    return refuse('no-place', text);
  }
  // What the promotion itself would be refused for is found out now, not while nobody can write (I2, I6).
  const choice = chooseCandidate(
    {
      failed: request.primary,
      replicas: comparable([successor]).replicas,
      designated: successor.key,
      ...NOBODY_FAILED,
    },
    { ...promotion, whenNotDrained: 'next' },
  );
  if (choice.kind === 'none') {
    const nothing = usesGtid(successor)
      ? 'it shows no GTID state'
      : 'it shows no place in the binary log of its source';
    const reason = choice.refused[0]?.refusal.text ?? nothing;
    return refuse('cannot-be-promoted', `RecoverDeadMaster: failed ${key} promotion; ${reason}`);
  }
  return oldPrimaryRefusal(successor, request.primary, ports);
}

/** The old primary is to follow the new one. */
function oldPrimaryRefusal(
  successor: Instance,
  primary: Instance,
  ports: RecoveryPorts,
): SwitchoverChoiceResult | null {
  const asPrimary = { ...successor, sourceKey: null };
  const refusal = replicationRefusal(primary, asPrimary, ports.policy().promotion);
  if (refusal === null) return null;
  return refuse(
    'cannot-follow',
    `${instanceKeyText(primary.key)} cannot replicate from its successor: ${refusal.text}`,
  );
}

/** All siblings must be able to move; one that is downtimed may stay behind. */
function siblingRefusal(
  successor: Instance,
  siblings: readonly Instance[],
  request: SwitchoverRequest,
  ports: RecoveryPorts,
): SwitchoverChoiceResult | null {
  const key = instanceKeyText(successor.key);
  const takeOver = (reason: string) =>
    refuse('cannot-take-siblings', `Desginated instance ${key} cannot take over all of its siblings. Error: ${reason}`);
  for (const unreachable of request.unreachable) {
    if (!request.isDowntimed(unreachable)) return takeOver(`${instanceKeyText(unreachable)} cannot be read`);
  }
  for (const sibling of siblings) {
    if (request.isDowntimed(sibling.key)) continue;
    const refusal = replicationRefusal(sibling, successor, ports.policy().promotion);
    if (refusal !== null) return takeOver(refusal.text);
    if (!usesGtid(successor)) {
      const reason = refusalByPlace(sibling, ports);
      if (reason !== null) return takeOver(reason);
      continue;
    }
    if (!usesGtid(sibling)) return takeOver(`${instanceKeyText(sibling.key)} does not replicate by GTID`);
    const purged = purgedAndMissing(successor, sibling);
    if (purged !== '') {
      return takeOver(`Instance ${key} has purged GTID entries not found on ${instanceKeyText(sibling.key)}`);
    }
  }
  return null;
}

/** Null: it will stand where the successor does as soon as it has applied the last that the primary has written. It is then moved in no time, or left behind. */
function refusalByPlace(sibling: Instance, ports: RecoveryPorts): string | null {
  const key = instanceKeyText(sibling.key);
  if (sibling.isBinlogServer) return `${key} is a binlog server`;
  if (usesGtid(sibling)) return `${key} replicates by GTID, and the others do not`;
  if (replicaProgress(sibling) === null) return `${key} shows no place in the binary log of its source`;
  if (!bothThreadsRun(sibling)) return `${key} is not replicating`;
  if (sibling.sqlDelaySeconds > 0) {
    return `${key} is delayed by ${sibling.sqlDelaySeconds} seconds: by file and position it cannot be brought level with another server`;
  }
  const limit = ports.policy().reasonableMaintenanceReplicationLagSeconds;
  return hasReasonableMaintenanceLag(sibling, statusSettings(limit)) ? null : `${key} lags too much`;
}

/** Siblings that are to be moved: those that replicate, and by the same as the successor. By place it is waited for them: not for a downtimed one that cannot get there. */
export function movableSiblings({ successor, siblings }: SwitchoverChoice): readonly Instance[] {
  const single = siblings.filter((sibling) => isReplica(sibling) && !hasSeveralSources(sibling));
  return usesGtid(successor) ? single.filter(usesGtid) : single.filter(getsThereByPlace);
}

const getsThereByPlace = (sibling: Instance): boolean =>
  !usesGtid(sibling) && !sibling.isBinlogServer && bothThreadsRun(sibling) && sibling.sqlDelaySeconds === 0;

/** As the primary's own family writes what it has executed. */
export function executedOf(instance: Instance): string | null {
  const progress = gtidProgress(instance);
  return progress === null ? null : executedText(progress);
}

export const LIVE_READ_MILLIS = millis(3_000);

/**
 * MySQL's applier with several workers publishes its lag at checkpoints only (`replica_checkpoint_period`, 300 ms by default): a replica
 * that has just caught up still shows the lag it had. After this time it shows the present one.
 */
export const LAG_IS_PUBLISHED_MILLIS = millis(400);

/** Codes of refusals that lag may be behind. */
export const MAY_BE_STALE_LAG: ReadonlySet<string> = new Set(['lags', 'no-candidate']);
