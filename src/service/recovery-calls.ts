/**
 * Recoveries as people ask for them and look at them (spec/recovery.md 4, 5, 9).
 */
import type { AnalysisEntry, CommandHint } from '../analysis/entry.ts';
import { REPORT_HINTS } from '../analysis/filters.ts';
import type { Picture } from '../discovery/picture.ts';
import type { ClusterName } from '../model/brand.ts';
import { type InstanceKey, instanceKeyText, sameKey } from '../model/instance-key.ts';
import type { RecoveryRecord } from '../model/recovery-record.ts';
import type { AcknowledgeSelection } from '../ports/decision-store.ts';
import type { HandleResult, Recoveries } from '../recovery/recoveries.ts';
import type { RecoveryPorts } from '../recovery/recovery-ports.ts';
import type { Analyst } from './analyst.ts';
import {
  type ExecutedRecovery,
  type ForcedFailoverRequest,
  NOBODY_PROMOTED,
  type Outcome,
  ok,
  RECOVERY_NOT_ATTEMPTED,
  type RecoveryCalls,
  refused,
  type TakeoverRequest,
} from './calls.ts';
import type { Decisions } from './decisions.ts';
import { onePrimary } from './one-primary.ts';

export interface RecoveryParts {
  readonly picture: Picture;
  readonly analyst: Analyst;
  readonly recoveries: Recoveries;
  readonly decisions: Decisions;
  readonly ports: RecoveryPorts;
  readonly aliasOf: (clusterName: RecoveryRecord['digest']['clusterName']) => string;
}

export function recoveryCalls(parts: RecoveryParts): RecoveryCalls {
  const { store, clock } = parts.ports;
  return {
    gracefulTakeover: (request) => gracefulTakeover(parts, request),
    forceFailover: (request) => forceFailover(parts, request),
    async recover(key, options) {
      const found = parts.analyst.listed(null, REPORT_HINTS.forcedRecovery).find((entry) => sameKey(entry.key, key));
      if (found === undefined) {
        const lock = parts.decisions.maintenanceOf(key);
        // The contract's answer does not say why.
        if (lock !== null)
          parts.ports.log.warning(
            `recover of ${instanceKeyText(key)}: it is under maintenance by ${lock.owner} (${lock.reason}), and nothing is concluded of it`,
          );
        return refused(RECOVERY_NOT_ATTEMPTED, 'Recovery not attempted');
      }
      const result = await parts.recoveries.handle(found, {
        forced: true,
        designated: options.candidate,
        skipHooks: options.skipProcesses,
      });
      // The contract's answer does not say why.
      if (result.kind === 'not-attempted') {
        parts.ports.log.warning(`recover ${instanceKeyText(key)}: not attempted: ${result.reason}`);
      }
      return recoverOutcome(result);
    },
    recoveries: (query) => store.recoveries(query),
    async activeRecoveries(clusterName) {
      const active = await store.activeRecoveries();
      return active.filter((record) => clusterName === undefined || record.digest.clusterName === clusterName);
    },
    recoverySteps: (uid) => store.steps(uid),
    detections: (query) => store.detections(query),
    blockedRecoveries: (clusterName) => store.blockedRecoveries(clusterName),
    async acknowledge(what, by, comment) {
      let count = 0;
      for (const selection of selections(parts, what)) {
        count += await store.acknowledge(selection, by, comment, clock.now());
      }
      return ok(count);
    },
    recoveriesDisabled: () => store.recoveriesDisabled(),
    async setRecoveriesDisabled(disabled) {
      await store.setRecoveriesDisabled(disabled);
      return ok(disabled);
    },
  };
}

/** A cluster means its name and its alias: after a failover the records bear the old name. */
function selections(
  parts: RecoveryParts,
  what: Parameters<RecoveryCalls['acknowledge']>[0],
): readonly AcknowledgeSelection[] {
  switch (what.kind) {
    case 'cluster':
      return [
        { kind: 'cluster-name', clusterName: what.clusterName },
        { kind: 'cluster-alias', clusterAlias: parts.aliasOf(what.clusterName) },
      ];
    case 'instance':
      return [{ kind: 'failed-instance', key: what.key }];
    case 'id':
    case 'uid':
    case 'all':
      return [what];
  }
}

function recoverOutcome(result: HandleResult): Outcome<InstanceKey> {
  if (result.kind === 'not-attempted') {
    if (result.reason.startsWith('AttemptRecoveryRegistration')) return refused('blocked', result.reason);
    return refused(RECOVERY_NOT_ATTEMPTED, 'Recovery not attempted');
  }
  const successor = result.end.successor;
  if (successor === null) return refused(NOBODY_PROMOTED, 'Recovery attempted but no instance promoted');
  return ok(successor.key);
}

async function gracefulTakeover(parts: RecoveryParts, request: TakeoverRequest): Promise<Outcome<ExecutedRecovery>> {
  const { picture, recoveries, ports, decisions } = parts;
  const { clusterName } = request;
  const found = onePrimary(picture.topology, clusterName);
  if (found.kind === 'refused') return found;
  const primary = found.value;
  const entry = entryOf(parts, clusterName, primary.key);
  if (entry === undefined || parts.analyst.replicasOf(primary).length === 0) {
    const text = `Master ${instanceKeyText(primary.key)} doesn't seem to have replicas`;
    return refused('no-replicas', text);
  }
  const result = await recoveries.takeOver({
    entry,
    primary,
    designated: request.designated,
    auto: request.auto,
    isDowntimed: (key) => decisions.downtimeOf(key, ports.clock.now()) !== null,
  });
  if (result.kind === 'refused') return refused(result.code, result.text);
  const { run, end } = result;
  if (end.successor === null) {
    const isContractText = /^(Desginated|Failed running|WaitForExec)/.test(end.reason);
    const text = isContractText
      ? end.reason
      : `GracefulMasterTakeover: Recovery attempted yet no replica promoted; err=${end.reason}`;
    return refused(NOBODY_PROMOTED, text);
  }
  const [stored] = await ports.store.recoveries({ uid: run.uid });
  return ok({
    record: stored ?? run.record,
    entry: result.entry,
    successorCoordinates: end.outcome.successorCoordinates,
  });
}

async function forceFailover(
  parts: RecoveryParts,
  { clusterName, designated }: ForcedFailoverRequest,
): Promise<Outcome<ExecutedRecovery>> {
  const { picture, recoveries, ports } = parts;
  const primaries = picture.topology.cluster(clusterName).filter(({ replicationDepth, isCoPrimary, readOnly }) => {
    return (replicationDepth === 0 || isCoPrimary) && (designated === null || !readOnly);
  });
  const [primary] = primaries;
  const found = primary === undefined ? undefined : entryOf(parts, clusterName, primary.key);
  if (primary === undefined || primaries.length !== 1 || found === undefined)
    return refused('no-single-primary', `Cannot deduce cluster master for ${clusterName}`);
  const refusal = designated === null ? null : designatedRefusal(picture, designated, primary.key);
  if (refusal !== null) return refusal;
  const commandHint: CommandHint = designated === null ? 'force-master-failover' : 'force-master-takeover';
  const entry: AnalysisEntry = {
    ...found,
    code: 'DeadMaster',
    description: '',
    commandHint,
    isActionableRecovery: true,
  };
  const result = await recoveries.handle(entry, { forced: true, designated, skipHooks: false, trusted: true });
  if (result.kind === 'not-attempted') {
    ports.log.warning(`${commandHint} of ${clusterName}: not attempted: ${result.reason}`);
    return refused(RECOVERY_NOT_ATTEMPTED, 'Unexpected error: recovery not attempted. This should not happen');
  }
  const { run, end } = result;
  if (end.successor === null) {
    ports.log.warning(`${commandHint} of ${clusterName}: ${end.reason}`);
    return refused(NOBODY_PROMOTED, 'Recovery attempted yet no replica promoted');
  }
  const [stored] = await ports.store.recoveries({ uid: run.uid });
  return ok({ record: stored ?? run.record, entry, successorCoordinates: end.outcome.successorCoordinates });
}

/** Also of a server under maintenance: what people order is done with it nevertheless (spec/recovery.md 1.4). */
function entryOf(
  { analyst }: RecoveryParts,
  clusterName: ClusterName,
  primary: InstanceKey,
): AnalysisEntry | undefined {
  return analyst.entriesOfAll(clusterName).find(({ key }) => sameKey(key, primary));
}

function designatedRefusal(
  { topology }: Picture,
  designated: InstanceKey,
  primary: InstanceKey,
): Outcome<ExecutedRecovery> | null {
  const instance = topology.get(designated);
  if (instance === undefined) return refused('not-found', `Instance not found: ${instanceKeyText(designated)}`);
  const { sourceKey } = instance;
  if (sameKey(sourceKey, primary)) return null;
  const source = sourceKey === null ? ':0' : instanceKeyText(sourceKey);
  const text = `You may only promote a direct child of the master ${instanceKeyText(primary)}. The master of ${instanceKeyText(designated)} is ${source}.`;
  return refused('not-a-direct-replica', text);
}
