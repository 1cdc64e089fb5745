/** Clusters for tests of the checks: everything well, but for what a test says. */
import type { Instance, SemiSync } from '../model/instance.ts';
import type { Grant, ReceiverSettings, ServerSettings } from '../model/server-settings.ts';
import { sampleReplica, sampleServer } from '../model/topology-samples.ts';
import type { CheckedCluster, CheckedServer, SettingsRead } from './cluster.ts';
import type { Finding } from './finding.ts';
import { preflightFindings } from './preflight.ts';

export const PRIMARY = 3306;

const GOOD_RECEIVER: ReceiverSettings = {
  channel: '',
  heartbeatSeconds: 1,
  connectRetrySeconds: 1,
  retryCount: 86_400,
};

export const GOOD_SETTINGS: ServerSettings = {
  netTimeoutSeconds: 4,
  relayLogRecovery: true,
  syncBinlog: 1,
  flushLogAtTrxCommit: 1,
  maxConnections: 500,
  connections: 20,
  connectionsPeak: 90,
  binlogExpirySeconds: 2_592_000,
  receivers: [],
  account: { user: 'orc', host: '%', grants: [] },
};

export interface Change {
  readonly instance?: Partial<Instance>;
  readonly semiSync?: Partial<SemiSync>;
  readonly settings?: Partial<ServerSettings>;
  readonly receiver?: Partial<ReceiverSettings>;
  readonly read?: SettingsRead;
  readonly server?: Partial<Omit<CheckedServer, 'instance' | 'read'>>;
}

const MARIADB: Partial<Instance> = {
  version: '10.11.14-MariaDB',
  versionComment: 'Debian',
  gtidMode: '',
  supportsOracleGtid: false,
  usingOracleGtid: false,
};

function checked(base: Instance, change: Change, isReplica: boolean, family: Family): CheckedServer {
  const mariadb = family === 'mariadb' ? { ...MARIADB, usingMariadbGtid: isReplica } : {};
  const instance = { ...base, ...mariadb, ...change.instance };
  const receivers = isReplica ? [{ ...GOOD_RECEIVER, ...change.receiver }] : [];
  const settings = { ...GOOD_SETTINGS, receivers, ...change.settings };
  return {
    instance: { ...instance, semiSync: { ...instance.semiSync, ...change.semiSync } },
    read: change.read ?? { kind: 'read', settings, needed: [], refused: [] },
    rule: 'neutral',
    isIgnored: false,
    isDowntimed: false,
    givesCredentials: isReplica ? true : null,
    ...change.server,
  };
}

type Family = 'mysql' | 'mariadb';

/** A primary at 3306 and replicas from 3307 on, well but for the changes of those ports. */
export function aCluster(
  replicas: number,
  changes: Readonly<Record<number, Change>> = {},
  family: Family = 'mysql',
): CheckedCluster {
  const primary = checked(sampleServer(PRIMARY), changes[PRIMARY] ?? {}, false, family);
  const others = Array.from({ length: replicas }, (_, index) => PRIMARY + 1 + index).map((port) =>
    checked(sampleReplica(port, PRIMARY), changes[port] ?? {}, true, family),
  );
  return { servers: [primary, ...others], primary, lowerReplicaVersionAllowed: false };
}

/** `port code severity` of each finding. */
export const codesOf = (cluster: CheckedCluster): readonly string[] =>
  preflightFindings(cluster).map(({ server, code, severity }) => `${server.port} ${code} ${severity}`);

/** The only finding. */
export function onlyFinding(cluster: CheckedCluster): Finding {
  const [first, ...others] = preflightFindings(cluster);
  if (first === undefined || others.length > 0) throw new Error(`not one finding: ${codesOf(cluster).join(', ')}`);
  return first;
}

export const grant = (on: string, ...privileges: readonly string[]): Grant => ({ on, privileges });
