/**
 * First part of a failover: stop the receiver of every replica that can be reached, so that the picture stops moving and the old
 * primary, should it live, gets no more acknowledgements (D11). The appliers go on: what was received is to be applied.
 */
import type { ClusterName } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, sameKey } from '../model/instance-key.ts';
import { isLastCheckValid } from '../model/instance-status.ts';
import type { ServerCommand } from '../model/server-command.ts';
import { SILENT_REPLICA_MILLIS, STOP_APPLIER_MILLIS, STOP_RECEIVER_MILLIS } from './deadlines.ts';
import { applierStopStepId, freezingStepId, NOTHING_PREDICTED, type Plan, type PlanStep } from './plan.ts';
import { needsApplierBeforeFreeze } from './relay-log-ends.ts';

export function freezePlan(clusterName: ClusterName, failed: InstanceKey, replicas: readonly Instance[]): Plan {
  return {
    intent: { kind: 'freeze-replicas', failed },
    clusterName,
    steps: replicas.map((replica) => ({
      id: freezingStepId(replica.key),
      server: replica.key,
      commands: freezeCommands(replica),
      dependsOn: [],
      precondition: { kind: 'replicates-from', source: failed },
      postcondition: { kind: 'receiver-stopped' },
      deadlineMillis: STOP_RECEIVER_MILLIS,
      ...(isGivenUpSoon(replica) ? { answerMillis: SILENT_REPLICA_MILLIS } : {}),
      undo: undoOfFreeze(replica),
      onFailure: 'lose-server',
      effect: waitsInVain(replica)
        ? 'what it has received does not grow any more, and it waits for no acknowledgements of what it applies'
        : 'what it has received does not grow any more',
    })),
    prediction: NOTHING_PREDICTED,
  };
}

function freezeCommands(replica: Instance): readonly ServerCommand[] {
  const stop: readonly ServerCommand[] = needsApplierBeforeFreeze(replica)
    ? [{ kind: 'start-applier' }, { kind: 'stop-receiver' }]
    : [{ kind: 'stop-receiver' }];
  return waitsInVain(replica) ? [...stop, { kind: 'set-semi-sync-source', enabled: false }] : stop;
}

/**
 * D16: as a semi-sync source it would wait at the commit of each transaction that it applies. It has told nobody "committed"; one that takes writes has, and is left alone (G4). It is not switched on
 * again: whoever is promoted is told then (E2).
 */
const waitsInVain = ({ semiSync, readOnly, isCoPrimary }: Instance): boolean =>
  semiSync.sourceEnabled && readOnly && !isCoPrimary;

/** A10, J3: it is known to be silent, and nothing that was acknowledged depends on it. */
const isGivenUpSoon = (replica: Instance): boolean => !isLastCheckValid(replica) && !replica.semiSync.replicaEnabled;

/** The appliers of frozen replicas stop, too: how far each has come stays as it is. Undone, they run on. */
export function standstillPlan(clusterName: ClusterName, failed: InstanceKey, frozen: readonly Instance[]): Plan {
  return {
    intent: { kind: 'freeze-replicas', failed },
    clusterName,
    steps: frozen.map((replica) => ({
      id: applierStopStepId(replica.key),
      server: replica.key,
      commands: [{ kind: 'stop-applier' }],
      dependsOn: [],
      precondition: { kind: 'replicates-from', source: failed },
      postcondition: { kind: 'threads', receiver: 'stopped', applier: 'stopped' },
      deadlineMillis: STOP_APPLIER_MILLIS,
      undo: replica.applierState === 'running' ? [{ kind: 'start-applier' }] : [],
      onFailure: 'lose-server',
      effect: 'what it has applied does not grow any more',
    })),
    prediction: NOTHING_PREDICTED,
  };
}

/** When nobody can be promoted, things are left as they were found (C14); what somebody had stopped stays stopped. */
export function undoOfFreeze(replica: Instance): readonly ServerCommand[] {
  if (replica.receiverState === 'stopped') return [];
  // D4: on MariaDB the receiver, started while a broken applier stands still, would drop what perhaps no other server has.
  const applierStays = replica.applierState === 'stopped' && !needsApplierBeforeFreeze(replica);
  return replica.usingMariadbGtid && applierStays ? [] : [{ kind: 'start-receiver' }];
}

/**
 * The same freeze, to be undone after a CHANGE was tried on these: MariaDB and MySQL 5.6 stop both threads before one, and a receiver that is started
 * alone leaves a replica that fetches and applies nothing.
 */
export function afterTriedMoves(freeze: Plan, tried: readonly Instance[]): Plan {
  const applied = (server: InstanceKey): boolean =>
    tried.some(({ key, applierState }) => sameKey(key, server) && applierState === 'running');
  const undoBoth = ({ undo }: PlanStep): readonly ServerCommand[] =>
    // Its receiver had been stopped by somebody: the applier alone was running.
    undo.length === 0 ? [{ kind: 'start-applier' }] : [{ kind: 'start-replication' }];
  return {
    ...freeze,
    steps: freeze.steps.map((step) => (applied(step.server) ? { ...step, undo: undoBoth(step) } : step)),
  };
}
