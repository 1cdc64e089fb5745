/** The world around operations: locks, audit, memory of equal places, hooks. */
import { compileRegularExpression } from '../config/regular-expression.ts';
import type { Settings } from '../config/settings.ts';
import type { Picture } from '../discovery/picture.ts';
import { clusterName, unixMillis } from '../model/brand.ts';
import type { Maintenance } from '../model/decisions.ts';
import { type InstanceKey, instanceKeyText } from '../model/instance-key.ts';
import type { HeldServer, LockResult, OperationPorts } from '../operations/operation-ports.ts';
import type { ReprovisionPorts } from '../operations/reprovision-ports.ts';
import type { OperationRules } from '../planning/operations/operation-facts.ts';
import { runTakeMasterHooks } from '../recovery/hook-take-master.ts';
import type { Recoveries } from '../recovery/recoveries.ts';
import type { RecoveryPorts } from '../recovery/recovery-ports.ts';
import type { StoreBackend } from '../store/index.ts';
import { audit } from './audit.ts';
import type { Decisions } from './decisions.ts';
import type { LogSearches } from './log-searches.ts';
import { recoveryPolicy, statusSettings } from './policies.ts';
import { reprovisionPorts } from './reprovision-ports.ts';

export interface OperationParts {
  readonly picture: Picture;
  readonly decisions: Decisions;
  readonly backend: StoreBackend;
  readonly recoveries: Recoveries;
  readonly ports: RecoveryPorts;
  readonly settings: () => Settings;
  readonly noop: boolean;
  readonly searches: LogSearches;
  /** A command that makes servers stand still must not be taken for dead while it lives. */
  readonly keepRegistered: () => Promise<void>;
  readonly failedTransaction: OperationPorts['failedTransaction'];
  readonly nameOfSource: OperationPorts['nameOfSource'];
  readonly readClone: ReprovisionPorts['readClone'];
  readonly tellOfReprovision: ReprovisionPorts['tell'];
}

/** Of every lock (spec/topology-operations.md 1.9); one that is in use is renewed long before. */
const LOCK_MILLIS = 600_000;

export function operationPorts(parts: OperationParts): OperationPorts {
  const { picture, backend, recoveries, ports, settings, searches } = parts;
  const { servers, clock, log, mayBegin, mayGoOn } = ports;
  return {
    servers,
    topology: picture.topology,
    clock,
    log,
    rules: () => operationRules(parts),
    noop: parts.noop,
    mayBegin,
    mayGoOn,
    beside: (clusterName, what, work) => recoveries.clusters.beside(clusterName, what, work),
    busyWith: (clusterName) => recoveries.clusters.busyWith(clusterName),
    lock: (key, reason) => lock(parts, key, reason),
    noteStanding: async (servers, reason) => {
      await parts.keepRegistered();
      for (const { key, receiverState, applierState } of servers) {
        const [receiverRan, applierRan] = [receiverState, applierState].map(
          (state) => state !== 'stopped' && state !== 'none',
        );
        if (receiverRan !== true && applierRan !== true) continue;
        const found = { receiverRan: receiverRan === true, applierRan: applierRan === true };
        await backend.saveStandingStill({ key, ...found, reason, node: ports.identity, at: clock.now() });
      }
    },
    forgetStanding: async (keys) => {
      for (const key of keys) await backend.deleteStandingStill(key, ports.identity);
    },
    audit: (type, key, message) => audit(parts, type, key, message),
    equivalencesOf: (source, coordinates) => backend.loadEquivalences({ source, coordinates }),
    rememberEquivalence: (one, other) => backend.saveEquivalence(one, other, clock.now()),
    forgetRelayPlaces: (key) => backend.blankRelayCoordinates(key),
    credentials: (key) => servers.replicationCredentials(key),
    failedTransaction: parts.failedTransaction,
    nameOfSource: parts.nameOfSource,
    findPlace: searches.findPlace,
    runHook: ({ successor, demoted }) =>
      runTakeMasterHooks({
        startHook: ports.startHook,
        commands: settings().PostTakeMasterProcesses,
        successor,
        demoted,
        log,
      }),
    reprovisioning: reprovisionPorts(parts),
    applyEffect: async (effect) => {
      const { decisions } = parts;
      if (effect.kind === 'forget-reprovision') return void (await backend.deleteReprovision(effect.key));
      const { from, to } = effect;
      const [former, present] = [clusterName(instanceKeyText(from)), clusterName(instanceKeyText(to))];
      const alias = decisions.aliases.get(former);
      if (alias !== undefined) await decisions.setAlias(present, alias, clock.now());
      await decisions.renameCluster(former, present);
    },
  };
}

function operationRules({ settings, decisions }: OperationParts): OperationRules {
  const now = settings();
  const { promotion } = recoveryPolicy(now, (key) => decisions.promotionRuleOf(key), false);
  return {
    ...statusSettings(now),
    promotion,
    lanesAtOnce: Math.max(1, now.MaxConcurrentReplicaOperations),
    useSuperReadOnly: now.UseSuperReadOnly,
    bulkWaitSeconds: now.InstanceBulkOperationsWaitTimeoutSeconds,
    pseudoGtidIsConfigured: promotion.pseudoGtidIsConfigured,
    enforceExactSemiSyncReplicas: now.EnforceExactSemiSyncReplicas,
    recoverLockedSemiSyncMaster: now.RecoverLockedSemiSyncMaster,
    matches: (pattern, key) => {
      const compilation = compileRegularExpression(pattern);
      return compilation.kind === 'compiled' && compilation.expression.finds(instanceKeyText(key));
    },
  };
}

async function lock(parts: OperationParts, key: InstanceKey, reason: string): Promise<LockResult> {
  const { clock, identity } = parts.ports;
  const now = clock.now();
  const wanted = { key, owner: 'orchestrator', reason, begin: now, end: unixMillis(now + LOCK_MILLIS) };
  const begun = await parts.decisions.beginLock(wanted, identity);
  if (begun.kind === 'held') {
    const [by] = begun.by;
    return { kind: 'taken', by: by === undefined ? null : { owner: by.owner, reason: by.reason } };
  }
  const [taken] = begun.locks;
  if (taken === undefined) return { kind: 'taken', by: null };
  await audit(parts, 'begin-maintenance', key, `maintenanceToken: ${taken.id}, owner: orchestrator, reason: ${reason}`);
  return { kind: 'held', server: heldServer(parts, taken) };
}

function heldServer(parts: OperationParts, taken: Maintenance): HeldServer {
  const { backend, decisions, ports } = parts;
  const { clock, identity } = ports;
  return {
    key: taken.key,
    renew: () => backend.renewMaintenance(taken, unixMillis(clock.now() + LOCK_MILLIS), identity),
    async release() {
      const ended = await decisions.endLock(taken, clock.now(), identity);
      if (ended) await audit(parts, 'end-maintenance', taken.key, `maintenanceToken: ${taken.id}`);
    },
  };
}
