/**
 * What a hook is told: 28 placeholders in its text and 24 variables in its environment (spec/configuration.md 3.3), from one table.
 * Hooks of people who come from the reference rely on names, order and the absence of quoting.
 */
import { hookInstanceType } from '../analysis/text.ts';
import { type BinlogCoordinates, coordinatesText, hasNoFile } from '../model/binlog-coordinates.ts';
import { type InstanceKey, instanceKeyText } from '../model/instance-key.ts';
import type { RecoveryUid } from '../model/recovery-record.ts';
import type { HookFailure } from './hook-journal.ts';

export interface HookSuccessor {
  readonly key: InstanceKey;
  /** May be ''. */
  readonly alias: string;
  /** Null, or without a file: not known, as in a switchover before the promotion. */
  readonly coordinates: BinlogCoordinates | null;
}

export interface HookContext {
  /** Of the failed, or to be demoted, server. */
  readonly entry: HookFailure;
  /** Of the recovery; in detection hooks an id of its own, in pre-graceful ones ''. */
  readonly recoveryUid: RecoveryUid | '';
  /** Operating system's name of the node that runs the hook. */
  readonly orchestratorHost: string;
  readonly successor: HookSuccessor | null;
  readonly lostReplicas: readonly InstanceKey[];
  /** Given only to differ from "a successor is known". */
  readonly isSuccessful?: boolean;
}

interface Fact {
  readonly placeholder: string;
  /** Null: the placeholder has no variable. */
  readonly variable: string | null;
  /** Null: not known; the placeholder stays in the text and the variable is not set. */
  readonly value: string | null;
}

/**
 * The command with each placeholder replaced, everywhere it occurs. Values come in as they are, WITHOUT QUOTING: existing hooks bring
 * their own quotes, and more of them would break those. Whoever may name a server, an alias or a cluster thereby writes shell text;
 * hooks that care use the variables. Replaced one after another: a value that holds a later placeholder is expanded, too.
 */
export function substitutePlaceholders(command: string, context: HookContext): string {
  let text = command;
  for (const { placeholder, value } of hookFacts(context)) {
    // A function, not the value: as a replacement pattern, `$&` or `$1` in an alias would be expanded.
    if (value !== null) text = text.replaceAll(`{${placeholder}}`, () => value);
  }
  return text;
}

/** The `ORC_*` variables; those of an unknown successor are absent. */
export function hookEnvironment(context: HookContext): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const { variable, value } of hookFacts(context)) {
    if (variable !== null && value !== null) environment[variable] = value;
  }
  return environment;
}

/** In the order of substitution. */
function hookFacts(context: HookContext): readonly Fact[] {
  const { entry, successor } = context;
  const lostReplicas = keyList(context.lostReplicas);
  const replicaHosts = keyList(entry.replicas);
  return [
    fact('failureType', 'ORC_FAILURE_TYPE', entry.code),
    fact('instanceType', 'ORC_INSTANCE_TYPE', hookInstanceType(entry)),
    fact('isMaster', 'ORC_IS_MASTER', entry.isPrimary),
    fact('isCoMaster', 'ORC_IS_CO_MASTER', entry.isCoPrimary),
    fact('failureDescription', 'ORC_FAILURE_DESCRIPTION', entry.description),
    fact('command', 'ORC_COMMAND', entry.commandHint),
    fact('failedHost', 'ORC_FAILED_HOST', entry.key.hostname),
    fact('failedPort', 'ORC_FAILED_PORT', entry.key.port),
    fact('failureCluster', 'ORC_FAILURE_CLUSTER', entry.cluster.clusterName),
    fact('failureClusterAlias', 'ORC_FAILURE_CLUSTER_ALIAS', entry.cluster.clusterAlias),
    fact('failureClusterDomain', 'ORC_FAILURE_CLUSTER_DOMAIN', entry.cluster.clusterDomain),
    fact('countSlaves', null, entry.countReplicas),
    fact('countReplicas', 'ORC_COUNT_REPLICAS', entry.countReplicas),
    fact('isDowntimed', 'ORC_IS_DOWNTIMED', entry.isDowntimed),
    fact('autoMasterRecovery', 'ORC_AUTO_MASTER_RECOVERY', entry.cluster.hasAutomatedMasterRecovery),
    fact(
      'autoIntermediateMasterRecovery',
      'ORC_AUTO_INTERMEDIATE_MASTER_RECOVERY',
      entry.cluster.hasAutomatedIntermediateMasterRecovery,
    ),
    fact('orchestratorHost', 'ORC_ORCHESTRATOR_HOST', context.orchestratorHost),
    fact('recoveryUID', 'ORC_RECOVERY_UID', context.recoveryUid),
    fact('isSuccessful', 'ORC_IS_SUCCESSFUL', context.isSuccessful ?? successor !== null),
    fact('successorHost', 'ORC_SUCCESSOR_HOST', successor?.key.hostname ?? null),
    fact('successorPort', 'ORC_SUCCESSOR_PORT', successor?.key.port ?? null),
    fact('successorBinlogCoordinates', 'ORC_SUCCESSOR_BINLOG_COORDINATES', knownCoordinates(successor)),
    fact('successorAlias', 'ORC_SUCCESSOR_ALIAS', successor?.alias ?? null),
    fact('lostSlaves', null, lostReplicas),
    fact('lostReplicas', 'ORC_LOST_REPLICAS', lostReplicas),
    fact('countLostReplicas', null, context.lostReplicas.length),
    fact('slaveHosts', null, replicaHosts),
    fact('replicaHosts', 'ORC_REPLICA_HOSTS', replicaHosts),
  ];
}

function fact(placeholder: string, variable: string | null, value: string | number | boolean | null): Fact {
  return { placeholder, variable, value: value === null ? null : String(value) };
}

function keyList(keys: readonly InstanceKey[]): string {
  return keys.map(instanceKeyText).join(',');
}

function knownCoordinates(successor: HookSuccessor | null): string | null {
  const coordinates = successor?.coordinates ?? null;
  return coordinates === null || hasNoFile(coordinates) ? null : coordinatesText(coordinates);
}
