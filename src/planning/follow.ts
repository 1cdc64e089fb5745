/**
 * The command that makes a replica follow another source by GTID, with all its options kept (spec/recovery.md 2.1 "Change master"; D14).
 */
import type { Instance } from '../model/instance.ts';
import type { InstanceKey } from '../model/instance-key.ts';
import { usesGtid } from '../model/instance-status.ts';
import type { RelayLogSafe } from '../model/relay-log-safe.ts';
import type { GtidMethod, ReplicationCredentials, ServerCommand } from '../model/server-command.ts';
import { isMariaDb, parseServerVersion } from '../model/server-version.ts';
import { withFilesOf } from './credential-files.ts';

/** MariaDB's `current_pos` is for a server without replication, which was a primary until now: its own writes count. */
export function gtidMethod(instance: Instance): GtidMethod {
  if (!isMariaDb(parseServerVersion(instance.version, instance.versionComment))) return 'auto-position';
  return instance.sourceKey === null ? 'current-pos' : 'slave-pos';
}

export function followCommand(
  instance: Instance,
  source: InstanceKey,
  relayLog: RelayLogSafe,
  credentials: ReplicationCredentials | null = null,
): ServerCommand {
  return {
    kind: 'follow',
    relayLog,
    options: {
      source,
      place: { kind: 'gtid', method: gtidMethod(instance), stateMethod: !usesGtid(instance) },
      applierRuns: instance.applierState === 'running',
      ...withFilesOf(credentials, { allowTls: instance.allowTls, tls: instance.replicationTls }),
      receiver: instance.receiverOptions,
      delaySeconds: instance.sqlDelaySeconds,
      credentials,
    },
  };
}
