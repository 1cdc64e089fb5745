/**
 * May this server replicate from that one? (spec/topology-operations.md 2.1; texts of spec/cli.md 2.4 and recovery.md 2.2.)
 */
import type { Instance } from '../model/instance.ts';
import { instanceKeyText, sameKey } from '../model/instance-key.ts';
import { hasSeveralSources, isReplica } from '../model/instance-status.ts';
import { isSmallerMajor, parseServerVersion } from '../model/server-version.ts';

export interface ReplicationRules {
  readonly verifyReplicationFilters: boolean;
  readonly lowerReplicaVersionAllowed: boolean;
  readonly reasonableMaintenanceReplicationLagSeconds: number;
}

export type ReplicationRefusalKind =
  | 'same-server'
  | 'several-sources'
  | 'no-binary-log'
  | 'no-log-replica-updates'
  | 'lower-version'
  | 'smaller-binlog-format'
  | 'replication-filters'
  | 'same-server-id'
  | 'same-server-uuid'
  | 'higher-delay'
  | 'other-gtid-kind'
  | 'purged';

export interface ReplicationRefusal {
  readonly kind: ReplicationRefusalKind;
  readonly text: string;
}

const FORMAT_ORDER = ['STATEMENT', 'MIXED', 'ROW'];

/** For sorting: an unknown format comes first. */
export function compareFormats(one: string, other: string): number {
  return FORMAT_ORDER.indexOf(one) - FORMAT_ORDER.indexOf(other);
}

/** STATEMENT < MIXED < ROW; any other value is neither smaller nor larger. */
export function isSmallerFormat(one: string, other: string): boolean {
  const [first, second] = [FORMAT_ORDER.indexOf(one), FORMAT_ORDER.indexOf(other)];
  return first >= 0 && second >= 0 && first < second;
}

/** As it will be: promoted, it is no replica any more and has no delay. */
export const asPrimary = (instance: Instance): Instance => ({ ...instance, sourceKey: null, sqlDelaySeconds: 0 });

/** The first rule that forbids `replica` to replicate from `source`, or null. */
export function replicationRefusal(
  replica: Instance,
  source: Instance,
  rules: ReplicationRules,
): ReplicationRefusal | null {
  const r = instanceKeyText(replica.key);
  const s = instanceKeyText(source.key);
  const refuse = (kind: ReplicationRefusalKind, text: string): ReplicationRefusal => ({ kind, text });
  if (sameKey(replica.key, source.key)) return refuse('same-server', `instance cannot replicate from itself: ${r}`);
  if (hasSeveralSources(replica)) {
    return refuse('several-sources', `instance replicates from several sources, and is moved by people alone: ${r}`);
  }
  if (!source.logBinEnabled) return refuse('no-binary-log', `instance does not have binary logs enabled: ${s}`);
  if (isReplica(source) && !source.logReplicaUpdatesEnabled) {
    return refuse('no-log-replica-updates', `instance does not have log_slave_updates enabled: ${s}`);
  }
  const version = (instance: Instance) => parseServerVersion(instance.version, instance.versionComment);
  if (
    isSmallerMajor(version(replica), version(source)) &&
    !replica.isBinlogServer &&
    // The version of a binlog server is that of its program: its binary logs are of whoever writes them.
    !source.isBinlogServer &&
    !rules.lowerReplicaVersionAllowed
  ) {
    const text = `instance ${r} has version ${replica.version}, which is lower than ${source.version} on ${s} `;
    return refuse('lower-version', text);
  }
  const logs = replica.logBinEnabled && replica.logReplicaUpdatesEnabled;
  if (logs && isSmallerFormat(replica.binlogFormat, source.binlogFormat)) {
    const text = `Cannot replicate from ${source.binlogFormat} binlog format on ${s} to ${replica.binlogFormat} on ${r}`;
    return refuse('smaller-binlog-format', text);
  }
  if (rules.verifyReplicationFilters && source.hasReplicationFilters && !replica.hasReplicationFilters) {
    return refuse('replication-filters', `${s} has replication filters`);
  }
  if (replica.serverId === source.serverId && !replica.isBinlogServer) {
    return refuse('same-server-id', `Identical server id: ${s}, ${r} both have ${source.serverId}`);
  }
  if (replica.serverUuid !== '' && replica.serverUuid === source.serverUuid && !replica.isBinlogServer) {
    return refuse('same-server-uuid', `Identical server UUID: ${s}, ${r} both have ${source.serverUuid}`);
  }
  const tolerated = rules.reasonableMaintenanceReplicationLagSeconds;
  if (replica.sqlDelaySeconds < source.sqlDelaySeconds && source.sqlDelaySeconds > tolerated) {
    const text = `${s} has higher SQL_Delay (${source.sqlDelaySeconds} seconds) than ${r} does (${replica.sqlDelaySeconds} seconds)`;
    return refuse('higher-delay', text);
  }
  return null;
}
