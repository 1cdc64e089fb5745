/**
 * An instance as it comes back from a row of `database_instance` (spec/discovery.md 18). What a restarted node knows of a server is this and
 * no more: a simulation that gave back the whole instance would hide every decision that needs what only a live probe sees.
 */
import type { BinlogCoordinates, LogType } from '../../model/binlog-coordinates.ts';
import { blankInstance, NO_SEMI_SYNC } from '../../model/blank-instance.ts';
import { serverUuid, type UnixMillis } from '../../model/brand.ts';
import type { GroupReplication, Instance, SemiSync } from '../../model/instance.ts';
import type { InstanceKey } from '../../model/instance-key.ts';
import { lastCheckedInSeconds } from '../../model/instance-status.ts';
import { storedKey, storedKeyOrNull, storedKeys } from './stored-keys.ts';
import { readMoment, readTime, storedTime } from './timestamp.ts';

/** Of a 64-bit unsigned number a column can hold only the signed half; the server's "for ever" is beyond it. */
const MAX_STORED_INTEGER = 2n ** 63n - 1n;

/** A number that is none is written as 0, so that one odd value does not keep the whole fleet from being written. */
const finite = (value: number): number => (Number.isFinite(value) ? value : 0);

const finiteOrNull = (value: number | null): number | null => (value === null ? null : finite(value));

const readBack = (at: UnixMillis | null): UnixMillis | null => (at === null ? null : readTime(storedTime(at)));

const addressOrNull = (key: InstanceKey | null): InstanceKey | null => {
  const stored = storedKeyOrNull(key);
  return stored && { ...stored, port: finite(stored.port) };
};

const coordinates = ({ file, pos }: BinlogCoordinates, type: LogType): BinlogCoordinates => ({
  file,
  pos: finite(pos),
  type,
});

const storedSemiSync = (semiSync: SemiSync): SemiSync => ({
  ...semiSync,
  priority: finite(semiSync.priority),
  sourceTimeoutMillis:
    semiSync.sourceTimeoutMillis > MAX_STORED_INTEGER ? MAX_STORED_INTEGER : semiSync.sourceTimeoutMillis,
  sourceWaitForReplicaCount: finite(semiSync.sourceWaitForReplicaCount),
  sourceClients: finite(semiSync.sourceClients),
  sourcePluginModern: NO_SEMI_SYNC.sourcePluginModern,
  replicaPluginModern: NO_SEMI_SYNC.replicaPluginModern,
});

const storedGroup = (group: GroupReplication): GroupReplication => ({
  ...group,
  members: storedKeys(group.members),
  primaryKey: addressOrNull(group.primaryKey),
});

type Times = Pick<
  Instance,
  'lastChecked' | 'lastAttemptedCheck' | 'lastSeen' | 'lastCheckPartialSuccess' | 'lastDiscoveryLatencyNanos'
>;

/** What a poll that found nothing new writes. */
export const storedTimes = (instance: Instance): Times => ({
  lastChecked: readBack(lastCheckedInSeconds(instance)),
  lastAttemptedCheck: readBack(instance.lastAttemptedCheck),
  lastSeen: instance.lastSeen === null ? null : readMoment(storedTime(instance.lastSeen)),
  lastCheckPartialSuccess: instance.lastCheckPartialSuccess,
  lastDiscoveryLatencyNanos: finite(Math.trunc(instance.lastDiscoveryLatencyNanos)),
});

const storedReplication = (instance: Instance) => ({
  sourceKey: addressOrNull(instance.sourceKey),
  readCoordinates: coordinates(instance.readCoordinates, 'binary'),
  execCoordinates: coordinates(instance.execCoordinates, 'binary'),
  relayLogCoordinates: coordinates(instance.relayLogCoordinates, 'relay'),
  secondsBehindSource: finiteOrNull(instance.secondsBehindSource),
  replicationLagSeconds: finiteOrNull(instance.replicationLagSeconds),
  sqlDelaySeconds: finite(instance.sqlDelaySeconds),
});

/** What is worth something only fresh, and so is in no column. */
function neverStored(): Pick<
  Instance,
  'superReadOnly' | 'replicationTls' | 'receiverOptions' | 'channel' | 'otherChannels' | 'evidence' | 'epoch'
> {
  const blank = blankInstance({ hostname: '', port: 0 });
  const { superReadOnly, replicationTls, receiverOptions, channel, otherChannels, evidence, epoch } = blank;
  return { superReadOnly, replicationTls, receiverOptions, channel, otherChannels, evidence, epoch };
}

export const storedInstance = (instance: Instance): Instance => ({
  ...instance,
  ...storedTimes(instance),
  ...storedReplication(instance),
  key: storedKey(instance.key),
  uptimeSeconds: finite(instance.uptimeSeconds),
  serverId: finite(instance.serverId),
  serverUuid: serverUuid(instance.serverUuid),
  selfCoordinates: coordinates(instance.selfCoordinates, 'binary'),
  replicas: storedKeys(instance.replicas),
  replicationDepth: finite(instance.replicationDepth),
  semiSync: storedSemiSync(instance.semiSync),
  group: storedGroup(instance.group),
  ...neverStored(),
});
